// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.engine.Call;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Examination.Row;
import dev.jrunc.plan.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** The caller: root or not, its capabilities, its user namespaces and subordinate ids. */
final class UserRows {

    private static final String AREA = "user";

    private UserRows() {}

    static List<Row> of(Host host) {
        List<Row> rows = new ArrayList<>();
        Call call = host.call();
        boolean root = call.isHostRoot();
        rows.add(Row.good(AREA, "caller", caller(call)));
        if (root) {
            rows.add(capabilities(call));
        }
        rows.add(userNamespaces(host, root));
        if (!root) {
            rows.add(helpers(host));
            rows.add(subordinate(host, call));
            rows.add(runtimeFolder(host, call));
        }
        return rows;
    }

    private static String caller(Call call) {
        return call.isHostRoot()
                ? "root"
                : call.euid() == 0 ? "root of a user namespace" : "user " + call.euid() + ", not root (rootless)";
    }

    private static Row capabilities(Call call) {
        List<String> lacking = new ArrayList<>();
        for (int i = 0; i < Names.CAPABILITIES.size(); i++) {
            if ((call.effectiveCapabilities() >>> i & 1) == 0) {
                lacking.add(Names.CAPABILITIES.get(i));
            }
        }
        String advice =
                "what these allow, containers can't be given: a limit above the caller's wants CAP_SYS_RESOURCE, mounts want"
                        + " CAP_SYS_ADMIN. The caller is in a container, or its service has CapabilityBoundingSet=";
        return lacking.isEmpty()
                ? Row.good(AREA, "capabilities", "all")
                : lacking.contains("CAP_SYS_ADMIN")
                        ? Row.missing(AREA, "capabilities", "no " + String.join(", ", lacking), advice)
                        : Row.warning(AREA, "capabilities", "no " + String.join(", ", lacking), advice);
    }

    /** Root makes containers without; nobody else can. */
    private static Row userNamespaces(Host host, boolean root) {
        int error = host.probe("user_namespace");
        if (error == 0) {
            return Row.good(AREA, "user namespaces", "can be made");
        }
        String advice = userNamespaceAdvice(host);
        return root
                ? Row.warning(AREA, "user namespaces", Errno.describe(error), advice)
                : Row.missing(AREA, "user namespaces", Errno.describe(error), advice);
    }

    private static String userNamespaceAdvice(Host host) {
        if (host.read("/proc/sys/user/max_user_namespaces").equals("0")) {
            return "sysctl user.max_user_namespaces is 0: raise it";
        }
        if (host.read("/proc/sys/kernel/unprivileged_userns_clone").equals("0")) {
            return "sysctl kernel.unprivileged_userns_clone is 0: set it to 1";
        }
        if (host.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            return "sysctl kernel.apparmor_restrict_unprivileged_userns is 1: set it to 0, or give jrunc an AppArmor profile with the"
                    + " rule userns";
        }
        return "a seccomp filter of an outer container may refuse it, or the kernel lack CONFIG_USER_NS";
    }

    private static Row helpers(Host host) {
        boolean both = host.exists("/usr/bin/newuidmap") && host.exists("/usr/bin/newgidmap");
        return both
                ? Row.good(AREA, "newuidmap", "/usr/bin/newuidmap, newgidmap")
                : Row.warning(
                        AREA,
                        "newuidmap",
                        "not installed",
                        "only the caller's own id can be mapped without it: install package uidmap (shadow-utils)");
    }

    private static Row subordinate(Host host, Call call) {
        String name = name(host, call.euid());
        String uids = ranges(host.read("/etc/subuid"), name, call.euid());
        String gids = ranges(host.read("/etc/subgid"), name, call.euid());
        return uids.isEmpty() || gids.isEmpty()
                ? Row.warning(
                        AREA,
                        "subordinate ids",
                        "none",
                        "a container has one user then: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
                                + (name.isEmpty() ? "USER" : name))
                : Row.good(AREA, "subordinate ids", "uids " + uids + ", gids " + gids);
    }

    /** By passwd(5); empty where it has no such user. */
    private static String name(Host host, long uid) {
        StringTokenizer lines = new StringTokenizer(host.read("/etc/passwd"), "\n");
        while (lines.hasMoreTokens()) {
            String[] fields = lines.nextToken().split(":", -1);
            if (fields.length > 2 && fields[2].equals(Long.toString(uid))) {
                return fields[0];
            }
        }
        return "";
    }

    /** {@code 100000+65536} for each line of subuid(5) that is this user's. */
    private static String ranges(String text, String name, long uid) {
        StringBuilder ranges = new StringBuilder();
        StringTokenizer lines = new StringTokenizer(text, "\n");
        while (lines.hasMoreTokens()) {
            String[] fields = lines.nextToken().split(":", -1);
            boolean own = fields.length == 3
                    && ((!name.isEmpty() && fields[0].equals(name)) || fields[0].equals(Long.toString(uid)));
            if (own) {
                ranges.append(ranges.isEmpty() ? "" : " ")
                        .append(fields[1])
                        .append('+')
                        .append(fields[2]);
            }
        }
        return ranges.toString();
    }

    private static Row runtimeFolder(Host host, Call call) {
        String folder = call.userRuntimeFolder();
        return host.exists(folder)
                ? Row.good(AREA, "runtime folder", folder)
                : Row.missing(
                        AREA,
                        "runtime folder",
                        folder + " is missing",
                        "containers' states are kept there: set XDG_RUNTIME_DIR, log in by systemd (loginctl enable-linger), or give"
                                + " --root");
    }
}
