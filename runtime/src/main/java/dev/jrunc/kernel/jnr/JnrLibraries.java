// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel.jnr;

import dev.jrunc.kernel.NativeLibraries;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/** By jnr-ffi, loaded on the first use: no command that a container waits for needs it. */
public final class JnrLibraries implements NativeLibraries {

    /** seccomp.h. */
    public interface Libseccomp {

        /** struct scmp_version: three unsigned int. */
        Pointer seccomp_version();
    }

    @Override
    public Optional<String> libseccompVersion() {
        try {
            Libseccomp library = LibraryLoader.create(Libseccomp.class).load("libseccomp.so.2");
            Pointer version = library.seccomp_version();
            return Optional.of(version.getInt(0) + "." + version.getInt(4) + "." + version.getInt(8));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }
}
