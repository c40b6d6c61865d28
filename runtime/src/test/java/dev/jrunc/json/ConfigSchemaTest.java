// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import dev.jrunc.validate.Nearest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everything that is wrong, at once, with the whole message. */
class ConfigSchemaTest {

    private static final ConfigSchema SCHEMA = new ConfigSchema(Nearest::suggestion);

    private static List<String> check(String config) {
        return SCHEMA.check(Bytes.utf8(config.replace('\'', '"'))).stream()
                .map(Finding::text)
                .toList();
    }

    @Test
    void saysNothingOfAGoodOne() {
        assertEquals(List.of(), check("{'ociVersion':'1.3.0','annotations':{'any':'thing'}}"));
    }

    @Test
    void saysAllThatIsWrong() {
        assertEquals(
                List.of(
                        "error: /root/path: expected a string, found 3 (A folder, absolute or relative to the bundle)",
                        "error: /process/cwd: expected a string that matches ^/, found string \"x\""
                                + " (Working directory, absolute)",
                        "error: /process/user/uid: expected a number from 0 on, found -1 (User)",
                        "error: /process/user/gid: expected a number up to 4294967295, found 4294967296 (Group)",
                        "error: /linux/namespaces/0/type: expected pid, network, mount, ipc, uts, user, cgroup or time,"
                                + " found string \"net\"; did you mean \"network\"? (A kind of namespace)",
                        "error: /ociVersion: is missing (Version of the specification, in the form of SemVer 2.0.0)"),
                check("{'root':{'path':3},'process':{'cwd':'x','user':{'uid':-1,'gid':4294967296}},"
                        + "'linux':{'namespaces':[{'type':'net'}]}}"));
    }

    @Test
    void saysWhichNumberIsBeyond64Bits() {
        String bound = "error: /process/oomScoreAdj: expected a number ";
        String tail = " (Adjusts the OOM killer's choice, see proc(5))";

        assertEquals(
                List.of(bound + "up to 1000, found 10000000000000000000" + tail),
                check("{'ociVersion':'1.3.0','process':{'cwd':'/','oomScoreAdj':1e19}}"));
        assertEquals(
                List.of(bound + "from -1000 on, found -10000000000000000000" + tail),
                check("{'ociVersion':'1.3.0','process':{'cwd':'/','oomScoreAdj':-1e19}}"));
        assertEquals(
                List.of("error: /process/oomScoreAdj: expected an integer, found Infinity" + tail),
                check("{'ociVersion':'1.3.0','process':{'cwd':'/','oomScoreAdj':1e999}}"));
    }

    @Test
    void warnsOfUnknownNamesAndOfWhatIsIgnored() {
        assertEquals(
                List.of(
                        "warning: /mounts/0/type: is null: leave it out (The filesystem, as mount(2) knows it; bind by option)",
                        "warning: /rot: unknown property, ignored; did you mean \"root\"?",
                        "warning: /mounts/0/opt~1ions: unknown property, ignored; did you mean \"options\"?",
                        "warning: /linux/resources/memory/limits: unknown property, ignored; did you mean \"limit\"?",
                        "warning: /windows: is for another system than Linux, and ignored",
                        "warning: /somethingElse: unknown property, ignored"),
                check("{'ociVersion':'1.3.0','rot':1,'mounts':[{'destination':'/x','type':null,'opt/ions':[]}],"
                        + "'linux':{'resources':{'memory':{'limits':1}}},'windows':{'x':1},'somethingElse':{}}"));
    }

    @Test
    void saysWhereItStopsBeingJson() {
        InvalidSpec found = assertThrows(InvalidSpec.class, () -> check("{'ociVersion':]"));

        assertEquals("", found.pointer());
    }

    @Test
    void printsJson() {
        assertEquals(
                "{\n\t\"valid\": false,\n\t\"findings\": [\n\t\t{\n\t\t\t\"severity\": \"error\",\n\t\t\t\"pointer\": \"/a\","
                        + "\n\t\t\t\"message\": \"b\"\n\t\t}\n\t]\n}",
                Finding.toJson(List.of(Finding.error("/a", "b"))));
        assertEquals(
                "{\n\t\"valid\": true,\n\t\"findings\": [\n\t\t{\n\t\t\t\"severity\": \"warning\",\n\t\t\t\"pointer\": \"\","
                        + "\n\t\t\t\"message\": \"b\"\n\t\t}\n\t]\n}",
                Finding.toJson(List.of(Finding.warning("", "b"))));
    }
}
