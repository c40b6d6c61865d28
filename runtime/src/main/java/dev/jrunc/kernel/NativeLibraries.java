// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel;

import java.util.Optional;

/** Native libraries that the engine uses where they are installed. */
public interface NativeLibraries {

    /** The version of libseccomp, such as {@code 2.5.4}; empty where it isn't installed. seccomp_version(3). */
    Optional<String> libseccompVersion();
}
