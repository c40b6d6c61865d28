// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true|b|true",
                "false|b|false",
                "5|i|5",
                "-5|i|-5",
                "0x1f|i|31",
                "010|i|8",
                "5.5|d|5.5",
                "1e3|d|1000.0",
                "inf|d|Infinity",
                "-inf|d|-Infinity",
                "byte 255|y|-1",
                "int16 -3|n|-3",
                "uint16 65535|q|65535",
                "uint32 4294967295|u|4294967295",
                "int64 -9223372036854775808|x|-9223372036854775808",
                "uint64 18446744073709551615|t|18446744073709551615",
                "@t 7|t|7",
                "@i  7|i|7",
                "'a b'|s|a b",
                "\"it's\"|s|it's",
                "objectpath '/a/b'|o|/a/b",
                "signature 'as'|g|as",
                "  'x'  |s|x"
            })
    void aValue(String text, String signature, String value) {
        Variant<?> variant = VariantText.parse(text);

        assertEquals(signature, variant.getSig());
        assertEquals(value, variant.getValue().toString());
    }

    @Test
    void escapes() {
        assertEquals(
                "it's \u00e4\n\t\\",
                VariantText.parse("'it\\'s \\u00e4\\n\\t\\\\'").getValue());
    }

    @Test
    void containers() {
        assertEquals(List.of("a", "b"), VariantText.parse("['a', 'b']").getValue());
        assertEquals("as", VariantText.parse("['a', 'b']").getSig());
        assertEquals("as", VariantText.parse("@as []").getSig());
        assertEquals(List.of(), VariantText.parse("@as []").getValue());
        assertEquals(
                Map.of("a", 1, "b", 2), VariantText.parse("{'a': 1, 'b': 2}").getValue());
        assertEquals("a{si}", VariantText.parse("{'a': 1}").getSig());
        assertArrayEquals(
                new Object[] {"a", 1}, (Object[]) VariantText.parse("('a', 1)").getValue());
        assertEquals("(si)", VariantText.parse("('a', 1)").getSig());
        assertEquals("(s)", VariantText.parse("('a',)").getSig());
        assertEquals("v", VariantText.parse("<5>").getSig());
        assertArrayEquals(
                new byte[] {1, 2}, (byte[]) VariantText.parse("@ay [1, 2]").getValue());
        assertArrayEquals(
                new byte[] {1, 2}, (byte[]) VariantText.parse("[byte 1, 2]").getValue());
        assertArrayEquals(
                new byte[] {'h', 'i', 0}, (byte[]) VariantText.parse("b'hi'").getValue());
        assertEquals("a(sas)", VariantText.parse("[('x', ['y'])]").getSig());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "5 6",
                "'open",
                "[1, 'a']",
                "[1 2]",
                "(1",
                "{'a' 1}",
                "<>",
                "@zz 5",
                "@ 5",
                "@s 5",
                "@a{vs} 5",
                "@{si} 5",
                "@() ()",
                "byte 256",
                "uint32 -1",
                "uint64 18446744073709551616",
                "2147483648",
                "word",
                "'\\uZZZZ'",
                "@(si) ('a', 1, 2)",
                "uint32 true",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            })
    void whatIsNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> VariantText.parse(text));
    }
}
