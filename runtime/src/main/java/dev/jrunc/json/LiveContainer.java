// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container is now, as the kernel tells it, beside what its config.json asked for. All names that come from the container may
 * be anything.
 *
 * @param pid of its first process; 0 when it has ended: then there are no namespaces, mounts, capabilities, nor processes
 * @param confinement what its first process may do; null when it has ended
 */
public record LiveContainer(
        String id,
        String status,
        long pid,
        String bundle,
        List<Namespace> namespaces,
        List<CgroupValue> cgroups,
        List<Mount> mounts,
        @Nullable Confinement confinement,
        List<Process> processes) {

    /**
     * A namespace of its first process.
     *
     * @param inode what two processes have in common that are in one
     * @param asked {@code new}, the path that it joined, or {@code inherited}
     * @param withCaller the caller is in it, too: on a host, that is the host's
     * @param with other containers of the same root that are in it
     */
    public record Namespace(String type, long inode, String asked, boolean withCaller, List<String> with) {}

    /**
     * A file of one of its cgroups.
     *
     * @param origin the place in config.json
     * @param now null where it can't be read
     */
    public record CgroupValue(
            String origin,
            String file,
            String asked,
            @Nullable String now) {}

    /**
     * A mount that it sees, or one that was asked for and isn't there.
     *
     * @param origin the place in config.json; empty for none
     * @param asked type, source and options; empty for what was not asked for
     * @param now the same, as the kernel has it; empty for what isn't there
     */
    public record Mount(String path, String origin, String asked, String now) {}

    /** One of the five sets, capabilities(7). */
    public record CapabilitySet(String name, List<String> asked, List<String> now) {}

    /**
     * What holds its first process.
     *
     * @param capabilities the five sets
     * @param seccompAsked whether there is a profile
     * @param seccomp none, strict or filter
     * @param filters how many; null where the kernel doesn't say
     * @param labelAsked AppArmor's or SELinux's; empty for none
     * @param label empty where no such module is on
     */
    public record Confinement(
            List<CapabilitySet> capabilities,
            boolean noNewPrivilegesAsked,
            boolean noNewPrivileges,
            boolean seccompAsked,
            String seccomp,
            @Nullable Long filters,
            String labelAsked,
            String label) {}

    /**
     * A process of its cgroup.
     *
     * @param pid as the caller knows it
     * @param arguments empty for a kernel's, or one that has ended
     */
    public record Process(long pid, String name, List<String> arguments) {}

    /** Indented. */
    public String toJson() {
        JsonText json = new JsonText(true).beginObject();
        json.name("id").string(id);
        json.name("status").string(status);
        json.name("pid").literal(Long.toString(pid));
        json.name("bundle").string(bundle);
        json.name("namespaces").beginList();
        for (Namespace namespace : namespaces) {
            json.beginObject();
            json.name("type").string(namespace.type);
            json.name("inode").literal(Long.toUnsignedString(namespace.inode));
            json.name("asked").string(namespace.asked);
            json.name("sharedWithCaller").literal(Boolean.toString(namespace.withCaller));
            strings(json, "sharedWith", namespace.with);
            json.endObject();
        }
        json.endList();
        json.name("cgroups").beginList();
        for (CgroupValue value : cgroups) {
            json.beginObject();
            json.name("origin").string(value.origin);
            json.name("file").string(value.file);
            json.name("asked").string(value.asked);
            String now = value.now;
            if (now != null) {
                json.name("now").string(now);
            }
            json.endObject();
        }
        json.endList();
        json.name("mounts").beginList();
        for (Mount mount : mounts) {
            json.beginObject();
            json.name("path").string(mount.path);
            optional(json, "origin", mount.origin);
            optional(json, "asked", mount.asked);
            optional(json, "now", mount.now);
            json.endObject();
        }
        json.endList();
        confinement(json);
        json.name("processes").beginList();
        for (Process process : processes) {
            json.beginObject();
            json.name("pid").literal(Long.toString(process.pid));
            json.name("name").string(process.name);
            strings(json, "arguments", process.arguments);
            json.endObject();
        }
        return json.endList().endObject().toString();
    }

    private void confinement(JsonText json) {
        Confinement held = confinement;
        if (held == null) {
            return;
        }
        json.name("capabilities").beginObject();
        for (CapabilitySet set : held.capabilities) {
            json.name(set.name).beginObject();
            strings(json, "asked", set.asked);
            strings(json, "now", set.now);
            json.endObject();
        }
        json.endObject();
        json.name("noNewPrivileges").beginObject();
        json.name("asked").literal(Boolean.toString(held.noNewPrivilegesAsked));
        json.name("now").literal(Boolean.toString(held.noNewPrivileges));
        json.endObject();
        json.name("seccomp").beginObject();
        json.name("asked").literal(Boolean.toString(held.seccompAsked));
        json.name("now").string(held.seccomp);
        Long filters = held.filters;
        if (filters != null) {
            json.name("filters").literal(filters.toString());
        }
        json.endObject();
        json.name("label").beginObject();
        optional(json, "asked", held.labelAsked);
        optional(json, "now", held.label);
        json.endObject();
    }

    private static void optional(JsonText json, String name, String value) {
        if (!value.isEmpty()) {
            json.name(name).string(value);
        }
    }

    private static void strings(JsonText json, String name, List<String> values) {
        json.name(name).beginList();
        for (String value : values) {
            json.string(value);
        }
        json.endList();
    }
}
