// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.NumberList;
import dev.jrunc.spec.Spec;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How and where the program runs: scheduler, I/O priority, CPUs, memory policy, personality. */
final class SchedulingCheck {

    private static final String MEMORY_POLICY = "/linux/memoryPolicy";
    private static final long LEAST_NICE = -20;
    private static final long MOST_NICE = 19;
    private static final long MOST_PRIORITY = 99;
    private static final long MOST_IO_PRIORITY = 7;
    private static final long MOST_NODE = 1023;
    private static final Set<String> REALTIME = Set.of("SCHED_FIFO", "SCHED_RR");
    private static final Set<String> WITHOUT_NODES = Set.of("MPOL_DEFAULT", "MPOL_LOCAL");

    private SchedulingCheck() {}

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.Process process, String base) {
        Spec.Scheduler scheduler = process.scheduler();
        if (scheduler != null) {
            checkScheduler(scheduler, base + "/scheduler");
        }
        Spec.IoPriority priority = process.ioPriority();
        if (priority != null) {
            checkName(Names.IO_CLASSES, priority.ioClass(), base + "/ioPriority/class");
            checkRange(priority.priority(), 0, MOST_IO_PRIORITY, base + "/ioPriority/priority");
        }
    }

    /** @throws InvalidSpec at the first problem */
    static void check(Spec.Linux linux) {
        Spec.Personality personality = linux.personality();
        if (personality != null) {
            checkName(List.of("LINUX", "LINUX32"), personality.domain(), "/linux/personality/domain");
            if (!personality.flags().isEmpty()) {
                throw new InvalidSpec(
                        "/linux/personality/flags/0",
                        "the specification has no flags, found \""
                                + personality.flags().getFirst() + "\"");
            }
        }
        Spec.MemoryPolicy policy = linux.memoryPolicy();
        if (policy != null) {
            checkMemoryPolicy(policy);
        }
    }

    private static void checkScheduler(Spec.Scheduler scheduler, String pointer) {
        String policy = scheduler.policy();
        checkName(Names.SCHEDULERS, policy, pointer + "/policy");
        for (int i = 0; i < scheduler.flags().size(); i++) {
            checkName(Names.SCHEDULER_FLAGS, scheduler.flags().get(i), pointer + "/flags/" + i);
        }
        checkRange(scheduler.nice(), LEAST_NICE, MOST_NICE, pointer + "/nice");
        if (REALTIME.contains(policy)) {
            checkRange(scheduler.priority(), 1, MOST_PRIORITY, pointer + "/priority");
        } else if (scheduler.priority() != 0) {
            throw new InvalidSpec(
                    pointer + "/priority",
                    "is for SCHED_FIFO and SCHED_RR, found " + scheduler.priority() + " with " + policy);
        }
        boolean deadline = policy.equals("SCHED_DEADLINE");
        checkDeadline(scheduler.runtime(), deadline, policy, pointer + "/runtime");
        checkDeadline(scheduler.deadline(), deadline, policy, pointer + "/deadline");
        checkDeadline(scheduler.period(), deadline, policy, pointer + "/period");
    }

    private static void checkDeadline(long nanos, boolean deadline, String policy, String pointer) {
        if (nanos != 0 && !deadline) {
            throw new InvalidSpec(
                    pointer, "is for SCHED_DEADLINE, found " + Long.toUnsignedString(nanos) + " with " + policy);
        }
    }

    private static void checkMemoryPolicy(Spec.MemoryPolicy policy) {
        checkName(Names.MEMORY_POLICIES, policy.mode(), MEMORY_POLICY + "/mode");
        for (int i = 0; i < policy.flags().size(); i++) {
            String flag = policy.flags().get(i);
            checkName(
                    Names.MEMORY_POLICY_FLAGS.keySet().stream().sorted().toList(), flag, MEMORY_POLICY + "/flags/" + i);
        }
        if (policy.flags().contains("MPOL_F_STATIC_NODES") && policy.flags().contains("MPOL_F_RELATIVE_NODES")) {
            throw new InvalidSpec(
                    MEMORY_POLICY + "/flags", "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
        }
        String nodes = policy.nodes();
        checkList(nodes, "memory nodes", MEMORY_POLICY + "/nodes");
        if (nodes == null
                && !WITHOUT_NODES.contains(policy.mode())
                && !policy.mode().equals("MPOL_PREFERRED")) {
            throw new InvalidSpec(MEMORY_POLICY + "/nodes", "is missing: " + policy.mode() + " needs it");
        }
        if (nodes != null && WITHOUT_NODES.contains(policy.mode())) {
            throw new InvalidSpec(MEMORY_POLICY + "/nodes", policy.mode() + " takes none, found \"" + nodes + "\"");
        }
        if (nodes != null && NumberList.parse(nodes).orElseThrow().stream().anyMatch(node -> node > MOST_NODE)) {
            throw new InvalidSpec(MEMORY_POLICY + "/nodes", "expected 0 to 1023, found \"" + nodes + "\"");
        }
    }

    private static void checkName(Collection<String> known, String name, String pointer) {
        if (!known.contains(name)) {
            throw new InvalidSpec(
                    pointer,
                    "expected one of " + String.join(", ", known) + ", found \"" + name + "\""
                            + Nearest.suggestion(name, known));
        }
    }

    private static void checkRange(long value, long least, long most, String pointer) {
        if (value < least || value > most) {
            throw new InvalidSpec(pointer, "expected " + least + " to " + most + ", found " + value);
        }
    }

    private static void checkList(@Nullable String list, String what, String pointer) {
        if (list != null && NumberList.parse(list).isEmpty()) {
            throw new InvalidSpec(pointer, "expected a list of " + what + " such as 0-3,7, found \"" + list + "\"");
        }
    }
}
