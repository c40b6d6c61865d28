// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** linux.seccomp. */
final class SeccompReader {

    /** Largest number of rules, names of a rule, and arguments of a rule. */
    private static final int MAX_ENTRIES = 65_536;

    private SeccompReader() {}

    static Spec.@Nullable Seccomp read(Place seccomp) {
        if (!seccomp.present()) {
            return null;
        }
        List<Spec.SyscallRule> rules = new ArrayList<>();
        for (Place rule : seccomp.at("syscalls").list(MAX_ENTRIES)) {
            rules.add(new Spec.SyscallRule(
                    rule.at("names").strings(MAX_ENTRIES),
                    rule.at("action").string(),
                    rule.at("errnoRet").optionalU32(),
                    arguments(rule.at("args"))));
        }
        return new Spec.Seccomp(
                seccomp.at("defaultAction").string(),
                seccomp.at("defaultErrnoRet").optionalU32(),
                seccomp.at("flags").strings(MAX_ENTRIES),
                seccomp.at("architectures").strings(MAX_ENTRIES),
                rules,
                seccomp.at("listenerPath").optionalString(),
                seccomp.at("listenerMetadata").optionalString());
    }

    private static List<Spec.SyscallArgument> arguments(Place arguments) {
        if (!arguments.present()) {
            return List.of();
        }
        List<Spec.SyscallArgument> read = new ArrayList<>();
        for (Place argument : arguments.list(MAX_ENTRIES)) {
            Place second = argument.at("valueTwo");
            read.add(new Spec.SyscallArgument(
                    argument.at("index").u32(),
                    argument.at("value").u64(),
                    second.present() ? second.u64() : 0,
                    argument.at("op").string()));
        }
        return read;
    }
}
