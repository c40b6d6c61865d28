// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.lifecycle.DescribeFeatures;
import java.util.TreeMap;

/** {@code features}. */
final class FeaturesCommand implements Command {

    @Override
    public String name() {
        return "features";
    }

    @Override
    public String summary() {
        return "print what of the specification this version can do, as JSON";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public void declare(Options options) {
        // None.
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(0, 0);
        TreeMap<String, String> annotations = new TreeMap<>();
        annotations.put("dev.jrunc.version", JruncCommandLine.VERSION);
        annotations.put("dev.jrunc.checkpoint.enabled", "true");
        invocation
                .libraries()
                .libseccompVersion()
                .ifPresent(version -> annotations.put("io.github.seccomp.libseccomp.version", version));
        invocation.print(DescribeFeatures.describe(annotations).toJson() + "\n");
        return 0;
    }
}
