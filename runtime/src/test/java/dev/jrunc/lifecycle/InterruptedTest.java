// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A signal while a run takes its container away, at every operation that a signal can end. */
class InterruptedTest {

    private static final Bytes STATE = StateJson.write(new ContainerState(
            "c1",
            true,
            false,
            4711,
            1,
            "/bundle",
            "/bundle/rootfs",
            "1970-01-01T00:00:00Z",
            Map.of(),
            "root",
            true,
            true,
            null,
            List.of(new ContainerState.Cgroup(new CgroupFolder("/sys/fs/cgroup/pids", "/c1", 1, List.of("pids")), 1)),
            null,
            List.of(),
            List.of(new Spec.Hook("/bin/hook", List.of(), List.of(), null))));

    /** A host on which one operation is interrupted, the signal's: that with this number, from 0. */
    private static final class Host implements Front {

        private final int interrupted;
        private int interruptible;
        private boolean there = true;

        Host(int interrupted) {
            this.interrupted = interrupted;
        }

        @Override
        public Call call() {
            throw new IllegalStateException("not needed");
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                if (!step.mayFail() && interruptible++ == interrupted) {
                    throw new OperationFailed(
                            step.operation().name(), "", Errno.EINTR.number(), "interrupted by SIGINT");
                }
                if (step.operation() instanceof HostOperation.RemoveState) {
                    there = false;
                }
                Bytes data = step.operation() instanceof HostOperation.ReadState ? STATE : Bytes.EMPTY;
                long error = step.operation() instanceof HostOperation.OpenState && !there ? Errno.ENOENT.number() : 0;
                results.add(new Result(results.size(), error, 0, data, "", "", ""));
            }
            return results;
        }
    }

    private static Host finishRun(int interrupted) {
        Host host = new Host(interrupted);
        new RunContainer(new Context(
                        host,
                        "/states",
                        false,
                        false,
                        InstantSource.fixed(Instant.EPOCH),
                        Optional::empty,
                        warning -> {}))
                .finish("c1", 4711, 1, false);
        return host;
    }

    @Test
    void nothingStays() {
        int operations = finishRun(-1).interruptible;

        assertTrue(operations >= 3, "the status, the hook and the removal can be interrupted");
        for (int i = 0; i < operations; i++) {
            assertFalse(finishRun(i).there, "interrupted at " + i);
        }
    }
}
