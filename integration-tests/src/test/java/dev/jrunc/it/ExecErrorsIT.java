// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static dev.jrunc.it.harness.Outcome.PASS;
import static dev.jrunc.it.harness.Outcome.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Container;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Machine;
import dev.jrunc.it.harness.Peer;
import dev.jrunc.it.harness.Report;
import dev.jrunc.it.harness.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** runc-exec(8): a process.json, and what can't be executed, with the status 255. */
@IntegrationTest
@Peer(runc = PASS)
class ExecErrorsIT {
    private static Container resting(Lab lab) {
        return ExecIT.resting(lab, lab.bundle());
    }

    private static Result fails(Lab lab, Container container, List<String> command, String... words) {
        List<String> all = new ArrayList<>(List.of("exec", container.id()));
        all.addAll(command);
        return lab.failsWith(255, lab.call(all.toArray(String[]::new)), words);
    }

    @Test
    void aProgramThatIsNotInThePath(Lab lab) {
        fails(lab, resting(lab), List.of("no-such-tool"), "exec: \"no-such-tool\": executable file not found in $PATH")
                .oursSays(": COMMAND: exec: \"no-such-tool\"", "ENOENT");
    }

    @Test
    void aProgramWithoutAName(Lab lab) {
        fails(lab, resting(lab), List.of(""), "exec: \"\": executable file not found in $PATH")
                .oursSays(": COMMAND: exec: ");
    }

    @Test
    void aProgramThatIsNotThere(Lab lab) {
        fails(lab, resting(lab), List.of("/no/tool"), "exec: \"/no/tool\": stat /no/tool: no such file or directory")
                .oursSays(": COMMAND: exec: ");
    }

    @Test
    void aProgramThatMayNotBeExecuted(Lab lab) throws Exception {
        Bundle bundle = lab.bundle();
        bundle.file("/plain", "text");
        fails(lab, ExecIT.resting(lab, bundle), List.of("/plain"), "exec: \"/plain\": permission denied")
                .oursSays("EACCES");
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 doesn't say which file is missing", failure = "exit status of")
    void anInterpreterThatIsNotThere(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.script("/script", "#!/no/interpreter\n");
        fails(lab, ExecIT.resting(lab, bundle), List.of("/script"), "no such file or directory", "/no/interpreter");
    }

    @Test
    void aFolder(Lab lab) {
        fails(lab, resting(lab), List.of("/proc"), "permission denied");
    }

    @Test
    void noProgram(Lab lab) {
        fails(lab, resting(lab), List.of(), "process args cannot be empty");
    }

    @Test
    void aStoppedContainer(Lab lab) {
        Container container =
                lab.create(lab.bundle().payload("exit", "0")).start().awaitStatus("stopped");

        fails(lab, container, List.of("/payload"), "cannot exec in a stopped container")
                .oursSays("container not running");
    }

    @Test
    void aMissingContainer(Lab lab) {
        lab.failsWith(255, lab.call("exec", lab.nextId(), "/payload"), "container does not exist");
    }

    @Test
    void noContainer(Lab lab) {
        lab.call("exec").now().failedSaying("\"exec\" requires a minimum of 1 argument");
    }

    @Test
    void anUnknownOption(Lab lab) {
        lab.call("exec", "--no-such-option", lab.nextId(), "/payload")
                .now()
                .failedSaying("flag provided but not defined: -");
    }

    /** To runc's own parser they are numbers; a user is text to it. */
    @ParameterizedTest
    @CsvSource({"--additional-gids,abc", "-g,0x10", "-g,99999999999999999999", "--preserve-fds,x", "--tty=maybe,"})
    void aValueThatTheOptionCanNotHave(String option, String value, Lab lab) {
        Container container = resting(lab);
        List<String> options = value == null ? List.of(option) : List.of(option, value);

        lab.fails(lab.execCall(container, options, "print", "inside"), "invalid ");
        assertEquals("running", container.status());
    }

    @ParameterizedTest
    @CsvSource({
        "--user,abc,abc,--user: expected a number",
        "--user,1000:,,--user: expected a number",
        "--user,1x:5,1x,--user: expected a number",
        "--cwd,relative,absolute path,: --cwd: expected an absolute path",
        "--cwd,/missing,/missing,: --cwd: chdir to cwd",
        "--env,NOVALUE,NOVALUE,: --env: expected NAME=value",
        "--env,=value,=value,: --env: expected NAME=value",
        "--additional-gids,-1,-1,--additional-gids: expected a number",
        "--console-socket,/tmp/none,cannot use console socket,",
        "--process-label,any,selinux,"
    })
    void anImpossibleValue(String option, String value, String words, String ours, Lab lab) {
        Container container = resting(lab);
        List<String> options = List.of(option, value);

        Result failed =
                lab.failsWith(255, lab.execCall(container, options, "print", "inside"), words == null ? "" : words);
        failed.oursSays(ours == null ? "" : ours);
        assertEquals("running", container.status());
    }

    @Test
    void aLabelWithoutSelinux(Lab lab) throws Exception {
        Machine.needs("no SELinux", !Files.exists(Path.of("/sys/fs/selinux/enforce")));
        Container container = resting(lab);
        String label = "system_u:system_r:container_t:s0";

        lab.failsWith(255, lab.execCall(container, List.of("--process-label", label), "print", "inside"), "selinux")
                .oursSays("--process-label " + label + ": SELinux is not enabled on this host");
        withProcess(lab, container, "{'args':['/payload','print','inside'],'cwd':'/','selinuxLabel':'" + label + "'}")
                .failedWith(255, "selinux")
                .oursSays(": /selinuxLabel: SELinux is not enabled on this host");
        assertEquals("running", container.status());
    }

    @Test
    void aProfileWithoutAppArmor(Lab lab) throws Exception {
        Machine.needs("no AppArmor", !Files.exists(Path.of("/sys/module/apparmor")));
        Container container = resting(lab);

        lab.failsWith(255, lab.execCall(container, List.of("--apparmor", "a-profile"), "print", "inside"), "apparmor")
                .oursSays("--apparmor a-profile: AppArmor is not enabled on this host");
        withProcess(lab, container, "{'args':['/payload','print','inside'],'cwd':'/','apparmorProfile':'a-profile'}")
                .failedWith(255, "apparmor")
                .oursSays(": /apparmorProfile: AppArmor is not enabled on this host");
        assertEquals("running", container.status());
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 passes nothing on, and says nothing", failure = "exit status of")
    void fdsThatAreNotOpen(Lab lab) {
        lab.failsWith(255, lab.execCall(resting(lab), List.of("--preserve-fds", "2"), "print", "inside"), "preserve");
    }

    @Test
    void aPidFileThatCanNotBeWritten(Lab lab) {
        lab.failsWith(
                255,
                lab.execCall(resting(lab), List.of("--pid-file", "/missing-folder/pid"), "print", "inside"),
                "no such file or directory");
    }

    private static Result withProcess(Lab lab, Container container, String json, String... options) throws Exception {
        Path file = Files.writeString(lab.newFile("process.json"), json.replace('\'', '"'));
        List<String> words = new ArrayList<>(List.of("exec", "--process", file.toString()));
        words.addAll(List.of(options));
        words.add(container.id());
        return lab.call(words.toArray(String[]::new)).now();
    }

    @Test
    void aProcessFile(Lab lab) throws Exception {
        Report report = withProcess(lab, resting(lab), """
                {'terminal':false,'user':{'uid':1000,'gid':1001,'additionalGids':[5]},'args':['/payload','report'],
                'env':['A=b'],'cwd':'/proc','capabilities':{'bounding':['CAP_KILL','CAP_CHOWN'],'permitted':['CAP_KILL'],
                'effective':['CAP_KILL']},'rlimits':[{'type':'RLIMIT_CORE','soft':99,'hard':100}],
                'noNewPrivileges':true}
                """).succeeded().report();

        assertEquals(List.of("1000", "1000", "1000"), report.texts("/uids"));
        assertEquals(List.of("1001", "1001", "1001"), report.texts("/gids"));
        assertEquals(List.of("5"), report.texts("/groups"));
        assertEquals(List.of("A=b", "HOME=/"), report.texts("/env"));
        assertEquals("/proc", report.text("/cwd"));
        assertEquals(List.of("CAP_CHOWN", "CAP_KILL"), report.capabilities("CapBnd"));
        assertEquals(List.of("99", "100"), report.texts("/rlimits/RLIMIT_CORE"));
        assertTrue(report.flag("/noNewPrivs"));
    }

    @Test
    void whatAProcessFileLeavesOutIsTheContainers(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().capabilities("CAP_KILL", "CAP_CHOWN");
        bundle.process().put("oomScoreAdj", 444);
        Container container = ExecIT.resting(lab, bundle);
        Report report = withProcess(lab, container, "{'args':['/payload','report'],'cwd':'/'}")
                .succeeded()
                .report();

        assertEquals(List.of("CAP_CHOWN", "CAP_KILL"), report.capabilities("CapBnd"));
        assertEquals(List.of("CAP_CHOWN", "CAP_KILL"), report.capabilities("CapEff"));
        assertEquals("444", report.text("/oomScoreAdj").strip());
        assertEquals(List.of("HOME=/"), report.texts("/env"), "but for its environment");

        Report none = withProcess(lab, container, "{'args':['/payload','report'],'cwd':'/','capabilities':{}}")
                .succeeded()
                .report();
        assertEquals(List.of(), none.capabilities("CapBnd"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'args':'x','cwd':'/'}|args|/args: expected an array, found string",
                "{'args':['x'],'cwd':7}|cwd|/cwd: expected a string, found 7",
                "{'args':['x'],'cwd':'/','user':{'uid':'0'}}|uid|/user/uid: expected an unsigned 32-bit integer",
                "{'args':['x'],'cwd':'/','env':{}}|env|/env: expected an array, found an object",
                "{'args':['x'],'cwd':'/','terminal':1}|terminal|/terminal: expected a boolean",
                "{'args':[],'cwd':'/'}|args|/args: is missing or empty",
                "{'args':['x'],'cwd':'rel'}|absolute path|/cwd: expected an absolute path"
            })
    void aProcessFileWithWrongTypes(String json, String words, String ours, Lab lab) throws Exception {
        withProcess(lab, resting(lab), json).failedWith(255, words).oursSays(ours, "--process ");
    }

    @Test
    void aProcessFileThatIsNotJson(Lab lab) throws Exception {
        withProcess(lab, resting(lab), "{'args'").failedWith(255).oursSays("is not JSON: line 1, column");
    }

    /** As a shell's <(…) is. */
    @Test
    void aProcessFileThatIsAPipe(Lab lab) {
        lab.call("exec", "--process", "/dev/stdin", resting(lab).id())
                .input("{\"args\":[\"/payload\",\"print\",\"from a pipe\"],\"cwd\":\"/\"}")
                .now()
                .succeeded()
                .printed("from a pipe");
    }

    /** What only the kernel finds is named by whoever gave it: the option, the file, or the container's config.json. */
    @Test
    void whoGaveAWorkingDirectoryThatIsNone(Lab lab) throws Exception {
        Bundle bundle = lab.bundle().writable();
        bundle.process().put("cwd", "/was");
        Container container = ExecIT.resting(lab, bundle);

        withProcess(lab, container, "{'args':['/payload','print','x'],'cwd':'/missing'}")
                .failedWith(255, "/missing")
                .oursSays(": /cwd: chdir to cwd (\"/missing\"): ENOENT");
        withProcess(lab, container, "{'args':['/missing'],'cwd':'/'}")
                .failedWith(255, "/missing")
                .oursSays(": /args/0: exec: ");
        Files.delete(bundle.rootfs().resolve("was"));
        fails(lab, container, List.of("/payload", "print", "x"), "/was")
                .oursSays(": /process/cwd: chdir to cwd (\"/was\"): ENOENT");
    }

    @Test
    void aProcessFileThatIsMissing(Lab lab) {
        lab.failsWith(
                255,
                lab.call("exec", "--process", "/no/process.json", resting(lab).id()),
                "/no/process.json",
                "no such file or directory");
    }

    @Test
    @Peer(runc = WRONG, why = "runc 1.1 takes it from config.json only", failure = "expected: <555> but was: <0>")
    void theScoreOfAProcessFile(Lab lab) throws Exception {
        Report report = withProcess(lab, resting(lab), "{'args':['/payload','report'],'cwd':'/','oomScoreAdj':555}")
                .succeeded()
                .report();

        assertEquals("555", report.text("/oomScoreAdj").strip());
    }

    @Test
    @JruncOnly("execCPUAffinity is of specification 1.2.1")
    void theCpus(Lab lab) throws Exception {
        Report report = withProcess(
                        lab,
                        resting(lab),
                        "{'args':['/payload','report'],'cwd':'/','execCPUAffinity':{'initial':'0-1','final':'1'}}")
                .succeeded()
                .report();

        assertEquals("1", report.status("Cpus_allowed_list"));
        withProcess(lab, resting(lab), "{'args':['x'],'cwd':'/','execCPUAffinity':{'final':'1-'}}")
                .failedWith(255)
                .oursSays("/execCPUAffinity/final: expected a list of CPUs", "found \"1-\"");
    }
}
