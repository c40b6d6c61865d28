// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.engine.Result;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a cgroup is, of which the look before said that it wasn't there. */
class CgroupsTest {

    private static final CgroupFolder FOLDER = new CgroupFolder("/cg", "/a/c", 2, List.of());

    private static Step<HostOperation> creation() {
        return Step.must(new HostOperation.CgroupCreate(Origin.rule("test"), "/cg", "/a/c", false, List.of()));
    }

    private static Result result(long error, long made) {
        return new Result(0, error, made, Bytes.EMPTY, "", "", "");
    }

    /** The two steps of version 2, the first of which may fail. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 0, false",
        "0, 2, 0, 0, false",
        "16, 1, 0, 0, false",
        "13, 0, 0, 1, false",
        "13, 0, 13, 0, false",
        "0, 0, 0, 0, true",
        "16, 0, 0, 0, true"
    })
    void madeByUsOrThereBefore(long error, long made, long nextError, long nextMade, boolean there) {
        List<Step<HostOperation>> steps = List.of(creation(), creation());

        assertEquals(there, Cgroups.wasThere(FOLDER, steps, List.of(result(error, made), result(nextError, nextMade))));
    }
}
