// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The examples of Javadoc and of docs/embedding.md, which EmbeddingIT runs. */
final class Snippets {

    private Snippets() {}

    static ExitStatus life(Path states, Path bundle) throws IOException, InterruptedException {
        // @start region="life"
        SpecBuilder.rootful().args("/bin/sh", "-c", "exit 3").writeTo(bundle);
        try (Jrunc jrunc = Jrunc.open(states);
                OwnedContainer container = jrunc.create("job-1", bundle, Stdio.inherited())) {
            container.start();
            return container.waitFor();
        } // closed: killed where it still runs, and deleted
        // @end
    }

    static String output(Jrunc jrunc, Path bundle) throws IOException, InterruptedException {
        // @start region="output"
        Limits limits = Limits.none().memory(64 << 20).tasks(32).cpus(0.5);
        SpecBuilder.rootful()
                .args("/bin/sh", "-c", "echo hello; sleep 1000")
                .limits(limits)
                .writeTo(bundle);
        Capture output = Capture.upTo(1 << 20);
        try (OwnedContainer container =
                jrunc.run("job-2", bundle, Stdio.none().output(output).error(output))) {
            Optional<ExitStatus> end = container.waitFor(Duration.ofSeconds(3));
            if (end.isEmpty()) {
                container.kill("KILL");
            }
            return output.text() + container.waitFor().number();
        }
        // @end
    }

    static String exec(OwnedContainer container) throws IOException, InterruptedException {
        // @start region="exec"
        Exec cat = Exec.of("/bin/cat").env("LANG", "C");
        try (ContainerProcess process = container.exec(cat, Stdio.pipes())) {
            process.stdin().write("to and fro".getBytes(UTF_8));
            process.stdin().close();
            String answer = new String(process.stdout().readAllBytes(), UTF_8);
            return answer + process.waitFor().code();
        }
        // @end
    }

    static String terminal(Jrunc jrunc, Path bundle) throws IOException, InterruptedException {
        // @start region="terminal"
        SpecBuilder.rootful().args("/bin/sh").terminal().writeTo(bundle);
        try (OwnedContainer container = jrunc.run("shell-1", bundle, Stdio.terminal(80, 24))) {
            container.stdin().write("stty size; exit\n".getBytes(UTF_8));
            return new String(container.stdout().readAllBytes(), UTF_8); // what is typed is shown, and what it answers
        }
        // @end
    }

    static long events(Container container) {
        // @start region="events"
        try (Stream<Event> events = container.events(Duration.ofMillis(20))) {
            return events.limit(3).filter(Event.Usage.class::isInstance).count();
        }
        // @end
    }

    static List<ExitStatus> many(Jrunc jrunc, Path bundle) throws InterruptedException, ExecutionException {
        // @start region="many"
        List<Future<ExitStatus>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String id = "many-" + i;
                ends.add(threads.submit(() -> {
                    try (OwnedContainer container = jrunc.run(id, bundle, Stdio.none())) {
                        return container.waitFor();
                    }
                }));
            }
        }
        // @end
        List<ExitStatus> all = new ArrayList<>();
        for (Future<ExitStatus> end : ends) {
            all.add(end.get());
        }
        return all;
    }
}
