// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static dev.jrunc.cli.ConsoleOptions.given;

import dev.jrunc.error.UsageError;
import dev.jrunc.lifecycle.UpdateContainer;
import dev.jrunc.lifecycle.UpdateOptions;
import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code update}. */
final class UpdateCommand implements Command {

    /** The options that stand for a place in linux.resources, by its JSON pointer there. */
    private static final Map<String, String> PLACES = Map.ofEntries(
            Map.entry("/blockIO/weight", "--blkio-weight"),
            Map.entry("/cpu/period", "--cpu-period"),
            Map.entry("/cpu/quota", "--cpu-quota"),
            Map.entry("/cpu/burst", "--cpu-burst"),
            Map.entry("/cpu/realtimePeriod", "--cpu-rt-period"),
            Map.entry("/cpu/realtimeRuntime", "--cpu-rt-runtime"),
            Map.entry("/cpu/shares", "--cpu-share"),
            Map.entry("/cpu/idle", "--cpu-idle"),
            Map.entry("/cpu/cpus", "--cpuset-cpus"),
            Map.entry("/cpu/mems", "--cpuset-mems"),
            Map.entry("/memory/limit", "--memory"),
            Map.entry("/memory/reservation", "--memory-reservation"),
            Map.entry("/memory/swap", "--memory-swap"),
            Map.entry("/pids/limit", "--pids-limit"));

    @Override
    public String name() {
        return "update";
    }

    @Override
    public String summary() {
        return "change the limits of a container";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        options.value(
                "FILE",
                "linux.resources as JSON, - for the standard input; then no option below but those of Intel RDT"
                        + " counts",
                "--resources",
                "-r");
        options.value("10..1000", "weight of its input and output", "--blkio-weight");
        options.value("MICROS", "period of the CPU quota", "--cpu-period");
        options.value("MICROS", "CPU time in each period; -1: no limit", "--cpu-quota");
        options.value("MICROS", "CPU time beyond the quota that may be saved up", "--cpu-burst");
        options.value("MICROS", "period of the realtime CPU quota", "--cpu-rt-period");
        options.value("MICROS", "realtime CPU time in each period", "--cpu-rt-runtime");
        options.value("N", "weight of its CPU time against others'", "--cpu-share");
        options.value("0|1", "1: only CPU time that nobody else wants", "--cpu-idle");
        options.value("LIST", "CPUs that it may use", "--cpuset-cpus");
        options.value("LIST", "memory nodes that it may use", "--cpuset-mems");
        options.value("BYTES", "memory; with k, m or g; -1: no limit", "--memory");
        options.value("BYTES", "memory that is left to it when there is little", "--memory-reservation");
        options.value("BYTES", "memory and swap together; -1: no limit of swap", "--memory-swap");
        options.value("N", "how many tasks it may have; -1: no limit", "--pids-limit");
        options.value("SCHEMA", "Intel RDT/CAT: its part of the L3 cache", "--l3-cache-schema");
        options.value("SCHEMA", "Intel RDT/MBA: its part of the memory bandwidth", "--mem-bw-schema");
        options.hiddenValue("BYTES", "--kernel-memory");
        options.hiddenValue("BYTES", "--kernel-memory-tcp");
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        String file = given(invocation.value("--resources"));
        Spec.Resources limits = limits(invocation);
        if (file != null && !limits.equals(Spec.Resources.NONE)) {
            invocation.context().warnings().accept("--resources: the other options for limits are ignored");
        }
        if (given(invocation.value("--kernel-memory")) != null
                || given(invocation.value("--kernel-memory-tcp")) != null) {
            invocation.context().warnings().accept("Kernel memory settings are ignored: the kernel has given them up");
        }
        UpdateOptions options = new UpdateOptions(
                file,
                limits,
                PLACES,
                given(invocation.value("--l3-cache-schema")),
                given(invocation.value("--mem-bw-schema")));
        new UpdateContainer(invocation.context(), options).update(id);
        return 0;
    }

    private static Spec.Resources limits(Invocation given) {
        Spec.Memory memory = new Spec.Memory(
                bytes(given, "--memory"),
                bytes(given, "--memory-reservation"),
                bytes(given, "--memory-swap"),
                null,
                null,
                null,
                null,
                null,
                null);
        Spec.Cpu cpu = new Spec.Cpu(
                number(given, "--cpu-share", 0),
                number(given, "--cpu-quota", Long.MIN_VALUE),
                number(given, "--cpu-burst", 0),
                number(given, "--cpu-period", 0),
                number(given, "--cpu-rt-runtime", Long.MIN_VALUE),
                number(given, "--cpu-rt-period", 0),
                given(given.value("--cpuset-cpus")),
                given(given.value("--cpuset-mems")),
                number(given, "--cpu-idle", Long.MIN_VALUE));
        Long weight = number(given, "--blkio-weight", 0);
        Spec.BlockIO io = new Spec.BlockIO(weight, null, List.of(), List.of(), List.of(), List.of(), List.of());
        Spec.Resources none = Spec.Resources.NONE;
        return new Spec.Resources(
                none.devices(),
                isEmpty(memory) ? null : memory,
                isEmpty(cpu) ? null : cpu,
                number(given, "--pids-limit", Long.MIN_VALUE),
                weight == null ? null : io,
                none.hugepageLimits(),
                none.network(),
                none.rdma(),
                none.unified());
    }

    private static boolean isEmpty(Spec.Memory memory) {
        return memory.limit() == null && memory.reservation() == null && memory.swap() == null;
    }

    private static boolean isEmpty(Spec.Cpu cpu) {
        return cpu.equals(new Spec.Cpu(null, null, null, null, null, null, null, null, null));
    }

    private static @Nullable Long bytes(Invocation invocation, String option) {
        String text = given(invocation.value(option));
        return text == null ? null : Long.valueOf(ByteSize.parse(option, text));
    }

    private static @Nullable Long number(Invocation invocation, String option, long least) {
        String text = given(invocation.value(option));
        if (text == null) {
            return null;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message.
        }
        throw new UsageError(
                "invalid value \"" + text + "\" for " + option + ": expected a number" + (least == 0 ? " from 0" : ""));
    }
}
