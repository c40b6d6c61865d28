// SPDX-License-Identifier: Apache-2.0

/** Containers for JVM programs: see {@link dev.jrunc.api.Jrunc}. */
module dev.jrunc {
    requires transitive dev.jrunc.runtime;
    requires org.jnrproject.constants;
    requires org.jnrproject.ffi;
    requires org.jnrproject.posix;
    requires static transitive org.jspecify;

    exports dev.jrunc.api;
}
