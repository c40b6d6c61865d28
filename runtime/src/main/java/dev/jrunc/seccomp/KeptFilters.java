// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.Unsupported;
import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Annotation;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Filters that were compiled before: a second container with the same profile needs no libseccomp. */
public final class KeptFilters {

    private static final Origin KEEPING = Origin.rule("kept seccomp filters");

    private static final String LIBRARY = "libseccomp.so.2";

    private final Front front;
    private final NativeLibraries libraries;
    private final Consumer<String> warnings;

    public KeptFilters(Front front, NativeLibraries libraries, Consumer<String> warnings) {
        this.front = front;
        this.libraries = libraries;
        this.warnings = warnings;
    }

    /**
     * @param failUnknown a system call that libseccomp doesn't know is an error
     * @throws Unsupported where libseccomp isn't installed
     * @throws dev.jrunc.error.JruncException where the profile can't be compiled
     */
    public SeccompFilter of(Spec.Seccomp profile, boolean failUnknown) {
        long flags = SeccompNames.flags(profile);
        String version = installedVersion();
        String folder = folder(front.call());
        if (version == null) {
            return new SeccompFilter(flags, FilterCompiler.compile(profile, failUnknown, load()));
        }
        Result kept = front.attempt(new HostOperation.ReadKept(
                KEEPING, folder, key(profile, failUnknown, version), SeccompFilter.MAX_BYTES));
        if (kept.ok()) {
            return new SeccompFilter(flags, kept.data());
        }
        if (kept.error() != Errno.ENOENT.number()) {
            warnings.accept("kept seccomp filters: " + kept.message() + ": " + Errno.describe((int) kept.error()));
        }
        Libseccomp library = load();
        Bytes program = FilterCompiler.compile(profile, failUnknown, library);
        // Another library than the caller's may have been found.
        if (library.version().equals(version)) {
            front.attempt(new HostOperation.WriteKept(KEEPING, folder, key(profile, failUnknown, version), program));
        }
        return new SeccompFilter(flags, program);
    }

    private Libseccomp load() {
        return libraries
                .libseccomp()
                .orElseThrow(() -> new Unsupported(
                        "/linux/seccomp",
                        LIBRARY
                                + " is needed to compile the filter, and isn't installed: install the package libseccomp2"
                                + " (Debian, Ubuntu) or libseccomp"));
    }

    /** By the name of the file behind the link: loading the library costs more than all the rest of a call. Null where it isn't known. */
    private @Nullable String installedVersion() {
        String triplet = front.call().machine() + "-linux-gnu";
        List<Step<HostOperation>> steps = new ArrayList<>();
        for (String folder : List.of("/usr/lib/" + triplet, "/usr/lib64", "/usr/lib")) {
            steps.add(Step.mayFail(new HostOperation.RealPath(KEEPING, folder + "/" + LIBRARY)));
        }
        for (Result result : front.execute(steps)) {
            String path = result.data().utf8();
            int name = path.lastIndexOf("/libseccomp.so.");
            if (result.ok() && name >= 0) {
                return path.substring(name + "/libseccomp.so.".length());
            }
        }
        return null;
    }

    private static String folder(Call call) {
        return (call.isHostRoot() ? "/run" : call.userRuntimeFolder()) + "/jrunc-seccomp";
    }

    /** All that the program depends on. Each text ends with a zero character, which none has inside. */
    private Bytes key(Spec.Seccomp profile, boolean failUnknown, String version) {
        StringBuilder key = new StringBuilder(16_384);
        add(key, "jrunc " + FilterCompiler.VERSION);
        add(key, version);
        add(key, front.call().machine());
        if (failUnknown) {
            add(key, Annotation.SECCOMP_FAIL_UNKNOWN_SYSCALL.key());
        }
        add(key, profile.defaultAction());
        add(key, profile.defaultErrnoRet());
        add(key, profile.architectures());
        for (Spec.SyscallRule rule : profile.syscalls()) {
            add(key, rule.action());
            add(key, rule.errnoRet());
            add(key, rule.names());
            for (Spec.SyscallArgument argument : rule.args()) {
                key.append(argument.index()).append(' ').append(argument.value());
                key.append(' ').append(argument.valueTwo()).append(' ');
                add(key, argument.op());
            }
            add(key, "");
        }
        return Bytes.utf8(key.toString());
    }

    private static void add(StringBuilder key, String text) {
        key.append(text).append('\0');
    }

    private static void add(StringBuilder key, @Nullable Long number) {
        if (number != null) {
            key.append(number.longValue());
        }
        key.append('\0');
    }

    private static void add(StringBuilder key, List<String> texts) {
        key.append(texts.size()).append('\0');
        for (String text : texts) {
            key.append(text).append('\0');
        }
    }
}
