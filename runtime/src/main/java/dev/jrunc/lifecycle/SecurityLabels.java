// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What a process asks for of security modules, and whether this host has them: one that was to be confined must not run without. */
final class SecurityLabels {

    private static final String APPARMOR_ENABLED = "/sys/module/apparmor/parameters/enabled";
    private static final long MAX_PARAMETER_BYTES = 4096;

    private SecurityLabels() {}

    /**
     * A property that this host can't honour.
     *
     * @param property apparmorProfile or selinuxLabel
     */
    record Missing(String property, String why) {}

    /** @param selinux asked only where there is a label */
    static Optional<Missing> missing(Front front, Spec.Process process, BooleanSupplier selinux) {
        if (process.selinuxLabel() != null && !selinux.getAsBoolean()) {
            return Optional.of(new Missing("selinuxLabel", "SELinux is not enabled on this host"));
        }
        if (process.apparmorProfile() != null && !hasAppArmor(front)) {
            return Optional.of(new Missing("apparmorProfile", "AppArmor is not enabled on this host"));
        }
        return Optional.empty();
    }

    private static boolean hasAppArmor(Front front) {
        Result enabled = front.attempt(new HostOperation.ReadFile(
                Origin.at("/process/apparmorProfile"), APPARMOR_ENABLED, MAX_PARAMETER_BYTES));
        return enabled.ok() && enabled.data().utf8().startsWith("Y");
    }

    /** @param mountinfo the text of /proc/self/mountinfo, proc_pid_mountinfo(5) */
    static boolean hasSelinux(String mountinfo) {
        return mountinfo.contains(" - selinuxfs ");
    }
}
