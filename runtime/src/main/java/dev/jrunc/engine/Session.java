// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.io.IOException;

/** One call, from HELLO to EXIT. Cold and resident engines differ only in where the channel comes from. */
public final class Session {

    /** What serves a call. */
    public interface Handler {

        /** @return the exit status, 0 to 255 */
        int serve(Front front);
    }

    private final FrameChannel channel;
    private final Handler handler;

    public Session(FrameChannel channel, Handler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /** @throws IOException when the front is gone, or breaks the protocol */
    public void run() throws IOException {
        Decoder hello = new Decoder(expect(Protocol.HELLO));
        long tableHash = hello.u64();
        String version = hello.str();
        hello.end();
        if (tableHash != Protocol.TABLE_HASH) {
            Encoder reason = new Encoder();
            reason.str("reason", "the engine is of another build than the front (" + version + ")");
            channel.send(Protocol.DECLINE, reason.toArray());
            return;
        }
        SessionFront front = new SessionFront(channel, Call.decode(expect(Protocol.CALL)));
        channel.send(Protocol.ACCEPT, new byte[0]);
        try {
            int status = handler.serve(front);
            front.exit(new HostOperation.Exit(Origin.rule("end of the call"), status));
        } catch (EngineReleased e) {
            // The front has closed its end already.
        }
    }

    private byte[] expect(int code) throws IOException {
        Frame frame = channel.receive();
        if (frame.code() != code) {
            throw new ProtocolException("frame " + frame.code() + " instead of " + code);
        }
        return frame.payload();
    }
}
