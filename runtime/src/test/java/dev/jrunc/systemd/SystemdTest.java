// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.engine.AnsweringFront;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SystemdTest {

    /** It answers so many questions with nothing to tell, and then it ends. */
    private static final class Dying extends AnsweringFront {

        private final int answers;
        private int questions;
        private Bytes answer = Bytes.EMPTY;

        Dying(int answers) {
            this.answers = answers;
        }

        @Override
        protected Result answer(int index, HostOperation operation) {
            if (operation instanceof HostOperation.RelaySend send) {
                boolean hello = send.content().utf8().startsWith("\0AUTH");
                answer = hello ? Bytes.utf8("OK 1\r\n") : answer(send.content().toArray());
            }
            return new Result(index, 0, 0, answer, "", "", "");
        }

        /** D-Bus specification section "Message Format": a method's return, whose one field is the serial of what it answers. */
        private Bytes answer(byte[] question) {
            questions++;
            String serial = HexFormat.of().formatHex(Arrays.copyOfRange(question, 8, 12));
            return questions > answers
                    ? Bytes.EMPTY
                    : Bytes.of(HexFormat.of()
                            .parseHex("6c020101" + "00000000" + "01000000" + "08000000" + "05017500" + serial));
        }
    }

    private static void set(int answers) {
        Systemd.connect(new Dying(answers), new BusAddress("/run/systemd/private", false, false))
                .set("c.scope", List.of(UnitProperty.number("TasksMax", 20)));
    }

    @Test
    void propertiesThatItHasTakenAreTakenWhateverComesThen() {
        assertDoesNotThrow(() -> set(1));
        assertEquals(
                Errno.ECONNRESET.number(),
                assertThrows(OperationFailed.class, () -> set(0)).errno());
    }
}
