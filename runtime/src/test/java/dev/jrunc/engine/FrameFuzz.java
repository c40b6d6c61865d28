// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.plan.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A front that says anything: whole calls, and the fields of frames; the target of a fuzzer. */
public final class FrameFuzz {

    private static final List<String> CALLS = List.of(
            "create --bundle /bundle a",
            "run a",
            "state a",
            "start a",
            "exec --detach a true",
            "delete --force a",
            "list",
            "ps a",
            "events --stats a",
            "update --memory 1m a",
            "kill a",
            "pause a");

    private FrameFuzz() {}

    /** An even first byte: the rest is all that the front says. An odd one: it makes a call, and the rest is what comes after. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 2, input.length);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            if ((input[0] & 1) == 1) {
                String call = CALLS.get((input[1] & 0xff) % CALLS.size());
                FrameChannel out = new FrameChannel(new ByteArrayInputStream(rest), said);
                out.send(Protocol.HELLO, ReplayedFront.hello());
                out.send(Protocol.CALL, ReplayedFront.call(List.of(call.split(" "))));
                answers(rest, out);
            } else {
                said.write(rest);
            }
            FrameChannel channel =
                    new FrameChannel(new ByteArrayInputStream(said.toByteArray()), new ByteArrayOutputStream());
            new Session(channel, new JruncCommandLine(InstantSource.system(), Optional::empty)).run();
        } catch (IOException | UncheckedIOException e) {
            // The front is gone, or breaks the protocol.
        }
    }

    /** Results of one batch after another: a byte for how many, then what each says. */
    private static void answers(byte[] rest, FrameChannel out) throws IOException {
        int at = 0;
        while (at < rest.length) {
            int count = rest[at++] & 15;
            for (int i = 0; i < count && at + 3 <= rest.length; i++) {
                int length = Math.min(rest[at + 2] & 0xff, rest.length - at - 3);
                Encoder result = new Encoder();
                result.u32("index", i);
                result.u32("error", rest[at] < 0 ? rest[at] & 0x7f : 0);
                result.i64("value", rest[at + 1]);
                result.bytes("data", Bytes.of(Arrays.copyOfRange(rest, at + 3, at + 3 + length)));
                result.str("message", "fuzzed");
                result.str("operation", "");
                result.str("origin", "");
                result.u64("began", 0);
                result.u64("ended", 0);
                out.send(Protocol.RESULT, result.toArray());
                at += 3 + length;
            }
            Encoder done = new Encoder();
            done.u32("executed", count);
            out.send(Protocol.BATCH_DONE, done.toArray());
        }
    }
}
