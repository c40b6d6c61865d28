// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.plan.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Documents are read as Jackson reads them, whole and damaged. */
class JsonTreeTest {

    private static final Path PLANS = Path.of("src", "test", "resources", "plans");
    private static final JsonMapper JACKSON = new JsonMapper();
    private static final int DAMAGES_OF_EACH = 60;
    private static final String REFUSED = "refused";

    /** What damages consist of. */
    private static final String PIECES = "{}[],:\"\\/-+.019eEtfnulr \n\t\u0001äbx";

    private static String ours(String document) {
        try {
            JsonValue root = JsonTree.read(Bytes.utf8(document)).node();
            assertNotNull(root);
            return ours(root);
        } catch (InvalidSpec e) {
            return REFUSED;
        }
    }

    private static String ours(JsonValue value) {
        return switch (value) {
            case JsonValue.Members members -> {
                Map<String, String> texts = new LinkedHashMap<>();
                members.byName().forEach((name, member) -> texts.put(name, ours(member)));
                yield texts.toString();
            }
            case JsonValue.Entries entries ->
                entries.list().stream().map(JsonTreeTest::ours).toList().toString();
            case JsonValue.Text text -> "'" + text.value() + "'";
            case JsonValue.Numeral number ->
                number.isInteger()
                        ? new BigInteger(number.text()).toString()
                        : Double.toString(Double.parseDouble(number.text()));
            case JsonValue.Word word -> word.toString();
        };
    }

    private static String jacksons(String document) {
        try {
            JsonNode root = JACKSON.readTree(document);
            return root.isMissingNode() ? REFUSED : jacksons(root);
        } catch (JacksonException e) {
            return REFUSED;
        }
    }

    private static String jacksons(JsonNode node) {
        if (node.isObject()) {
            Map<String, String> texts = new LinkedHashMap<>();
            node.properties().forEach(member -> texts.put(member.getKey(), jacksons(member.getValue())));
            return texts.toString();
        }
        if (node.isArray()) {
            List<String> texts = new ArrayList<>();
            node.forEach(entry -> texts.add(jacksons(entry)));
            return texts.toString();
        }
        if (node.isString()) {
            return "'" + node.stringValue() + "'";
        }
        if (node.isNumber()) {
            return node.isIntegralNumber() ? node.bigIntegerValue().toString() : Double.toString(node.doubleValue());
        }
        return node.isNull() ? "NULL" : node.booleanValue() ? "TRUE" : "FALSE";
    }

    private static List<String> documents() {
        try (Stream<Path> files = Files.walk(PLANS)) {
            List<String> documents = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.endsWith("config.json")).sorted().toList()) {
                documents.add(Files.readString(file));
            }
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String damaged(String document, Random random) {
        int at = random.nextInt(document.length());
        int length = random.nextInt(3);
        int end = Math.min(document.length(), at + length);
        String piece = length == 0 || random.nextBoolean()
                ? String.valueOf(PIECES.charAt(random.nextInt(PIECES.length())))
                : "";
        return document.substring(0, at) + piece + document.substring(end);
    }

    @Test
    void wholeDocuments() {
        List<String> documents = documents();

        assertTrue(documents.size() > 40, () -> documents.size() + " documents");
        for (String document : documents) {
            assertEquals(jacksons(document), ours(document));
        }
    }

    @Test
    void damagedDocuments() {
        Random random = new Random(1);
        int refused = 0;
        int read = 0;
        for (String document : documents()) {
            for (int i = 0; i < DAMAGES_OF_EACH; i++) {
                String damaged = damaged(document, random);
                String expected = jacksons(damaged);
                assertEquals(expected, ours(damaged), damaged);
                refused += expected.equals(REFUSED) ? 1 : 0;
                read += expected.equals(REFUSED) ? 0 : 1;
            }
        }
        assertTrue(refused > 500 && read > 500, refused + " refused, " + read + " read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "01",
                "-",
                "-01",
                "+1",
                "1.",
                ".5",
                "1.5",
                "1e5",
                "1E+05",
                "1e",
                "1e-",
                "0x10",
                "NaN",
                "Infinity",
                "18446744073709551616",
                "true",
                "truely",
                "True",
                "nul",
                "null",
                "\"\\u00e4\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
                "\"\\u12g4\"",
                "\"\\u123\"",
                "\"\\uff11\uff11\"",
                "\"\\x\"",
                "\"\\",
                "\"\ufffd\"",
                "'a'",
                "{a:1}",
                "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\"}",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[]]",
                "[}",
                "// comment\n1",
                "\ufeff{}",
                " \t\r\n[ ] ",
                "\u00a0[]",
            })
    void corners(String document) {
        assertEquals(document.startsWith("\ufeff") ? REFUSED : jacksons(document), ours(document));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':1;}|line 1, column 7: expected ',' or '}', found \";\"",
                "{'a'|line 1, column 5: the document ends where ':' should be",
                "{'a':'b|line 1, column 8: the document ends where the end of a string should be",
                "['\\q']|line 1, column 4: expected one of \" \\ / b f n r t u behind a backslash, found \"q\"",
                "['\\ud800x']|line 1, column 9: half of a surrogate pair",
                "['\\udc00']|line 1, column 9: half of a surrogate pair",
                "['\\ud800\\u0061']|line 1, column 15: half of a surrogate pair",
                "[1,\u00e4]|line 1, column 4: expected a value, found \"\u00e4\"",
                "[-]|line 1, column 3: expected a digit, found \"]\"",
                "[007]|line 1, column 3: a number that begins with 0",
            })
    void problemsAndTheirPlaces(String document, String problem) {
        assertEquals("config.json: is not JSON: " + problem, refusal(Bytes.utf8(document.replace('\'', '"'))));
    }

    @Test
    void aControlCharacterInAString() {
        assertEquals(
                "config.json: is not JSON: line 2, column 3: a control character in a string: it has to be written as an"
                        + " escape",
                refusal(Bytes.utf8("[\n\"a\n\"]")));
    }

    @Test
    void bytesThatAreNotUtf8() {
        byte[] document = "[\"\u00e4\",\n\"x\"]".getBytes(UTF_8);
        document[document.length - 3] = (byte) 0xff;

        assertEquals(
                "config.json: is not JSON: line 2, column 2: bytes that are not UTF-8", refusal(Bytes.of(document)));
    }

    @Test
    void depth() {
        int most = JsonTree.MAX_DEPTH;

        assertEquals("[".repeat(most) + "]".repeat(most), ours("[".repeat(most) + "]".repeat(most)));
        assertTrue(refusal(Bytes.utf8("[".repeat(most + 1))).contains("a depth of more than 100"));
    }

    private static String refusal(Bytes document) {
        return String.valueOf(
                assertThrows(InvalidSpec.class, () -> JsonTree.read(document)).getMessage());
    }
}
