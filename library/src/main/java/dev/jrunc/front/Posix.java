// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jnr.constants.platform.Fcntl;
import jnr.ffi.LibraryLoader;
import jnr.posix.CmsgHdr;
import jnr.posix.MsgHdr;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.SpawnAttribute;
import jnr.posix.SpawnFileAction;

/** System calls that the JDK has no way to, by jnr-posix. An fd is the caller's to close. */
public final class Posix {

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int FD_CLOEXEC = 1;
    private static final int LAST_STANDARD_FD = 2;
    private static final int MAX_MESSAGE_BYTES = 64;

    /** Of glibc and of musl; jnr doesn't name it. */
    private static final short POSIX_SPAWN_SETSID = 0x80;

    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    private static final long TIOCSWINSZ = 0x5414;

    private final POSIX posix = POSIXFactory.getNativePOSIX();

    /** What jnr-posix hasn't got. */
    public interface Libc {

        int ioctl(int fd, long request, short[] argument);
    }

    /** Two ends of a connected stream socket, close-on-exec. */
    int[] socketPair() {
        int[] fds = new int[2];
        check(posix.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "make a socket pair");
        return fds;
    }

    /** The end that is read and the one that is written, close-on-exec. */
    int[] pipe() {
        int[] fds = new int[2];
        check(posix.pipe(fds), "make a pipe");
        for (int fd : fds) {
            check(posix.fcntl(fd, Fcntl.F_SETFD, FD_CLOEXEC), "make a pipe close-on-exec");
        }
        return fds;
    }

    /** open(2), close-on-exec. */
    int open(String path, int flags, int mode) {
        return check(posix.open(path, flags | O_CLOEXEC, mode), "open " + path);
    }

    void close(int fd) {
        posix.close(fd);
    }

    /** At least a byte; 0 at the end. */
    int read(int fd, ByteBuffer buffer) {
        while (true) {
            int got = posix.read(fd, buffer, buffer.remaining());
            if (got >= 0 || posix.errno() != Errno.EINTR.number()) {
                return check(got, "read");
            }
        }
    }

    /** At least a byte. */
    int write(int fd, ByteBuffer buffer) {
        while (true) {
            int put = posix.write(fd, buffer, buffer.remaining());
            if (put >= 0 || posix.errno() != Errno.EINTR.number()) {
                return check(put, "write");
            }
        }
    }

    /** The fd that comes with the next message of a socket, close-on-exec. */
    int receiveFd(int socket) {
        MsgHdr message = posix.allocateMsgHdr();
        message.setIov(new ByteBuffer[] {ByteBuffer.allocateDirect(MAX_MESSAGE_BYTES)});
        CmsgHdr control = message.allocateControl(Integer.BYTES);
        check(posix.recvmsg(socket, message, MSG_CMSG_CLOEXEC), "receive a terminal");
        return control.getData().order(ByteOrder.nativeOrder()).getInt(0);
    }

    /** The size of a terminal; who is in its foreground gets SIGWINCH. */
    void resize(int terminal, int columns, int rows) {
        short[] size = {(short) rows, (short) columns, 0, 0};
        int result = LibraryLoader.create(Libc.class).load("libc.so.6").ioctl(terminal, TIOCSWINSZ, size);
        check(result, "set the size of a terminal");
    }

    /**
     * Starts a program with these fds, each in the place of its index; the others it gets as far as they are not close-on-exec.
     * It is in a session of its own: what the terminal sends to this program's process group, such as Ctrl-C, is not for it.
     *
     * @return its pid
     */
    int spawn(String program, List<String> args, List<String> environment, List<Integer> fds) {
        List<SpawnFileAction> actions = new ArrayList<>();
        for (int place = 0; place < fds.size(); place++) {
            int fd = fds.get(place);
            // Those in their place already would be close-on-exec, but for the standard ones.
            if (fd != place || fd > LAST_STANDARD_FD) {
                actions.add(SpawnFileAction.dup(fd, place));
            }
        }
        List<SpawnAttribute> attributes = List.of(SpawnAttribute.flags(POSIX_SPAWN_SETSID));
        long pid = posix.posix_spawnp(program, actions, attributes, args, environment);
        return check((int) pid, "start " + program);
    }

    void signal(int pid, int signal) {
        posix.kill(pid, signal);
    }

    /** Waits until a child has ended. */
    void reap(int pid) {
        int[] status = new int[1];
        while (posix.waitpid(pid, status, 0) < 0 && posix.errno() == Errno.EINTR.number()) {
            // Again.
        }
    }

    private int check(int result, String what) {
        if (result < 0) {
            throw new OperationFailed("POSIX", "library", posix.errno(), what);
        }
        return result;
    }
}
