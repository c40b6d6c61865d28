// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.UNSUPPORTED;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** runc-update(8), on cgroup v1. */
@IntegrationTest
@Peer(runc = PASS)
class UpdateIT {
    private static final long MIB = 1 << 20;

    /** A running container with limits of several kinds, and where its cgroups are. */
    private record Limited(Lab lab, Container container, String cgroup) {
        static Limited with(Lab lab, String resources) {
            Machine.needsCgroupV1("memory");
            Bundle bundle = lab.bundle().payload("print", "ready", ",", "sleep");
            String cgroup = "/" + lab.name();
            bundle.linux().put("cgroupsPath", cgroup);
            Json.quoted(resources)
                    .properties()
                    .forEach(one -> bundle.linux().withObject("/resources").set(one.getKey(), one.getValue()));
            return new Limited(lab, lab.create(bundle).start().awaitOutput("ready"), cgroup);
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
            call("--resources", "-")
                    .input(json.replace('\'', '"'))
                    .now()
                    .succeeded()
                    .printsNothing();
            return this;
        }

        String value(String file) {
            String controller = file.startsWith("cpuset") ? "cpuset" : file.substring(0, file.indexOf('.'));
            return Cgroups.value(Cgroups.folder(controller, cgroup), file);
        }

        Limited has(String file, Object value) {
            assertEquals(value.toString(), value(file), file);
            return this;
        }

        /** Those of plain(). */
        void hasItsOldLimits() {
            has("memory.limit_in_bytes", 100 * MIB).has("memory.memsw.limit_in_bytes", 200 * MIB);
            has("cpu.shares", 512).has("pids.max", 50);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--memory=64m, memory.limit_in_bytes, 67108864",
        "--memory=67108864, memory.limit_in_bytes, 67108864",
        "--memory=0.0625GiB, memory.limit_in_bytes, 67108864",
        "--memory-reservation=32M, memory.soft_limit_in_bytes, 33554432",
        "--memory-swap=300m, memory.memsw.limit_in_bytes, 314572800",
        "--cpu-share=100, cpu.shares, 100",
        "--cpu-period=50000, cpu.cfs_period_us, 50000",
        "--cpu-quota=20000, cpu.cfs_quota_us, 20000",
        "--cpu-quota=-1, cpu.cfs_quota_us, -1",
        "--cpuset-cpus=0, cpuset.cpus, 0",
        "--cpuset-mems=0, cpuset.mems, 0",
        "--pids-limit=9, pids.max, 9",
        "--pids-limit=-1, pids.max, max"
    })
    void anOption(String option, String file, String value, Lab lab) {
        Limited limited = Limited.plain(lab).update(option);

        limited.has(file, value);
    }

    @Test
    void whatIsNotNamedStays(Lab lab) {
        Limited limited = Limited.plain(lab);

        limited.update("--pids-limit", "7").has("pids.max", 7);
        limited.has("memory.limit_in_bytes", 100 * MIB).has("memory.memsw.limit_in_bytes", 200 * MIB);
        limited.has("cpu.shares", 512);
        limited.update("--cpu-share", "300").has("pids.max", 7).has("cpu.shares", 300);
    }

    @Test
    void withoutAnyOptionNothingChanges(Lab lab) {
        Limited.plain(lab).update().hasItsOldLimits();
    }

    /** Memory alone may never be more than memory and swap together. */
    @Test
    void memoryAndSwapUpAndDown(Lab lab) {
        Limited limited = Limited.plain(lab);

        limited.update("--memory", "300m", "--memory-swap", "400m")
                .has("memory.limit_in_bytes", 300 * MIB)
                .has("memory.memsw.limit_in_bytes", 400 * MIB);
        limited.update("--memory", "50m", "--memory-swap", "60m")
                .has("memory.limit_in_bytes", 50 * MIB)
                .has("memory.memsw.limit_in_bytes", 60 * MIB);
        limited.update("--memory", "60m", "--memory-swap", "60m").has("memory.memsw.limit_in_bytes", 60 * MIB);
        limited.update("--memory", "70m", "--memory-swap", "-1").has("memory.limit_in_bytes", 70 * MIB);
        limited.update("--memory", "70m", "--memory-swap", "80m").has("memory.memsw.limit_in_bytes", 80 * MIB);
    }

    @Test
    void aMemoryLimitThatIsLiftedTakesThatOfSwapAlong(Lab lab) {
        Limited limited = Limited.plain(lab).update("--memory", "-1");

        assertTrue(Long.parseLong(limited.value("memory.limit_in_bytes")) > 1L << 50);
        assertTrue(Long.parseLong(limited.value("memory.memsw.limit_in_bytes")) > 1L << 50);
    }

    @Test
    void memoryAboveWhatIsAllowedWithSwap(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--memory", "500m"), "invalid argument")
                .oursSays("--memory: ", "memory.limit_in_bytes", "EINVAL", "--memory-swap", "209715200 now");
        limited.hasItsOldLimits();
    }

    @Test
    void memoryAndSwapBelowMemory(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--memory-swap", "50m"), "invalid argument")
                .oursSays("--memory-swap: ", "memory.memsw.limit_in_bytes", "EINVAL", "104857600 now");
        limited.hasItsOldLimits();
    }

    @Test
    void aLimitBelowWhatIsInUse(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--memory", "4k"), "unable to set memory limit", "current usage: ", "peak usage: ")
                .oursSays("--memory: ", "EBUSY", "choose a higher one");
        limited.has("memory.limit_in_bytes", 100 * MIB);
    }

    @Test
    void aLimitBelowWhatIsInUseInAFile(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--resources", "-").input("{\"memory\":{\"limit\":4096}}"), "unable to set memory limit")
                .oursSays("--resources -: /memory/limit: ", "EBUSY");
    }

    /** What was written before the limit that failed is taken back. */
    @Test
    @Peer(
            runc = WRONG,
            why = "it leaves what it had written before",
            failure = "memory.limit_in_bytes ==> expected: <104857600>")
    void allOrNothing(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--memory", "64m", "--cpu-share", "100", "--pids-limit", "9", "--cpu-quota", "5"));
        limited.hasItsOldLimits();
    }

    /** As with --systemd-cgroup, when the D-Bus that create talked to is no more. */
    @Test
    @JruncOnly("it edits our state.json")
    void allOrNothingWhenSystemdCanNotBeTold(Lab lab) throws IOException {
        Limited limited = Limited.plain(lab);
        Path folder = lab.stateRoot().resolve(limited.container().id());
        Path state = folder.resolve("state.json");
        String saved = Files.readString(state);
        String config = Files.readString(folder.resolve("config.json"));
        ObjectNode changed = (ObjectNode) Json.parse(saved);
        changed.set("unit", Json.quoted("{'name':'c.scope','socket':'/no/bus','abstract':false,'bus':true}"));
        Files.writeString(state, changed.toString());
        try {
            limited.call("--pids-limit", "77")
                    .now()
                    .failedSaying(": container " + limited.container().id()
                            + ": --systemd-cgroup: connect to D-Bus at /no/bus: ENOENT");
        } finally {
            Files.writeString(state, saved);
        }
        limited.hasItsOldLimits();
        assertEquals(config, Files.readString(folder.resolve("config.json")));
    }

    @Test
    void periodAndQuotaUpAndDown(Lab lab) {
        Limited limited = Limited.with(lab, "{'cpu':{'period':100000,'quota':50000}}");

        limited.update("--cpu-period", "20000", "--cpu-quota", "15000")
                .has("cpu.cfs_period_us", 20000)
                .has("cpu.cfs_quota_us", 15000);
        limited.update("--cpu-period", "1000000", "--cpu-quota", "900000")
                .has("cpu.cfs_period_us", 1_000_000)
                .has("cpu.cfs_quota_us", 900_000);
        limited.update("--cpu-period", "10000", "--cpu-quota", "-1").has("cpu.cfs_quota_us", -1);
        limited.update("--cpu-quota", "5000").has("cpu.cfs_period_us", 10000).has("cpu.cfs_quota_us", 5000);
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "--cpu-burst came later", failure = "cpu-burst")
    void burstAndQuotaUpAndDown(Lab lab) {
        Limited limited = Limited.with(lab, "{'cpu':{'period':100000,'quota':50000}}");

        limited.update("--cpu-burst", "40000").has("cpu.cfs_burst_us", 40000);
        limited.update("--cpu-quota", "20000", "--cpu-burst", "10000").has("cpu.cfs_burst_us", 10000);
        limited.update("--cpu-quota", "60000", "--cpu-burst", "60000").has("cpu.cfs_burst_us", 60000);
        lab.fails(limited.call("--cpu-quota", "1000")).oursSays("--cpu-quota: ", "EINVAL", "of the burst");
        limited.has("cpu.cfs_quota_us", 60000);
        limited.update("--cpu-burst", "0").has("cpu.cfs_burst_us", 0).has("cpu.cfs_quota_us", 60000);
    }

    /** The kernel gives a cgroup that is idle no more the default shares. */
    @Test
    @Peer(runc = UNSUPPORTED, why = "--cpu-idle came later", failure = "cpu-idle")
    void anIdleContainerGetsItsSharesBack(Lab lab) {
        Limited limited = Limited.plain(lab).update("--cpu-idle", "1").has("cpu.idle", 1);

        lab.fails(limited.call("--cpu-share", "300")).oursSays("--cpu-share: ", "EINVAL", "--cpu-idle 0");
        limited.update("--cpu-idle", "0").has("cpu.idle", 0).has("cpu.shares", 512);
    }

    @Test
    void realtime(Lab lab) {
        Limited limited = Limited.plain(lab);
        Machine.needs(
                "realtime limits of cgroup v1",
                Files.exists(Cgroups.folder("cpu", limited.cgroup()).resolve("cpu.rt_period_us")));

        limited.update("--cpu-rt-period", "900000").has("cpu.rt_period_us", 900_000);
        lab.fails(limited.call("--cpu-rt-runtime", "900001"), "invalid argument")
                .oursSays("--cpu-rt-runtime: ", "EINVAL", "not more than the period");
        limited.hasItsOldLimits();
    }

    @Test
    void theWeightOfInputAndOutput(Lab lab) {
        Limited limited = Limited.plain(lab).update("--blkio-weight", "500");
        Path folder = Cgroups.folder("blkio", limited.cgroup());
        boolean bfq = Files.exists(folder.resolve("blkio.bfq.weight"));

        limited.has(bfq ? "blkio.bfq.weight" : "blkio.weight", 500);
    }

    @Test
    @Peer(runc = WRONG, why = "it leaves it to the kernel, whose range is another", failure = "exit status")
    void aWeightThatIsNone(Lab lab) {
        lab.fails(Limited.plain(lab).call("--blkio-weight", "5"))
                .oursSays("--blkio-weight: expected 10 to 1000, found 5");
    }

    @Test
    void fromAFile(Lab lab) throws IOException {
        Limited limited = Limited.plain(lab);
        Path file = lab.newFile("resources.json");
        Files.writeString(file, "{\"memory\":{\"limit\":67108864},\"cpu\":{\"shares\":99},\"more\":{\"unknown\":1}}");

        limited.update("-r", file.toString())
                .has("memory.limit_in_bytes", 64 * MIB)
                .has("cpu.shares", 99);
        limited.has("memory.memsw.limit_in_bytes", 200 * MIB).has("pids.max", 50);
    }

    @Test
    void fromTheStandardInput(Lab lab) {
        Limited limited = Limited.plain(lab).resources("{'pids':{'limit':12},'memory':{'limit':0}}");

        limited.has("pids.max", 12).has("memory.limit_in_bytes", 100 * MIB);
    }

    /** As a shell's <(…) is. */
    @Test
    void fromAPipeByItsName(Lab lab) {
        Limited limited = Limited.plain(lab);
        limited.call("--resources", "/dev/stdin")
                .input("{\"pids\":{\"limit\":13}}")
                .now()
                .succeeded();

        limited.has("pids.max", 13);
    }

    @Test
    @Peer(runc = WRONG, why = "it dereferences null", failure = "panic")
    void sectionsThatAreNull(Lab lab) {
        Limited limited = Limited.plain(lab);

        limited.resources("{'memory':null,'cpu':null,'pids':null,'blockIO':null}")
                .hasItsOldLimits();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'memory':{},'cpu':{},'blockIO':{},'pids':{}}"})
    void resourcesThatAskForNothing(String json, Lab lab) {
        Limited limited = Limited.plain(lab);

        limited.resources(json).hasItsOldLimits();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':'x'}}|/memory/limit: expected a 64-bit integer, found string \"x\"",
                "{'memory':[]}|/memory: expected an object, found an array",
                "{'cpu':{'shares':-1}}|/cpu/shares: expected",
                "[]|expected an object, found an array",
                "{'memory':|is not JSON",
                "''|is empty",
            })
    void resourcesThatAreWrong(String json, String finding, Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--resources", "-").input(json.replace('\'', '"').replace("\"\"", "")))
                .oursSays("--resources -: ", finding);
        limited.hasItsOldLimits();
    }

    @Test
    void valuesOfVersionTwo(Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--resources", "-").input("{\"unified\":{\"memory.max\":\"1000000\"}}"), "unified")
                .oursSays("--resources -: /unified: ");
    }

    @Test
    void aFileThatIsMissing(Lab lab) {
        lab.fails(Limited.plain(lab).call("--resources", "/missing/resources.json"), "no such file or directory")
                .oursSays("/missing/resources.json", "ENOENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kernel-memory", "--kernel-memory-tcp"})
    void limitsThatTheKernelHasGivenUpAreAWarning(String option, Lab lab) {
        Limited limited = Limited.plain(lab);
        Result result = limited.call(option, "64m", "--pids-limit", "40").now().succeeded();

        assertTrue(
                (result.stderr() + String.join("\n", result.log())).contains("Kernel memory settings are ignored"),
                result::toString);
        limited.has("pids.max", 40);
    }

    @Test
    @JruncOnly("runc says nothing")
    void otherOptionsBesideAFile(Lab lab) {
        Limited limited = Limited.plain(lab);

        Result result = limited.call("--resources", "-", "--pids-limit", "3")
                .input("{}")
                .now()
                .succeeded();
        limited.has("pids.max", 50);
        assertTrue(
                result.log().getLast().contains("--resources: the other options for limits are ignored"),
                result::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "--memory, much",
        "--memory, -2",
        "--memory, 1mm",
        "--memory-swap, 1.2.3",
        "--cpu-share, -1",
        "--cpu-period, 1e3",
        "--cpu-quota, half",
        "--pids-limit, few"
    })
    void valuesThatAreNone(String option, String value, Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call(option + "=" + value), "invalid value", option.substring(2));
        limited.hasItsOldLimits();
    }

    @ParameterizedTest
    @CsvSource({
        "--cpu-quota, 5, cpu.cfs_quota_us, EINVAL",
        "--cpu-period, 5, cpu.cfs_period_us, EINVAL",
        "--cpuset-cpus, 4000, cpuset.cpus, ERANGE",
        "--cpuset-cpus, first, cpuset.cpus, EINVAL",
        "--cpuset-mems, 99, cpuset.mems, E"
    })
    void valuesThatTheKernelRefuses(String option, String value, String file, String errno, Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call(option, value), file).oursSays(option + ": ", file, errno, ": expected ");
        limited.hasItsOldLimits();
    }

    @ParameterizedTest
    @CsvSource({"1, the minimum allowed cpu-shares is 2", "262145, the maximum allowed cpu-shares is 262144"})
    @Peer(runc = WRONG, why = "it says so, and leaves them", failure = "cpu.shares ==> expected: <512>")
    void sharesThatTheKernelWouldChange(String shares, String words, Lab lab) {
        Limited limited = Limited.plain(lab);

        lab.fails(limited.call("--cpu-share", shares), words);
        limited.hasItsOldLimits();
    }

    @Test
    void schemataWithoutIntelRdt(Lab lab) {
        Limited limited = Limited.plain(lab);
        Machine.needs("a host without resctrl", !Files.exists(Path.of("/sys/fs/resctrl/schemata")));

        lab.fails(limited.call("--l3-cache-schema", "L3:0=f"), "Intel RDT/CAT: l3 cache schema is not enabled");
        lab.fails(limited.call("--mem-bw-schema", "MB:0=20"), "Intel RDT/MBA: memory bandwidth schema is not enabled");
    }

    @Test
    void deviceRulesStay(Lab lab) {
        Limited limited = Limited.plain(lab);
        String devices = limited.value("devices.list");

        limited.update("--memory", "64m").has("devices.list", devices);
        limited.resources("{'devices':[{'allow':false,'access':'rwm'}],'pids':{'limit':8}}")
                .has("devices.list", devices);
    }

    /** One who writes other rules means them; what is in use meanwhile is not denied for a moment. */
    @Test
    @Peer(runc = UNSUPPORTED, why = "update leaves device rules out", failure = "devices.list")
    void otherDeviceRules(Lab lab) {
        Limited limited = Limited.plain(lab);
        String before = limited.value("devices.list");

        limited.resources("{'devices':[{'allow':true,'type':'c','major':1,'minor':11,'access':'r'}]}");
        limited.has("devices.list", before + "\nc 1:11 r");
        limited.resources("{'devices':[{'allow':true,'type':'c','major':1,'minor':12,'access':'rw'}]}");
        limited.has("devices.list", before + "\nc 1:12 rw");
    }

    @Test
    @Peer(runc = UNSUPPORTED, why = "update leaves them out", failure = "read_bps_device")
    void limitsOfADevice(Lab lab) {
        Limited limited = Limited.plain(lab);
        String device = Device.any();

        limited.resources("{'blockIO':{'throttleReadBpsDevice':[" + Device.json(device, 1_000_000) + "]}}");
        limited.has("blkio.throttle.read_bps_device", device + " 1000000");
        limited.resources("{'blockIO':{'throttleReadBpsDevice':[" + Device.json(device, 0) + "]}}");
        limited.has("blkio.throttle.read_bps_device", "");
    }

    /** A disk of this host, by its number. */
    private static final class Device {
        static String any() {
            try (var disks = Files.list(Path.of("/sys/block"))) {
                Optional<Path> disk = disks.filter(
                                one -> one.getFileName().toString().matches("(vd|sd|nvme).*"))
                        .findFirst();
                Machine.needs("a disk", disk.isPresent());
                return Files.readString(disk.orElseThrow().resolve("dev")).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static String json(String device, long rate) {
            return "{'major':" + device.replace(":", ",'minor':") + ",'rate':" + rate + "}";
        }
    }

    @Test
    void aCreatedContainer(Lab lab) {
        Container created = lab.create(lab.bundle().payload("sleep"));

        lab.call("update", "--pids-limit", "20", created.id()).now().succeeded().printsNothing();
        created.start();
        assertEquals("running", created.status());
    }

    @Test
    void aPausedContainer(Lab lab) {
        Limited limited = Limited.plain(lab);
        lab.call("pause", limited.container().id()).now().succeeded();

        limited.update("--pids-limit", "20").has("pids.max", 20);
        assertEquals("paused", limited.container().status());
        lab.call("resume", limited.container().id()).now().succeeded();
    }

    @Test
    void aStoppedContainer(Lab lab) {
        Container container = lab.create(lab.bundle().payload("print", "done")).start();
        container.awaitStatus("stopped");

        lab.fails(lab.call("update", "--pids-limit", "20", container.id()), "container not running");
    }

    @Test
    void aMissingContainer(Lab lab) {
        lab.fails(lab.call("update", "--pids-limit", "20", lab.nextId()), "container does not exist");
    }

    @Test
    void argumentsThatAreMissingOrTooMany(Lab lab) {
        lab.fails(lab.call("update"), "\"update\" requires exactly 1 argument");
        lab.fails(lab.call("update", "one", "two"), "\"update\" requires exactly 1 argument");
    }

    /** A later one, and exec, go by what an earlier one has left. */
    @Test
    void oneAfterTheOther(Lab lab) {
        Limited limited = Limited.plain(lab);
        for (int pids = 10; pids < 15; pids++) {
            limited.update("--pids-limit", Integer.toString(pids)).has("pids.max", pids);
        }
        limited.update("--memory", "80m")
                .has("memory.memsw.limit_in_bytes", 200 * MIB)
                .has("pids.max", 14);
        lab.exec(limited.container(), "print", "executed").succeeded().printed("executed");
        lab.call("exec", limited.container().id(), Bundle.PAYLOAD, "print", "again")
                .now()
                .succeeded();
    }
}
