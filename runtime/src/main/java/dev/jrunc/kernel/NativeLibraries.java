// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel;

import java.util.Optional;

/** Native libraries that the engine uses where they are installed. They are loaded when they are first asked for. */
public interface NativeLibraries {

    /** Empty where it isn't installed. */
    Optional<Libseccomp> libseccomp();

    /** The version of libseccomp, such as {@code 2.5.4}; empty where it isn't installed. seccomp_version(3). */
    default Optional<String> libseccompVersion() {
        return libseccomp().map(Libseccomp::version);
    }
}
