// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Calls;
import dev.jrunc.json.LiveContainer;
import dev.jrunc.json.PlanJson;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.PlanDiff;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exact texts. */
class ExplainedTextTest {

    private static final Origin HOSTNAME = Origin.at("/hostname");

    private static final List<Section> PLAN = List.of(
            new Section(
                    "front",
                    List.of(
                            Step.must(new HostOperation.OpenState(Origin.rule("state folder"), "/root", "box", true)),
                            Step.must(new HostOperation.OpenTree(Origin.at("/mounts/0"), "/data", false)))),
            new Section(
                    "init",
                    List.of(
                            Step.must(new InitOperation.Hostname(HOSTNAME, "box")),
                            Step.mayFail(new InitOperation.Cwd(Origin.at("/process/cwd"), "/", true)))));

    private static final String CSI = "\u001b[";

    private static Colours colours(boolean terminal, String... environment) {
        Call call = Calls.of(List.of(), List.of(environment), "/", 0, "6.1");
        return Colours.of(Calls.onTerminals(call, terminal ? 0b010 : 0b101));
    }

    @Test
    void aPlanInGroups() {
        assertEquals("""
                front:
                 state:
                  OPEN_STATE root=/root id=box create [state folder]
                 mounts:
                  OPEN_TREE path=/data [/mounts/0]
                init:
                 namespaces:
                  HOSTNAME name=box [/hostname]
                 program:
                  CWD path=/ create (may fail) [/process/cwd]
                """, ExplainedText.plan(PLAN, colours(false)));
    }

    @Test
    void inColoursOnATerminal() {
        assertEquals(
                CSI + "1minit:" + CSI + "0m\n " + CSI + "36mnamespaces:" + CSI + "0m\n  " + CSI + "33mHOSTNAME" + CSI
                        + "0m name=box " + CSI + "2m[/hostname]" + CSI + "0m\n",
                ExplainedText.plan(
                        List.of(new Section("init", List.of(Step.must(new InitOperation.Hostname(HOSTNAME, "box"))))),
                        colours(true)));
    }

    @ParameterizedTest
    @CsvSource({"NO_COLOR=1,false", "NO_COLOR=,true", "TERM=dumb,false", "TERM=xterm,true"})
    void whoWantsNoColours(String variable, boolean colourful) {
        assertEquals(
                colourful, ExplainedText.plan(PLAN, colours(true, variable)).contains(CSI));
    }

    private static List<PlanDiff.Change> changes() {
        List<Section> after = List.of(new Section(
                "init",
                List.of(
                        Step.must(new InitOperation.Umask(Origin.rule("default umask"), 022)),
                        Step.must(new InitOperation.Hostname(HOSTNAME, "other\u001b")))));
        return PlanDiff.between(PLAN, after);
    }

    @Test
    void whatChanges() {
        assertEquals("""
                front:
                - OPEN_TREE path=/data [/mounts/0]
                init:
                + UMASK umask=022 [default umask]
                ~ HOSTNAME name: box → "other\\u001b" [/hostname]
                - CWD path=/ create (may fail) [/process/cwd]
                """, ExplainedText.diff(changes(), colours(false)));
        assertEquals("both are created by the same operations\n", ExplainedText.diff(List.of(), colours(false)));
    }

    @Test
    void whatChangesInJson() {
        assertEquals("""
                [
                	{
                		"change": "changed",
                		"executedBy": "init",
                		"fields": [
                			"name"
                		],
                		"before": {
                			"operation": "HOSTNAME",
                			"subject": "namespaces",
                			"origin": "/hostname",
                			"name": "box"
                		},
                		"after": {
                			"operation": "HOSTNAME",
                			"subject": "namespaces",
                			"origin": "/hostname",
                			"name": "other\\u001b"
                		}
                	}
                ]""", PlanJson.ofChanges(List.of(changes().get(2))));
    }

    @Test
    void whatWouldFail() {
        List<Prediction> predictions = List.of(
                new Prediction(
                        "/mounts/0", "create", "BIND", "ENOENT (no such file or directory)", "no \u0007", "make it"),
                new Prediction("", "create", "", "", "is empty", "correct it there"));

        assertEquals("""
                /mounts/0: create would fail: BIND: ENOENT (no such file or directory)
                  no \\u0007
                  remedy: make it
                config.json: create would fail
                  is empty
                  remedy: correct it there
                """, ExplainedText.errors(predictions, colours(false)));
        assertEquals(
                "nothing that can be known before would fail here\n", ExplainedText.errors(List.of(), colours(false)));
    }

    @Test
    void aGraph() {
        List<Section> sections =
                List.of(new Section("init", List.of(Step.must(new InitOperation.Hostname(HOSTNAME, "a\"b\\c")))));

        assertEquals("""
                digraph plan {
                  label="container box";
                  node [shape=box, fontname="monospace", fontsize=9];
                  subgraph cluster_0 {
                    label="init";
                    o1 [label="HOSTNAME\\nname=\\"a\\\\\\"b\\\\\\\\c\\"\\n/hostname", \
                tooltip="HOSTNAME name=\\"a\\\\\\"b\\\\\\\\c\\" [/hostname]"];
                  }
                }
                """, PlanGraph.of("box", sections));
    }

    @Test
    void aContainerThatHasEnded() {
        LiveContainer stopped = new LiveContainer(
                "box",
                "stopped",
                0,
                "/b",
                List.of(),
                List.of(new LiveContainer.CgroupValue("/linux/resources/pids/limit", "/c/pids.max", "5", null)),
                List.of(),
                null,
                List.of());

        assertEquals("""
                container box: stopped, bundle /b
                cgroups:
                  FILE          ASKED       NOW             ORIGIN
                  /c/pids.max   5           can't be read   /linux/resources/pids/limit
                """, LiveText.of(stopped, colours(false)));
    }

    @Test
    void namesOfTheContainerDoNotReachTheTerminalAsTheyAre() {
        LiveContainer running = new LiveContainer(
                "box",
                "running",
                7,
                "/b",
                List.of(new LiveContainer.Namespace("pid", 4026531836L, "new", true, List.of("other"))),
                List.of(),
                List.of(
                        new LiveContainer.Mount("/\u001b[2J", "", "", "tmpfs evil\u001b rw"),
                        new LiveContainer.Mount("/data", "/mounts/1", "tmpfs tmpfs", "")),
                new LiveContainer.Confinement(
                        List.of(
                                new LiveContainer.CapabilitySet("bounding", List.of("CAP_KILL"), List.of("CAP_KILL")),
                                new LiveContainer.CapabilitySet("effective", List.of("CAP_KILL"), List.of())),
                        true,
                        false,
                        true,
                        "filter",
                        2L,
                        "",
                        "label\u0007"),
                List.of(new LiveContainer.Process(7, "sh\u001b", List.of("sh", "-c", "\u009b"))));

        assertEquals("""
                container box: running, process 7, bundle /b
                namespaces:
                  TYPE        INODE        ASKED       SHARED WITH
                  pid         4026531836   new         the caller, other
                mounts:
                  /\\u001b[2J  tmpfs evil\\u001b rw
                  /data  not mounted [/mounts/1]
                    asked: tmpfs tmpfs
                confinement:
                  bounding: CAP_KILL
                  effective: none; asked: CAP_KILL
                  no_new_privs: off, not as asked
                  seccomp: filter, 2 filters, asked
                  label: label\\u0007
                processes:
                  PID         NAME        ARGUMENTS
                  7           sh\\u001b    sh -c \\u009b
                """, LiveText.of(running, colours(false)));
    }
}
