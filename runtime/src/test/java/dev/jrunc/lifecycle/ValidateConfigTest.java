// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.engine.AnsweringFront;
import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Finding;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Schema, then meaning, then host; on a host that is a map of files. */
class ValidateConfigTest {

    private static final String ROOT = "'ociVersion':'1.3.0','root':{'path':'rootfs'},";
    private static final String PROCESS = "'process':{'cwd':'/','args':['x']}";

    private final Map<String, String> files = new HashMap<>(Map.of(
            "/proc/filesystems", "nodev\tproc\nnodev\ttmpfs\n\text4\n",
            "/proc/sys/user/max_pid_namespaces", "100\n",
            "/proc/sys/user/max_mnt_namespaces", "100\n",
            "/proc/sys/user/max_uts_namespaces", "0\n",
            "/proc/self/mountinfo", ""));

    private boolean rootfs = true;

    private final class Host extends AnsweringFront {

        @Override
        public Call call() {
            return Calls.of(List.of(), List.of(), "/bundle", 0, "5.10.0-21");
        }

        @Override
        protected Result answer(int index, HostOperation operation) {
            String content = switch (operation) {
                case HostOperation.ReadFile file -> files.get(file.path());
                case HostOperation.RealPath real -> rootfs || !real.path().endsWith("rootfs") ? real.path() : null;
                default -> throw new IllegalStateException("nothing may be done: " + operation.name());
            };
            return content == null
                    ? new Result(index, Errno.ENOENT.number(), 0, Bytes.EMPTY, "", "", "")
                    : new Result(index, 0, 0, Bytes.utf8(content), "", "", "");
        }
    }

    private List<String> validate(String config) {
        files.put("/bundle/config.json", config.replace('\'', '"'));
        Context context = new Context(
                new Host(), "/run/jrunc", false, false, InstantSource.system(), Optional::empty, warning -> {});
        CreateOptions options = new CreateOptions("", null, null, null, false, false, 0);
        return new ValidateConfig(context)
                .validate("ID", options).stream().map(Finding::text).toList();
    }

    @Test
    void looksAtTheMeaningWhereTheFormIsGood() {
        assertEquals(
                List.of("error: /hostname: unable to set hostname without a private UTS namespace"),
                validate("{" + ROOT + PROCESS + ",'hostname':'x'}"));
    }

    @Test
    void looksAtTheFormAlone() {
        assertEquals(
                List.of("error: /hostname: expected a string, found 3 (Host name, for a new UTS namespace)"),
                validate("{" + ROOT + PROCESS + ",'hostname':3,'domainname':'x'}"));
    }

    @Test
    void saysWhatThisHostDoesNotHave() {
        assertEquals(
                List.of(
                        "error: /linux/intelRdt: no resctrl file system is mounted on this host: mount -t resctrl resctrl"
                                + " /sys/fs/resctrl, which takes a processor and a kernel with RDT"),
                validate("{" + ROOT + PROCESS + ",'linux':{'intelRdt':{'closID':'x'}}}"));
    }

    @Test
    void saysWhatTheKernelDoesNotHave() {
        assertEquals(
                List.of(
                        "error: /linux/namespaces/1: this host allows no new uts namespaces:"
                                + " /proc/sys/user/max_uts_namespaces is 0",
                        "error: /linux/namespaces/2: this kernel has no time namespaces",
                        "warning: /mounts/0/type: this kernel doesn't know the file system tmpffs, unless it is in a"
                                + " module; did you mean \"tmpfs\"?",
                        "error: /linux/resources/cpu/burst: needs Linux 5.14, this is 5.10.0-21",
                        "error: /linux/resources/cpu/idle: needs Linux 5.15, this is 5.10.0-21"),
                validate("{" + ROOT + PROCESS + ",'mounts':[{'destination':'/a','type':'tmpffs'},"
                        + "{'destination':'/b','type':'none','options':['bind']}],"
                        + "'linux':{'namespaces':[{'type':'mount'},{'type':'uts'},{'type':'time'}],"
                        + "'resources':{'cpu':{'burst':1,'idle':1}}}}"));
    }

    @Test
    void plansAsCreateDoes() {
        rootfs = false;

        assertEquals(
                List.of("error: /root/path: root file system /bundle/rootfs: ENOENT (no such file or directory)"),
                validate("{" + ROOT + PROCESS + ",'linux':{'namespaces':[{'type':'mount'},{'type':'pid'}]}}"));
    }

    @Test
    void findsNothingWrong() {
        assertEquals(
                List.of(),
                validate("{" + ROOT + PROCESS + ",'linux':{'namespaces':[{'type':'mount'},{'type':'pid'}]}}"));
    }
}
