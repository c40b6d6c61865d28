// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What is in a container, so that as many operations as possible have something to do. */
public enum FaultBundle {
    /** As {@code spec} writes it, without a terminal. */
    PLAIN,
    /** Its program ends at once. */
    ENDING,
    /** A stage, a terminal, all hooks, limits, devices, a seccomp filter, a network device. */
    RICH,
    /** A user namespace, idmapped mounts, and a listener for seccomp's notifications. */
    USER_NAMESPACE;

    boolean terminal() {
        return this == RICH;
    }

    Bundle make(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.payload("sleep");
        // A parent is made as well, but only an unfinished create takes it away again.
        bundle.linux().put("cgroupsPath", this == PLAIN ? lab.cgroup("f") : "/" + lab.name());
        switch (this) {
            case PLAIN -> {}
            case ENDING -> {
                bundle.payload("exit", "7");
                addHooks(bundle, lab);
            }
            case RICH -> {
                bundle.process().put("terminal", true);
                addHooks(bundle, lab);
                addLimits(bundle);
                addMounts(bundle, lab);
                addProcess(bundle);
                addSeccomp(bundle, "SCMP_ACT_ERRNO");
                bundle.addNamespace("time");
                bundle.linux().set("timeOffsets", Json.quoted("{'boottime':{'secs':100}}"));
                bundle.linux().withObject("/netDevices").putObject(device(lab)).put("name", "eth0");
                bundle.linux().withObject("/sysctl").put("net.ipv4.ip_forward", "1");
            }
            case USER_NAMESPACE -> {
                bundle.userNamespace(200_000);
                addLimits(bundle);
                addSeccomp(bundle, "SCMP_ACT_NOTIFY");
                bundle.linux()
                        .withObject("/seccomp")
                        .put("listenerPath", bundle.folder().resolve("seccomp").toString());
                bundle.mount("bind", lab.newFolder("shared").toString(), "/shared", "rbind", "ridmap");
                bundle.mount("bind", lab.newFolder("plain").toString(), "/plain", "rbind", "ro");
            }
        }
        return bundle.write();
    }

    private static String device(Lab lab) {
        return lab.interfacePrefix();
    }

    /** What a container takes with it, or leaves: before each is made. */
    void prepare(Lab lab) {
        removeParents(lab);
        String device = device(lab);
        Path shown = Path.of("/sys/class/net", device);
        if (this == RICH && !Files.exists(shown)) {
            // Its pair goes with a namespace, which takes a moment.
            Path pair = shown.resolveSibling(device + "p");
            Await.until("the end of " + pair, () -> !Files.exists(pair), () -> "it is there");
            Host.run("ip", "link", "add", device, "type", "veth", "peer", "name", device + "p");
        }
    }

    /** What a delete leaves of a path of several folders, as with the peers. */
    void removeParents(Lab lab) {
        Cgroups.mentioning(lab.name()).forEach(cgroup -> cgroup.toFile().delete());
    }

    void cleanUp(Lab lab) {
        removeParents(lab);
        String device = device(lab);
        if (Files.exists(Path.of("/sys/class/net", device))) {
            Host.run("ip", "link", "delete", device);
        }
    }

    private static void addHooks(Bundle bundle, Lab lab) {
        for (String kind : List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            bundle.hook(kind, Map.of("path", lab.payload(), "args", List.of("payload", "exit", "0")));
        }
        bundle.hook("startContainer", Map.of("path", Bundle.PAYLOAD, "args", List.of("payload", "exit", "0")));
    }

    private static void addLimits(Bundle bundle) {
        bundle.linux()
                .set(
                        "resources",
                        Json.quoted("{'memory':{'limit':67108864},'pids':{'limit':50},'cpu':{'shares':512},"
                                + "'devices':[{'allow':false,'access':'rwm'},"
                                + "{'allow':true,'type':'c','major':10,'minor':229,'access':'rw'}]}"));
    }

    private static void addMounts(Bundle bundle, Lab lab) {
        bundle.directory("/work");
        bundle.file("/up/file", "x");
        bundle.mount("tmpfs", "tmpfs", "/up", "tmpcopyup", "nosuid");
        bundle.mount("bind", lab.newFolder("bound").toString(), "/work", "bind", "ro", "nodev");
        bundle.linux().set("devices", Json.quoted("[{'path':'/dev/fuse','type':'c','major':10,'minor':229}]"));
        bundle.linux().put("rootfsPropagation", "slave");
    }

    private static void addProcess(Bundle bundle) {
        ObjectNode process = bundle.process();
        process.put("oomScoreAdj", 100);
        process.set("scheduler", Json.quoted("{'policy':'SCHED_BATCH','nice':3}"));
        process.set("ioPriority", Json.quoted("{'class':'IOPRIO_CLASS_BE','priority':5}"));
        process.set("user", Json.quoted("{'uid':0,'gid':0,'additionalGids':[5],'umask':18}"));
        bundle.linux().set("personality", Json.quoted("{'domain':'LINUX'}"));
    }

    private static void addSeccomp(Bundle bundle, String action) {
        bundle.linux()
                .set(
                        "seccomp",
                        Json.quoted("{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['getppid'],'action':'"
                                + action + "'}]}"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ') + " bundle";
    }
}
