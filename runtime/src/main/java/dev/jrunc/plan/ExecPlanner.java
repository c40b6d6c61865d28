// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/** Compiles another process of a container that runs already to the operations that make it. Pure. */
public final class ExecPlanner {

    private static final Origin EXEC = Origin.rule("exec");

    private ExecPlanner() {}

    /** @throws dev.jrunc.error.InvalidSpec for what can't be compiled */
    public static ExecPlan plan(ExecRequest request) {
        Spec.Process process = request.process();
        List<Step<InitOperation>> init = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        ProcessPlanner program = new ProcessPlanner(
                request.base(),
                List.of(),
                request.seccomp(),
                request.spec(),
                process,
                !request.setGroupsDenied(),
                new NotifySocket(""),
                init,
                warnings);
        init.add(Step.must(new InitOperation.Entered(EXEC)));
        if (request.sessionKeyring()) {
            init.add(Step.must(
                    new InitOperation.SessionKeyring(Origin.rule("session keyring"), "_ses." + request.id())));
        }
        program.planSession();
        program.planIdentity(false);
        program.planProgram();
        init.add(Step.must(new InitOperation.Detach(EXEC, request.preserveFds())));
        program.planSeccomp();
        init.add(Step.must(new InitOperation.Ready(EXEC)));
        program.planExecve();
        long namespaces = namespaces(request.spec());
        boolean chroot = (namespaces & Names.namespace("mount").orElseThrow()) == 0;
        return new ExecPlan(
                namespaces, chroot, program.afterSpawn(), init, program.limits(), process.terminal(), warnings);
    }

    private static long namespaces(Spec spec) {
        long namespaces = 0;
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            namespaces |= Names.namespace(namespace.type()).orElseThrow();
        }
        return namespaces;
    }
}
