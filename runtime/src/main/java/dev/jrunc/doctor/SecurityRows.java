// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.json.Examination.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Security modules and seccomp. */
final class SecurityRows {

    private static final String AREA = "security";
    private static final int OLDEST_LIBSECCOMP = 205;

    private SecurityRows() {}

    /** @param libseccomp its version; empty where there is none */
    static List<Row> of(Host host, Optional<String> libseccomp) {
        List<Row> rows = new ArrayList<>();
        String modules = host.read("/sys/kernel/security/lsm");
        rows.add(Row.good(AREA, "modules", modules.isEmpty() ? "not told (securityfs is not mounted)" : modules));
        boolean apparmor = host.read("/sys/module/apparmor/parameters/enabled").startsWith("Y");
        rows.add(
                apparmor
                        ? Row.good(AREA, "AppArmor", "enabled")
                        : Row.note(
                                AREA,
                                "AppArmor",
                                "not enabled",
                                "a configuration with process.apparmorProfile is refused"));
        rows.add(selinux(host));
        rows.add(label(host));
        rows.add(libseccomp(libseccomp));
        return rows;
    }

    private static Row selinux(Host host) {
        String enforce = host.read("/sys/fs/selinux/enforce");
        return enforce.isEmpty()
                ? Row.note(AREA, "SELinux", "not enabled", "a configuration with process.selinuxLabel is refused")
                : Row.good(AREA, "SELinux", enforce.equals("1") ? "enforcing" : "permissive");
    }

    /** Of the caller, who gives it to all that it makes until the container's own. */
    private static Row label(Host host) {
        String label = host.call().label().utf8().replace("\0", "").strip();
        boolean confined = label.endsWith("(enforce)");
        return confined
                ? Row.warning(
                        AREA,
                        "caller's label",
                        label,
                        "this profile confines jrunc: it has to allow mount, pivot_root, userns and changing to containers' profiles")
                : Row.good(AREA, "caller's label", label.isEmpty() ? "none" : label);
    }

    private static Row libseccomp(Optional<String> version) {
        String advice =
                "install it: package libseccomp2 (libseccomp), 2.5 or newer; without it a configuration with linux.seccomp,"
                        + " which every client writes, is refused";
        if (version.isEmpty()) {
            return Row.missing(AREA, "libseccomp", "not installed", advice);
        }
        String[] numbers = version.get().split("\\.", -1);
        boolean old = Integer.parseInt(numbers[0]) * 100 + Integer.parseInt(numbers[1]) < OLDEST_LIBSECCOMP;
        return old
                ? Row.missing(AREA, "libseccomp", version.get(), advice)
                : Row.good(AREA, "libseccomp", version.get());
    }
}
