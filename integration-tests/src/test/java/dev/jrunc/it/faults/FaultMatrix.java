// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.faults;

import dev.jrunc.it.faults.FaultTable.Outcome;
import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Processes;
import dev.jrunc.it.harness.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One subject: its points are recorded, and then it is called again for each fault at each of them. */
public final class FaultMatrix {
    private static final Duration GRACE = Await.LIMIT;

    /** The one in criu's place restores as little as some do. */
    private static final String OF_CRIU = "jrunc: warning: /process/noNewPrivileges: this criu ";

    private final Lab lab;
    private final Subject subject;
    private final FaultTable table;
    private final FaultPlace place;
    private final Bundle bundle;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    /** Of the container that is there; null: none. */
    private @Nullable String id;

    private long init;

    /** Without a container, and with that which is there; null: what went wrong may have left something. */
    private @Nullable Census empty;

    private @Nullable Census before;

    public FaultMatrix(Lab lab, Subject subject, FaultTable table) {
        this.lab = lab;
        this.subject = subject;
        this.table = table;
        this.bundle = subject.bundle().make(lab);
        this.place = new FaultPlace(lab, subject.warm(), subject.criu(lab));
        for (String name : List.of("console", "seccomp")) {
            listeners.add(new Listener(bundle.folder().resolve(name)));
        }
    }

    /** A fault at a point. */
    private record Injection(Point point, Fault fault) {}

    /**
     * All of them, or as many as the limit says, chosen by the seed; or what has this text.
     *
     * @return what was wrong
     */
    public List<String> run(int limit, long seed, String only) {
        try {
            List<Injection> injections = new ArrayList<>();
            for (Point point : record()) {
                for (Fault fault : Fault.values()) {
                    if (fault.isFor(point, subject) && (point.text() + " " + fault).contains(only)) {
                        injections.add(new Injection(point, fault));
                    }
                }
            }
            if (injections.isEmpty()) {
                throw new AssertionError("no fault at a point of " + subject.name() + " contains \"" + only + '"');
            }
            if (injections.size() > limit) {
                Collections.shuffle(injections, new Random(seed));
            }
            for (Injection injection : injections.subList(0, Math.min(limit, injections.size()))) {
                inject(injection.point, injection.fault);
            }
            return wrong;
        } finally {
            deleteContainer();
            listeners.forEach(Listener::close);
            place.close();
            subject.bundle().cleanUp(lab);
        }
    }

    private List<Point> record() {
        subject.bundle().prepare(lab);
        prepare();
        String recorded = callsId();
        FaultPlace.Recording recording = place.record(words(recorded));
        recording.result().exited(subject.exit());
        String status = settled(recorded, subject.succeeded());
        if (!status.equals(subject.succeeded())) {
            throw new AssertionError("status " + status + " after " + recording.result());
        }
        table.points(subject, recording.points().size());
        dispose(recorded);
        return recording.points();
    }

    private List<String> words(String of) {
        return subject.words(bundle.folder().toString(), of);
    }

    private String callsId() {
        return id == null ? lab.nextId() : id;
    }

    /** The container that the call needs, if that isn't there still. */
    private void prepare() {
        if (subject.makesContainer() || id != null) {
            return;
        }
        String made = lab.nextId();
        List<String> create =
                new ArrayList<>(List.of("create", "--bundle", bundle.folder().toString()));
        if (subject.bundle().terminal()) {
            create.addAll(List.of(
                    "--console-socket", bundle.folder().resolve("console").toString()));
        }
        create.add(made);
        id = made;
        succeed(create);
        if (!subject.before().equals("created")) {
            succeed(List.of("start", made));
        }
        if (subject.before().equals("paused")) {
            succeed(List.of("pause", made));
        }
        init = place.call("state", made).now().succeeded().json().path("pid").asLong();
    }

    private void succeed(List<String> words) {
        place.call(words.toArray(String[]::new)).now().succeeded();
    }

    private void deleteContainer() {
        if (id != null) {
            place.call("delete", "--force", id).now();
            id = null;
            init = 0;
        }
    }

    private void dispose(String of) {
        place.call("delete", "--force", of).now();
        listeners.forEach(Listener::drop);
        id = null;
        init = 0;
    }

    private void inject(Point point, Fault fault) {
        prepareNext();
        String of = callsId();
        String why;
        try {
            why = injected(point, fault, of);
        } catch (AssertionError e) {
            why = String.valueOf(e.getMessage()); // a call that didn't return is no reason not to try the others
        }
        if (why != null) {
            String line = subject + " | " + point.text() + " | " + fault + ": " + why;
            table.add(subject, fault, Outcome.WRONG);
            table.detail(line);
            wrong.add(line);
            dispose(of);
            empty = null;
        }
    }

    private void prepareNext() {
        if (id != null) {
            listeners.forEach(Listener::take);
            return;
        }
        listeners.forEach(Listener::drop);
        subject.bundle().prepare(lab);
        if (empty == null) {
            empty = lab.census();
        }
        prepare();
        before = subject.makesContainer() ? empty : lab.census();
    }

    /** @return what was wrong; null: nothing */
    private @Nullable String injected(Point point, Fault fault, String of) {
        List<String> descriptors = place.engineDescriptors();
        FaultPlace.Faulted faulted = place.call(words(of), point, fault, init);
        if (init != 0 && faulted.killed() == init && subject.isHarmless()) {
            // Not before all are reaped who were in its pid namespace: where the front was killed, by process 1, in its
            // own time.
            Await.until("the end of process " + init, () -> !Processes.isRunning(init), faulted::result);
        }
        Outcome outcome = outcome(fault, faulted);
        String why = outcome == Outcome.NOT_THERE ? null : wrong(point, fault, of, faulted.result());
        if (why == null) {
            why = left(fault, of, descriptors);
        }
        if (why != null) {
            return why + "\n    " + faulted.result();
        }
        table.add(subject, fault, outcome);
        return null;
    }

    private Outcome outcome(Fault fault, FaultPlace.Faulted faulted) {
        if (!faulted.hit() || (fault.kills() && faulted.killed() == 0)) {
            return Outcome.NOT_THERE;
        }
        if (fault.killsFront()) {
            return Outcome.RECOVERED;
        }
        return succeeded(faulted.result()) ? Outcome.WENT_ON : Outcome.FAILED;
    }

    private boolean succeeded(Result result) {
        return result.exit() == subject.exit();
    }

    /** What isn't as it should be of the call and the container; null: nothing. */
    private @Nullable String wrong(Point point, Fault fault, String of, Result result) {
        if (fault.killsFront()) {
            return result.exit() == 137 ? null : "exit status " + result.exit() + " of a killed front";
        }
        if (succeeded(result)) {
            return maySucceed(point, fault) || warned(point, fault, result) ? null : "the call succeeded";
        }
        if (fault == Fault.KILL_INIT && subject.name().startsWith("run,") && result.exit() == 137) {
            return null;
        }
        if (fault == Fault.DELAY) {
            return "the call failed";
        }
        int expected =
                fault.killsEngine() || !point.isOperation() || point.name().equals("EXIT") ? 1 : subject.failure();
        if (result.exit() != expected && result.exit() != subject.failure()) {
            return "exit status " + result.exit();
        }
        return wrongWords(point, fault, of, result);
    }

    /** A poststop hook. */
    private static boolean warned(Point point, Fault fault, Result result) {
        return fault == Fault.ERROR
                && point.name().equals("HOOK")
                && result.stderr().startsWith("jrunc: warning: /hooks/poststop/0: fault injected " + point.what());
    }

    private boolean maySucceed(Point point, Fault fault) {
        return switch (fault) {
            case DELAY -> true;
            case ERROR ->
                point.mayFail()
                        || point.name().equals("EXIT")
                        || !point.isOperation()
                        // The program of an exec has had its run, and the front has its status.
                        || (point.text().startsWith("front after FOREGROUND")
                                && subject.words().getFirst().equals("exec"));
            case KILL_INIT, KILL_ENGINE -> true;
            case KILL_STAGE, KILL_FRONT, KILL_FRONT_AND_ENGINE -> false;
        };
    }

    private @Nullable String wrongWords(Point point, Fault fault, String of, Result result) {
        List<String> lines = result.stderr()
                .lines()
                .filter(line -> !line.startsWith(OF_CRIU))
                .toList();
        if (lines.size() != 1) {
            return lines.size() + " lines on stderr";
        }
        String line = lines.getFirst();
        // Of an engine that is lost the front tells, which knows the container from OPEN_STATE on.
        boolean there = lab.stateRoot().resolve(of).toFile().exists() || subject.makesContainer();
        boolean known = !line.contains("engine") || (point.withState() && there);
        if (known && !line.contains(of)) {
            return "the error doesn't name the container";
        }
        String command = subject.words().getFirst();
        if (!line.startsWith("jrunc: " + command + " failed: ")) {
            return "the error doesn't name the command";
        }
        // Of the root file system's path the engine says that it isn't there.
        boolean own = fault == Fault.ERROR
                && point.isOperation()
                && !point.name().equals("EXIT")
                && !point.name().equals("REAL_PATH");
        if (own && !line.contains("fault injected " + point.what() + " " + point.name() + ": EIO")) {
            return "another error than the fault";
        }
        if (fault == Fault.KILL_ENGINE && !line.contains("engine")) {
            return "the error doesn't name the engine";
        }
        return null;
    }

    /** The status that the container comes to within some time, or what it has else. */
    private String settled(String of, String expected) {
        Await.within(GRACE, () -> place.status(of).equals(expected));
        return place.status(of);
    }

    /** What is left, in words; null: nothing, and the container is as it should be. */
    private @Nullable String left(Fault fault, String of, List<String> descriptors) {
        // Nobody but the dead front would tell that a create was not finished.
        boolean recovered = fault.killsFront();
        if (!recovered
                && subject.makesContainer()
                && !lab.stateRoot().resolve(of).toFile().exists()) {
            return leftSince(before, descriptors);
        }
        String status = place.status(of);
        boolean killed = fault == Fault.KILL_INIT || recovered;
        boolean right = status.equals(subject.succeeded())
                || subject.failed().contains(status)
                || (killed && status.equals("stopped"))
                || (recovered
                        && subject.makesContainer()
                        && List.of("created", "running").contains(status));
        if (!right) {
            return "status " + status + " afterwards";
        }
        if (status.equals("none")) {
            if (subject.succeeded().equals("none")) {
                subject.bundle().removeParents(lab);
            }
            id = null;
            init = 0;
            listeners.forEach(Listener::drop);
            if (recovered) {
                // A folder without state.json may be a create's that goes on: state leaves it alone, delete doesn't.
                place.call("delete", "--force", of).now();
            }
            return leftSince(empty, descriptors);
        }
        if (subject.isHarmless() && status.equals(subject.before())) {
            return leftSince(before, descriptors);
        }
        Result deleted = place.call("delete", "--force", of).now();
        id = null;
        init = 0;
        listeners.forEach(Listener::drop);
        if (deleted.exit() != 0) {
            return "it can't be deleted: " + deleted;
        }
        subject.bundle().removeParents(lab);
        return leftSince(empty, descriptors);
    }

    private @Nullable String leftSince(@Nullable Census earlier, List<String> descriptors) {
        if (Await.within(
                GRACE,
                () -> news(earlier).isEmpty() && place.engineDescriptors().equals(descriptors))) {
            return null;
        }
        List<String> news = news(earlier);
        if (!news.isEmpty()) {
            return "left behind: " + news;
        }
        List<String> now = place.engineDescriptors();
        return now.equals(descriptors) ? null : "the engine has open " + now + ", had " + descriptors;
    }

    private List<String> news(@Nullable Census earlier) {
        Path pidFile = bundle.folder().resolveSibling("pid");
        return lab.census().since(Objects.requireNonNull(earlier)).stream()
                .filter(line -> !place.isEngines(line) && !line.endsWith(pidFile.toString()))
                .toList();
    }
}
