// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.cgroup.CgroupDriver;
import dev.jrunc.cgroup.CgroupLayout;
import dev.jrunc.cgroup.CgroupPlan;
import dev.jrunc.cgroup.Hierarchy;
import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.JruncException;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A caller that has a right to some hierarchies only. */
class CreatedCgroupsTest {

    private static final CgroupLayout LAYOUT = new CgroupLayout(List.of(
            new Hierarchy("/cg/memory", 1, List.of("memory"), "/user"),
            new Hierarchy("/cg/pids", 1, List.of("pids"), "/"),
            new Hierarchy("/cg/freezer", 1, List.of("freezer"), "/user")));

    /** Refuses what these cgroups are asked for. */
    private static final class Host implements Front {
        private final Map<String, Errno> creations;
        private final Map<String, Errno> refusedJoins;
        private final List<String> removed = new ArrayList<>();

        Host(Map<String, Errno> creations, Map<String, Errno> refusedJoins) {
            this.creations = creations;
            this.refusedJoins = refusedJoins;
        }

        @Override
        public Call call() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                Errno error = switch (step.operation()) {
                    case HostOperation.CgroupCreate create -> creations.get(create.mount() + create.path());
                    case HostOperation.ReadFile read -> null;
                    case HostOperation.CgroupAttach attach ->
                        refusedJoins.get(attach.folders().getFirst());
                    case HostOperation.CgroupRemove remove -> {
                        removed.add(remove.mount() + remove.path());
                        yield null;
                    }
                    default -> throw new AssertionError(step);
                };
                long number = error == null ? 0 : error.number();
                results.add(new Result(results.size(), number, error == null ? 1 : 0, Bytes.EMPTY, "tried it", "", ""));
            }
            return results;
        }
    }

    private static CgroupPlan plan(String linux, boolean rootless) {
        String config = "{'ociVersion':'1.3.0','linux':{" + linux + "}}";
        return CgroupDriver.plan(
                LAYOUT, ConfigReader.read(Bytes.utf8(config.replace('\'', '"'))), "ID", false, rootless);
    }

    private static List<String> paths(List<CgroupFolder> folders) {
        return folders.stream().map(CgroupFolder::folder).toList();
    }

    private static CreatedCgroups created(CgroupPlan plan, Map<String, Errno> refused) {
        CreatedCgroups cgroups = new CreatedCgroups(new Host(refused, Map.of()), plan);
        cgroups.create();
        return cgroups;
    }

    @Test
    void whatMayNotBeMadeIsDoneWithout() {
        CreatedCgroups cgroups =
                created(plan("", true), Map.of("/cg/memory/user/ID", Errno.EACCES, "/cg/freezer/user/ID", Errno.EROFS));

        assertEquals(List.of("/cg/pids/ID"), paths(cgroups.plan().folders()));
        assertEquals(
                List.of("/cg/memory/user", "/cg/freezer/user"),
                paths(cgroups.plan().inherited()));
    }

    @Test
    void aLimitInItIsNot() {
        CgroupPlan plan = plan("'resources':{'memory':{'limit':1000}}", true);

        JruncException failure =
                assertThrows(JruncException.class, () -> created(plan, Map.of("/cg/memory/user/ID", Errno.EACCES)));

        assertEquals(
                "/linux/resources/memory/limit: cannot set memory limit: container could not join or create cgroup"
                        + " /cg/memory/user/ID: EACCES (permission denied)",
                failure.getMessage());
        assertEquals(3, created(plan, Map.of()).plan().folders().size());
        assertEquals(
                2,
                created(plan, Map.of("/cg/pids/ID", Errno.EPERM))
                        .plan()
                        .folders()
                        .size());
    }

    @Test
    void norIsAPathThatWasAskedFor() {
        CgroupPlan plan = plan("'cgroupsPath':'/here'", true);

        JruncException failure =
                assertThrows(JruncException.class, () -> created(plan, Map.of("/cg/memory/here", Errno.EACCES)));

        assertEquals("/linux/cgroupsPath: tried it: EACCES (permission denied)", failure.getMessage());
    }

    @Test
    void norIsAnyOfRootsAndNoOtherFailure() {
        assertThrows(JruncException.class, () -> created(plan("", false), Map.of("/cg/memory/user/ID", Errno.EACCES)));
        assertThrows(JruncException.class, () -> created(plan("", true), Map.of("/cg/memory/user/ID", Errno.ENOSPC)));
    }

    /** It is of no use then: it isn't kept, and a limit in it would limit nothing. */
    @Test
    void whatWasMadeAndMayNotBeJoinedIsTakenAwayAgain() {
        Host host = new Host(Map.of(), Map.of("/cg/memory/user/ID", Errno.EACCES));
        CreatedCgroups cgroups = new CreatedCgroups(host, plan("", true));
        cgroups.create();
        cgroups.join();

        assertEquals(
                List.of("/cg/pids/ID", "/cg/freezer/user/ID"),
                paths(cgroups.plan().folders()));
        assertEquals(List.of("/cg/memory/user"), paths(cgroups.plan().inherited()));
        assertEquals(List.of("/cg/memory/user/ID"), host.removed);
    }

    @Test
    void aLimitInWhatMayNotBeJoinedIsAnError() {
        Host host = new Host(Map.of(), Map.of("/cg/memory/user/ID", Errno.EACCES));
        CreatedCgroups cgroups = new CreatedCgroups(host, plan("'resources':{'memory':{'limit':1000}}", true));
        cgroups.create();

        JruncException failure = assertThrows(JruncException.class, cgroups::join);
        assertEquals(
                "/linux/resources/memory/limit: cannot set memory limit: container could not join or create cgroup"
                        + " /cg/memory/user/ID: EACCES (permission denied)",
                failure.getMessage());
    }

    @Test
    void anotherFailureToJoinIsAnError() {
        Host host = new Host(Map.of(), Map.of("/cg/memory/user/ID", Errno.EBUSY));
        CreatedCgroups cgroups = new CreatedCgroups(host, plan("", true));
        cgroups.create();

        assertEquals(
                "tried it: EBUSY (device or resource busy)",
                assertThrows(JruncException.class, cgroups::join).getMessage());
    }
}
