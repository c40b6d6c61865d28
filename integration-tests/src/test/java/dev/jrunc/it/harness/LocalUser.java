// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An ordinary user of this machine, made for a test: with a home and a runtime folder, and with or without subordinate ids. */
public final class LocalUser implements AutoCloseable {
    private final ClientPlace place;
    private final String name;
    private final long uid;
    private final long gid;
    private final boolean made;

    private LocalUser(ClientPlace place, String name, long uid, long gid, boolean made) {
        this.place = place;
        this.name = name;
        this.uid = uid;
        this.gid = gid;
        this.made = made;
    }

    /** @param subordinateIds whether it has any: subuid(5), subgid(5) */
    public static LocalUser make(boolean subordinateIds) throws IOException {
        for (String program : List.of("useradd", "userdel", "newuidmap", "newgidmap", "setpriv")) {
            Machine.needsProgram(program);
        }
        ClientPlace place = new ClientPlace("u");
        String name = "ju" + place.name().substring(place.name().length() - 8);
        List<String> words = new ArrayList<>(List.of("useradd", "--no-create-home", "--user-group"));
        if (!subordinateIds) {
            words.addAll(List.of("--key", "SUB_UID_COUNT=0", "--key", "SUB_GID_COUNT=0"));
        }
        words.addAll(List.of("--home-dir", place.resolve("home").toString(), name));
        Host.run(words.toArray(String[]::new));
        LocalUser user = new LocalUser(place, name, id(name, "-u"), id(name, "-g"), true);
        try {
            user.folder("home");
            user.folder("run");
            return user;
        } catch (Throwable failure) {
            user.close();
            throw failure;
        }
    }

    /** The user of the guest of {@code make vm-test}: with subordinate ids, and a systemd that has cgroups delegated to it. */
    public static LocalUser tester() throws IOException {
        Machine.needsSystemd();
        LocalUser user = new LocalUser(new ClientPlace("u"), "tester", id("tester", "-u"), id("tester", "-g"), false);
        user.folder("home");
        return user;
    }

    private static long id(String name, String option) {
        return Long.parseLong(Host.run("id", option, name).strip());
    }

    public long uid() {
        return uid;
    }

    public long gid() {
        return gid;
    }

    ClientPlace place() {
        return place;
    }

    /** XDG_RUNTIME_DIR. */
    public Path runtimeFolder() {
        return made ? place.resolve("run") : Path.of("/run/user", Long.toString(uid));
    }

    public Path home() {
        return place.resolve("home");
    }

    /** A new folder of the user's own, mode 0700. */
    public Path folder(String folderName) throws IOException {
        Path made = Files.createDirectory(place.resolve(folderName));
        Host.run("chown", uid + ":" + gid, made.toString());
        Host.run("chmod", "0700", made.toString());
        return made;
    }

    /** The first of the subordinate ids, and how many there are, from subuid(5) or subgid(5). */
    public List<Long> subordinateIds(String file) {
        return Host.read(Path.of("/etc", file))
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.split(":", -1))
                .flatMap(fields -> List.of(Long.valueOf(fields[1]), Long.valueOf(fields[2])).stream())
                .toList();
    }

    /** Makes it a call of this user, without any environment. */
    public Call bareCall(Call call) {
        return call.through("setpriv", "--reuid=" + uid, "--regid=" + gid, "--init-groups", "--inh-caps=-all")
                .withoutEnvironment()
                .in(home());
    }

    /** Makes it a call of this user, with an environment as after logging in; the caller's engine is not this user's. */
    public Call call(Call call) {
        return bareCall(call)
                .with("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .with("HOME", home().toString())
                .with("USER", name)
                .with("XDG_RUNTIME_DIR", runtimeFolder().toString());
    }

    @Override
    public void close() {
        try {
            place.close();
        } finally {
            if (made) {
                Await.within(Await.LIMIT, () -> !Processes.hasAny(uid)); // else userdel says that the name is in use
                Host.run("userdel", name);
            }
        }
    }
}
