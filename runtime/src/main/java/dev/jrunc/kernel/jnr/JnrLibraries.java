// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel.jnr;

import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.kernel.NativeLibraries;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import org.jspecify.annotations.Nullable;

/** By jnr-ffi, loaded on the first use: no command that a container waits for needs it, once its filter is kept. */
public final class JnrLibraries implements NativeLibraries {

    private @Nullable Libseccomp libseccomp;

    /** Loaded once for all calls of a resident engine; one that was missing may come. */
    @Override
    public synchronized Optional<Libseccomp> libseccomp() {
        if (libseccomp == null) {
            try {
                libseccomp = new JnrLibseccomp(
                        LibraryLoader.create(JnrLibseccomp.Calls.class).load("libseccomp.so.2"),
                        LibraryLoader.create(JnrLibseccomp.Libc.class).load("libc.so.6"));
            } catch (UnsatisfiedLinkError e) {
                return Optional.empty();
            }
        }
        return Optional.of(libseccomp);
    }
}
