// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The specification's default devices, those of {@code linux.devices}, and the links that programs expect in /dev. */
final class DevicePlanner {

    static final long S_IFIFO = 0x1000;
    static final long S_IFCHR = 0x2000;
    static final long S_IFBLK = 0x6000;

    private record Default(String path, long major, long minor) {}

    private static final List<Default> DEFAULTS = List.of(
            new Default("/dev/null", 1, 3),
            new Default("/dev/random", 1, 8),
            new Default("/dev/full", 1, 7),
            new Default("/dev/tty", 5, 0),
            new Default("/dev/zero", 1, 5),
            new Default("/dev/urandom", 1, 9));

    private record Link(String content, String path) {}

    private static final List<Link> LINKS = List.of(
            new Link("/proc/self/fd", "/dev/fd"),
            new Link("/proc/self/fd/0", "/dev/stdin"),
            new Link("/proc/self/fd/1", "/dev/stdout"),
            new Link("/proc/self/fd/2", "/dev/stderr"),
            new Link("/proc/kcore", "/dev/core"),
            new Link("pts/ptmx", "/dev/ptmx"));

    private DevicePlanner() {}

    /** Nothing where the caller binds a whole /dev. */
    static List<Step<InitOperation>> plan(Spec spec) {
        List<Step<InitOperation>> steps = new ArrayList<>();
        if (bindsDev(spec)) {
            return steps;
        }
        List<Spec.Device> devices = spec.linux().devices();
        // Of two at one path the last one counts.
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < devices.size(); i++) {
            last.put(NormalPath.of(devices.get(i).path()), i);
        }
        Set<String> mounted = new HashSet<>();
        if (!devices.isEmpty()) {
            for (Spec.Mount mount : spec.mounts()) {
                mounted.add(NormalPath.of(mount.destination()));
            }
        }
        for (Default device : DEFAULTS) {
            if (!last.containsKey(device.path)) {
                steps.add(Step.must(new InitOperation.Device(
                        Origin.rule("default device " + device.path),
                        device.path,
                        S_IFCHR,
                        device.major,
                        device.minor,
                        0666,
                        0,
                        0,
                        true,
                        false)));
            }
        }
        for (int i = 0; i < devices.size(); i++) {
            String path = NormalPath.of(devices.get(i).path());
            InitOperation device = device(devices.get(i), "/linux/devices/" + i, mounted.contains(path));
            // /dev/ptmx is a link into the container's own devpts.
            if (!path.equals("/dev/ptmx") && Integer.valueOf(i).equals(last.get(path))) {
                steps.add(Step.must(device));
            }
        }
        for (Link link : LINKS) {
            steps.add(Step.must(
                    new InitOperation.Symlink(Origin.rule("default link " + link.path), link.content, link.path)));
        }
        return steps;
    }

    private static boolean bindsDev(Spec spec) {
        for (Spec.Mount mount : spec.mounts()) {
            if (NormalPath.of(mount.destination()).equals("/dev")
                    && ("bind".equals(mount.type())
                            || MountOptions.of(mount.options()).isBind())) {
                return true;
            }
        }
        return false;
    }

    /** @param mounted whether config.json itself mounts something at its path, which is no error then */
    private static InitOperation device(Spec.Device device, String pointer, boolean mounted) {
        long type = switch (device.type()) {
            case "c", "u" -> S_IFCHR;
            case "b" -> S_IFBLK;
            case "p" -> S_IFIFO;
            default ->
                throw new InvalidSpec(pointer + "/type", "expected c, b, u or p, found \"" + device.type() + "\"");
        };
        if (!device.path().startsWith("/")) {
            throw new InvalidSpec(pointer + "/path", "expected an absolute path, found \"" + device.path() + "\"");
        }
        if (type != S_IFIFO && (device.major() < 0 || device.minor() < 0)) {
            throw new InvalidSpec(pointer, "a device needs a major and a minor number from 0 on");
        }
        Long mode = device.fileMode();
        return new InitOperation.Device(
                Origin.at(pointer),
                device.path(),
                type,
                Math.max(device.major(), 0),
                Math.max(device.minor(), 0),
                mode == null ? 0666 : mode & 07777,
                device.uid(),
                device.gid(),
                true,
                !mounted);
    }
}
