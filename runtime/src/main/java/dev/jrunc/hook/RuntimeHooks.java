// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hook;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.error.Signals;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HookOutput;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.function.Consumer;

/** prestart, createRuntime, poststart and poststop: the front runs them, config.md section "POSIX-platform Hooks". */
public final class RuntimeHooks {

    private static final int MAX_OUTPUT = 2000;

    private RuntimeHooks() {}

    /**
     * Runs them in their order, up to the first that fails.
     *
     * @param kind its name in config.json
     * @param bundle where they begin
     * @param state what they read from their standard input
     * @param output where what they print goes
     * @throws OperationFailed with the command, how it ended, and its last output
     */
    public static void run(
            Front front, String kind, List<Spec.Hook> hooks, String bundle, Bytes state, HookOutput output) {
        for (int i = 0; i < hooks.size(); i++) {
            run(front, "/hooks/" + kind + "/" + i, hooks.get(i), bundle, state, output);
        }
    }

    /** Runs all of them; a failure is a warning. */
    public static void runAll(
            Front front,
            String kind,
            List<Spec.Hook> hooks,
            String bundle,
            Bytes state,
            HookOutput output,
            Consumer<String> warnings) {
        for (int i = 0; i < hooks.size(); i++) {
            try {
                run(front, "/hooks/" + kind + "/" + i, hooks.get(i), bundle, state, output);
            } catch (OperationFailed e) {
                warnings.accept(e.getMessage());
            }
        }
    }

    private static HostOperation operation(
            String pointer, Spec.Hook hook, String bundle, Bytes state, HookOutput output) {
        Long timeout = hook.timeout();
        return new HostOperation.Hook(
                Origin.at(pointer),
                hook.path(),
                bundle,
                hook.args().isEmpty() ? List.of(hook.path()) : hook.args(),
                hook.env(),
                state,
                timeout == null ? 0 : timeout,
                output.standardOutput(),
                output.standardError());
    }

    private static void run(
            Front front, String pointer, Spec.Hook hook, String bundle, Bytes state, HookOutput output) {
        Result result = front.execute(operation(pointer, hook, bundle, state, output));
        if (result.value() != 0) {
            throw new OperationFailed(
                    "HOOK",
                    pointer,
                    Errno.ECANCELED.number(),
                    withOutput("hook " + hook.path() + ": " + Signals.ending(result.value()), result.data()));
        }
    }

    private static String withOutput(String text, Bytes output) {
        String last = output.utf8().strip();
        if (last.length() > MAX_OUTPUT) {
            last = "…" + last.substring(last.length() - MAX_OUTPUT);
        }
        return last.isEmpty() ? text : text + ": " + last.replace('\n', ' ');
    }
}
