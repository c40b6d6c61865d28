// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.state.StateFolder;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What every use case needs.
 *
 * @param root the folder of all state folders, absolute
 * @param systemdCgroup --systemd-cgroup
 * @param rootless a cgroup that the caller has no right to, and that nothing asks for, is done without
 * @param libraries for what isn't done by the kernel alone
 * @param warnings takes what is not done and does no harm, a line each
 */
public record Context(
        Front front,
        String root,
        boolean systemdCgroup,
        boolean rootless,
        InstantSource clock,
        NativeLibraries libraries,
        Consumer<String> warnings) {

    StateFolder folder(String id) {
        return new StateFolder(front, root, id);
    }
}
