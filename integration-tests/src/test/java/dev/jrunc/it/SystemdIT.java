// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Cgroups;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.Host;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --systemd-cgroup}: a container's cgroup is a unit, systemd.scope(5), of the system's systemd. */
@IntegrationTest
@Peer(runc = PASS)
class SystemdIT {
    private static Bundle bundle(Lab lab, String resources) {
        Machine.needsSystemd();
        return inSlice(lab, resources);
    }

    static Bundle inSlice(Lab lab, String resources) {
        Bundle bundle = lab.bundle().withoutNamespace("cgroup").payload("report", ",", "sleep");
        bundle.linux().put("cgroupsPath", "jrunctest.slice:" + lab.name() + ":c");
        Json.quoted(resources)
                .properties()
                .forEach(one -> bundle.linux().withObject("/resources").set(one.getKey(), one.getValue()));
        lab.atEnd(() -> Host.run("systemctl", "stop", "jrunctest.slice"));
        return bundle;
    }

    static String unit(Lab lab) {
        return lab.name() + "-c.scope";
    }

    static Call systemd(Call call) {
        return call.globally("--systemd-cgroup");
    }

    static Container create(Lab lab, Bundle bundle) {
        String id = lab.nextId();
        return lab.created(id, systemd(lab.createCall(bundle, id)));
    }

    static String property(String unit, String name) {
        return Host.run("systemctl", "show", "--value", "-p", name, unit).strip();
    }

    private static Path folder(Lab lab) {
        return Cgroups.unified("/jrunctest.slice/" + unit(lab));
    }

    /** systemd forgets a unit that has ended when it has nothing else to do. */
    static void awaitForgotten(String unit) {
        Await.until(
                "the end of " + unit,
                () -> property(unit, "LoadState").equals("not-found"),
                () -> property(unit, "ActiveState"));
    }

    private static void assertGone(Lab lab) {
        awaitForgotten(unit(lab));
        assertFalse(Files.exists(folder(lab)));
    }

    @Test
    void aScopeInItsSlice(Lab lab) throws Exception {
        Container container = create(lab, bundle(lab, "{}"));

        assertEquals("active", property(unit(lab), "ActiveState"));
        assertEquals("jrunctest.slice", property(unit(lab), "Slice"));
        assertEquals("yes", property(unit(lab), "Delegate"));
        assertEquals("no", property(unit(lab), "DefaultDependencies"));
        String expected = "/jrunctest.slice/" + unit(lab);
        assertEquals(expected, property(unit(lab), "ControlGroup"));
        assertEquals(
                "0::" + expected,
                Files.readString(Path.of("/proc/" + container.pid() + "/cgroup"))
                        .strip());
    }

    @Test
    void theProgramIsInItFromTheStart(Lab lab) {
        Container container = create(lab, bundle(lab, "{}")).start().awaitOutput("}\n");

        assertEquals("/jrunctest.slice/" + unit(lab), container.reportSoFar().cgroup(""));
    }

    /** As programs that look for the unit make its name up. */
    @Test
    void withoutAPrefixItsNameBeginsWithADash(Lab lab) throws Exception {
        Bundle bundle = bundle(lab, "{}");
        bundle.linux().put("cgroupsPath", "jrunctest.slice::" + lab.name());

        assertEquals(
                "0::/jrunctest.slice/-" + lab.name() + ".scope",
                Files.readString(Path.of("/proc/" + create(lab, bundle).pid() + "/cgroup"))
                        .strip());
    }

    @Test
    @JruncOnly("the unit is named after the runtime")
    void withoutAPathItIsInTheSystemsSlice(Lab lab) {
        Bundle bundle = bundle(lab, "{}");
        bundle.linux().remove("cgroupsPath");
        Container container = create(lab, bundle);

        assertEquals("system.slice", property("jrunc-" + container.id() + ".scope", "Slice"));
        container.delete("--force");
        awaitForgotten("jrunc-" + container.id() + ".scope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':67108864}}|MemoryMax|67108864|memory.max|67108864",
                "{'memory':{'limit':67108864,'swap':134217728}}|MemorySwapMax|67108864|memory.swap.max|67108864",
                "{'memory':{'reservation':33554432}}|MemoryLow|33554432|memory.low|33554432",
                "{'cpu':{'shares':512}}|CPUWeight|20|cpu.weight|20",
                "{'cpu':{'quota':25000,'period':50000}}|CPUQuotaPerSecUSec|500ms|cpu.max|25000 50000",
                "{'cpu':{'cpus':'0-1'}}|AllowedCPUs|0-1|cpuset.cpus|0-1",
                "{'cpu':{'mems':'0'}}|AllowedMemoryNodes|0|cpuset.mems|0",
                "{'pids':{'limit':42}}|TasksMax|42|pids.max|42",
                "{'pids':{'limit':-1}}|TasksMax|infinity|pids.max|max",
                "{'unified':{'memory.high':'50331648'}}|MemoryHigh|50331648|memory.high|50331648"
            })
    void aLimitIsTheUnitsAndLastsWhenSystemdReloads(
            String resources, String property, String shown, String file, String value, Lab lab) {
        create(lab, bundle(lab, resources));

        assertEquals(shown, property(unit(lab), property));
        assertEquals(value, Cgroups.value(folder(lab), file));
        Host.run("systemctl", "daemon-reload");
        assertEquals(value, Cgroups.value(folder(lab), file));
    }

    @Test
    void anUpdateIsTheUnitsToo(Lab lab) {
        Container container = create(lab, bundle(lab, "{'memory':{'limit':67108864},'pids':{'limit':42}}"));
        systemd(lab.call("update", "--memory", "100663296", container.id()))
                .now()
                .succeeded();

        assertEquals("100663296", property(unit(lab), "MemoryMax"));
        Host.run("systemctl", "daemon-reload");
        assertEquals("100663296", Cgroups.value(folder(lab), "memory.max"));
        assertEquals("42", Cgroups.value(folder(lab), "pids.max"), "what wasn't asked for stays");
    }

    private static void updated(Lab lab, String resources, String option) {
        Container container = create(lab, bundle(lab, resources));
        systemd(lab.updateCall(container, option)).now().succeeded();
    }

    /** It writes limits of its own when it is told one, and rounds a quota. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cpu':{'quota':12345,'period':100000}}|--pids-limit=20|cpu.max|12345 100000",
                "{'memory':{'limit':104857600,'swap':209715200}}|--memory=64m|memory.swap.max|104857600",
                "{'memory':{'limit':104857600,'swap':209715200}}|--memory=250m|memory.max|262144000",
                "{'unified':{'pids.max':'50'}}|--pids-limit=20|pids.max|20",
                "{'unified':{'memory.oom.group':'1'}}|--memory=64m|memory.oom.group|1",
                "{'blockIO':{'weight':500}}|--pids-limit=20|io.weight|default 4950"
            })
    void anUpdateIsOfWhatWasAskedForAlone(String resources, String option, String file, String value, Lab lab) {
        updated(lab, resources, option);

        assertEquals(value, Cgroups.value(folder(lab), file));
    }

    @ParameterizedTest
    @CsvSource({"--cpu-quota=12345, 12345 100000, 130ms", "--cpu-period=50000, max 50000, infinity"})
    void anUpdateOfWhatSystemdRounds(String option, String value, String shown, Lab lab) {
        updated(lab, "{}", option);

        assertEquals(value, Cgroups.value(folder(lab), "cpu.max"));
        assertEquals(shown, property(unit(lab), "CPUQuotaPerSecUSec"));
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 has no idle: specification 1.1", failure = "expected")
    void anIdleContainerStaysIdleWhenItIsUpdated(Lab lab) {
        updated(lab, "{'cpu':{'idle':1}}", "--pids-limit=20");

        assertEquals("1", Cgroups.value(folder(lab), "cpu.idle"));
        assertEquals("20", Cgroups.value(folder(lab), "pids.max"));
    }

    @Test
    void whatSystemdHasNoPropertyForIsInTheCgroup(Lab lab) {
        create(lab, bundle(lab, "{'unified':{'hugetlb.2MB.max':'4194304'}}"));

        assertEquals("4194304", Cgroups.value(folder(lab), "hugetlb.2MB.max"));
    }

    @Test
    void deviceRulesHold(Lab lab) {
        Bundle bundle = bundle(lab, "{}").payload("try-open", "/dev/kmsg", "w", ",", "try-open", "/dev/zero", "r");
        bundle.linux()
                .set("devices", Json.quoted("[{'type':'c','path':'/dev/kmsg','major':1,'minor':11,'fileMode':438}]"));

        assertEquals(
                "try-open /dev/kmsg: EPERM\ntry-open /dev/zero: OK\n",
                systemd(lab.runCall(bundle, lab.nextId())).now().succeeded().stdout());
        assertGone(lab);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TimeoutStopUSec|uint64 7000000|TimeoutStopUSec|7s",
                "TimeoutStopSec|7|TimeoutStopUSec|7s",
                "CollectMode|'inactive-or-failed'|CollectMode|inactive-or-failed",
                "Documentation|['man:one(1)', 'man:two(2)']|Documentation|\"man:one(1)\" \"man:two(2)\""
            })
    void anAnnotationIsAProperty(String name, String text, String property, String shown, Lab lab) {
        Bundle bundle = bundle(lab, "{}")
                .edit(config -> config.withObject("/annotations").put("org.systemd.property." + name, text));
        create(lab, bundle);

        assertEquals(shown, property(unit(lab), property));
    }

    @Test
    void anAnnotationThatSystemdRefuses(Lab lab) {
        Bundle bundle = bundle(lab, "{}")
                .edit(config -> config.withObject("/annotations").put("org.systemd.property.NoSuchThing", "true"));

        lab.fails(systemd(lab.createCall(bundle, lab.nextId())), "NoSuchThing");
        assertGone(lab);
    }

    @Test
    void anAnnotationThatIsNoValue(Lab lab) {
        Bundle bundle = bundle(lab, "{}")
                .edit(config -> config.withObject("/annotations").put("org.systemd.property.CollectMode", "["));

        lab.fails(systemd(lab.createCall(bundle, lab.nextId())), "org.systemd.property.CollectMode")
                .oursSays("/annotations/org.systemd.property.CollectMode", "GVariant");
        assertGone(lab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/absolute/path", "a:b"})
    void aPathOfAnotherForm(String path, Lab lab) {
        Bundle bundle = bundle(lab, "{}");
        bundle.linux().put("cgroupsPath", path);

        lab.fails(
                        systemd(lab.createCall(bundle, lab.nextId())),
                        "expected cgroupsPath to be of format",
                        "slice:prefix:name")
                .oursSays("/linux/cgroupsPath");
    }

    @Test
    void itIsGoneAfterDelete(Lab lab) {
        create(lab, bundle(lab, "{}"))
                .start()
                .kill("KILL")
                .awaitStatus("stopped")
                .delete();

        assertGone(lab);
    }

    @Test
    void itIsGoneAfterAForegroundRun(Lab lab) {
        systemd(lab.runCall(bundle(lab, "{}").payload("exit", "3"), lab.nextId()))
                .now()
                .exited(3);

        assertGone(lab);
    }

    /** Its unit has failed, and would be kept. */
    @Test
    void itIsGoneThoughItRanOutOfMemory(Lab lab) {
        Bundle bundle =
                bundle(lab, "{'memory':{'limit':33554432,'swap':33554432}}").payload("allocate", "128");
        systemd(lab.runCall(bundle, lab.nextId())).now().exited(137);

        assertGone(lab);
    }

    @Test
    void itIsGoneAfterAFailedCreate(Lab lab) {
        Bundle bundle = bundle(lab, "{}").args("/no/such/program");

        lab.fails(systemd(lab.createCall(bundle, lab.nextId())), "no such file or directory");
        assertGone(lab);
    }

    @Test
    void itIsGoneAfterALimitThatTheKernelRefuses(Lab lab) {
        lab.fails(
                systemd(lab.createCall(bundle(lab, "{'unified':{'memory.nosuch':'1'}}"), lab.nextId())),
                "memory.nosuch");
        assertGone(lab);
    }

    @Test
    @Peer(runc = WRONG, why = "1.1.5 joins it, with a warning", failure = "(exit 0)")
    void anotherContainersUnitIsLeftAlone(Lab lab) {
        Container first = create(lab, bundle(lab, "{}")).start();
        lab.fails(systemd(lab.createCall(bundle(lab, "{}"), lab.nextId())), lab.name());

        assertEquals("active", property(unit(lab), "ActiveState"));
        assertEquals("running", first.status());
    }

    @Test
    void execIsInItToo(Lab lab) {
        Container container = create(lab, bundle(lab, "{}")).start();
        Report report = systemd(lab.execCall(container, List.of(), "report"))
                .now()
                .succeeded()
                .report();

        assertEquals("/jrunctest.slice/" + unit(lab), report.cgroup(""));
    }

    @Test
    @JruncOnly("the annotation is crun's")
    void aSubgroup(Lab lab) {
        Bundle bundle = bundle(lab, "{'pids':{'limit':42}}")
                .edit(config -> config.withObject("/annotations").put("run.oci.systemd.subgroup", "container"));
        Container container = create(lab, bundle).start().awaitOutput("}\n");
        String expected = "/jrunctest.slice/" + unit(lab) + "/container";

        assertEquals(expected, container.reportSoFar().cgroup(""));
        assertEquals("42", Cgroups.value(folder(lab), "pids.max"));
        Report report = systemd(lab.execCall(container, List.of(), "report"))
                .now()
                .succeeded()
                .report();
        assertEquals(expected, report.cgroup(""));
    }

    @Test
    void pauseAndResume(Lab lab) {
        Container container =
                create(lab, bundle(lab, "{}").payload("tick")).start().awaitOutput("tick 3");
        systemd(lab.call("pause", container.id())).now().succeeded();
        assertEquals("paused", container.status());
        systemd(lab.call("resume", container.id())).now().succeeded();

        assertEquals("running", container.status());
    }

    /** dbus-daemon may be gone: systemd itself listens as well. */
    @Test
    void whereThereIsNoBus(Lab lab) {
        Bundle bundle = bundle(lab, "{}");
        String id = lab.nextId();
        Container container = lab.created(
                id,
                systemd(lab.createCall(bundle, id))
                        .through("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run/dbus && exec \"$0\" \"$@\""));

        assertEquals("active", property(unit(lab), "ActiveState"));
        assertTrue(container.pid() > 0);
    }

    /** The user's own systemd, which has all controllers delegated (user@.service). */
    @Test
    @JruncOnly("runc needs its bundle elsewhere; it is asked by hand")
    void rootlessWithADelegatedLimit(Lab lab) throws Exception {
        Machine.needsSystemd();
        Machine.needs("the user tester", Files.exists(Path.of("/run/user/1000/bus")));
        Bundle bundle = lab.bundle().payload("report", ",", "sleep").withoutNamespace("cgroup");
        List<String> user = List.of(
                "setpriv",
                "--reuid=1000",
                "--regid=1000",
                "--clear-groups",
                "--inh-caps=-all",
                "env",
                "XDG_RUNTIME_DIR=/run/user/1000",
                "HOME=/home/tester");
        bundle.linux().set("uidMappings", Json.quoted("[{'containerID':0,'hostID':1000,'size':1}]"));
        bundle.linux().set("gidMappings", Json.quoted("[{'containerID':0,'hostID':1000,'size':1}]"));
        bundle.addNamespace("user").withoutNamespace("network");
        bundle.linux().withObject("/resources").removeAll();
        bundle.linux().withObject("/resources").set("memory", Json.quoted("{'limit':67108864}"));
        bundle.linux().withObject("/resources").set("pids", Json.quoted("{'limit':42}"));
        bundle.edit(config -> {
            config.withObject("/linux").remove(List.of("cgroupsPath"));
            var mounts = config.withArray("/mounts");
            for (int i = mounts.size() - 1; i >= 0; i--) {
                String type = mounts.get(i).path("type").asString();
                if (type.equals("sysfs") || type.equals("cgroup") || type.equals("devpts")) {
                    mounts.remove(i);
                }
            }
        });
        bundle.write();
        Path state = lab.newFolder("users-state");
        Host.run("chown", "-R", "1000:1000", bundle.folder().toString(), state.toString());
        String id = lab.nextId();
        List<String> words = new ArrayList<>(user);
        words.addAll(lab.runtime().command());
        words.addAll(List.of("--engine", "cold", "--root", state.toString(), "--systemd-cgroup"));
        List<String> create = new ArrayList<>(words);
        create.addAll(List.of("create", "--bundle", bundle.folder().toString(), id));
        List<String> delete = new ArrayList<>(words);
        delete.addAll(List.of("delete", "--force", id));
        lab.host(create.toArray(String[]::new)).now().succeeded();
        Path scope = Cgroups.unified("/user.slice/user-1000.slice/user@1000.service/user.slice/jrunc-" + id + ".scope");
        String limits = Cgroups.value(scope, "memory.max") + " " + Cgroups.value(scope, "pids.max");
        lab.host(delete.toArray(String[]::new)).now().succeeded();

        assertEquals("67108864 42", limits);
        assertFalse(Files.exists(scope));
        assertEquals(0, state.toFile().list().length);
    }
}
