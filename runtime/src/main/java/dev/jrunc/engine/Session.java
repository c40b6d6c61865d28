// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.ContainerError;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One call, from HELLO to EXIT. Cold and resident engines differ only in where the channel comes from. */
public final class Session {

    /** What serves a call. */
    public interface Handler {

        /** @return the exit status, 0 to 255 */
        int serve(Front front);
    }

    private final FrameChannel channel;
    private final Handler handler;
    private @Nullable SessionFront front;

    public Session(FrameChannel channel, Handler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /** @throws IOException when the front is gone, or breaks the protocol */
    public void run() throws IOException {
        if (accept(() -> true)) {
            serve();
        }
    }

    /**
     * Takes the call, or declines it where the front is of another build.
     *
     * @param inTime asked when the whole call has arrived: false when it isn't waited for any more
     */
    boolean accept(BooleanSupplier inTime) throws IOException {
        Decoder hello = new Decoder(expect(Protocol.HELLO));
        long tableHash = hello.u64();
        String version = hello.str();
        hello.end();
        if (tableHash != Protocol.TABLE_HASH) {
            decline(channel, "the engine is of another build than the front (" + version + ")");
            return false;
        }
        Call call = Call.decode(expect(Protocol.CALL));
        if (!inTime.getAsBoolean()) {
            throw new ProtocolException("the call came too late");
        }
        channel.send(Protocol.ACCEPT, new byte[0]);
        front = new SessionFront(channel, call);
        return true;
    }

    /**
     * Takes a call whose operations this program has one by one, until {@link #finish}.
     *
     * @throws ContainerError when the front is of another build
     * @throws IOException when the front is gone, or breaks the protocol
     */
    public Front take() throws IOException {
        if (!accept(() -> true) || front == null) {
            throw new ContainerError("the jrunc program is of another build than this library");
        }
        return front;
    }

    /** After take(): the front exits. */
    public void finish() throws IOException {
        if (front != null) {
            front.exit(new HostOperation.Exit(Origin.rule("end of the call"), 0));
        }
    }

    boolean accepted() {
        return front != null;
    }

    /** After accept(). */
    void serve() throws IOException {
        if (front == null) {
            throw new IllegalStateException("no call was accepted");
        }
        try {
            int status = handler.serve(front);
            front.exit(new HostOperation.Exit(Origin.rule("end of the call"), status));
        } catch (EngineReleased e) {
            // The front has closed its end already.
        }
    }

    static void decline(FrameChannel channel, String reason) throws IOException {
        Encoder encoder = new Encoder();
        encoder.str("reason", reason);
        channel.send(Protocol.DECLINE, encoder.toArray());
    }

    private byte[] expect(int code) throws IOException {
        Frame frame = channel.receive();
        if (frame.code() != code) {
            throw new ProtocolException("frame " + frame.code() + " instead of " + code);
        }
        return frame.payload();
    }
}
