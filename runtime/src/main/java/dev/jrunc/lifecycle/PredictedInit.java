// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.error.Errno;
import dev.jrunc.json.Prediction;
import dev.jrunc.plan.InitOperation;
import dev.jrunc.plan.Names;
import dev.jrunc.plan.NumberList;
import dev.jrunc.plan.Operation;
import dev.jrunc.spec.Spec;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of init's part of a plan would fail here. */
final class PredictedInit {

    private static final int CAP_MKNOD = 27;
    private static final long S_IFIFO = 0010000;
    private static final long S_IFREG = 0100000;

    private final Predictions predictions;
    private final Call call;
    private final Spec spec;
    private final Set<String> made;

    /** What init may do: all in a user namespace of its own. */
    private final long capabilities;

    private final boolean userNamespace;
    private boolean readonlyRoot;

    private @Nullable ContainerView view;
    private @Nullable PredictedProgram program;

    /** @param made folders that create makes */
    PredictedInit(Predictions predictions, Spec spec, Set<String> made) {
        this.predictions = predictions;
        this.call = predictions.front().call();
        this.spec = spec;
        this.made = made;
        Spec.Namespace user = namespace("user");
        userNamespace = user != null;
        capabilities = user == null ? call.effectiveCapabilities() : -1;
    }

    private Spec.@Nullable Namespace namespace(String type) {
        for (Spec.Namespace namespace : spec.linux().namespaces()) {
            if (namespace.type().equals(type)) {
                return namespace;
            }
        }
        return null;
    }

    void check(InitOperation operation, boolean mayFail) {
        switch (operation) {
            case InitOperation.Root root -> {
                view = new ContainerView(predictions.front(), root.path());
                program = new PredictedProgram(predictions, view, userNamespace);
            }
            case InitOperation.Mount mount -> checkMount(mount);
            case InitOperation.Bind bind -> checkBind(bind);
            case InitOperation.ReadonlyRoot _ -> readonlyRoot = true;
            case InitOperation.Device device -> checkDevice(device);
            case InitOperation.Sysctl sysctl -> checkSysctl(sysctl);
            case InitOperation.ExecLabel label -> checkLabel(label);
            case InitOperation.MemoryPolicy policy -> checkMemoryPolicy(policy);
            case InitOperation.User user -> checkUser(user);
            case InitOperation.Capabilities sets -> checkCapabilities(sets);
            case InitOperation.InitHook hook -> checkHook(hook);
            case InitOperation.ResolveProgram resolve -> program().check(resolve, spec);
            case InitOperation.Cwd cwd -> {
                if (!mayFail) {
                    program().checkCwd(cwd, readonlyRoot);
                }
            }
            default -> {
                // What these need was made by the operations before them.
            }
        }
    }

    private ContainerView view() {
        return Objects.requireNonNull(view);
    }

    private PredictedProgram program() {
        return Objects.requireNonNull(program);
    }

    private void checkMount(InitOperation.Mount mount) {
        ContainerView.Seen target = view().see(mount.origin(), mount.target());
        if (mount.type().equals("proc") || mount.type().equals("sysfs")) {
            checkNoLink(mount, target);
        }
        if (target.isKnown() && target.look().found() && !target.look().isFolder()) {
            predictions.add(
                    mount,
                    Errno.EINVAL,
                    "the image has a file at " + mount.target() + ", where " + mount.type() + " is to be mounted",
                    "mount it elsewhere, or take that file out of the image");
        }
        checkType(mount);
        view().mount(mount.origin(), mount.target(), "", mount.attributes());
    }

    /** CVE-2019-19921: not over a link of the image. */
    private void checkNoLink(InitOperation.Mount mount, ContainerView.Seen target) {
        if (target.isKnown() && !target.path().equals(mount.target())) {
            predictions.add(
                    mount,
                    Errno.ELOOP,
                    mount.target() + " is a link in the image, to " + target.path() + ": " + mount.type()
                            + " is not mounted over links",
                    "make it a folder in the image");
        }
    }

    private void checkType(InitOperation.Mount mount) {
        String known = predictions.read(mount, "/proc/filesystems");
        boolean isKnown = false;
        boolean onDevice = false;
        for (String line : known.lines().toList()) {
            if (line.endsWith("\t" + mount.type())) {
                isKnown = true;
                onDevice = !line.startsWith("nodev");
            }
        }
        String modules = "/lib/modules/" + call.release() + "/modules.alias";
        if (!known.isEmpty()
                && !isKnown
                && !predictions.read(mount, modules).contains("alias fs-" + mount.type() + " ")) {
            predictions.add(
                    mount,
                    Errno.ENODEV,
                    "this kernel has no file system " + mount.type() + ", nor a module for it",
                    "use another type: /proc/filesystems lists them");
        }
        if (onDevice && mount.source().startsWith("/")) {
            needSource(mount, mount.source());
        }
    }

    private void needSource(Operation operation, String source) {
        Look look = predictions.look(operation, source);
        if (!look.found()) {
            predictions.add(
                    operation,
                    operation.origin(),
                    look.error(),
                    "there is no " + source + " to be mounted",
                    "make it, or take the mount out");
        }
    }

    private void checkBind(InitOperation.Bind bind) {
        if (bind.tree() < 0 && !made.contains(bind.source())) {
            needSource(bind, bind.source());
        }
        Look source = predictions.look(bind, bind.source());
        ContainerView.Seen target = view().see(bind.origin(), bind.target());
        if (source.found()
                && target.isKnown()
                && target.look().found()
                && source.isFolder() != target.look().isFolder()) {
            predictions.add(
                    bind,
                    Errno.ENOTDIR,
                    bind.source() + (source.isFolder() ? " is a folder" : " is no folder") + ", and " + bind.target()
                            + " in the image is" + (source.isFolder() ? " none" : " one"),
                    "bind a folder to a folder, and a file to a file");
        }
        view().mount(bind);
    }

    /** In a user namespace mknod is refused, and the host's node takes its place: native/devices.c. */
    private void checkDevice(InitOperation.Device device) {
        if (device.exclusive() && isTaken(device)) {
            return;
        }
        boolean made = !userNamespace && predictions.has(CAP_MKNOD) || device.type() == S_IFIFO;
        if (made) {
            return;
        }
        Look look = predictions.look(device, device.path());
        if (!look.found()) {
            predictions.add(
                    device,
                    device.origin(),
                    look.error(),
                    "the container may make no device, and the host has no " + device.path() + " to be used instead",
                    "take it out, or make it on the host");
        } else if (!isThat(look, device)) {
            predictions.add(
                    device,
                    Errno.ENODEV,
                    "the container may make no device, and the host's " + device.path() + " is another one",
                    "ask for the numbers that the host's has, or take it out");
        }
    }

    /** By that device, or by a file that doesn't give way, which is predicted. */
    private boolean isTaken(InitOperation.Device device) {
        ContainerView.Seen seen = view().see(device.origin(), device.path());
        if (!seen.isKnown() || !seen.look().found() || isPlace(seen)) {
            return false;
        }
        if (!isThat(seen.look(), device)) {
            predictions.add(
                    device,
                    Errno.EEXIST,
                    "another file is at " + device.path() + " in the container already",
                    "take it out of the image, or name another path");
        }
        return true;
    }

    private boolean isPlace(ContainerView.Seen seen) {
        Look look = seen.look();
        return look.isOfType(S_IFREG) && look.content().length() == 0 && view().isOfImage(seen.path());
    }

    private static boolean isThat(Look look, InitOperation.Device device) {
        boolean numbered = device.type() != S_IFIFO;
        return look.isOfType(device.type())
                && (!numbered || look.major() == device.major() && look.minor() == device.minor());
    }

    private void checkSysctl(InitOperation.Sysctl sysctl) {
        if (isOfAnInterface(sysctl.key())) {
            return;
        }
        Look look = predictions.look(sysctl, "/proc/sys/" + sysctl.key());
        if (!look.found()) {
            predictions.add(
                    sysctl,
                    sysctl.origin(),
                    look.error(),
                    "this kernel has no /proc/sys/" + sysctl.key(),
                    "take it out, or load the module that it belongs to");
        }
    }

    /** A hook may bring the interface: {@code net/ipv4/conf/eth0/forwarding}. */
    private static boolean isOfAnInterface(String key) {
        String[] parts = key.split("/", -1);
        return parts.length > 4
                && parts[0].equals("net")
                && (parts[2].equals("conf") || parts[2].equals("neigh"))
                && !List.of("all", "default", "lo").contains(parts[3]);
    }

    private void checkLabel(InitOperation.ExecLabel label) {
        if (!label.module().equals("apparmor") || label.label().equals("unconfined")) {
            return;
        }
        String loaded = predictions.read(label, "/sys/kernel/security/apparmor/profiles");
        if (!loaded.isEmpty() && !("\n" + loaded).contains("\n" + label.label() + " (")) {
            predictions.add(
                    label,
                    Errno.ENOENT,
                    "the AppArmor profile " + label.label() + " isn't loaded",
                    "load it (apparmor_parser), or name one of /sys/kernel/security/apparmor/profiles");
        }
    }

    private void checkMemoryPolicy(InitOperation.MemoryPolicy policy) {
        String online =
                predictions.read(policy, "/sys/devices/system/node/online").strip();
        List<Long> nodes = NumberList.parse(online).orElse(List.of());
        for (Long node : policy.nodes()) {
            if (!nodes.isEmpty() && !nodes.contains(node)) {
                predictions.add(
                        policy,
                        Errno.EINVAL,
                        "this host has no memory node " + node,
                        "name those in /sys/devices/system/node/online: " + online);
                return;
            }
        }
    }

    private void checkUser(InitOperation.User user) {
        Spec.Namespace namespace = namespace("user");
        if (namespace == null || namespace.path() != null) {
            return;
        }
        checkMapped(user, "user", user.uid(), spec.linux().uidMappings());
        checkMapped(user, "group", user.gid(), spec.linux().gidMappings());
        for (Long group : user.setGroups() ? user.additionalGids() : List.<Long>of()) {
            checkMapped(user, "group", group, spec.linux().gidMappings());
        }
    }

    private void checkMapped(InitOperation.User user, String kind, long id, List<Spec.IdMapping> mappings) {
        for (Spec.IdMapping mapping : mappings) {
            if (id >= mapping.containerID() && id - mapping.containerID() < mapping.size()) {
                return;
            }
        }
        predictions.add(
                user,
                Errno.EINVAL,
                kind + " " + id + " is not mapped in the user namespace",
                "map it in linux." + (kind.equals("user") ? "uid" : "gid") + "Mappings, or name another");
    }

    private void checkCapabilities(InitOperation.Capabilities sets) {
        long missing = sets.permitted() & ~capabilities;
        if (missing != 0) {
            String name = Names.CAPABILITIES.get(Long.numberOfTrailingZeros(missing));
            predictions.add(
                    sets,
                    Errno.EPERM,
                    "the caller itself doesn't have " + name,
                    "take it out of all sets, or call with it");
        }
    }

    /** Those of createContainer see the host's files still. */
    private void checkHook(InitOperation.InitHook hook) {
        if (hook.origin().text().startsWith("/hooks/createContainer/")) {
            predictions.needProgram(hook, Predictions.CREATE, hook.path());
            return;
        }
        ContainerView.Seen seen = view().see(hook.origin(), hook.path());
        if (seen.isKnown() && (!seen.look().found() || seen.look().isFolder())) {
            int error =
                    seen.look().found() ? Errno.EACCES.number() : seen.look().error();
            predictions.add(new Prediction(
                    hook.origin().text(),
                    "start",
                    hook.name(),
                    Errno.describe(error),
                    hook.path() + " is no program in the container",
                    "put it into the image, or correct its path"));
        }
    }
}
