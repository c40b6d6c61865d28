// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static dev.jrunc.cli.ConsoleOptions.given;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.UsageError;
import dev.jrunc.lifecycle.CreateOptions;
import dev.jrunc.lifecycle.InvalidConfig;
import dev.jrunc.lifecycle.RestoreContainer;
import dev.jrunc.lifecycle.RestoreOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code restore}. */
final class RestoreCommand implements Command {

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String summary() {
        return "make a container from the images of a checkpoint, with criu";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        ConsoleOptions.bundle(options);
        CriuCommandOptions.declare(options);
        options.value("PATH", "Unix socket that receives the terminal", "--console-socket");
        options.value("FILE", "write the process id to a file", "--pid-file");
        options.flag("don't wait", "--detach", "-d");
        options.flag("orphans don't come to jrunc", "--no-subreaper");
        options.flag("accepted: criu mounts the root file system by itself", "--no-pivot");
        options.value(
                "TYPE:LABEL", "AppArmor profile or SELinux label in place of that of the images", "--lsm-profile");
        options.value("CONTEXT", "SELinux context of mounts in place of that of the images", "--lsm-mount-context");
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        List<String> continuation =
                invocation.global().toArguments(invocation.context().root());
        continuation.addAll(List.of(FinishRunCommand.NAME, "--", id));
        String bundle = invocation.value("--bundle");
        CreateOptions create = new CreateOptions(
                bundle == null ? "" : bundle,
                given(invocation.value("--console-socket")),
                null,
                given(invocation.value("--pid-file")),
                invocation.flag("--no-pivot"),
                false,
                0);
        RestoreOptions options = new RestoreOptions(
                CriuCommandOptions.of(invocation),
                create,
                invocation.flag("--detach"),
                !invocation.flag("--no-subreaper"),
                lsmProfile(given(invocation.value("--lsm-profile"))),
                given(invocation.value("--lsm-mount-context")));
        try {
            return new RestoreContainer(invocation.context(), id, options).restore(continuation);
        } catch (InvalidSpec e) {
            throw InvalidConfig.explain(invocation.context(), create, e);
        }
    }

    private static @Nullable String lsmProfile(@Nullable String profile) {
        if (profile != null && !profile.startsWith("apparmor:") && !profile.startsWith("selinux:")) {
            throw new UsageError(
                    "invalid value \"" + profile + "\" for --lsm-profile: expected apparmor:PROFILE or selinux:LABEL");
        }
        return profile;
    }
}
