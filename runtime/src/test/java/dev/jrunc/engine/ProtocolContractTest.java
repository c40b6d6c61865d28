// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Fields;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** native/protocol.def against the Java records, both ways: names, codes, and the order, names and types of fields. */
class ProtocolContractTest {

    private static final Path PROGRAM = Path.of("..", "build", "jrunc", "bin", "jrunc");

    private static JsonNode table = JsonMapper.shared().createObjectNode();

    @BeforeAll
    static void dump() throws Exception {
        if (!Files.isExecutable(PROGRAM) && System.getenv("JRUNC_MUST_WORK") != null) {
            fail(PROGRAM + " is missing: make builds it");
        }
        assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is missing: make builds it");
        Process process = new ProcessBuilder(PROGRAM.toString(), "--dump-protocol").start();
        table = JsonMapper.shared().readTree(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor());
    }

    @Test
    void theHashIsThatOfTheTable() {
        assertEquals(
                table.get("hash").stringValue(),
                "%016x".formatted(Protocol.TABLE_HASH),
                "protocol.def was changed: so must be the records, and then Protocol.TABLE_HASH");
    }

    @Test
    void hostOperations() {
        assertEquals(described("hostOperations"), described(HostOperation.class));
    }

    @Test
    void initOperations() {
        assertEquals(described("initOperations"), described(InitOperation.class));
    }

    @Test
    void codesOfMessages() {
        TreeMap<String, Integer> codes = new TreeMap<>();
        for (JsonNode message : table.get("messages")) {
            if (message.get("code").intValue() < 0x20) { // those of front and engine
                codes.put(message.get("name").stringValue(), message.get("code").intValue());
            }
        }
        assertEquals(
                new TreeMap<>(Map.of(
                        "HELLO", Protocol.HELLO,
                        "CALL", Protocol.CALL,
                        "ACCEPT", Protocol.ACCEPT,
                        "DECLINE", Protocol.DECLINE,
                        "BATCH", Protocol.BATCH,
                        "RESULT", Protocol.RESULT,
                        "BATCH_DONE", Protocol.BATCH_DONE)),
                codes);
    }

    @Test
    void fieldsOfMessages() {
        assertEquals(fields("CALL"), components(Call.class));
        assertEquals(fields("RESULT"), components(Result.class));
    }

    private static List<String> fields(String message) {
        List<String> names = new ArrayList<>();
        for (JsonNode entry : table.get("messages")) {
            if (entry.get("name").stringValue().equals(message)) {
                entry.get("fields").forEach(field -> names.add(field.get("name").stringValue()));
            }
        }
        return names;
    }

    private static List<String> components(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            names.add(component.getName());
        }
        return names;
    }

    /** Name to "code type name, type name…". */
    private static Map<String, String> described(String kind) {
        Map<String, String> described = new TreeMap<>();
        for (JsonNode operation : table.get(kind)) {
            StringBuilder text =
                    new StringBuilder().append(operation.get("code").intValue());
            for (JsonNode field : operation.get("fields")) {
                text.append(' ')
                        .append(field.get("type").stringValue())
                        .append(' ')
                        .append(field.get("name").stringValue());
            }
            described.put(operation.get("name").stringValue(), text.toString());
        }
        return described;
    }

    private static Map<String, String> described(Class<?> kind) {
        Map<String, String> described = new TreeMap<>();
        for (Class<?> record : kind.getPermittedSubclasses()) {
            Operation sample = sample(record);
            StringBuilder text = new StringBuilder().append(sample.code());
            sample.fields(new Describer(text));
            described.put(sample.name(), text.toString());
        }
        return described;
    }

    private static Operation sample(Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(types[i]);
        }
        try {
            return (Operation) record.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(record.getName(), e);
        }
    }

    private static Object value(Class<?> type) {
        if (type == Origin.class) {
            return Origin.rule("sample");
        }
        if (type == Bytes.class) {
            return Bytes.EMPTY;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == long.class) {
            return 1L;
        }
        return type == String.class ? "" : List.of();
    }

    private record Describer(StringBuilder text) implements Fields {

        private void add(String type, String name) {
            text.append(' ').append(type).append(' ').append(name);
        }

        @Override
        public void bool(String name, boolean value) {
            add("BOOL", name);
        }

        @Override
        public void u32(String name, long value) {
            add("U32", name);
        }

        @Override
        public void u64(String name, long value) {
            add("U64", name);
        }

        @Override
        public void i64(String name, long value) {
            add("I64", name);
        }

        @Override
        public void str(String name, String value) {
            add("STR", name);
        }

        @Override
        public void bytes(String name, Bytes value) {
            add("BYTES", name);
        }

        @Override
        public void strs(String name, List<String> values) {
            add("STRS", name);
        }

        @Override
        public void u32s(String name, List<Long> values) {
            add("U32S", name);
        }

        @Override
        public void operations(String name, List<Step<InitOperation>> values) {
            add("OPS", name);
        }
    }
}
