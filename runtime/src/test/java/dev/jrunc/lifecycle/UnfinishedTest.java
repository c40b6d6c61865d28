// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidState;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What killed creates and full disks leave behind, and what the next command makes of it. */
class UnfinishedTest {

    /** A host with one state folder, whose init is gone. */
    private static final class Host implements Front {

        private final Bytes document;
        private final boolean locked;
        private final List<HostOperation> executed = new ArrayList<>();
        private boolean there = true;

        Host(Bytes document, boolean locked) {
            this.document = document;
            this.locked = locked;
        }

        @Override
        public Call call() {
            throw new IllegalStateException("not needed");
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                executed.add(step.operation());
                results.add(new Result(results.size(), error(step.operation()), 0, data(step.operation()), "", "", ""));
            }
            return results;
        }

        private long error(HostOperation operation) {
            return switch (operation) {
                case HostOperation.OpenState opened when !there -> Errno.ENOENT.number();
                case HostOperation.LockState lock when locked -> Errno.ETIMEDOUT.number();
                case HostOperation.RemoveState removed -> {
                    there = false;
                    yield 0;
                }
                default -> 0;
            };
        }

        private Bytes data(HostOperation operation) {
            return switch (operation) {
                case HostOperation.ReadState read -> document;
                case HostOperation.ReadFile read -> document;
                case HostOperation.ReadDirectory read -> Bytes.utf8("c1\0");
                default -> Bytes.EMPTY;
            };
        }

        List<HostOperation.CgroupRemove> removals() {
            List<HostOperation.CgroupRemove> removals = new ArrayList<>();
            for (HostOperation operation : executed) {
                if (operation instanceof HostOperation.CgroupRemove removal) {
                    removals.add(removal);
                }
            }
            return removals;
        }

        List<String> signalled() {
            List<String> folders = new ArrayList<>();
            for (HostOperation operation : executed) {
                if (operation instanceof HostOperation.CgroupSignal signal) {
                    folders.add(signal.folder());
                }
            }
            return folders;
        }
    }

    private final List<String> warnings = new ArrayList<>();

    private Context context(Front front) {
        return new Context(
                front, "/states", false, false, InstantSource.fixed(Instant.EPOCH), Optional::empty, warnings::add);
    }

    private static ContainerState.Cgroup cgroup(String controller, int made) {
        return new ContainerState.Cgroup(
                new CgroupFolder("/sys/fs/cgroup/" + controller, "/a/b/c", 1, List.of(controller)), made);
    }

    private static Bytes unfinished() {
        return StateJson.write(new ContainerState(
                "c1",
                false,
                false,
                4711,
                1,
                "/bundle",
                "/bundle/rootfs",
                "1970-01-01T00:00:00Z",
                Map.of(),
                "root",
                true,
                true,
                null,
                List.of(cgroup("memory", 0), cgroup("pids", 2)),
                null,
                List.of(),
                List.of()));
    }

    private static void execute(String command, Context context) {
        switch (command) {
            case "state" -> new ListContainers(context).one("c1");
            case "start" -> new StartContainer(context).start("c1");
            default -> new KillContainer(context).kill("c1", 9, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "start", "kill"})
    void theNextCommandTakesAwayWhatAKilledCreateHasMade(String command) {
        Host host = new Host(unfinished(), false);

        ContainerError error = assertThrows(ContainerError.class, () -> execute(command, context(host)));
        assertTrue(error.isMissing(), error::getMessage);
        assertFalse(host.there, () -> host.executed.toString());
        assertEquals(1, host.removals().size());
        HostOperation.CgroupRemove removal = host.removals().getFirst();
        assertEquals("/sys/fs/cgroup/pids", removal.mount());
        assertEquals(1, removal.parents());
        assertEquals(List.of("/sys/fs/cgroup/pids/a/b/c"), host.signalled(), "never what was there before");
    }

    @Test
    void aListLeavesItOut() {
        Host host = new Host(unfinished(), false);

        assertEquals(List.of(), new ListContainers(context(host)).all());
        assertFalse(host.there);
    }

    @Test
    void whileSomebodyWorksOnItItIsBeingCreated() {
        Host host = new Host(unfinished(), true);

        assertEquals("creating", new ListContainers(context(host)).one("c1").status());
        assertTrue(host.there);
    }

    /** Which had the ociVersion of the configuration in it, for nobody. */
    @Test
    void aStateOfAVersionBeforeIsRead() {
        String now = unfinished().utf8();
        assertFalse(now.contains("ociVersion"), now);
        Host host = new Host(Bytes.utf8("{\"ociVersion\":\"1.0.2\"," + now.substring(1)), true);

        assertEquals("creating", new ListContainers(context(host)).one("c1").status());
    }

    @Test
    void aStateThatIsNoneIsNamed() {
        Host host = new Host(Bytes.utf8("{\"id\": 5}"), false);

        InvalidState error = assertThrows(InvalidState.class, () -> new ListContainers(context(host)).one("c1"));
        assertEquals("/states/c1/state.json: /id: expected a string, found 5", error.getMessage());
    }

    @Test
    void byForceItIsDeleted() {
        Host host = new Host(Bytes.utf8("{"), false);

        assertThrows(InvalidState.class, () -> new DeleteContainer(context(host)).delete("c1", false));
        assertTrue(host.there);
        new DeleteContainer(context(host)).delete("c1", true);
        assertFalse(host.there);
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.getFirst().startsWith("/states/c1/state.json: is not JSON"), warnings::toString);
    }
}
