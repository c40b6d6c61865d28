// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What there is on this machine that has to do with a lab: what a runtime may leave behind.
 *
 * @param processes processes, by {@link Processes#mentioning}, and engines of the runtime under test
 * @param mounts lines of our own mountinfo
 * @param cgroups folders in all hierarchies
 * @param state what is in the runtime's state folder
 * @param bundles what is in the folders of the bundles beside config.json and rootfs
 * @param sockets Unix sockets that somebody has open, by their names
 * @param interfaces network interfaces of the host
 * @param devNull owner and mode of the host's /dev/null, which runtimes have been seen to give away
 */
public record Census(
        List<String> processes,
        List<String> mounts,
        List<String> cgroups,
        List<String> state,
        List<String> bundles,
        List<String> sockets,
        List<String> interfaces,
        String devNull) {

    private static final String RIGHT = "root's, for all";

    public Census {
        processes = List.copyOf(processes);
        mounts = List.copyOf(mounts);
        cgroups = List.copyOf(cgroups);
        state = List.copyOf(state);
        bundles = List.copyOf(bundles);
        sockets = List.copyOf(sockets);
        interfaces = List.copyOf(interfaces);
    }

    static Census take(Lab lab) {
        return new Census(
                Processes.mentioning(lab.name()),
                mounts(lab.name()),
                Cgroups.mentioning(lab.name()).stream().map(Path::toString).toList(),
                Host.tree(lab.stateRoot()).stream().map(Path::toString).sorted().toList(),
                bundles(lab),
                sockets(lab.name()),
                interfaces(lab.interfacePrefix()),
                devNullOfHost());
    }

    /** What is here and wasn't in an earlier census, in words; empty when nothing is. */
    public List<String> since(Census earlier) {
        List<String> news = new ArrayList<>();
        addNew(news, "process", earlier.processes, processes);
        addNew(news, "mount", earlier.mounts, mounts);
        addNew(news, "cgroup", earlier.cgroups, cgroups);
        addNew(news, "state", earlier.state, state);
        addNew(news, "file in bundle", earlier.bundles, bundles);
        addNew(news, "socket", earlier.sockets, sockets);
        addNew(news, "network interface", earlier.interfaces, interfaces);
        if (!devNull.equals(RIGHT) && !devNull.equals(earlier.devNull)) {
            news.add("/dev/null changed from " + earlier.devNull + " to " + devNull);
        }
        return news;
    }

    private static void addNew(List<String> news, String what, List<String> before, List<String> now) {
        now.stream().filter(one -> !before.contains(one)).forEach(one -> news.add(what + " " + one));
    }

    private static List<String> mounts(String text) {
        return Host.read(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> line.contains(text))
                .toList();
    }

    private static List<String> sockets(String text) {
        return Host.read(Path.of("/proc/net/unix"))
                .lines()
                .filter(line -> line.contains(text))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .distinct()
                .toList();
    }

    private static List<String> bundles(Lab lab) {
        List<String> files = new ArrayList<>();
        for (Bundle bundle : lab.bundles()) {
            String[] names = bundle.folder().toFile().list();
            for (String name : names == null ? new String[0] : names) {
                if (!name.equals("rootfs") && !name.equals("config.json")) {
                    files.add(bundle.folder().resolve(name).toString());
                }
            }
        }
        return files;
    }

    private static List<String> interfaces(String prefix) {
        String[] names = new File("/sys/class/net").list();
        return names == null
                ? List.of()
                : Arrays.stream(names).filter(name -> name.startsWith(prefix)).toList();
    }

    private static String devNullOfHost() {
        try {
            Map<String, Object> found =
                    Files.readAttributes(Path.of("/dev/null"), "unix:uid,gid,mode,rdev", LinkOption.NOFOLLOW_LINKS);
            return found.equals(Map.of("uid", 0, "gid", 0, "mode", 020666, "rdev", 0x103L)) ? RIGHT : found.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
