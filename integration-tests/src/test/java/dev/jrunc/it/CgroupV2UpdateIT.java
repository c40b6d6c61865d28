// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** runc-update(8), on a host that has version 2 alone. */
@IntegrationTest
@Peer(runc = PASS)
class CgroupV2UpdateIT {
    private static final long MIB = 1 << 20;

    /** A running container with limits of several kinds. */
    private record Limited(Lab lab, Container container) {
        static Limited with(Lab lab, Bundle bundle) {
            return new Limited(lab, lab.create(bundle).start().awaitOutput("ready"));
        }

        static Limited with(Lab lab, String resources) {
            return with(lab, CgroupV2LimitsIT.bundle(lab, "memory", resources).payload("print", "ready", ",", "sleep"));
        }

        static Limited plain(Lab lab) {
            return with(
                    lab, "{'memory':{'limit':104857600,'swap':209715200},'cpu':{'shares':512},'pids':{'limit':50}}");
        }

        Call call(String... words) {
            return lab.updateCall(container, words);
        }

        Limited update(String... words) {
            call(words).now().succeeded().printsNothing();
            return this;
        }

        Limited resources(String json) {
            call("--resources", "-").input(json.replace('\'', '"')).now().succeeded();
            return this;
        }

        Limited has(String file, Object value) {
            assertEquals(value.toString(), Cgroups.value(Cgroups.unified(lab.cgroup("c")), file), file);
            return this;
        }

        /** Those of plain(). */
        void hasItsOldLimits() {
            has("memory.max", 100 * MIB).has("memory.swap.max", 100 * MIB);
            has("cpu.weight", 20).has("pids.max", 50).has("cpu.max", "max 100000");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--memory=64m, memory.max, 67108864",
        "--memory-reservation=32M, memory.low, 33554432",
        "--cpu-share=262144, cpu.weight, 10000",
        "--cpu-quota=20000, cpu.max, 20000 100000",
        "--cpu-period=50000, cpu.max, max 50000",
        "--cpuset-cpus=0, cpuset.cpus, 0",
        "--cpuset-mems=0, cpuset.mems, 0",
        "--pids-limit=-1, pids.max, max"
    })
    void anOption(String option, String file, String value, Lab lab) {
        Limited.plain(lab).update(option).has(file, value);
    }

    @Test
    void whatIsNotNamedStays(Lab lab) {
        Limited limited = Limited.plain(lab).update().update("--pids-limit", "7");

        limited.has("pids.max", 7).has("memory.max", 100 * MIB).has("memory.swap.max", 100 * MIB);
        limited.has("cpu.weight", 20);
    }

    /** What is asked for is memory and swap together, in version 2 as well. */
    @Test
    void memoryAndSwapUpAndDown(Lab lab) {
        Limited limited = Limited.plain(lab);

        limited.update("--memory", "300m", "--memory-swap", "400m")
                .has("memory.max", 300 * MIB)
                .has("memory.swap.max", 100 * MIB);
        limited.update("--memory", "50m", "--memory-swap", "60m")
                .has("memory.max", 50 * MIB)
                .has("memory.swap.max", 10 * MIB);
        limited.update("--memory", "70m", "--memory-swap", "-1").has("memory.swap.max", "max");
    }

    @Test
    void valuesInVersionTwosOwnWords(Lab lab) {
        Limited.plain(lab)
                .resources("{'unified':{'memory.high':'50331648','pids.max':'9'}}")
                .has("memory.high", 48 * MIB)
                .has("pids.max", 9)
                .has("memory.max", 100 * MIB);
    }

    /** In version 2 the kernel takes it, and kills until it is kept: there is no EBUSY. */
    @Test
    void aLimitBelowWhatIsInUse(Lab lab) {
        Limited limited = Limited.plain(lab);
        limited.call("--memory", "4k", "--memory-swap", "4k").now();

        limited.container().awaitStatus("stopped");
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "1.1.5 knows no checkBeforeUpdate: specification 1.1", failure = "exit status")
    void aLimitBelowWhatIsInUseWhereThatIsToBeChecked(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(
                        limited.call("--resources", "-")
                                .input("{\"memory\":{\"limit\":4096,\"checkBeforeUpdate\":true}}"),
                        "/memory/limit")
                .oursSays("4096 is not more than the ", " bytes in use, and checkBeforeUpdate is set");
        limited.hasItsOldLimits();
        assertEquals("running", limited.container().status());
    }

    /** What was written before the limit that failed is taken back. */
    @Test
    @Peer(runc = WRONG, why = "it leaves what it had written before", failure = "memory.max ==> expected: <104857600>")
    void allOrNothing(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--memory", "64m", "--cpu-share", "100", "--pids-limit", "9", "--cpu-quota", "5"));
        limited.hasItsOldLimits();
    }

    @Test
    void aPausedContainer(Lab lab) {
        Limited limited = Limited.plain(lab);
        lab.call("pause", limited.container().id()).now().succeeded();

        limited.update("--pids-limit", "20").has("pids.max", 20);
        assertEquals("paused", limited.container().status());
        lab.call("resume", limited.container().id()).now().succeeded();
    }

    private static String tries(Lab lab, Limited limited) {
        return lab.exec(limited.container(), "try-open", "/dev/kmsg", "w", ",", "try-open", "/dev/zero", "r")
                .succeeded()
                .stdout();
    }

    /** The program of the one list is replaced by that of the other. */
    @Test
    @Peer(runc = UNSUPPORTED, why = "update leaves device rules out", failure = "/dev/kmsg: OK")
    void otherDeviceRules(Lab lab) {
        Bundle bundle = CgroupV2LimitsIT.bundle(lab, "pids", "{}").payload("print", "ready", ",", "sleep");
        bundle.linux()
                .set("devices", Json.quoted("[{'type':'c','path':'/dev/kmsg','major':1,'minor':11,'fileMode':438}]"));
        Limited limited = Limited.with(lab, bundle);
        String denied = "try-open /dev/kmsg: EPERM\ntry-open /dev/zero: OK\n";

        assertEquals(denied, tries(lab, limited));
        limited.resources("{'devices':[{'allow':false,'access':'rwm'},"
                + "{'allow':true,'type':'c','major':1,'minor':11,'access':'w'}]}");
        assertEquals("try-open /dev/kmsg: OK\ntry-open /dev/zero: OK\n", tries(lab, limited));
        limited.update("--pids-limit", "30");
        assertEquals("try-open /dev/kmsg: OK\ntry-open /dev/zero: OK\n", tries(lab, limited), "they stay");
        limited.resources("{'devices':[{'allow':false,'access':'rwm'}]}");
        assertEquals(denied, tries(lab, limited));
    }
}
