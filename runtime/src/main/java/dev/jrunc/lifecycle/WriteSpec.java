// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ConfigWriter;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;

/** {@code spec}: a config.json to start from. */
public final class WriteSpec {

    private static final long CREATE_NEW = 2;
    private static final long MODE = 0666;

    private final Context context;

    public WriteSpec(Context context) {
        this.context = context;
    }

    /**
     * @param bundle empty for the working directory
     * @throws ContainerError when there is a config.json already
     */
    public void write(String bundle, boolean rootless) {
        Call call = context.front().call();
        Spec spec = rootless ? DefaultSpec.rootless(call.euid(), call.egid()) : DefaultSpec.rootful();
        String path = bundle.isEmpty() ? "config.json" : bundle + "/config.json";
        Origin origin = Origin.rule("spec");
        Result written = context.front()
                .attempt(new HostOperation.WriteFile(
                        origin, path, Bytes.utf8(ConfigWriter.write(spec) + "\n"), MODE, CREATE_NEW));
        if (written.error() == Errno.EEXIST.number()) {
            throw new ContainerError("File " + path + " exists. Remove it first");
        }
        if (!written.ok()) {
            throw new OperationFailed("WRITE_FILE", origin.text(), (int) written.error(), written.message());
        }
    }
}
