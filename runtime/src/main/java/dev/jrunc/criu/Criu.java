// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.List;

/** A {@code criu swrk} that the front has started: one request, and what comes of it. criu.org/RPC. */
public final class Criu {

    /** The oldest that freezes cgroups of version 2, and tells its version. */
    static final int OLDEST_MAJOR = 3;

    static final int OLDEST_MINOR = 14;

    private static final String NEEDED =
            "checkpoint and restore need criu " + OLDEST_MAJOR + "." + OLDEST_MINOR + " or newer in PATH";
    private static final long MAX_MESSAGE_BYTES = 64 * 1024;

    /** For a question that takes no work. */
    private static final long ANSWER_MILLIS = 30_000;

    /** A dump takes as long as there is memory; criu's end, or the caller's signal, ends the waiting. */
    private static final long NO_LIMIT_MILLIS = 0xffff_ffffL;

    /** For its end, once it has nothing to do. */
    public static final long END_MILLIS = 10_000;

    private final Front front;
    private final Origin origin;

    /** @param origin the command that needs it */
    public Criu(Front front, Origin origin) {
        this.front = front;
        this.origin = origin;
    }

    /**
     * How criu is started.
     *
     * @param root bound on mountpoint in a mount namespace of its own; or empty
     * @param keyring a new session keyring for what it restores; or empty
     * @param standardInput it gets the caller's
     * @param fds of the front, which it has from {@link #FIRST_FD} on
     */
    public record Start(String root, String mountpoint, String keyring, boolean standardInput, List<Long> fds) {

        /** A criu that needs nothing. */
        public static final Start PLAIN = new Start("", "", "", false, List.of());

        public Start {
            fds = List.copyOf(fds);
        }
    }

    /** criu's number of the first fd that it is given. */
    public static final int FIRST_FD = 4;

    /** What is to be done at a point of a dump or a restore. */
    public interface Points {

        /**
         * @param script criu's word for the point
         * @param pid of the process that is restored, where criu says it; else 0
         */
        void reached(String script, long pid);
    }

    /**
     * Is it there, and new enough?
     *
     * @throws ContainerError when it isn't
     */
    public void check() {
        Rpc.Version version =
                ask(Rpc.Req.newBuilder().setType(Rpc.ReqType.VERSION).build()).getVersion();
        boolean old = version.getMajorNumber() < OLDEST_MAJOR
                || version.getMajorNumber() == OLDEST_MAJOR && version.getMinorNumber() < OLDEST_MINOR;
        if (old) {
            throw new ContainerError(
                    "criu " + version.getMajorNumber() + "." + version.getMinorNumber() + " is too old: " + NEEDED);
        }
    }

    /**
     * Can it, on this kernel, track changed memory, or give it later?
     *
     * @throws ContainerError when it can't
     */
    public void checkMemory(boolean track, boolean lazy) {
        Rpc.Features asked =
                Rpc.Features.newBuilder().setMemTrack(track).setLazyPages(lazy).build();
        Rpc.Features has = ask(Rpc.Req.newBuilder()
                        .setType(Rpc.ReqType.FEATURE_CHECK)
                        .setFeatures(asked)
                        .build())
                .getFeatures();
        if (track && !has.getMemTrack()) {
            throw new ContainerError("criu can't track changed memory on this kernel: no --pre-dump, no --parent-path");
        }
        if (lazy && !has.getLazyPages()) {
            throw new ContainerError("criu has no lazy pages on this kernel (userfaultfd): no --lazy-pages");
        }
    }

    /** One that is there for this question alone. */
    private Rpc.Resp ask(Rpc.Req question) {
        start(Start.PLAIN);
        Rpc.Resp answer;
        try {
            begin();
            send(question);
            answer = receive(ANSWER_MILLIS);
        } catch (OperationFailed e) {
            end();
            throw e;
        }
        String output = ErrorLines.ofOutput(front.execute(new HostOperation.CriuEnd(origin, END_MILLIS))
                .data()
                .utf8());
        if (answer.getType() != question.getType() || !answer.getSuccess()) {
            throw new ContainerError("criu doesn't answer " + question.getType().name() + ": " + NEEDED + said(output));
        }
        return answer;
    }

    private static String said(String output) {
        return output.isEmpty() ? "" : "; it says: " + output;
    }

    /**
     * Starts it.
     *
     * @return its pid
     * @throws ContainerError where there is none
     */
    public long start(Start start) {
        Result started = front.attempt(new HostOperation.CriuStart(
                origin, start.root, start.mountpoint, start.keyring, start.standardInput, start.fds));
        if (started.error() == Errno.ENOENT.number()) {
            throw new ContainerError("there is no criu: " + NEEDED);
        }
        if (!started.ok()) {
            throw new OperationFailed("CRIU_START", origin.text(), (int) started.error(), started.message());
        }
        return started.value();
    }

    /** From here on the relay is its. */
    public void begin() {
        front.execute(new HostOperation.CriuRelay(origin));
    }

    /**
     * A dump or a restore, up to its end.
     *
     * @return what criu answers; also that it failed
     * @throws JruncException what a point has thrown, after criu has undone its work
     */
    public Rpc.Resp work(Rpc.Req request, Points points) {
        JruncException failure = null;
        send(request);
        for (; ; ) {
            Rpc.Resp answer = receive(NO_LIMIT_MILLIS);
            if (answer.getType() != Rpc.ReqType.NOTIFY) {
                if (failure != null) {
                    throw failure;
                }
                return answer;
            }
            try {
                if (failure == null) {
                    points.reached(
                            answer.getNotify().getScript(), answer.getNotify().getPid());
                }
            } catch (JruncException e) {
                failure = e;
            }
            send(Rpc.Req.newBuilder()
                    .setType(Rpc.ReqType.NOTIFY)
                    .setNotifySuccess(failure == null)
                    .build());
        }
    }

    /**
     * Its end, where there is one.
     *
     * @return what it has printed, as one line
     */
    public String end() {
        Result ended = front.attempt(new HostOperation.CriuEnd(origin, END_MILLIS));
        return ended.ok() ? ErrorLines.ofOutput(ended.data().utf8()) : "";
    }

    private void send(Rpc.Req request) {
        front.execute(new HostOperation.RelaySend(origin, Bytes.of(request.toByteArray()), ANSWER_MILLIS));
    }

    private Rpc.Resp receive(long millis) {
        Bytes message = front.execute(new HostOperation.RelayReceive(origin, MAX_MESSAGE_BYTES, millis))
                .data();
        if (message.length() == 0) {
            String output = end();
            throw new OperationFailed("CRIU", origin.text(), 0, "criu ended without an answer" + said(output));
        }
        try {
            return Rpc.Resp.parseFrom(message.toArray());
        } catch (InvalidProtocolBufferException e) {
            throw new OperationFailed(
                    "CRIU", origin.text(), Errno.EPROTO.number(), "what criu answers can't be read: " + e.getMessage());
        }
    }
}
