// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateFolderTest {

    /** The folder can be made, but not be locked. */
    private static final class Unlockable implements Front {

        private final Errno error;
        private final List<HostOperation> asked = new ArrayList<>();

        Unlockable(Errno error) {
            this.error = error;
        }

        @Override
        public Call call() {
            return Calls.of(List.of(), List.of(), "/bundle", 0, "6.1.0");
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                asked.add(step.operation());
                boolean locks = step.operation() instanceof HostOperation.LockState;
                results.add(new Result(0, locks ? error.number() : 0, 0, Bytes.EMPTY, locks ? "lock" : "", "", ""));
            }
            return results;
        }
    }

    /** {@code delete --force} takes a folder without a state, also one that has just been made and isn't locked yet. */
    @Test
    void whatWasDeletedBeforeItWasLockedIsNoError() {
        Unlockable front = new Unlockable(Errno.ENOENT);

        assertFalse(new StateFolder(front, "/run/jrunc", "c").create());
        assertEquals(HostOperation.RemoveState.class, front.asked.getLast().getClass());
    }

    @Test
    void whatCanNotBeLockedIsRemoved() {
        Unlockable front = new Unlockable(Errno.EIO);
        StateFolder folder = new StateFolder(front, "/run/jrunc", "c");

        assertEquals(
                Errno.EIO.number(),
                assertThrows(OperationFailed.class, folder::create).errno());
        assertEquals(HostOperation.RemoveState.class, front.asked.getLast().getClass());
    }
}
