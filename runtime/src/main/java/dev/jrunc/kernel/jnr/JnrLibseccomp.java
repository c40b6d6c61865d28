// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel.jnr;

import dev.jrunc.error.OperationFailed;
import dev.jrunc.kernel.Libseccomp;
import java.util.List;
import jnr.ffi.LastError;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** libseccomp by jnr-ffi. */
final class JnrLibseccomp implements Libseccomp {

    /** Of struct scmp_arg_cmp: unsigned int, enum, two uint64_t. */
    private static final int COMPARISON_BYTES = 24;

    private static final int MFD_CLOEXEC = 1;
    private static final int SEEK_END = 2;
    private static final int EFBIG = 27;

    /** Far more than the kernel takes. */
    private static final long MAX_EXPORT_BYTES = 1 << 20;

    /** seccomp.h. */
    public interface Calls {

        /** struct scmp_version: three unsigned int. */
        Pointer seccomp_version();

        int seccomp_arch_native();

        int seccomp_arch_resolve_name(String name);

        int seccomp_syscall_resolve_name_arch(int architecture, String name);

        @Nullable
        Pointer seccomp_init(int defaultAction);

        void seccomp_release(Pointer context);

        int seccomp_arch_add(Pointer context, int architecture);

        int seccomp_attr_set(Pointer context, int attribute, int value);

        int seccomp_rule_add_array(Pointer context, int action, int syscall, int count, @Nullable Pointer comparisons);

        int seccomp_export_bpf(Pointer context, int fd);
    }

    /** What it takes to read what libseccomp 2.5 can write only to an fd. */
    public interface Libc {

        int memfd_create(String name, int flags);

        long lseek(int fd, long offset, int whence);

        long pread(int fd, Pointer data, long length, long offset);

        int close(int fd);
    }

    private final Calls calls;
    private final Libc libc;
    private final Runtime runtime;

    JnrLibseccomp(Calls calls, Libc libc) {
        this.calls = calls;
        this.libc = libc;
        this.runtime = Runtime.getRuntime(calls);
    }

    @Override
    public String version() {
        Pointer version = calls.seccomp_version();
        return version.getInt(0) + "." + version.getInt(4) + "." + version.getInt(8);
    }

    @Override
    public int nativeArchitecture() {
        return calls.seccomp_arch_native();
    }

    @Override
    public int architecture(String name) {
        return calls.seccomp_arch_resolve_name(name);
    }

    @Override
    public int resolve(int architecture, String name) {
        return calls.seccomp_syscall_resolve_name_arch(architecture, name);
    }

    @Override
    public Filter filter(int defaultAction) {
        Pointer context = calls.seccomp_init(defaultAction);
        if (context == null) {
            throw failed("seccomp_init", LastError.getLastError(runtime));
        }
        return new JnrFilter(context);
    }

    private static OperationFailed failed(String call, int errno) {
        return new OperationFailed("SECCOMP", "/linux/seccomp", errno, "compile the filter by libseccomp: " + call);
    }

    private final class JnrFilter implements Filter {

        private final Pointer context;

        JnrFilter(Pointer context) {
            this.context = context;
        }

        @Override
        public int addArchitecture(int token) {
            return calls.seccomp_arch_add(context, token);
        }

        @Override
        public int setAttribute(int attribute, int value) {
            return calls.seccomp_attr_set(context, attribute, value);
        }

        @Override
        public int addRule(int action, int syscall, List<Comparison> comparisons) {
            if (comparisons.isEmpty()) {
                return calls.seccomp_rule_add_array(context, action, syscall, 0, null);
            }
            Pointer array = Memory.allocateDirect(runtime, COMPARISON_BYTES * comparisons.size());
            for (int i = 0; i < comparisons.size(); i++) {
                Comparison comparison = comparisons.get(i);
                long at = (long) i * COMPARISON_BYTES;
                array.putInt(at, comparison.argument());
                array.putInt(at + 4, comparison.operation());
                array.putLong(at + 8, comparison.first());
                array.putLong(at + 16, comparison.second());
            }
            return calls.seccomp_rule_add_array(context, action, syscall, comparisons.size(), array);
        }

        @Override
        public byte[] export() {
            int fd = libc.memfd_create("jrunc-seccomp", MFD_CLOEXEC);
            if (fd < 0) {
                throw failed("memfd_create", LastError.getLastError(runtime));
            }
            try {
                int error = calls.seccomp_export_bpf(context, fd);
                if (error != 0) {
                    throw failed("seccomp_export_bpf", -error);
                }
                return read(fd);
            } finally {
                libc.close(fd);
            }
        }

        private byte[] read(int fd) {
            long length = libc.lseek(fd, 0, SEEK_END);
            if (length < 0 || length > MAX_EXPORT_BYTES) {
                throw failed("lseek", length < 0 ? LastError.getLastError(runtime) : EFBIG);
            }
            Pointer data = Memory.allocateDirect(runtime, (int) length);
            if (libc.pread(fd, data, length, 0) != length) {
                throw failed("pread", LastError.getLastError(runtime));
            }
            byte[] program = new byte[(int) length];
            data.get(0, program, 0, program.length);
            return program;
        }

        @Override
        public void close() {
            calls.seccomp_release(context);
        }
    }
}
