// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.hint.Advice;
import dev.jrunc.hint.Hints;
import dev.jrunc.hint.HostFacts;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import org.jspecify.annotations.Nullable;

/** Why an operation was refused, as far as this host tells, and what helps. Nothing is read before something has failed. */
public final class FailureHint implements HostFacts {

    private static final Origin READING = Origin.rule("hint");
    private static final long MAX_FACT_BYTES = 1 << 20;

    private final Front front;
    private final String folder;
    private @Nullable Spec spec;
    private boolean looked;

    private FailureHint(Front front, String folder) {
        this.front = front;
        this.folder = folder;
    }

    /**
     * @param folder of the config.json that the failed command was about, absolute; empty where there is none
     * @return empty where nothing is known that would help
     */
    public static String of(Front front, String folder, JruncException failure) {
        if (!(failure instanceof OperationFailed failed)) {
            return "";
        }
        Advice advice = Hints.of(failed, new FailureHint(front, folder));
        return advice == null ? "" : advice.text();
    }

    @Override
    public Call call() {
        return front.call();
    }

    @Override
    public @Nullable Spec spec() {
        if (!looked && !folder.isEmpty()) {
            Result config = front.attempt(
                    new HostOperation.ReadFile(READING, folder + "/config.json", ConfigReader.MAX_CONFIG_BYTES));
            try {
                spec = config.ok() ? ConfigReader.read(config.data()) : null;
            } catch (JruncException e) {
                // It was good when the command read it.
            }
        }
        looked = true;
        return spec;
    }

    @Override
    public String read(String path) {
        Result result = front.attempt(new HostOperation.ReadFile(READING, path, MAX_FACT_BYTES));
        return result.ok() ? result.data().utf8().strip() : "";
    }

    @Override
    public boolean exists(String path) {
        return front.attempt(new HostOperation.RealPath(READING, path)).ok();
    }

    @Override
    public String rootfs() {
        Spec read = spec();
        if (read == null || read.root() == null) {
            return "";
        }
        String path = read.root().path();
        return path.startsWith("/") ? path : folder + "/" + path;
    }
}
