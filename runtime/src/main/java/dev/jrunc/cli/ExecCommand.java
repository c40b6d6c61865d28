// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static dev.jrunc.cli.ConsoleOptions.given;

import dev.jrunc.engine.Call;
import dev.jrunc.error.ContainerError;
import dev.jrunc.lifecycle.ExecOptions;
import dev.jrunc.lifecycle.ExecProcess;
import dev.jrunc.plan.Names;
import dev.jrunc.spec.NumericId;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code exec}. */
final class ExecCommand implements Command {

    private static final int FAILURE = 255;
    private static final int MANY = 1 << 20;

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public String summary() {
        return "execute another process in a container";
    }

    @Override
    public String arguments() {
        return "ID COMMAND [ARGUMENT...] | --process FILE ID";
    }

    /** Behind the id they are the program's. */
    @Override
    public boolean optionsBehind() {
        return false;
    }

    @Override
    public int failureStatus() {
        return FAILURE;
    }

    @Override
    public void declare(Options options) {
        options.value("PATH", "Unix socket that receives the terminal", "--console-socket");
        options.value("PATH", "Unix socket that receives a pidfd of the process", "--pidfd-socket");
        options.value("PATH", "working directory in the container", "--cwd");
        options.value("NAME=VALUE", "variable of its environment, also several", "--env", "-e");
        options.flag("give it a terminal", "--tty", "-t");
        options.value("UID[:GID]", "numbers of its user and group", "--user", "-u");
        options.value("GID", "additional group, also several", "--additional-gids", "-g");
        options.value("FILE", "a process.json, in place of the other options about the process", "--process", "-p");
        options.flag("don't wait", "--detach", "-d");
        options.value("FILE", "write the process id to a file", "--pid-file");
        options.value("LABEL", "SELinux label", "--process-label");
        options.value("PROFILE", "AppArmor profile", "--apparmor");
        options.flag("set no_new_privs", "--no-new-privs");
        options.value("CAP", "add a capability, also several", "--cap", "-c");
        options.value("N", "fds after 2 that the program gets", "--preserve-fds");
        options.value("[CTRL[,CTRL]:]PATH", "cgroup below the container's, also several", "--cgroup");
        options.flag("also in a paused container, where it waits", "--ignore-paused");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.require(1, MANY);
        ExecOptions options = new ExecOptions(
                given(invocation.value("--process")),
                change(invocation),
                invocation.flag("--detach"),
                given(invocation.value("--console-socket")),
                given(invocation.value("--pidfd-socket")),
                given(invocation.value("--pid-file")),
                invocation.number("--preserve-fds", 0, ConsoleOptions.MAX_PRESERVE_FDS),
                invocation.flag("--ignore-paused"),
                invocation.values("--cgroup"));
        return new ExecProcess(invocation.context(), invocation.arguments().getFirst(), options).exec();
    }

    private static ExecOptions.Change change(Invocation invocation) {
        String user = given(invocation.value("--user"));
        int colon = user == null ? -1 : user.indexOf(':');
        List<Long> groups = new ArrayList<>();
        for (String group : invocation.values("--additional-gids")) {
            Invocation.number(
                    "--additional-gids", group, NumericId.MAX); // runc parses it with the options, but not --user
            groups.add(id("--additional-gids", group.startsWith("+") ? group.substring(1) : group));
        }
        return new ExecOptions.Change(
                invocation.arguments().subList(1, invocation.arguments().size()),
                invocation.flag("--tty"),
                consoleSize(invocation),
                given(invocation.value("--cwd")),
                invocation.values("--env"),
                user == null ? null : Long.valueOf(id("--user", colon < 0 ? user : user.substring(0, colon))),
                user == null || colon < 0 ? null : Long.valueOf(id("--user", user.substring(colon + 1))),
                groups,
                capabilities(invocation),
                noNewPrivileges(invocation),
                given(invocation.value("--apparmor")),
                given(invocation.value("--process-label")));
    }

    private static List<String> capabilities(Invocation invocation) {
        List<String> known = new ArrayList<>();
        for (String name : invocation.values("--cap")) {
            if (Names.capability(name).isPresent()) {
                known.add(name);
            } else {
                invocation.context().warnings().accept("--cap: ignoring unknown capability \"" + name + "\"");
            }
        }
        return known;
    }

    private static @Nullable Boolean noNewPrivileges(Invocation invocation) {
        List<String> given = invocation.values("--no-new-privs");
        return given.isEmpty() ? null : Boolean.valueOf(given.getLast());
    }

    private static Spec.@Nullable ConsoleSize consoleSize(Invocation invocation) {
        Call call = invocation.front().call();
        return invocation.flag("--detach") || call.terminals() == 0
                ? null
                : new Spec.ConsoleSize(call.rows(), call.columns());
    }

    /** CVE-2016-3697, CVE-2026-30892: a number and nothing else; names are never looked up. */
    private static long id(String option, String text) {
        long id = NumericId.parse(text);
        if (id < 0 || id > NumericId.MAX) {
            throw new ContainerError(
                    option + ": expected a number from 0 to " + NumericId.MAX + ", found \"" + text + "\"");
        }
        return id;
    }
}
