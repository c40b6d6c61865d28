// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The specification's features document.
 *
 * @param oldest first version of the specification that is accepted
 * @param newest last version that is accepted
 * @param unsafeAnnotations those of config.json that change what the runtime does
 */
public record Features(
        String oldest,
        String newest,
        List<String> hooks,
        List<String> mountOptions,
        List<String> namespaces,
        List<String> capabilities,
        Seccomp seccomp,
        SortedMap<String, String> annotations,
        List<String> unsafeAnnotations) {

    /** The words that a filter may have. */
    public record Seccomp(List<String> actions, List<String> operators, List<String> archs, List<String> flags) {

        public Seccomp {
            actions = List.copyOf(actions);
            operators = List.copyOf(operators);
            archs = List.copyOf(archs);
            flags = List.copyOf(flags);
        }
    }

    public Features {
        hooks = List.copyOf(hooks);
        mountOptions = List.copyOf(mountOptions);
        namespaces = List.copyOf(namespaces);
        capabilities = List.copyOf(capabilities);
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
        unsafeAnnotations = List.copyOf(unsafeAnnotations);
    }

    /** Indented. */
    public String toJson() {
        JsonText json = new JsonText(true).beginObject();
        json.name("ociVersionMin").string(oldest);
        json.name("ociVersionMax").string(newest);
        list(json, "hooks", hooks);
        list(json, "mountOptions", mountOptions);
        json.name("linux").beginObject();
        linux(json);
        json.endObject();
        json.name("annotations").beginObject();
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            json.name(annotation.getKey()).string(annotation.getValue());
        }
        json.endObject();
        list(json, "potentiallyUnsafeConfigAnnotations", unsafeAnnotations);
        return json.endObject().toString();
    }

    private void linux(JsonText json) {
        list(json, "namespaces", namespaces);
        list(json, "capabilities", capabilities);
        json.name("cgroup").beginObject();
        flag(json, "v1", true);
        flag(json, "v2", true);
        flag(json, "systemd", true);
        flag(json, "systemdUser", true);
        flag(json, "rdma", true);
        json.endObject();
        json.name("seccomp").beginObject();
        flag(json, "enabled", true);
        list(json, "actions", seccomp.actions);
        list(json, "operators", seccomp.operators);
        list(json, "archs", seccomp.archs);
        list(json, "knownFlags", seccomp.flags);
        list(json, "supportedFlags", seccomp.flags);
        json.endObject();
        enabled(json, "apparmor", true);
        enabled(json, "selinux", true);
        enabled(json, "intelRdt", true);
        json.name("mountExtensions").beginObject();
        enabled(json, "idmap", true);
        json.endObject();
        enabled(json, "netDevices", true);
    }

    private static void enabled(JsonText json, String name, boolean value) {
        json.name(name).beginObject();
        flag(json, "enabled", value);
        json.endObject();
    }

    private static void flag(JsonText json, String name, boolean value) {
        json.name(name).literal(Boolean.toString(value));
    }

    private static void list(JsonText json, String name, List<String> values) {
        json.name(name).beginList();
        for (String value : values) {
            json.string(value);
        }
        json.endList();
    }
}
