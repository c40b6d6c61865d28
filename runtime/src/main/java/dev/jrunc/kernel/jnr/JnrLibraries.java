// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel.jnr;

import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.kernel.NativeLibraries;
import java.util.Optional;
import jnr.ffi.LibraryLoader;

/** By jnr-ffi, loaded on the first use: no command that a container waits for needs it, once its filter is kept. */
public final class JnrLibraries implements NativeLibraries {

    @Override
    public Optional<Libseccomp> libseccomp() {
        try {
            return Optional.of(new JnrLibseccomp(
                    LibraryLoader.create(JnrLibseccomp.Calls.class).load("libseccomp.so.2"),
                    LibraryLoader.create(JnrLibseccomp.Libc.class).load("libc.so.6")));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }
}
