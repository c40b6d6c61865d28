// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/** What is written becomes a value of a type, as dbus-java has it. */
final class VariantValue {

    private VariantValue() {}

    /** @throws IllegalArgumentException where it is none of that type */
    static Object value(VariantNode node, String signature) {
        char type = signature.charAt(0);
        return switch (node) {
            case VariantNode.Typed typed -> value(typed.value(), same(typed.signature(), signature));
            case VariantNode.Boxed boxed when type == 'v' -> boxed(boxed.inside());
            case VariantNode.Text text when type == 's' || type == 'g' -> text.text();
            case VariantNode.Text text when type == 'o' -> new DBusPath(text.text());
            case VariantNode.ByteText bytes
            when signature.equals("ay") -> bytes.bytes().toArray();
            case VariantNode.Word word
            when word.text().equals("true") || word.text().equals("false") -> {
                same("b", signature);
                yield word.text().equals("true");
            }
            case VariantNode.Word word -> number(word.text(), type);
            case VariantNode.Sequence sequence when type == 'a' -> list(sequence.items(), signature.substring(1));
            case VariantNode.Tuple tuple when type == '(' -> struct(tuple.items(), signature);
            case VariantNode.Dictionary dictionary when signature.startsWith("a{") -> map(dictionary, signature);
            default -> throw new IllegalArgumentException("a value is not of type " + signature);
        };
    }

    private static String same(String found, String wanted) {
        if (!found.equals(wanted)) {
            throw new IllegalArgumentException(
                    "a value of type " + found + " where one of type " + wanted + " is wanted");
        }
        return found;
    }

    private static Variant<?> boxed(VariantNode inside) {
        String signature = VariantNode.signature(inside);
        if (signature == null) {
            throw new IllegalArgumentException("the type of a variant is not to be seen");
        }
        return new Variant<>(value(inside, signature), signature);
    }

    private static Object list(List<VariantNode> items, String type) {
        List<Object> values = new ArrayList<>();
        for (VariantNode item : items) {
            values.add(value(item, type));
        }
        if (!type.equals("y")) {
            return values;
        }
        byte[] bytes = new byte[values.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (Byte) values.get(i);
        }
        return bytes;
    }

    private static Object struct(List<VariantNode> items, String signature) {
        List<String> types = members(signature);
        if (types.size() != items.size()) {
            throw new IllegalArgumentException(items.size() + " values where " + signature + " is wanted");
        }
        Object[] values = new Object[items.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(items.get(i), types.get(i));
        }
        return values;
    }

    private static Object map(VariantNode.Dictionary dictionary, String signature) {
        List<String> types = members(signature.substring(1));
        Map<Object, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < dictionary.keys().size(); i++) {
            values.put(
                    value(dictionary.keys().get(i), types.getFirst()),
                    value(dictionary.values().get(i), types.getLast()));
        }
        return values;
    }

    /** Of a struct or an entry of a dictionary. */
    private static List<String> members(String signature) {
        List<String> types = new ArrayList<>();
        for (int i = 1; i < signature.length() - 1; ) {
            int length = VariantType.length(signature, i);
            types.add(signature.substring(i, i + length));
            i += length;
        }
        return types;
    }

    private static Object number(String word, char type) {
        try {
            return switch (type) {
                case 'd' -> real(word);
                case 'y' -> (byte) integer(word, 0, 255);
                case 'n' -> (short) integer(word, Short.MIN_VALUE, Short.MAX_VALUE);
                case 'q' -> new UInt16((int) integer(word, 0, 65_535));
                case 'i' -> (int) integer(word, Integer.MIN_VALUE, Integer.MAX_VALUE);
                case 'u' -> new UInt32(integer(word, 0, 0xffff_ffffL));
                case 'x' -> integer(word, Long.MIN_VALUE, Long.MAX_VALUE);
                case 't' -> unsigned(word);
                default -> throw new IllegalArgumentException(word + " is not of type " + type);
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(word + " is no value of type " + type, e);
        }
    }

    private static double real(String word) {
        return word.endsWith("inf")
                ? (word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY)
                : word.equals("nan") ? Double.NaN : Double.parseDouble(word);
    }

    private static BigInteger big(String word) {
        boolean negative = word.startsWith("-");
        String digits = negative || word.startsWith("+") ? word.substring(1) : word;
        BigInteger number = digits.startsWith("0x")
                ? new BigInteger(digits.substring(2), 16)
                : new BigInteger(digits, digits.length() > 1 && digits.startsWith("0") ? 8 : 10);
        return negative ? number.negate() : number;
    }

    private static long integer(String word, long least, long most) {
        BigInteger number = big(word);
        if (number.compareTo(BigInteger.valueOf(least)) < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException(word + " is not within " + least + " to " + most);
        }
        return number.longValue();
    }

    private static UInt64 unsigned(String word) {
        BigInteger number = big(word);
        if (number.signum() < 0 || number.bitLength() > 64) {
            throw new IllegalArgumentException(word + " is not within 0 to 18446744073709551615");
        }
        return new UInt64(number);
    }
}
