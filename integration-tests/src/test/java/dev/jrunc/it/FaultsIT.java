// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.faults.FaultMatrix;
import dev.jrunc.it.faults.FaultTable;
import dev.jrunc.it.faults.Subject;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults at every point of every command: {@code make faults}; and here, of each command, some that a seed chooses, with which they come
 * again: {@code -Djrunc.faults.seed=}. {@code -Djrunc.faults.only="init before MOUNT 3 KILL_INIT"} chooses by name.
 */
@IntegrationTest
@JruncOnly("faults come from a test build")
@Execution(ExecutionMode.CONCURRENT)
class FaultsIT {
    private static final FaultTable TABLE = new FaultTable();
    private static final long SEED = Long.getLong("jrunc.faults.seed", System.currentTimeMillis());
    private static final int OF_EACH = Integer.getInteger("jrunc.faults.of-each", 12);
    private static final String ONLY = System.getProperty("jrunc.faults.only", "");

    static List<Subject> subjects() {
        String named = System.getProperty("jrunc.faults.subject", "");
        return Subject.all().stream()
                .filter(subject -> subject.name().contains(named))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void nothingIsLostOrLeft(Subject subject, Lab lab) {
        List<String> wrong = new FaultMatrix(lab, subject, TABLE).run(OF_EACH, SEED, ONLY);

        assertEquals("", String.join("\n", wrong), () -> "with -Djrunc.faults.seed=" + SEED);
    }

    @AfterAll
    static void print() {
        TABLE.write();
        System.out.println("-Djrunc.faults.seed=" + SEED + "\n" + TABLE.text());
    }
}
