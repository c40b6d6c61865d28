// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.Errno;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The front at the other end of a channel. */
final class SessionFront implements Front {

    private final FrameChannel channel;
    private final Call call;

    SessionFront(FrameChannel channel, Call call) {
        this.channel = channel;
        this.call = call;
    }

    @Override
    public Call call() {
        return call;
    }

    @Override
    public List<Result> run(List<Step<HostOperation>> steps) {
        try {
            channel.send(Protocol.BATCH, batch(steps));
            List<Result> results = receiveResults(steps.size());
            if (results.size() < steps.size() && Front.failure(steps, results).isEmpty()) {
                throw new ProtocolException(
                        "the front executed " + results.size() + " of " + steps.size() + " operations");
            }
            return results;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last message of a session: the front answers nothing. */
    void exit(HostOperation.Exit exit) throws IOException {
        channel.send(Protocol.BATCH, batch(List.of(Step.must(exit))));
    }

    private static byte[] batch(List<? extends Step<HostOperation>> steps) {
        return new Encoder().operations(steps).toArray();
    }

    private List<Result> receiveResults(int expected) throws IOException {
        List<Result> results = new ArrayList<>(expected);
        for (Frame frame = channel.receive(); frame.code() != Protocol.BATCH_DONE; frame = channel.receive()) {
            if (frame.code() != Protocol.RESULT || results.size() == expected) {
                throw new ProtocolException("unexpected frame " + frame.code() + " instead of a result");
            }
            Result result = Result.decode(frame.payload());
            if (result.index() != results.size()) {
                throw new ProtocolException("result " + result.index() + " instead of " + results.size());
            }
            if (result.error() == Errno.EINPROGRESS.number()) {
                throw new EngineReleased();
            }
            results.add(result);
        }
        return results;
    }
}
