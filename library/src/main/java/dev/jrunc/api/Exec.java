// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.lifecycle.ExecOptions;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program to be executed in a container: as the container's own, but for what is said here.
 *
 * @param args the program and its arguments
 * @param env variables {@code NAME=VALUE} that are added
 * @param cwd working directory; null: the container's
 * @param uid user; null: the container's
 * @param gid group; null: the container's
 */
public record Exec(
        List<String> args,
        List<String> env,
        @Nullable String cwd,
        @Nullable Long uid,
        @Nullable Long gid) {

    public Exec {
        args = List.copyOf(args);
        env = List.copyOf(env);
        if (args.isEmpty()) {
            throw new IllegalArgumentException("args: expected a program");
        }
    }

    /** A program and its arguments. */
    public static Exec of(String... args) {
        return new Exec(List.of(args), List.of(), null, null, null);
    }

    /** The same with this variable. */
    public Exec env(String name, String value) {
        List<String> more = new ArrayList<>(env);
        more.add(name + "=" + value);
        return new Exec(args, more, cwd, uid, gid);
    }

    /** The same in this folder. */
    public Exec cwd(String folder) {
        return new Exec(args, env, folder, uid, gid);
    }

    /** The same as this user and group, numbers inside of the container. */
    public Exec user(long user, long group) {
        return new Exec(args, env, cwd, user, group);
    }

    ExecOptions options(Stdio stdio) {
        Spec.ConsoleSize size = stdio.input() instanceof Terminal terminal
                ? new Spec.ConsoleSize(terminal.rows(), terminal.columns())
                : null;
        return ExecOptions.of(args, env, cwd, uid, gid, size);
    }
}
