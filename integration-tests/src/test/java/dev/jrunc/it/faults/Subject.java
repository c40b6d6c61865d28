// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import dev.jrunc.criu.Rpc;
import dev.jrunc.it.harness.FakeCriu;
import dev.jrunc.it.harness.Lab;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command on a container, with what has to come of it.
 *
 * @param name of the subject, in reports
 * @param bundle the container's
 * @param warm with a resident engine, or an engine for each call
 * @param before the status of the container that it needs; {@code none}: it makes one
 * @param words the call; {@code BUNDLE} and {@code ID} stand for these
 * @param succeeded the status of the container after it
 * @param failed what the status may be after a failure
 * @param exit its exit status when it succeeds
 * @param failure its exit status when it fails
 */
public record Subject(
        String name,
        FaultBundle bundle,
        boolean warm,
        String before,
        List<String> words,
        String succeeded,
        Set<String> failed,
        int exit,
        int failure) {

    public Subject {
        words = List.copyOf(words);
        failed = Set.copyOf(failed);
    }

    boolean makesContainer() {
        return before.equals("none");
    }

    /** Whether the container is afterwards as it was before. */
    boolean isHarmless() {
        return before.equals(succeeded) && !makesContainer();
    }

    List<String> words(String folder, String id) {
        List<String> all = new ArrayList<>();
        for (String word : words) {
            all.add(word.replace("BUNDLE", folder).replace("ID", id));
        }
        return all;
    }

    private static Subject making(FaultBundle bundle, boolean warm, String command, String succeeded, int exit) {
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.addAll(List.of("--bundle", "BUNDLE"));
        if (bundle.terminal() && !command.equals("run")) {
            words.addAll(List.of("--console-socket", "BUNDLE/console"));
        }
        words.addAll(List.of("--pid-file", "BUNDLE/../pid", "ID"));
        // With something left that can't be taken away, the state of one that ran stays.
        Set<String> failed = command.equals("run") ? Set.of("none", "stopped") : Set.of("none");
        String name = command + ", " + bundle + (warm ? "" : ", cold engine");
        return new Subject(name, bundle, warm, "none", words, succeeded, failed, exit, 1);
    }

    private static Subject on(FaultBundle bundle, String before, String command, String succeeded, String... failed) {
        int failure = command.startsWith("exec") ? 255 : 1;
        return new Subject(
                command + ", " + bundle,
                bundle,
                true,
                before,
                List.of(command.split(" ", -1)),
                succeeded,
                Set.of(failed),
                0,
                failure);
    }

    /** criu, which answers as if all went well; null: the command needs none. */
    @Nullable
    FakeCriu criu(Lab lab) {
        FakeCriu criu = new FakeCriu(lab).version(3, 17);
        lab.folder().resolve("images").toFile().mkdir();
        return switch (words.getFirst()) {
            case "checkpoint" ->
                criu.comesTo("pre-dump").comesTo("network-lock").ends(Rpc.ReqType.DUMP, true);
            case "restore" ->
                criu.comesTo("pre-restore")
                        .makesAnother()
                        .restoresAt("setup-namespaces")
                        .withTerminal()
                        .comesTo("orphan-pts-master")
                        .restoresAt("post-restore")
                        .restored();
            default -> null;
        };
    }

    /** All that there are. */
    public static List<Subject> all() {
        List<Subject> all = new ArrayList<>();
        for (FaultBundle bundle : FaultBundle.values()) {
            all.add(making(bundle, true, "create", "created", 0));
            if (bundle != FaultBundle.ENDING) {
                all.add(making(bundle, true, "run --detach", "running", 0));
            }
        }
        all.add(making(FaultBundle.ENDING, true, "run", "none", 7));
        all.add(making(FaultBundle.ENDING, false, "run", "none", 7));
        all.add(making(FaultBundle.RICH, false, "create", "created", 0));
        for (FaultBundle bundle : List.of(FaultBundle.RICH, FaultBundle.USER_NAMESPACE)) {
            all.add(on(bundle, "created", "start ID", "running", "created", "running", "stopped"));
            all.add(on(bundle, "running", "exec ID /payload exit 0", "running", "running"));
            all.add(on(bundle, "running", "exec --detach ID /payload exit 0", "running", "running"));
            all.add(on(bundle, "running", "delete --force ID", "none", "none", "running", "stopped"));
        }
        FaultBundle rich = FaultBundle.RICH;
        all.add(on(
                rich, "running", "update --memory 50331648 --pids-limit 40 --cpu-share 300 ID", "running", "running"));
        all.add(on(rich, "running", "pause ID", "paused", "running", "paused"));
        all.add(on(rich, "paused", "resume ID", "running", "running", "paused"));
        all.add(on(rich, "running", "kill ID KILL", "stopped", "running", "stopped"));
        all.add(on(rich, "running", "kill --all ID KILL", "stopped", "running", "stopped"));
        all.add(on(rich, "created", "delete ID", "none", "none", "created", "stopped"));
        all.add(on(rich, "running", "state ID", "running", "running"));
        all.add(on(rich, "running", "ps ID", "running", "running"));
        all.add(on(rich, "running", "events --stats ID", "running", "running"));
        all.add(on(rich, "running", "checkpoint --image-path BUNDLE/../images ID", "none", "running", "stopped"));
        all.add(on(
                rich, "running", "checkpoint --leave-running --image-path BUNDLE/../images ID", "running", "running"));
        all.add(making(rich, true, "restore --detach --image-path BUNDLE/../images", "running", 0));
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
