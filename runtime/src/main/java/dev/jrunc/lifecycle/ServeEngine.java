// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.EngineReleased;
import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.spec.NumericId;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** {@code engine serve}: the front becomes the keeper of a resident engine, and lets this one go. */
public final class ServeEngine {

    /** The user that the package makes, without any rights. */
    public static final String USER = "jrunc";

    private static final Origin SERVE = Origin.rule("engine serve");
    private static final int MAX_PASSWD_BYTES = 1 << 20;

    /** Fields of passwd(5). */
    private static final int NAME = 0;

    private static final int UID = 2;
    private static final int GID = 3;

    private final Context context;
    private final Front front;

    public ServeEngine(Context context) {
        this.context = context;
        this.front = context.front();
    }

    /** Where the caller's front looks for an engine: native/resident.c has the same rule. Empty: nowhere. */
    public static String socket(Call call) {
        if (call.isHostRoot()) {
            return "/run/jrunc-engine/engine.sock";
        }
        String folder = call.environment("XDG_RUNTIME_DIR");
        return folder != null && folder.startsWith("/") ? folder + "/jrunc-engine/engine.sock" : "";
    }

    /**
     * @param socket its path
     * @param user that it runs as; null: {@value #USER}, where there is such a user and the caller is root
     * @param idleMillis ends when no call came for so long; 0: never
     * @throws EngineReleased when all is well
     */
    public void serve(String socket, @Nullable String user, long idleMillis) {
        Call call = front.call();
        boolean root = call.isHostRoot();
        String[] ids = user != null || root ? find(user == null ? USER : user) : null;
        if (ids == null && user != null) {
            throw new ContainerError("engine serve: there is no user " + user + " in /etc/passwd");
        }
        if (ids == null && root) {
            context.warnings()
                    .accept("engine serve: there is no user " + USER
                            + ": the engine runs as root, without capabilities. Make it one: useradd --system --no-create-home"
                            + " --shell /usr/sbin/nologin " + USER);
        }
        long uid = ids == null ? call.euid() : Long.parseLong(ids[0]);
        long gid = ids == null ? call.egid() : Long.parseLong(ids[1]);
        List<String> args = List.of("serve", Long.toString(uid), Long.toString(idleMillis));
        front.execute(new HostOperation.ServeEngine(SERVE, socket, ids != null, uid, gid, args));
    }

    private String @Nullable [] find(String user) {
        Result passwd = front.attempt(new HostOperation.ReadFile(SERVE, "/etc/passwd", MAX_PASSWD_BYTES));
        return ids(passwd.data().utf8(), user);
    }

    /**
     * Uid and gid of a user; null when there is no such user.
     *
     * @param passwd the text of passwd(5)
     * @param user a name, or a uid; CVE-2016-3697 and its kin: a number is never a name
     */
    static String @Nullable [] ids(String passwd, String user) {
        int field = NumericId.parse(user) >= 0 ? UID : NAME;
        StringTokenizer lines = new StringTokenizer(passwd, "\n");
        while (lines.hasMoreTokens()) {
            String[] fields = lines.nextToken().split(":", -1);
            if (fields.length > GID && fields[field].equals(user) && isId(fields[UID]) && isId(fields[GID])) {
                return new String[] {fields[UID], fields[GID]};
            }
        }
        return null;
    }

    private static boolean isId(String text) {
        long id = NumericId.parse(text);
        return id >= 0 && id <= NumericId.MAX;
    }
}
