// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncoderTest {

    private static Step<HostOperation> write(String origin, int bytes) {
        return Step.must(new HostOperation.WriteFile(Origin.at(origin), "/f", Bytes.of(new byte[bytes]), 0, 0));
    }

    @Test
    void theOperationThatAFrameHasNoRoomForIsNamed() {
        List<Step<HostOperation>> steps =
                List.of(write("/hooks/prestart/0", 1000), write("/hooks/prestart/1", 64 << 20));
        OperationFailed failure = assertThrows(OperationFailed.class, () -> new Encoder().operations(steps));

        assertEquals("/hooks/prestart/1: the plan is larger than 64 MiB", failure.getMessage());
    }

    @Test
    void aFrameMayBeFull() {
        int others = new Encoder().operations(List.of(write("/a", 0))).toArray().length;
        byte[] full = new Encoder()
                .operations(List.of(write("/a", Protocol.MAX_FRAME_BYTES - others)))
                .toArray();

        assertEquals(Protocol.MAX_FRAME_BYTES, full.length);
    }
}
