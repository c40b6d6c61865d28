// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.Unsupported;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.kernel.NativeLibraries;
import dev.jrunc.kernel.jnr.JnrLibraries;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.SeccompFilter;
import dev.jrunc.plan.Step;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptFiltersTest {

    private static final String RULE = "{'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':5,"
            + "'args':[{'index':1,'value':2,'valueTwo':3,'op':'SCMP_CMP_EQ'}]}";
    private static final String PROFILE =
            "{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':7,'architectures':['SCMP_ARCH_X86'],'syscalls':["
                    + RULE + "]}";

    private static final NativeLibraries LIBRARIES = new JnrLibraries();
    private static final NativeLibraries NONE = Optional::empty;

    private final Host host = new Host(LIBRARIES.libseccompVersion().orElseThrow());

    /** A host that keeps filters in memory, with a libseccomp of that version. */
    private static final class Host implements Front {

        private final String version;
        private final Map<Bytes, Bytes> kept = new HashMap<>();
        private final List<String> folders = new ArrayList<>();
        private long euid;
        private List<String> environment = List.of();
        private Errno readError = Errno.ENOENT;

        Host(String version) {
            this.version = version;
        }

        @Override
        public Call call() {
            return Calls.of(List.of(), environment, "/", euid, "6.1.0");
        }

        @Override
        public List<Result> run(List<Step<HostOperation>> steps) {
            List<Result> results = new ArrayList<>();
            for (Step<HostOperation> step : steps) {
                results.add(execute(results.size(), step.operation()));
            }
            return results;
        }

        private Result execute(long index, HostOperation operation) {
            Bytes found = null;
            switch (operation) {
                case HostOperation.RealPath path
                when path.path().startsWith("/usr/lib64/") && !version.isEmpty() ->
                    found = Bytes.utf8("/usr/lib64/libseccomp.so." + version);
                case HostOperation.ReadKept read -> {
                    folders.add(read.folder());
                    found = kept.get(read.key());
                }
                case HostOperation.WriteKept write -> {
                    kept.put(write.key(), write.content());
                    found = Bytes.EMPTY;
                }
                default -> {}
            }
            return found == null
                    ? new Result(index, readError.number(), 0, Bytes.EMPTY, "read it", "", "")
                    : new Result(index, 0, 0, found, "", "", "");
        }
    }

    private final List<String> warnings = new ArrayList<>();

    private SeccompFilter filter(NativeLibraries libraries, String seccomp) {
        String config = ("{'ociVersion':'1.0.2','linux':{'seccomp':" + seccomp + "}}").replace('\'', '"');
        Spec.Seccomp profile = ConfigReader.read(Bytes.utf8(config)).linux().seccomp();
        return new KeptFilters(host, libraries, warnings::add).of(Objects.requireNonNull(profile), false);
    }

    @Test
    void theSecondNeedsNoLibrary() {
        SeccompFilter first = filter(LIBRARIES, PROFILE);

        assertEquals(first, filter(NONE, PROFILE));
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatTheProgramDoesNotDependOnIsNoPartOfTheKey() {
        filter(LIBRARIES, PROFILE);

        SeccompFilter other = filter(
                NONE,
                PROFILE.replace("'syscalls'", "'flags':['SECCOMP_FILTER_FLAG_LOG'],'listenerPath':'/x','syscalls'"));
        assertEquals(SeccompFilter.LOG, other.flags());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ACT_ERRNO','defaultErrno|ACT_TRACE','defaultErrno",
                "'defaultErrnoRet':7|'defaultErrnoRet':8",
                "X86|X32",
                "'read'|'write'",
                "'read'|'read','write'",
                "ACT_ERRNO','errno|ACT_TRACE','errno",
                "'errnoRet':5|'errnoRet':6",
                "'index':1|'index':0",
                "'value':2|'value':1",
                "'valueTwo':3|'valueTwo':1",
                "CMP_EQ|CMP_NE"
            })
    void everyPartOfTheProfileIsPartOfTheKey(String part, String change) {
        String other = PROFILE.replace(part, change);
        assertNotEquals(PROFILE, other);
        filter(LIBRARIES, PROFILE);

        assertThrows(Unsupported.class, () -> filter(NONE, other));
    }

    @Test
    void aFilterOfAnotherLibraryIsNotKept() {
        Host another = new Host("2.9.9");
        new KeptFilters(another, LIBRARIES, warnings::add)
                .of(new Spec.Seccomp("SCMP_ACT_ALLOW", null, List.of(), List.of(), List.of(), null, null), false);

        assertEquals(Map.of(), another.kept);
    }

    @Test
    void whatCanNotBeReadIsCompiledWithAWarning() {
        host.readError = Errno.EBADMSG;

        SeccompFilter filter = filter(LIBRARIES, PROFILE);

        assertEquals(List.of("kept seccomp filters: read it: EBADMSG (bad message)"), warnings);
        host.readError = Errno.ENOENT;
        assertEquals(filter, filter(NONE, PROFILE), "made anew");
    }

    @Test
    void theLibraryThatIsMissingIsNamed() {
        assertEquals(
                "config.json: /linux/seccomp: libseccomp.so.2 is needed to compile the filter, and isn't installed: install"
                        + " the package libseccomp2 (Debian, Ubuntu) or libseccomp",
                assertThrows(Unsupported.class, () -> filter(NONE, PROFILE)).getMessage());
    }

    @Test
    void theFolderIsTheCallersOwn() {
        filter(LIBRARIES, PROFILE);
        host.euid = 1000;
        filter(LIBRARIES, PROFILE);
        host.environment = List.of("XDG_RUNTIME_DIR=/xdg");
        filter(LIBRARIES, PROFILE);

        assertEquals(List.of("/run/jrunc-seccomp", "/run/user/1000/jrunc-seccomp", "/xdg/jrunc-seccomp"), host.folders);
    }
}
