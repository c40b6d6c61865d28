// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.hint;

import dev.jrunc.engine.Call;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.spec.Spec;
import dev.jrunc.validate.HostCheck;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SPAWN and ENTER: new namespaces, joined ones, id maps. */
final class NamespaceHints {

    private NamespaceHints() {}

    static @Nullable Advice of(OperationFailed failure, Errno errno, HostFacts facts) {
        String detail = failure.detail();
        if (detail.startsWith("put init into cgroup")) {
            return CgroupHints.of(failure, errno, facts);
        }
        if (detail.startsWith("write uid_map") || detail.startsWith("write gid_map")) {
            return maps(detail, errno);
        }
        return switch (errno) {
            case ENOSPC, EUSERS -> limit(facts);
            case EPERM, EACCES -> refused(facts);
            case ENOENT -> detail.startsWith("join the ") ? Advice.of(Hint.NAMESPACE_GONE) : null;
            case ENOMEM -> detail.startsWith("clone init") ? Advice.of(Hint.NAMESPACE_GONE) : null;
            case EAGAIN -> Advice.of(Hint.TOO_MANY_PROCESSES);
            case EINVAL ->
                detail.startsWith("join ")
                        ? null
                        : Advice.of(Hint.KERNEL_TOO_OLD, facts.call().release());
            default -> null;
        };
    }

    private static @Nullable Advice maps(String detail, Errno errno) {
        return switch (errno) {
            case ENOENT -> Advice.of(Hint.MAP_HELPERS_MISSING);
            case EPERM ->
                Advice.of(Hint.SUBORDINATE_IDS, detail.startsWith("write uid_map") ? "/etc/subuid" : "/etc/subgid");
            default -> null;
        };
    }

    /** The one that allows none, else that of user namespaces, whose nesting counts as well. */
    private static Advice limit(HostFacts facts) {
        for (Map.Entry<String, String> type : HostCheck.KERNEL_NAMES.entrySet()) {
            boolean wanted = SpecPlaces.namespace(facts.spec(), type.getKey()) != null;
            if (wanted && maximum(facts, type.getValue()).equals("0")) {
                return Advice.of(Hint.NAMESPACE_LIMIT, type.getValue(), "0");
            }
        }
        return Advice.of(Hint.NAMESPACE_LIMIT, "user", maximum(facts, "user"));
    }

    private static String maximum(HostFacts facts, String name) {
        return facts.read("/proc/sys/user/max_" + name + "_namespaces");
    }

    private static @Nullable Advice refused(HostFacts facts) {
        Call call = facts.call();
        if (Hints.has(call, "CAP_SYS_ADMIN")) {
            return null;
        }
        Spec spec = facts.spec();
        if (spec != null && Hints.userNamespace(facts) == null) {
            return Advice.of(Hint.NEEDS_USER_NAMESPACE, Hints.caller(call), "CAP_SYS_ADMIN");
        }
        if (facts.read("/proc/sys/kernel/unprivileged_userns_clone").equals("0")) {
            return Advice.of(Hint.USER_NAMESPACES_DISABLED);
        }
        return facts.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                        .equals("1")
                ? Advice.of(Hint.USER_NAMESPACES_BY_APPARMOR)
                : null;
    }
}
