// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.Census;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import dev.jrunc.it.harness.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rounds of random commands on one id, each judged by the model. */
public final class Races {
    private static final int MAX_COMMANDS = 6;
    private static final int MAX_OFFSET_MILLIS = 40;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Lab lab;
    private final Random random;
    private final Bundle bundle;

    public Races(Lab lab, long seed) {
        this.lab = lab;
        this.random = new Random(seed);
        this.bundle = lab.bundle().payload("sleep");
        bundle.linux().put("cgroupsPath", "/" + lab.name());
        bundle.write();
    }

    /** A command that was called, and when that was. */
    private record Called(Verb verb, long began, Running running) {}

    private Called call(Verb verb, String id) {
        Call call = lab.call(verb.words(bundle.folder().toString(), id));
        if (random.nextInt(4) == 0) {
            call.cold();
        }
        long began = System.nanoTime();
        return new Called(verb, began, call.start());
    }

    private static Step end(Called called) {
        Result result = called.running.await();
        long ended = System.nanoTime();
        Answer answer = Answer.of(result);
        String status = called.verb == Verb.STATE && answer == Answer.OK
                ? result.json().path("status").asString()
                : "";
        return new Step(called.verb, called.began, ended, answer, status, result.stderr());
    }

    /** Commands one after another: the model itself. */
    public void oneAfterAnother(int rounds) {
        for (int round = 0; round < rounds; round++) {
            String id = lab.nextId();
            Census before = lab.census();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 2 * MAX_COMMANDS; i++) {
                Verb verb = i == 0 ? Verb.CREATE : oneOf(List.of(Verb.values()));
                steps.add(end(call(verb, id)));
                if (verb == Verb.KILL && steps.getLast().answer() == Answer.OK) {
                    Await.until(
                            "the end",
                            () -> lab.call("state", id).now().stdout().contains("stopped"),
                            () -> lab.call("state", id).now());
                }
            }
            judge(steps, round);
            clean(id, before);
        }
    }

    /** Commands at the same time. */
    public void atTheSameTime(int rounds) {
        for (int round = 0; round < rounds; round++) {
            String id = lab.nextId();
            Census before = lab.census();
            List<Step> steps = new ArrayList<>();
            int begun = random.nextInt(3);
            for (Verb verb : List.of(Verb.CREATE, Verb.START).subList(0, begun)) {
                steps.add(end(call(verb, id)));
            }
            race(id, verbs(begun), steps);
            steps.add(end(call(Verb.STATE, id)));
            judge(steps, round);
            clean(id, before);
        }
    }

    private List<Verb> verbs(int begun) {
        List<Verb> choice = new ArrayList<>(
                List.of(Verb.KILL, Verb.DELETE, Verb.DELETE_BY_FORCE, Verb.EXEC, Verb.STATE, Verb.PAUSE));
        choice.addAll(begun == 0 ? List.of(Verb.CREATE, Verb.CREATE, Verb.START) : List.of());
        choice.addAll(begun == 1 ? List.of(Verb.START, Verb.START, Verb.CREATE) : List.of());
        choice.addAll(begun == 2 ? List.of(Verb.PAUSE, Verb.RESUME, Verb.CREATE, Verb.EXEC) : List.of());
        List<Verb> verbs = new ArrayList<>();
        if (begun == 0) {
            verbs.add(Verb.CREATE);
        }
        int count = 2 + random.nextInt(MAX_COMMANDS - 2);
        while (verbs.size() < count) {
            verbs.add(oneOf(choice));
        }
        return verbs;
    }

    private void race(String id, List<Verb> verbs, List<Step> steps) {
        List<Called> called = new ArrayList<>();
        for (Verb verb : verbs) {
            called.add(call(verb, id));
            pause(random.nextInt(MAX_OFFSET_MILLIS));
        }
        // Times of return are those at which it was seen: later than they were, which allows more orders, never fewer.
        List<Called> left = new ArrayList<>(called);
        long lastEnd = System.nanoTime();
        while (!left.isEmpty()) {
            Called over = left.stream()
                    .filter(one -> !one.running.isAlive())
                    .findFirst()
                    .orElse(null);
            if (over != null) {
                steps.add(end(over));
                left.remove(over);
                lastEnd = System.nanoTime();
            } else if (System.nanoTime() - lastEnd > PATIENCE.toNanos()
                    && left.stream().allMatch(one -> one.verb == Verb.EXEC)) {
                // It stands still with its container.
                left.add(call(Verb.RESUME, id));
                lastEnd = System.nanoTime() + Await.LIMIT.toNanos();
            } else if (System.nanoTime() - lastEnd > 2 * Await.LIMIT.toNanos()) {
                throw new AssertionError("waited for " + left + "; over are " + lines(steps));
            } else {
                pause(1);
            }
        }
    }

    private static void judge(List<Step> steps, int round) {
        assertTrue(
                new Linearization(steps).exists(Model.NOTHING),
                () -> "round " + round + ": no order of these is allowed:\n" + lines(steps));
    }

    private static String lines(List<Step> steps) {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append(step).append('\n'));
        return text.toString();
    }

    private void clean(String id, Census before) {
        lab.call("delete", "--force", id).now().succeeded();
        lab.assertNothingSince(before, "by a race");
    }

    private Verb oneOf(List<Verb> verbs) {
        return verbs.get(random.nextInt(verbs.size()));
    }

    private static void pause(int millis) {
        Await.within(Duration.ofMillis(millis), () -> false);
    }
}
