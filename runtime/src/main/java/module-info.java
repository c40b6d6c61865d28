// SPDX-License-Identifier: Apache-2.0

/**
 * The engine. Who embeds it takes the module {@code dev.jrunc}; of this one only the exceptions are meant for others.
 */
@SuppressWarnings("module") // dev.jrunc is compiled after it
module dev.jrunc.runtime {
    requires jdk.net;
    requires org.jnrproject.ffi;
    // jnr-ffi's, which is an automatic module and can't say so.
    requires org.objectweb.asm;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    // The distribution's: commands that the library doesn't have.
    requires static com.networknt.schema;
    requires static info.picocli;
    requires static jdk.jfr;
    requires static org.freedesktop.dbus;
    requires static transitive org.jspecify;
    requires static tools.jackson.dataformat.toml;

    exports dev.jrunc.error;
    exports dev.jrunc.engine to
            dev.jrunc;
    exports dev.jrunc.json to
            dev.jrunc;
    exports dev.jrunc.kernel to
            dev.jrunc;
    exports dev.jrunc.kernel.jnr to
            dev.jrunc;
    exports dev.jrunc.lifecycle to
            dev.jrunc;
    exports dev.jrunc.plan to
            dev.jrunc;
    exports dev.jrunc.spec to
            dev.jrunc;
}
