// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.AnsweringFront;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.IntelRdtPlan;
import dev.jrunc.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder stands for resctrl, which hardly a machine has: as the kernel does, it makes the files of a group itself. */
class ResctrlTest {

    @TempDir
    private Path resctrl = Path.of("");

    private final List<String> written = new ArrayList<>();
    private boolean refuse;

    private final class Host extends AnsweringFront {

        @Override
        protected Result answer(int index, HostOperation operation) {
            try {
                return tried(index, operation);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Result tried(int index, HostOperation operation) throws IOException {
            return switch (operation) {
                case HostOperation.RealPath real ->
                    Files.exists(Path.of(real.path())) ? done(index, 0, real.path()) : failed(index, Errno.ENOENT);
                case HostOperation.ReadFile file ->
                    Files.exists(Path.of(file.path()))
                            ? done(index, 0, Files.readString(Path.of(file.path())))
                            : failed(index, Errno.ENOENT);
                case HostOperation.MakeFolder folder -> done(index, group(Path.of(folder.path())) ? 1 : 0, "");
                case HostOperation.WriteFile file -> {
                    String name = resctrl.relativize(Path.of(file.path())).toString();
                    written.add(name + "=" + file.content().utf8().strip());
                    yield refuse && name.endsWith("schemata") ? failed(index, Errno.EINVAL) : done(index, 0, "");
                }
                case HostOperation.RemoveFolder folder -> {
                    written.add("remove " + resctrl.relativize(Path.of(folder.path())));
                    yield done(index, 0, "");
                }
                default -> throw new IllegalStateException("not of resctrl: " + operation.name());
            };
        }

        private static Result done(int index, long value, String data) {
            return new Result(index, 0, value, Bytes.utf8(data), "", "", "");
        }

        private static Result failed(int index, Errno errno) {
            return new Result(index, errno.number(), 0, Bytes.EMPTY, "tried", "", "");
        }
    }

    private final Host host = new Host();

    private static boolean group(Path folder) throws IOException {
        if (Files.exists(folder)) {
            return false;
        }
        Files.createDirectories(folder.resolve("mon_groups"));
        Files.writeString(folder.resolve("schemata"), "    L3:0=7ff;1=7ff\n    MB:0=100;1=100\n");
        Files.writeString(folder.resolve("tasks"), "");
        return true;
    }

    @BeforeEach
    void mount() throws IOException {
        Files.createDirectory(resctrl.resolve("mon_groups"));
        Files.createDirectory(resctrl.resolve("info"));
        Files.writeString(resctrl.resolve("info/last_cmd_status"), "ok\n");
        Files.writeString(resctrl.resolve("schemata"), "    L3:0=7ff;1=7ff\n");
        Files.writeString(resctrl.resolve("tasks"), "1\n2\n");
    }

    private IntelRdtPlan plan(String rdt) {
        Spec spec = ConfigReader.read(
                Bytes.utf8(("{'ociVersion':'1.3.0','linux':{'intelRdt':" + rdt + "}}").replace('\'', '"')));
        IntelRdtPlan plan =
                Resctrl.plan(host, "c1", spec, "40 30 0:40 / " + resctrl + " rw,relatime - resctrl resctrl rw\n");
        assertNotNull(plan);
        return plan;
    }

    private String problem(String rdt) {
        return assertThrows(InvalidSpec.class, () -> plan(rdt)).finding();
    }

    /** All that is done with it, from create to delete. */
    private List<String> live(IntelRdtPlan plan) {
        host.execute(plan.steps());
        host.execute(plan.group().attach(4711));
        Resctrl.removal(host, plan.group()).forEach(host::execute);
        return written;
    }

    @Test
    void withoutClosIdTheGroupIsTheContainersOwn() {
        assertEquals(
                List.of("c1/schemata=L3:0=f", "c1/tasks=4711", "remove c1"), live(plan("{'l3CacheSchema':'L3:0=f'}")));
    }

    @Test
    void theMonitoringGroupIsInTheControlGroup() {
        assertEquals(
                List.of("c1/tasks=4711", "c1/mon_groups/c1/tasks=4711", "remove c1/mon_groups/c1", "remove c1"),
                live(plan("{'enableMonitoring':true}")));
    }

    @Test
    void theOlderNamesOfMonitoring() {
        assertTrue(plan("{'enableCMT':true}").group().monitoring().endsWith("/c1/mon_groups/c1"));
        assertTrue(plan("{'enableMBM':true}").group().monitoring().endsWith("/c1/mon_groups/c1"));
        assertEquals("", plan("{'enableMBM':false}").group().monitoring());
    }

    @Test
    void theDefaultGroupIsNeitherMadeNorSetNorRemoved() {
        assertEquals(
                List.of("tasks=4711", "mon_groups/c1/tasks=4711", "remove mon_groups/c1"),
                live(plan("{'closID':'/','enableMonitoring':true}")));
    }

    @Test
    void linesOfMemBwSchemaTakeThePlaceOfThoseInL3CacheSchema() {
        host.execute(
                plan("{'closID':'x','l3CacheSchema':'L3:0=f\\nMB:0=10\\nL3CODE:0=1','memBwSchema':'MB:0=20','schemata':['L2:0=1','MB:0=30']}")
                        .steps());

        assertEquals(List.of("x/schemata=L3:0=f\nL3CODE:0=1\nMB:0=20", "x/schemata=L2:0=1\nMB:0=30"), written);
    }

    @Test
    void aGroupThatIsThereIsTakenAsItIs() throws IOException {
        group(resctrl.resolve("gold"));

        assertEquals(
                List.of("gold/tasks=4711"),
                live(plan("{'closID':'gold','l3CacheSchema':'L3:0=7FF','schemata':['MB:1=100']}")));
    }

    @Test
    void aGroupThatIsThereWithOtherSchemata() throws IOException {
        group(resctrl.resolve("gold"));

        assertEquals(
                "/linux/intelRdt/l3CacheSchema: the group exists already, and has not \"L3:0=ff\" but"
                        + " \"L3:0=7ff;1=7ff MB:0=100;1=100\"",
                problem("{'closID':'gold','l3CacheSchema':'L3:0=ff'}"));
        assertEquals(
                "/linux/intelRdt/schemata/1: the group exists already, and has not \"L2:0=1\" but"
                        + " \"L3:0=7ff;1=7ff MB:0=100;1=100\"",
                problem("{'closID':'gold','schemata':['L3:1=7ff','L2:0=1']}"));
    }

    @Test
    void aGroupThatIsNotThereAndHasNoSchemata() {
        assertEquals(
                "/linux/intelRdt/closID: there is no group " + resctrl
                        + "/gold, and without schemata, l3CacheSchema and memBwSchema none is made",
                problem("{'closID':'gold'}"));
    }

    @Test
    void aGroupWithProcessesUnderTheContainersName() throws IOException {
        group(resctrl.resolve("c1"));
        Files.writeString(resctrl.resolve("c1/tasks"), "77\n");

        assertEquals(
                "/linux/intelRdt: the group " + resctrl + "/c1 exists already, and has processes of others",
                problem("{}"));
    }

    @Test
    void aGroupThatOthersHaveComeToUseStays() throws IOException {
        IntelRdtPlan plan = plan("{'closID':'gold','schemata':['L3:0=f']}");
        host.execute(plan.steps());
        assertTrue(plan.group().made());
        Files.writeString(resctrl.resolve("gold/tasks"), "77\n");

        assertEquals(List.of(), Resctrl.removal(host, plan.group()));
        Files.writeString(resctrl.resolve("gold/tasks"), "");
        assertEquals(1, Resctrl.removal(host, plan.group()).size());
    }

    @Test
    void whatTheKernelSaysOfSchemataThatItRefuses() throws IOException {
        refuse = true;
        Files.writeString(resctrl.resolve("info/last_cmd_status"), "Mask 0 out of range\n");
        IntelRdtPlan plan = plan("{'schemata':['L3:0=0']}");
        OperationFailed error = assertThrows(OperationFailed.class, () -> host.execute(plan.steps()));

        assertEquals(
                "/linux/intelRdt/schemata: tried: Mask 0 out of range: EINVAL (invalid argument)",
                Resctrl.explained(host, plan, error).getMessage());
    }
}
