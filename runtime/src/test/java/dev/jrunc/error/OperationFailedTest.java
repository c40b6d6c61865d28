// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class OperationFailedTest {

    @Test
    void whatFailedInCleaningUpStays() {
        OperationFailed failure = new OperationFailed("MOUNT", "/mounts/0", 0, "mount");
        OperationFailed cleaning = new OperationFailed("UNMOUNT", "create", 0, "unmount");
        failure.addSuppressed(cleaning);

        for (OperationFailed other : List.of(failure.saying("more"), failure.by("--option"))) {
            assertArrayEquals(new Throwable[] {cleaning}, other.getSuppressed(), other::getMessage);
        }
    }
}
