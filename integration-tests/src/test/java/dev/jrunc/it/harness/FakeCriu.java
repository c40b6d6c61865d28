// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import dev.jrunc.criu.Rpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in criu's place that answers what it is told to, and keeps what it is asked: criu itself doesn't work on every kernel, and
 * seldom fails when it should. `payload/criu.c` says what it can do.
 */
public final class FakeCriu {

    /** The number that becomes the pid of a process that was restored. */
    public static final int RESTORED_PID = 0x0fff_ffff;

    private final Path programs;
    private final Path folder;
    private int answers;
    private int waiting = -1;

    /** One that answers nothing. */
    public FakeCriu(Lab lab) {
        programs = lab.newFolder("programs");
        folder = lab.newFolder("criu");
        write(
                programs.resolve("criu"),
                ("#!/bin/sh\nexec " + lab.payload() + " criu \"$@\"\n").getBytes(StandardCharsets.UTF_8));
        programs.resolve("criu").toFile().setExecutable(true);
    }

    private static void write(Path path, byte[] content) {
        try {
            Files.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its next answer. */
    public FakeCriu answers(Rpc.Resp answer) {
        write(folder.resolve("answer." + answers++), answer.toByteArray());
        return this;
    }

    /** Its version. */
    public FakeCriu version(int major, int minor) {
        return answers(Rpc.Resp.newBuilder()
                .setType(Rpc.ReqType.VERSION)
                .setSuccess(true)
                .setVersion(Rpc.Version.newBuilder().setMajorNumber(major).setMinorNumber(minor))
                .build());
    }

    /** Its end of a request of that type. */
    public FakeCriu ends(Rpc.ReqType type, boolean success) {
        return answers(Rpc.Resp.newBuilder().setType(type).setSuccess(success).build());
    }

    /** It has come to that point. */
    public FakeCriu comesTo(String script) {
        return answers(Rpc.Resp.newBuilder()
                .setType(Rpc.ReqType.NOTIFY)
                .setSuccess(true)
                .setNotify(Rpc.Notify.newBuilder().setScript(script))
                .build());
    }

    /** It has come to that point of a restore, with a process that it has made. */
    public FakeCriu restoresAt(String script) {
        write(folder.resolve("fork." + answers), new byte[0]);
        return answers(Rpc.Resp.newBuilder()
                .setType(Rpc.ReqType.NOTIFY)
                .setSuccess(true)
                .setNotify(Rpc.Notify.newBuilder().setScript(script).setPid(RESTORED_PID))
                .build());
    }

    /** A restore that has succeeded. */
    public FakeCriu restored() {
        write(folder.resolve("fork." + answers), new byte[0]);
        return answers(Rpc.Resp.newBuilder()
                .setType(Rpc.ReqType.RESTORE)
                .setSuccess(true)
                .setRestore(Rpc.RestoreResp.newBuilder().setPid(RESTORED_PID))
                .build());
    }

    /** Before its next answer it makes a process that it tells nobody of. */
    public FakeCriu makesAnother() {
        write(folder.resolve("other." + answers), new byte[0]);
        return this;
    }

    /** The master of a pty goes with its next answer. */
    public FakeCriu withTerminal() {
        write(folder.resolve("terminal." + answers), new byte[0]);
        return this;
    }

    /** Before its next answer, until {@link #goOn}. */
    public FakeCriu waits() {
        waiting = answers;
        write(folder.resolve("wait." + waiting), new byte[0]);
        return this;
    }

    /** Whether it has come to that. */
    public boolean isWaiting() {
        return Files.exists(folder.resolve("waiting." + waiting));
    }

    /** It says what it waits with. */
    public void goOn() {
        write(folder.resolve("go." + waiting), new byte[0]);
    }

    /** It begins with its first answer again. */
    public void beginAgain() {
        for (int i = 0; folder.resolve("request." + i).toFile().delete(); i++) {
            // The next.
        }
    }

    /** A call that finds it, and nothing else, in PATH. */
    public Call seenBy(Call call) {
        return call.with("PATH", programs.toString()).with("FAKE_CRIU", folder.toString());
    }

    /** What it was asked, in order. */
    public List<Rpc.Req> requests() {
        List<Rpc.Req> requests = new ArrayList<>();
        try {
            for (int i = 0; Files.exists(folder.resolve("request." + i)); i++) {
                requests.add(Rpc.Req.parseFrom(Files.readAllBytes(folder.resolve("request." + i))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return requests;
    }
}
