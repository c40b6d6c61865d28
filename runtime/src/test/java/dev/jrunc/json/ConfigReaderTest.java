// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.DefaultSpec;
import dev.jrunc.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    private static Spec read(String config) {
        return ConfigReader.read(Bytes.utf8(config.replace('\'', '"')));
    }

    private static String refusal(String config) {
        return String.valueOf(
                assertThrows(InvalidSpec.class, () -> read(config)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|config.json: is empty",
                "{|config.json: is not JSON: line 1, column 2: ",
                "{'a':1,}|config.json: is not JSON: line 1, column 8: ",
                "{'a':1} x|config.json: is not JSON: line 1, column ",
                "{'a':1} {}|config.json: is not JSON: line 1, column 9: more text",
                "{'a' 1}|config.json: is not JSON: line 1, column 6: ",
                "{'a':nonsense}|config.json: is not JSON: line 1, column ",
                "[]|config.json: expected an object, found an array",
                "'text'|config.json: expected an object, found string \"text\"",
                "{}|config.json: /ociVersion: is missing",
                "{'ociVersion':1.0}|config.json: /ociVersion: expected a string, found 1.0",
                "{'ociVersion':'1','root':{}}|config.json: /root/path: is missing",
                "{'ociVersion':'1','root':'x'}|config.json: /root: expected an object, found string \"x\"",
                "{'ociVersion':'1','root':{'path':'a','readonly':'yes'}}"
                        + "|config.json: /root/readonly: expected a boolean (true or false), found string \"yes\"",
                "{'ociVersion':'1','mounts':{}}|config.json: /mounts: expected an array, found an object",
                "{'ociVersion':'1','mounts':[{'destination':'/a'},{'type':'x'}]}"
                        + "|config.json: /mounts/1/destination: is missing",
                "{'ociVersion':'1','process':{'cwd':'/','user':{'uid':-1}}}"
                        + "|config.json: /process/user/uid: expected an unsigned 32-bit integer, found -1",
                "{'ociVersion':'1','process':{'cwd':'/','user':{'uid':4294967296}}}"
                        + "|config.json: /process/user/uid: expected an unsigned 32-bit integer, found 4294967296",
                "{'ociVersion':'1','process':{'cwd':'/','user':{'uid':'x'}}}"
                        + "|config.json: /process/user/uid: expected an unsigned 32-bit integer, found string \"x\"",
                "{'ociVersion':'1','process':{'cwd':'/','user':{'uid':1.5}}}"
                        + "|config.json: /process/user/uid: expected an unsigned 32-bit integer, found 1.5",
                "{'ociVersion':'1','process':{'cwd':'/','args':['a',7]}}"
                        + "|config.json: /process/args/1: expected a string, found 7",
                "{'ociVersion':'1','process':{'cwd':'/','rlimits':[{'type':'R','soft':1,'hard':18446744073709551616}]}}"
                        + "|config.json: /process/rlimits/0/hard: expected an unsigned 64-bit integer, found 18446744073709551616",
                "{'ociVersion':'1','process':{'cwd':'/','oomScoreAdj':9223372036854775808}}"
                        + "|config.json: /process/oomScoreAdj: expected a 64-bit integer, found 9223372036854775808",
                "{'ociVersion':'1','annotations':{'a~b/c':1}}"
                        + "|config.json: /annotations/a~0b~1c: expected a string, found 1",
                "{'ociVersion':'1','linux':{'resources':{'pids':{'limit':'many'}}}}"
                        + "|config.json: /linux/resources/pids/limit: expected a 64-bit integer, found string \"many\""
            })
    void anErrorNamesThePlaceAndWhatWasExpected(String config, String message) {
        String found = refusal(config);

        assertTrue(found.startsWith(message), found);
    }

    @Test
    void linesAreCounted() {
        String found = refusal("{\n  'ociVersion': '1.0.2',\n  'root': nonsense\n}");

        assertTrue(found.contains("line 3, column "), found);
    }

    @Test
    void aZeroCharacterNeverReachesTheKernel() {
        assertTrue(refusal("{'ociVersion':'1','hostname':'a\\u0000b'}").contains("/hostname"));
        assertTrue(refusal("{'ociVersion':'1','annotations':{'a\\u0000b':''}}").contains("/annotations"));
    }

    @Test
    void limits() {
        String mounts = "{'destination':'/x'},".repeat(ConfigReader.MAX_MOUNTS);
        String deep = "[".repeat(JsonTree.MAX_DEPTH + 1);

        assertTrue(refusal("{'ociVersion':'1','mounts':[" + mounts + "{}]}").contains("/mounts: has 4097 entries"));
        assertTrue(refusal("{'x':" + deep).contains("depth"));
    }

    @Test
    void nullIsAsIfAbsent() {
        Spec spec = read("{'ociVersion':'1','process':null,'mounts':null,'hostname':null,'linux':null,'hooks':null}");

        assertNull(spec.process());
        assertEquals(List.of(), spec.mounts());
        assertEquals(List.of(), spec.linux().namespaces());
        assertEquals(Spec.Hooks.NONE, spec.hooks());
    }

    @Test
    void unknownPropertiesAreIgnored() {
        assertEquals(
                "1.3.0",
                read("{'ociVersion':'1.3.0','x':{'y':[1,null,2.5]},'linux':{'z':1}}")
                        .ociVersion());
    }

    @Test
    void numbersThatNeedAllTheirBits() {
        Spec.Process process = read("{'ociVersion':'1','process':{'cwd':'/','user':{'uid':4294967295},"
                        + "'rlimits':[{'type':'R','soft':9223372036854775808,'hard':18446744073709551615}]}}")
                .process();

        assertNotNull(process);
        assertEquals(4294967295L, process.user().uid());
        assertEquals(Long.MIN_VALUE, process.rlimits().getFirst().soft());
        assertEquals(-1, process.rlimits().getFirst().hard());
    }

    @Test
    void aDeviceNumberOfMinusOneStandsForAll() {
        Spec.DeviceRule rule =
                read("{'ociVersion':'1','linux':{'resources':{'devices':[{'allow':true,'major':-1,'minor':3}]}}}")
                        .linux()
                        .resources()
                        .devices()
                        .getFirst();

        assertEquals(new Spec.DeviceRule(true, "a", null, 3L, "rwm"), rule);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'linux':{'seccomp':null,'mountLabel':''}}",
                "{'linux':{'resources':{'blockIO':{'weight':0},'hugepageLimits':[],'network':{'classID':0}}}}",
                "{'process':{'cwd':'/','selinuxLabel':'','apparmorProfile':null}}"
            })
    void sectionsThatAskForNothingAreFine(String config) {
        assertEquals("1", read("{'ociVersion':'1'," + config.substring(1)).ociVersion());
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() {
        for (Spec spec : List.of(DefaultSpec.rootful(), DefaultSpec.rootless(1000, 100), Everything.spec())) {
            assertEquals(spec, ConfigReader.read(Bytes.utf8(ConfigWriter.write(spec))));
        }
    }

    @Test
    void theDefaultIsWrittenAsRuncDoes() {
        String text = ConfigWriter.write(DefaultSpec.rootful());

        assertTrue(
                text.startsWith(
                        "{\n\t\"ociVersion\": \"1.3.0\",\n\t\"process\": {\n\t\t\"terminal\": true,\n\t\t\"user\": {\n"),
                text);
        assertTrue(text.contains("\t\t\t\t{\n\t\t\t\t\t\"allow\": false,\n\t\t\t\t\t\"access\": \"rwm\"\n\t\t\t\t}"));
        assertTrue(text.endsWith("\t}\n}"));
    }
}
