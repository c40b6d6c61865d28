// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.engine.Call;
import dev.jrunc.spec.Spec;
import org.jspecify.annotations.Nullable;

/** What a hint may want to know; each is read when it is asked for. */
public interface HostFacts {

    Call call();

    /** The configuration that the failed command was about; null where there is none that can be read. */
    @Nullable
    Spec spec();

    /** The text of a file, without blanks around it; empty where it can't be read. */
    String read(String path);

    /** What a file of sysctls has; -1 where it can't be read, or has no number. */
    default long number(String path) {
        try {
            return Long.parseLong(read(path));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Is there something, as the caller sees it? */
    boolean exists(String path);

    /** Of the caller. */
    default MountTable mounts() {
        return new MountTable(read("/proc/self/mountinfo"));
    }

    /** Of the bundle's root file system, absolute; empty where that is not known. */
    String rootfs();
}
