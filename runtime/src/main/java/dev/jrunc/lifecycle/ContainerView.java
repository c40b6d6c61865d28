// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Front;
import dev.jrunc.error.Errno;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.MountOptions;
import dev.jrunc.plan.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths as a container that isn't there yet will see them: through the links of its image and the bind mounts over it. What a file
 * system that is yet to be mounted will have can't be known.
 */
final class ContainerView {

    private static final int MAX_LINKS = 40;

    /** A folder that create makes, to mount something in it. */
    private static final Look MADE = new Look(0, 0040755, 0, 0, 0, 0, 0, 0, 0, 0, Bytes.EMPTY);

    /** Enough for the headers of a program, and the name of its interpreter. */
    private static final long HEAD_BYTES = 4096;

    /**
     * What is at a path.
     *
     * @param isKnown false for what is in a file system that is not mounted yet; then the rest means nothing
     * @param look with the error, where it is missing
     * @param path inside of the container, without links
     */
    record Seen(boolean isKnown, Look look, String path) {

        boolean isMissing() {
            return isKnown && !look.found();
        }
    }

    private record Mounted(String target, String source, boolean noexec) {}

    private final Front front;
    private final String rootfs;
    private final List<Mounted> mounts = new ArrayList<>();

    ContainerView(Front front, String rootfs) {
        this.front = front;
        this.rootfs = rootfs;
    }

    /** @param source on the host; empty for a file system of its own */
    void mount(Origin origin, String target, String source, long attributes) {
        mounts.add(new Mounted(see(origin, target).path, source, (attributes & MountOptions.NOEXEC) != 0));
    }

    void mount(InitOperation.Bind bind) {
        mount(bind.origin(), bind.target(), bind.source(), bind.attributesSet());
    }

    /** @param given absolute */
    Seen see(Origin origin, String given) {
        Deque<String> left = new ArrayDeque<>(components(given));
        String done = "";
        Look look = Look.inside(front, origin, rootfs, "/", 0);
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.pop();
            if (name.equals("..")) {
                done = done.isEmpty() ? "" : done.substring(0, done.lastIndexOf('/'));
                continue;
            }
            String next = done + "/" + name;
            Mounted mount = over(next);
            if (mount != null && mount.source.isEmpty()) {
                return new Seen(false, look, next + rest(left));
            }
            look = look(origin, mount, next);
            if (look.error() == Errno.ENOENT.number() && isAboveMount(next)) {
                look = MADE;
            }
            if (!look.found()) {
                return new Seen(true, look, next + rest(left));
            }
            if (look.isLink()) {
                String target = look.content().utf8();
                if (++links > MAX_LINKS) {
                    return new Seen(true, failed(Errno.ELOOP), next);
                }
                List<String> inside = components(target);
                for (int i = inside.size() - 1; i >= 0; i--) {
                    left.push(inside.get(i));
                }
                done = target.startsWith("/") ? "" : done;
                continue;
            }
            if (!left.isEmpty() && !look.isFolder()) {
                return new Seen(true, failed(Errno.ENOTDIR), next);
            }
            done = next;
        }
        String path = done.isEmpty() ? "/" : done;
        // The last one was a link to a folder above.
        return new Seen(true, look.isLink() ? look(origin, over(path), path) : look, path);
    }

    /** Nothing there may be executed, whatever its mode says. */
    boolean isNoexec(String path) {
        Mounted mount = over(path);
        return mount != null && mount.noexec;
    }

    /** Is it in the root file system itself, and not in a mount? */
    boolean isOfImage(String path) {
        return over(path) == null;
    }

    private Look look(Origin origin, @Nullable Mounted mount, String path) {
        if (mount == null) {
            return Look.inside(front, origin, rootfs, path, HEAD_BYTES);
        }
        if (mount.target.equals(path)) {
            return Look.at(front, origin, mount.source, HEAD_BYTES);
        }
        return Look.inside(front, origin, mount.source, path.substring(mount.target.length()), HEAD_BYTES);
    }

    /** The one that a path is in: the last that was put over it, or over a folder above it. */
    private @Nullable Mounted over(String path) {
        Mounted last = null;
        for (Mounted mount : mounts) {
            if (path.equals(mount.target) || path.startsWith(mount.target + "/") || mount.target.equals("/")) {
                last = mount;
            }
        }
        return last;
    }

    private boolean isAboveMount(String path) {
        for (Mounted mount : mounts) {
            if (mount.target.startsWith(path + "/")) {
                return true;
            }
        }
        return false;
    }

    private static Look failed(Errno errno) {
        return new Look(errno.number(), 0, 0, 0, 0, 0, 0, 0, 0, 0, Bytes.EMPTY);
    }

    private static List<String> components(String path) {
        List<String> components = new ArrayList<>();
        for (String component : path.split("/", -1)) {
            if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return components;
    }

    private static String rest(Deque<String> left) {
        return left.isEmpty() ? "" : "/" + String.join("/", left);
    }
}
