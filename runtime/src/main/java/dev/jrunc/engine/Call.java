// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import dev.jrunc.error.ContainerError;
import dev.jrunc.plan.Bytes;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** The message CALL: what the front knows about this call and its caller; fields as in native/protocol.def. */
public record Call(
        List<String> args,
        List<String> environment,
        String cwd,
        long pid,
        long uid,
        long euid,
        long gid,
        long egid,
        List<Long> groups,
        long effectiveCapabilities,
        Bytes cgroups,
        Bytes uidMap,
        Bytes label,
        long terminals,
        long rows,
        long columns,
        long inheritedFds,
        String release,
        String machine,
        long began,
        long realtimeOffset) {

    private static final int CAP_SYS_ADMIN = 21;

    public Call {
        args = List.copyOf(args);
        environment = List.copyOf(environment);
        groups = List.copyOf(groups);
    }

    public static Call decode(byte[] payload) throws ProtocolException {
        Decoder in = new Decoder(payload);
        Call call = new Call(
                in.strs(),
                in.strs(),
                in.str(),
                in.u32(),
                in.u32(),
                in.u32(),
                in.u32(),
                in.u32(),
                in.u32s(),
                in.u64(),
                in.bytes(),
                in.bytes(),
                in.bytes(),
                in.u32(),
                in.u32(),
                in.u32(),
                in.u32(),
                in.str(),
                in.str(),
                in.u64(),
                in.i64());
        in.end();
        return call;
    }

    /** Of the environment; the first one, as getenv(3) sees it. */
    public @Nullable String environment(String name) {
        for (String variable : environment) {
            if (variable.startsWith(name)
                    && variable.length() > name.length()
                    && variable.charAt(name.length()) == '=') {
                return variable.substring(name.length() + 1);
            }
        }
        return null;
    }

    public boolean hasSysAdmin() {
        return (effectiveCapabilities >>> CAP_SYS_ADMIN & 1) != 0;
    }

    /** Is the caller in the user namespace that maps every id to itself? */
    public boolean inInitialUserNamespace() {
        StringTokenizer fields = new StringTokenizer(uidMap.utf8());
        return fields.countTokens() == 3
                && fields.nextToken().equals("0")
                && fields.nextToken().equals("0")
                && fields.nextToken().equals("4294967295");
    }

    /** Root of the host, and not of a user namespace. */
    public boolean isHostRoot() {
        return euid == 0 && inInitialUserNamespace();
    }

    /** The user's folder for what lasts as long as a session: that of the environment, else the one that systemd makes. */
    public String userRuntimeFolder() {
        String folder = environment("XDG_RUNTIME_DIR");
        return folder != null && folder.startsWith("/") ? folder : "/run/user/" + hostUid();
    }

    /** The effective user in the parent of the caller's user namespace, user_namespaces(7): its own where it isn't mapped. */
    public long hostUid() {
        StringTokenizer fields = new StringTokenizer(uidMap.utf8());
        while (fields.countTokens() >= 3) {
            long inside = Long.parseLong(fields.nextToken());
            long outside = Long.parseLong(fields.nextToken());
            long size = Long.parseLong(fields.nextToken());
            if (euid >= inside && euid - inside < size) {
                return outside + euid - inside;
            }
        }
        return euid;
    }

    /**
     * A path as the caller means it, made absolute; the empty one is the working directory.
     *
     * @throws ContainerError when that is needed, and was removed
     */
    public String absolute(String path) {
        if (path.startsWith("/")) {
            return path;
        }
        if (cwd.isEmpty()) {
            throw new ContainerError("the caller's working directory was removed"
                    + (path.isEmpty() ? "" : ": there is nothing that " + path + " is relative to"));
        }
        if (path.isEmpty()) {
            return cwd;
        }
        return cwd.endsWith("/") ? cwd + path : cwd + "/" + path;
    }
}
