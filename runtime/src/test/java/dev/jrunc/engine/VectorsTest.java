// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.plan.Bytes;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorsTest {

    @Test
    void helloBothWays() throws IOException {
        Frame frame = Vectors.receive("hello");
        Decoder in = new Decoder(frame.payload());

        assertEquals(Protocol.HELLO, frame.code());
        assertEquals(0x0123456789abcdefL, in.u64());
        assertEquals("0.1.0", in.str());
        in.end();
        Encoder out = new Encoder();
        out.u64("tableHash", 0x0123456789abcdefL);
        out.str("version", "0.1.0");
        assertArrayEquals(Vectors.read("hello"), Vectors.sent(Protocol.HELLO, out.toArray()));
    }

    @Test
    void call() throws IOException {
        Call call = Call.decode(Vectors.receive("call").payload());

        assertEquals(List.of("--root", "/tmp/r", "state", "", "grün"), call.args());
        assertEquals("/bin", call.environment("PATH"));
        assertEquals("", call.environment("EMPTY"));
        assertEquals(4242, call.pid());
        assertEquals(1000, call.uid());
        assertEquals(List.of(4L, 4294967294L), call.groups());
        assertEquals(-1L, call.effectiveCapabilities());
        assertEquals(Bytes.utf8("0 0 4294967295\n"), call.uidMap());
        assertEquals(5, call.terminals());
        assertEquals(80, call.columns());
        assertEquals(2, call.inheritedFds());
        assertEquals("x86_64", call.machine());
        assertEquals(1000, call.began());
        assertEquals(-5, call.realtimeOffset());
    }

    @Test
    void resultBothWays() throws IOException {
        Result result = Result.decode(Vectors.receive("result").payload());
        Bytes data = Bytes.of(HexFormat.of().parseHex("00ff"));

        assertEquals(new Result(3, 22, -1, data, "mount tmpfs on /data", "MOUNT", "/mounts/3", 1000, 2000), result);
        Encoder out = new Encoder();
        out.u32("index", 3);
        out.u32("error", 22);
        out.i64("value", -1);
        out.bytes("data", data);
        out.str("message", "mount tmpfs on /data");
        out.str("operation", "MOUNT");
        out.str("origin", "/mounts/3");
        out.u64("began", 1000);
        out.u64("ended", 2000);
        assertArrayEquals(Vectors.read("result"), Vectors.sent(Protocol.RESULT, out.toArray()));
    }

    @Test
    void acceptAsThisSideSendsIt() throws IOException {
        assertArrayEquals(Vectors.read("accept"), Vectors.sent(Protocol.ACCEPT, new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reserved_not_zero", "too_long"})
    void headersThatBreakTheRules(String name) {
        assertThrows(ProtocolException.class, () -> Vectors.receive("bad/" + name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "payload_left_over",
                "payload_missing",
                "string_length_wraps",
                "string_with_zero",
                "string_without_zero"
            })
    void payloadsThatBreakTheRules(String name) throws IOException {
        Frame frame = Vectors.receive("bad/" + name);

        assertThrows(ProtocolException.class, () -> {
            Decoder in = new Decoder(frame.payload());
            in.u64();
            in.str();
            in.end();
        });
    }

    @Test
    void aListThatIsLongerThanItsFrame() throws IOException {
        Frame frame = Vectors.receive("bad/list_count_too_big");

        assertThrows(ProtocolException.class, () -> Call.decode(frame.payload()));
    }
}
