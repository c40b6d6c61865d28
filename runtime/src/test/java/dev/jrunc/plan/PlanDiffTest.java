// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanDiffTest {

    private static InitOperation mount(int index, String target, String... parameters) {
        return new InitOperation.Mount(
                Origin.at("/mounts/" + index), "tmpfs", "tmpfs", target, 0, List.of(parameters), 0, false);
    }

    private static List<Section> plan(InitOperation... operations) {
        List<Step<? extends Operation>> steps = new ArrayList<>();
        for (InitOperation operation : operations) {
            steps.add(Step.must(operation));
        }
        return List.of(new Section("init", steps));
    }

    /** Each as {@code KIND target before > after}. */
    private static List<String> diff(List<Section> before, List<Section> after) {
        return PlanDiff.between(before, after).stream()
                .map(change -> change.kind() + " " + PlanText.line(change.step()) + " " + change.fields())
                .toList();
    }

    @Test
    void plansThatAreAlike() {
        assertEquals(List.of(), diff(plan(mount(0, "/a")), plan(mount(0, "/a"))));
    }

    @Test
    void anotherIndexIsNoChange() {
        assertEquals(
                List.of("ADDED MOUNT type=tmpfs source=tmpfs target=/new [/mounts/0] []"),
                diff(plan(mount(0, "/a"), mount(1, "/b")), plan(mount(0, "/new"), mount(1, "/a"), mount(2, "/b"))));
    }

    @Test
    void whatWasRemovedComesWhereItWas() {
        assertEquals(
                List.of(
                        "REMOVED MOUNT type=tmpfs source=tmpfs target=/b [/mounts/1] []",
                        "ADDED MOUNT type=tmpfs source=tmpfs target=/d [/mounts/2] []"),
                diff(
                        plan(mount(0, "/a"), mount(1, "/b"), mount(2, "/c")),
                        plan(mount(0, "/a"), mount(1, "/c"), mount(2, "/d"))));
    }

    @Test
    void theSameOperationDoneInAnotherWay() {
        assertEquals(
                List.of(
                        "CHANGED MOUNT type=tmpfs source=tmpfs target=/a parameters=[size=2m] [/mounts/0] [parameters]"),
                diff(plan(mount(0, "/a", "size=1m")), plan(mount(0, "/a", "size=2m"))));
        assertEquals(
                List.of("CHANGED HOSTNAME name=two [/hostname] [name]"),
                diff(
                        plan(new InitOperation.Hostname(Origin.at("/hostname"), "one")),
                        plan(new InitOperation.Hostname(Origin.at("/hostname"), "two"))));
    }

    @Test
    void onlyOneOfTwoThatChangedPlacesWasMoved() {
        assertEquals(
                List.of("MOVED MOUNT type=tmpfs source=tmpfs target=/a [/mounts/2] []"),
                diff(
                        plan(mount(0, "/a"), mount(1, "/b"), mount(2, "/c")),
                        plan(mount(0, "/b"), mount(1, "/c"), mount(2, "/a"))));
    }

    @Test
    void limitsGoByTheirNames() {
        Origin origin = Origin.at("/process/rlimits/0");
        List<Section> before = List.of(
                new Section("front", List.of(Step.must(new HostOperation.Rlimit(origin, "RLIMIT_CORE", 4, 0, 0)))));
        List<Section> after = List.of(
                new Section("front", List.of(Step.must(new HostOperation.Rlimit(origin, "RLIMIT_NOFILE", 7, 0, 0)))));

        assertEquals(
                List.of(
                        "REMOVED RLIMIT name=RLIMIT_CORE resource=4 soft=0 hard=0 [/process/rlimits/0] []",
                        "ADDED RLIMIT name=RLIMIT_NOFILE resource=7 soft=0 hard=0 [/process/rlimits/0] []"),
                diff(before, after));
    }

    @Test
    void ourOwnStateIsLeftOut() {
        Origin origin = Origin.rule("state folder");
        List<Section> before =
                List.of(new Section("front", List.of(Step.must(new HostOperation.OpenState(origin, "/a", "x", true)))));
        List<Section> after =
                List.of(new Section("front", List.of(Step.must(new HostOperation.OpenState(origin, "/b", "x", true)))));

        assertEquals(List.of(), diff(before, after));
    }
}
