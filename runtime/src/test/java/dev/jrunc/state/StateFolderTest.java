// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.engine.AnsweringFront;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateFolderTest {

    /** The folder can be made, but not be locked. */
    private static final class Unlockable extends AnsweringFront {

        private final Errno error;
        private final List<HostOperation> asked = new ArrayList<>();

        Unlockable(Errno error) {
            this.error = error;
        }

        @Override
        protected Result answer(int index, HostOperation operation) {
            asked.add(operation);
            long number = operation instanceof HostOperation.LockState ? error.number() : 0;
            return new Result(index, number, 0, Bytes.EMPTY, "lock", "", "");
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
