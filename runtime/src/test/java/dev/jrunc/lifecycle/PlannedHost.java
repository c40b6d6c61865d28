// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A host of which only the few files are there that planning looks at. */
record PlannedHost(Properties facts, Bytes config) implements Front {

    private static final Path HOSTS = Path.of("src/test/resources/hosts");

    /** Of a group on the host resctrl that is there already. */
    private static final String RESCTRL_SCHEMATA = "    L3:0=007f0;1=0001f\n    MB:0= 20;1= 70\n";

    private String read(String file) {
        try {
            return Files.readString(
                    HOSTS.resolve(facts.getProperty("host", "hybrid")).resolve(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Bytes idMap() {
        return Bytes.utf8(facts.getProperty("uidMap", "0 0 4294967295") + "\n");
    }

    @Override
    public Call call() {
        long euid = Long.parseLong(facts.getProperty("euid", "0"));
        List<String> environment = List.of(facts.getProperty("environment", "").split(" ", -1));
        return new Call(
                List.of(),
                environment,
                "/bundle",
                4711,
                euid,
                euid,
                euid,
                euid,
                List.of(),
                Long.parseUnsignedLong(facts.getProperty("capabilities", euid == 0 ? "1fffeffffff" : "0"), 16),
                Bytes.utf8(read("cgroup")),
                idMap(),
                Bytes.EMPTY,
                0,
                0,
                0,
                8,
                "6.1.0",
                "x86_64",
                0,
                0);
    }

    @Override
    public List<Result> run(List<Step<HostOperation>> steps) {
        List<Result> results = new ArrayList<>();
        for (Step<HostOperation> step : steps) {
            long error = isMissing(step.operation()) ? Errno.ENOENT.number() : 0;
            long value = step.operation() instanceof HostOperation.FindNetdev ? 7 : 0;
            results.add(new Result(results.size(), error, value, answer(step.operation()), "", "", ""));
        }
        return results;
    }

    /** Of all cgroups and groups of resctrl only the mounts are there; the root file system is, wherever it is said to be. */
    private boolean isMissing(HostOperation operation) {
        return operation instanceof HostOperation.RealPath real
                        && !real.origin().equals(Origin.at("/root/path"))
                        && (real.path().startsWith("/sys/fs/cgroup/")
                                || real.path().startsWith("/sys/fs/resctrl/")
                                        && !real.path().equals(facts.getProperty("resctrlGroup")))
                || operation instanceof HostOperation.ReadFile file
                        && file.path().startsWith("/sys/module/apparmor/")
                        && !Boolean.parseBoolean(facts.getProperty("apparmor"));
    }

    private Bytes answer(HostOperation operation) {
        return switch (operation) {
            case HostOperation.RealPath real -> Bytes.utf8(real.path());
            case HostOperation.ReadFile file when file.path().equals("/bundle/config.json") -> config;
            case HostOperation.FindNetdev device -> Bytes.EMPTY;
            case HostOperation.ReadKept kept -> Bytes.utf8("filter".repeat(4));
            case HostOperation.ReadFile file
            when file.path().equals("/proc/self/mountinfo") -> Bytes.utf8(read("mountinfo"));
            case HostOperation.ReadFile file when file.path().endsWith("/schemata") -> Bytes.utf8(RESCTRL_SCHEMATA);
            case HostOperation.ReadFile file
            when file.path().equals("/proc/self/setgroups") ->
                Bytes.utf8(facts.getProperty("setgroups", "allow") + "\n");
            case HostOperation.ReadFile file when file.path().startsWith("/sys/module/apparmor/") -> Bytes.utf8("Y\n");
            default -> throw new IllegalStateException("planning must not do this: " + operation);
        };
    }
}
