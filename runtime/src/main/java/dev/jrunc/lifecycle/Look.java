// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.util.Arrays;
import java.util.StringTokenizer;

/**
 * What LOOK_AT found.
 *
 * @param error a number of errno(3), with which it was not found; 0 else, and only then the rest means anything
 * @param mode st_mode
 * @param namespaceKind CLONE_NEW*; 0 for what is no namespace
 * @param mountFlags ST_* of statvfs(3)
 * @param content what a link says, or how a file begins
 */
record Look(
        int error,
        long mode,
        long uid,
        long gid,
        long device,
        long inode,
        long major,
        long minor,
        long mountFlags,
        long namespaceKind,
        Bytes content) {

    private static final long S_IFMT = 0170000;
    private static final long ST_NOEXEC = 8;

    /** As the caller sees it, links followed. */
    static Look at(Front front, Origin origin, String path) {
        return at(front, origin, path, 0);
    }

    /** The same, and of a file its first bytes. */
    static Look at(Front front, Origin origin, String path, long maxBytes) {
        return of(front.attempt(new HostOperation.LookAt(origin, "", path, false, maxBytes)));
    }

    /** A link as the last component isn't followed; of a file its first bytes are read. */
    static Look inside(Front front, Origin origin, String folder, String path, long maxBytes) {
        return of(front.attempt(new HostOperation.LookAt(origin, folder, path, true, maxBytes)));
    }

    private static Look of(Result result) {
        if (!result.ok()) {
            return new Look((int) result.error(), 0, 0, 0, 0, 0, 0, 0, 0, 0, Bytes.EMPTY);
        }
        byte[] data = result.data().toArray();
        int end = 0;
        while (data[end] != '\n') {
            end++;
        }
        StringTokenizer facts =
                new StringTokenizer(Bytes.of(Arrays.copyOf(data, end)).utf8());
        long mode = number(facts);
        long uid = number(facts);
        long gid = number(facts);
        long device = number(facts);
        long inode = number(facts);
        long major = number(facts);
        long minor = number(facts);
        Bytes content = Bytes.of(Arrays.copyOfRange(data, end + 1, data.length));
        return new Look(0, mode, uid, gid, device, inode, major, minor, number(facts), number(facts), content);
    }

    private static long number(StringTokenizer facts) {
        return Long.parseUnsignedLong(facts.nextToken());
    }

    boolean found() {
        return error == 0;
    }

    /** Both were found, and are one file. */
    boolean isSame(Look other) {
        return found() && other.found() && device == other.device && inode == other.inode;
    }

    boolean isFolder() {
        return (mode & S_IFMT) == 0040000;
    }

    boolean isLink() {
        return (mode & S_IFMT) == 0120000;
    }

    boolean isSocket() {
        return (mode & S_IFMT) == 0140000;
    }

    /** @param type S_IF* */
    boolean isOfType(long type) {
        return (mode & S_IFMT) == type;
    }

    /** May that user execute it? Root may where anybody may. */
    boolean isExecutable(long user, long group) {
        long right = user == 0 ? 0111 : user == uid ? 0100 : group == gid ? 0010 : 0001;
        return (mode & right) != 0 && (mountFlags & ST_NOEXEC) == 0;
    }
}
