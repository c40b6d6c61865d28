// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.CgroupFolder;
import dev.jrunc.plan.ResctrlGroup;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents about a container: state.json, what hooks read, and what {@code state} and {@code list} print. */
public final class StateJson {

    private static final int MAX_ENTRIES = 65_536;

    private StateJson() {}

    /** What a hook reads from its standard input, runtime.md section "State". A pid of 0 is left out. */
    public static Bytes hookState(String id, String status, long pid, String bundle, Map<String, String> annotations) {
        JsonText json = new JsonText(false);
        state(json, id, status, pid, bundle, annotations);
        return Bytes.utf8(json.toString());
    }

    private static void state(
            JsonText json, String id, String status, long pid, String bundle, Map<String, String> annotations) {
        json.beginObject();
        json.name("ociVersion").string(DefaultSpec.OCI_VERSION);
        json.name("id").string(id);
        json.name("status").string(status);
        if (pid != 0) {
            json.name("pid").literal(Long.toString(pid));
        }
        json.name("bundle").string(bundle);
        annotations(json, annotations);
        json.endObject();
    }

    /** What goes with the fd to linux.seccomp.listenerPath, config-linux.md section "The Container Process State". */
    public static Bytes seccompState(
            long pid,
            String metadata,
            String id,
            String status,
            long containerPid,
            String bundle,
            Map<String, String> annotations) {
        JsonText json = new JsonText(false).beginObject();
        json.name("ociVersion").string(DefaultSpec.OCI_VERSION);
        json.name("fds").beginList().string("seccompFd").endList();
        json.name("pid").literal(Long.toString(pid));
        if (!metadata.isEmpty()) {
            json.name("metadata").string(metadata);
        }
        json.name("state");
        state(json, id, status, containerPid, bundle, annotations);
        return Bytes.utf8(json.endObject().toString());
    }

    /** @param pid 0 when stopped */
    public static String shown(ContainerState state, String status, long pid) {
        JsonText json = new JsonText(true);
        show(json, state, status, pid);
        return json.toString();
    }

    /** A container with what {@code list} found out about it. */
    public record Listed(ContainerState state, String status, long pid) {}

    public static String list(List<Listed> containers) {
        JsonText json = new JsonText(false).beginList();
        for (Listed listed : containers) {
            show(json, listed.state, listed.status, listed.pid);
        }
        return json.endList().toString();
    }

    private static void show(JsonText json, ContainerState state, String status, long pid) {
        json.beginObject();
        json.name("ociVersion").string(DefaultSpec.OCI_VERSION);
        json.name("id").string(state.id());
        json.name("pid").literal(Long.toString(pid));
        json.name("status").string(status);
        json.name("bundle").string(state.bundle());
        json.name("rootfs").string(state.rootfs());
        json.name("created").string(state.created());
        annotations(json, state.annotations());
        json.name("owner").string(state.owner());
        json.endObject();
    }

    private static void annotations(JsonText json, Map<String, String> annotations) {
        if (annotations.isEmpty()) {
            return;
        }
        json.name("annotations").beginObject();
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            json.name(annotation.getKey()).string(annotation.getValue());
        }
        json.endObject();
    }

    /** state.json. */
    public static Bytes write(ContainerState state) {
        JsonText json = new JsonText(false).beginObject();
        json.name("id").string(state.id());
        json.name("complete").literal(Boolean.toString(state.complete()));
        if (state.criu()) {
            json.name("criu").literal("true");
        }
        json.name("pid").literal(Long.toString(state.pid()));
        json.name("startTime").literal(Long.toString(state.startTime()));
        json.name("bundle").string(state.bundle());
        json.name("rootfs").string(state.rootfs());
        json.name("created").string(state.created());
        annotations(json, state.annotations());
        json.name("owner").string(state.owner());
        json.name("ownPidNamespace").literal(Boolean.toString(state.ownPidNamespace()));
        json.name("sessionKeyring").literal(Boolean.toString(state.sessionKeyring()));
        ContainerState.Unit unit = state.unit();
        if (unit != null) {
            json.name("unit").beginObject();
            json.name("name").string(unit.name());
            json.name("socket").string(unit.socket());
            json.name("abstract").literal(Boolean.toString(unit.isAbstract()));
            json.name("bus").literal(Boolean.toString(unit.isBus()));
            json.endObject();
        }
        json.name("cgroups").beginList();
        for (ContainerState.Cgroup cgroup : state.cgroups()) {
            CgroupFolder folder = cgroup.folder();
            json.beginObject();
            json.name("mount").string(folder.mount());
            json.name("path").string(folder.path());
            json.name("version").literal(Integer.toString(folder.version()));
            strings(json, "controllers", folder.controllers());
            json.name("made").literal(Integer.toString(cgroup.made()));
            json.endObject();
        }
        json.endList();
        ResctrlGroup resctrl = state.resctrl();
        if (resctrl != null) {
            json.name("resctrl").beginObject();
            json.name("folder").string(resctrl.folder());
            json.name("made").literal(Boolean.toString(resctrl.made()));
            json.name("monitoring").string(resctrl.monitoring());
            json.endObject();
        }
        hooks(json, "poststart", state.poststart());
        hooks(json, "poststop", state.poststop());
        return Bytes.utf8(json.endObject().toString());
    }

    private static void strings(JsonText json, String name, List<String> values) {
        json.name(name).beginList();
        for (String value : values) {
            json.string(value);
        }
        json.endList();
    }

    private static void hooks(JsonText json, String name, List<Spec.Hook> hooks) {
        json.name(name).beginList();
        for (Spec.Hook hook : hooks) {
            json.beginObject();
            json.name("path").string(hook.path());
            strings(json, "args", hook.args());
            strings(json, "env", hook.env());
            Long timeout = hook.timeout();
            if (timeout != null) {
                json.name("timeout").literal(timeout.toString());
            }
            json.endObject();
        }
        json.endList();
    }

    /** @throws dev.jrunc.error.InvalidSpec when it isn't a state.json */
    public static ContainerState read(Bytes document) {
        Place state = JsonTree.read(document);
        List<ContainerState.Cgroup> cgroups = new ArrayList<>();
        for (Place folder : state.at("cgroups").list(MAX_ENTRIES)) {
            cgroups.add(new ContainerState.Cgroup(
                    new CgroupFolder(
                            folder.at("mount").string(),
                            folder.at("path").string(),
                            (int) folder.at("version").u32(),
                            folder.at("controllers").strings(MAX_ENTRIES)),
                    (int) folder.at("made").u32()));
        }
        return new ContainerState(
                state.at("id").string(),
                state.at("complete").bool(),
                state.at("criu").present() && state.at("criu").bool(),
                state.at("pid").u32(),
                state.at("startTime").i64(),
                state.at("bundle").string(),
                state.at("rootfs").string(),
                state.at("created").string(),
                state.at("annotations").stringMap(),
                state.at("owner").string(),
                state.at("ownPidNamespace").bool(),
                state.at("sessionKeyring").bool(),
                unit(state.at("unit")),
                cgroups,
                resctrl(state.at("resctrl")),
                hooks(state.at("poststart")),
                hooks(state.at("poststop")));
    }

    private static @Nullable ResctrlGroup resctrl(Place resctrl) {
        return resctrl.present()
                ? new ResctrlGroup(
                        resctrl.at("folder").string(),
                        resctrl.at("made").bool(),
                        resctrl.at("monitoring").string())
                : null;
    }

    private static ContainerState.@Nullable Unit unit(Place unit) {
        return unit.present()
                ? new ContainerState.Unit(
                        unit.at("name").string(),
                        unit.at("socket").string(),
                        unit.at("abstract").bool(),
                        unit.at("bus").bool())
                : null;
    }

    private static List<Spec.Hook> hooks(Place hooks) {
        List<Spec.Hook> read = new ArrayList<>();
        for (Place hook : hooks.list(MAX_ENTRIES)) {
            read.add(ConfigReader.hook(hook));
        }
        return read;
    }
}
