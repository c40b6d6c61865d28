// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The annotations that change what the runtime does; all others are kept, and no more. Those of crun's are as crun has them. */
public enum Annotation {
    /** 1: the caller's supplementary groups stay, for files that only one of them may read. */
    KEEP_ORIGINAL_GROUPS("run.oci.keep_original_groups"),
    /** context, fscontext, defcontext or rootcontext: the mount option that linux.mountLabel becomes. */
    MOUNT_CONTEXT_TYPE("run.oci.mount_context_type"),
    /** 1: a system call of linux.seccomp that libseccomp doesn't know is an error. */
    SECCOMP_FAIL_UNKNOWN_SYSCALL("run.oci.seccomp_fail_unknown_syscall"),
    /** A file, to which the standard output of all hooks is appended. */
    HOOKS_STDOUT("run.oci.hooks.stdout"),
    /** The same for their standard error. */
    HOOKS_STDERR("run.oci.hooks.stderr"),
    /** With --systemd-cgroup: the cgroup below that of the unit, which the processes are in. */
    SYSTEMD_SUBGROUP("run.oci.systemd.subgroup"),
    /** The cgroup below that, which the processes are in, and which is the container's own to divide (version 2). */
    DELEGATE_CGROUP("run.oci.delegate-cgroup"),
    /** With --systemd-cgroup: the beginning of names, of which the rest is that of a property of the unit. */
    SYSTEMD_PROPERTY("org.systemd.property.");

    private final String key;

    Annotation(String key) {
        this.key = key;
    }

    /** Its name in config.json. */
    public String key() {
        return key;
    }

    /** Its value, or the empty string. */
    public String in(Map<String, String> annotations) {
        return annotations.getOrDefault(key, "");
    }

    /** Is it 1? */
    public boolean isSet(Map<String, String> annotations) {
        return in(annotations).equals("1");
    }

    /** The names of all. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Annotation annotation : values()) {
            keys.add(annotation.key);
        }
        return keys;
    }
}
