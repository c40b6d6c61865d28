// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.kernel.Libseccomp;
import dev.jrunc.kernel.jnr.JnrLibraries;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By the real libseccomp, which the build installs; the numbers of system calls are those of x86-64 and i386. */
class FilterCompilerTest {

    private static final int ALLOW = 0x7fff_0000;
    private static final int LOG = 0x7ffc_0000;
    private static final int NOTIFY = 0x7fc0_0000;
    private static final int ERRNO = 0x0005_0000;
    private static final int EPERM = ERRNO | 1;
    private static final int ENOSYS = ERRNO | 38;
    private static final int KILL = 0;
    private static final int KILL_PROCESS = 0x8000_0000;

    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int SCHED_YIELD = 24;
    private static final int GETPID = 39;
    private static final int CLONE = 56;
    private static final int PERSONALITY = 135;
    private static final int REBOOT = 169;
    private static final int KEXEC_LOAD = 246;
    private static final int BPF = 321;
    private static final int CLONE3 = 435;
    private static final int NEWER_THAN_ALL = 5000;
    private static final int X32 = 0x4000_0000;
    private static final long CLONE_NEWUSER = 0x1000_0000;

    private static final Path PLANS = Path.of("src/test/resources/plans");

    private static final Libseccomp LIBRARY = new JnrLibraries().libseccomp().orElseThrow();

    private static Bytes compile(String config) {
        Spec spec = ConfigReader.read(Bytes.utf8(config));
        return FilterCompiler.compile(Objects.requireNonNull(spec.linux().seccomp()), false, LIBRARY);
    }

    private static SeccompInterpreter profile(String seccomp) {
        return new SeccompInterpreter(
                compile("{\"ociVersion\":\"1.0.2\",\"linux\":{\"seccomp\":" + seccomp.replace('\'', '"') + "}}"));
    }

    private static SeccompInterpreter fixture(String name) throws IOException {
        return new SeccompInterpreter(
                compile(Files.readString(PLANS.resolve("fixture-" + name).resolve("config.json"))));
    }

    private static int x64(SeccompInterpreter filter, int number, long... arguments) {
        return filter.run(SeccompInterpreter.X86_64, number, arguments);
    }

    private static int x86(SeccompInterpreter filter, int number, long... arguments) {
        return filter.run(SeccompInterpreter.I386, number, arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctr-seccomp", "docker-hook", "docker-limits"})
    void dockersProfileIsWhatItSays(String name) throws IOException {
        SeccompInterpreter filter = fixture(name);

        assertEquals(ALLOW, x64(filter, READ));
        assertEquals(ALLOW, x64(filter, WRITE));
        assertEquals(EPERM, x64(filter, KEXEC_LOAD));
        assertEquals(EPERM, x64(filter, REBOOT));
        assertEquals(EPERM, x64(filter, BPF));
        assertEquals(ALLOW, x64(filter, CLONE, 0x11));
        assertEquals(EPERM, x64(filter, CLONE, CLONE_NEWUSER | 0x11));
        assertEquals(ENOSYS, x64(filter, CLONE3));
        assertEquals(ALLOW, x64(filter, PERSONALITY, 0));
        assertEquals(ALLOW, x64(filter, PERSONALITY, 0xffff_ffffL));
        assertEquals(EPERM, x64(filter, PERSONALITY, 1));
        assertEquals(ENOSYS, x64(filter, NEWER_THAN_ALL));
        assertEquals(ENOSYS, x64(filter, X32 + NEWER_THAN_ALL));
        assertEquals(ALLOW, x64(filter, X32 + GETPID));
        assertEquals(ALLOW, x86(filter, 3));
        assertEquals(EPERM, x86(filter, 88));
        assertEquals(ENOSYS, x86(filter, NEWER_THAN_ALL));
        assertEquals(KILL, filter.run(0xc000_00b7, READ));
    }

    @ParameterizedTest
    @ValueSource(strings = {"podman-default", "podman-limits-ro", "podman-rootless", "podman-systemd", "podman-userns"})
    void podmansProfileIsWhatItSays(String name) throws IOException {
        SeccompInterpreter filter = fixture(name);

        assertEquals(ALLOW, x64(filter, READ));
        assertEquals(ALLOW, x64(filter, CLONE3));
        assertEquals(EPERM, x64(filter, KEXEC_LOAD));
        assertEquals(EPERM, x64(filter, BPF));
        assertEquals(ALLOW, x64(filter, PERSONALITY, 8));
        assertEquals(ENOSYS, x64(filter, PERSONALITY, 1));
        assertEquals(ENOSYS, x64(filter, NEWER_THAN_ALL));
        assertEquals(ALLOW, x86(filter, 3));
    }

    @Test
    void eachActionIsTheKernels() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ALLOW','syscalls':[
                {'names':['getpid'],'action':'SCMP_ACT_ERRNO'},
                {'names':['reboot'],'action':'SCMP_ACT_ERRNO','errnoRet':22},
                {'names':['personality'],'action':'SCMP_ACT_KILL'},
                {'names':['kexec_load'],'action':'SCMP_ACT_KILL_PROCESS'},
                {'names':['bpf'],'action':'SCMP_ACT_LOG'},
                {'names':['clone3'],'action':'SCMP_ACT_NOTIFY'},
                {'names':['sched_yield'],'action':'SCMP_ACT_TRACE','errnoRet':7}]}
                """);

        assertEquals(EPERM, x64(filter, GETPID));
        assertEquals(ERRNO | 22, x64(filter, REBOOT));
        assertEquals(KILL, x64(filter, PERSONALITY));
        assertEquals(KILL_PROCESS, x64(filter, KEXEC_LOAD));
        assertEquals(LOG, x64(filter, BPF));
        assertEquals(NOTIFY, x64(filter, CLONE3));
        assertEquals(0x7ff0_0007, x64(filter, SCHED_YIELD));
        assertEquals(ALLOW, x64(filter, NEWER_THAN_ALL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NE:5:6", "LT:4:5", "LE:5:6", "EQ:5:4", "GE:5:4", "GT:6:5"})
    void argumentsAreCompared(String operator) {
        String[] parts = operator.split(":", -1);
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['getpid'],'action':'SCMP_ACT_ALLOW',
                'args':[{'index':5,'value':5,'op':'SCMP_CMP_%s'}]}]}
                """.formatted(parts[0]));
        long fits = Long.parseLong(parts[1]);
        long other = Long.parseLong(parts[2]);
        boolean notEqual = parts[0].equals("NE");

        assertEquals(ALLOW, x64(filter, GETPID, 0, 0, 0, 0, 0, notEqual ? other : fits));
        assertEquals(EPERM, x64(filter, GETPID, 0, 0, 0, 0, 0, notEqual ? fits : other));
    }

    @Test
    void argumentsHaveSixtyFourBits() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['getpid'],'action':'SCMP_ACT_ALLOW',
                'args':[{'index':0,'value':18446744073709551615,'op':'SCMP_CMP_EQ'}]}]}
                """);

        assertEquals(ALLOW, x64(filter, GETPID, -1));
        assertEquals(EPERM, x64(filter, GETPID, 0xffff_ffffL));
    }

    @Test
    void maskedArgumentsHaveMaskAndValue() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['getpid'],'action':'SCMP_ACT_ALLOW',
                'args':[{'index':0,'value':15,'valueTwo':3,'op':'SCMP_CMP_MASKED_EQ'}]}]}
                """);

        assertEquals(ALLOW, x64(filter, GETPID, 0xf3));
        assertEquals(EPERM, x64(filter, GETPID, 0xf4));
        assertEquals(EPERM, x64(filter, GETPID, 15));
    }

    @Test
    void allOfSeveralArgumentsHaveToFit() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['getpid'],'action':'SCMP_ACT_ALLOW',
                'args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'},{'index':1,'value':2,'op':'SCMP_CMP_EQ'}]}]}
                """);

        assertEquals(ALLOW, x64(filter, GETPID, 1, 2));
        assertEquals(EPERM, x64(filter, GETPID, 1, 3));
        assertEquals(EPERM, x64(filter, GETPID, 2, 2));
    }

    @Test
    void anyOfSeveralForOneArgumentIsEnough() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['getpid'],'action':'SCMP_ACT_ALLOW',
                'args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'},{'index':0,'value':2,'op':'SCMP_CMP_EQ'}]}]}
                """);

        assertEquals(ALLOW, x64(filter, GETPID, 1));
        assertEquals(ALLOW, x64(filter, GETPID, 2));
        assertEquals(EPERM, x64(filter, GETPID, 3));
    }

    @Test
    void severalRulesForOneSystemCallAllCount() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ALLOW','syscalls':[
                {'names':['getpid'],'action':'SCMP_ACT_ERRNO','errnoRet':5,'args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},
                {'names':['getpid'],'action':'SCMP_ACT_ERRNO','errnoRet':6,'args':[{'index':0,'value':2,'op':'SCMP_CMP_EQ'}]}]}
                """);

        assertEquals(ERRNO | 5, x64(filter, GETPID, 1));
        assertEquals(ERRNO | 6, x64(filter, GETPID, 2));
        assertEquals(ALLOW, x64(filter, GETPID, 3));
    }

    @Test
    void unknownSystemCallsAreSkipped() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ALLOW','syscalls':[
                {'names':['no_such_call','getpid'],'action':'SCMP_ACT_ERRNO'}]}
                """);

        assertEquals(EPERM, x64(filter, GETPID));
        assertEquals(ALLOW, x64(filter, READ));
    }

    @Test
    void rulesWithTheDefaultActionAreSkipped() {
        Bytes without =
                compile("{\"ociVersion\":\"1.0.2\",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\"}}}");
        Bytes with = compile("{\"ociVersion\":\"1.0.2\",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\","
                + "\"syscalls\":[{\"names\":[\"getpid\"],\"action\":\"SCMP_ACT_ALLOW\"}]}}}");

        assertEquals(without, with);
    }

    @Test
    void onlyTheGivenArchitecturesArePartOfIt() {
        SeccompInterpreter filter = profile("""
                {'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86_64'],'syscalls':[
                {'names':['read','clone3'],'action':'SCMP_ACT_ALLOW'}]}
                """);

        assertEquals(ALLOW, x64(filter, READ));
        assertEquals(EPERM, x64(filter, GETPID));
        assertEquals(KILL, x64(filter, X32 + READ));
        assertEquals(KILL, x86(filter, 3));
    }

    @Test
    void anArchitectureThatTheLibraryLacksIsNamed() {
        InvalidSpec error = assertThrows(
                InvalidSpec.class,
                () -> profile("{'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X86','SCMP_ARCH_SHEB']}"));

        assertTrue(
                error.getMessage()
                        .matches("config.json: /linux/seccomp/architectures/1: libseccomp [0-9.]+ doesn't know"
                                + " SCMP_ARCH_SHEB"),
                error::getMessage);
    }

    @Test
    void aFilterThatTheKernelWouldNotTakeIsRefused() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            rules.append(i > 0 ? "," : "")
                    .append("{'names':['getpid'],'action':'SCMP_ACT_ERRNO','errnoRet':")
                    .append(i + 1)
                    .append(",'args':[{'index':0,'value':")
                    .append((long) i << 32 | i)
                    .append(",'op':'SCMP_CMP_EQ'}]}");
        }

        InvalidSpec error = assertThrows(
                InvalidSpec.class, () -> profile("{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[" + rules + "]}"));

        assertTrue(
                error.getMessage()
                        .matches("config.json: /linux/seccomp: the filter has [0-9]+ instructions, more than the"
                                + " kernel's limit of " + SeccompFilter.MAX_BYTES / 8),
                error::getMessage);
    }
}
