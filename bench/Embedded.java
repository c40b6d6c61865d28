// SPDX-License-Identifier: Apache-2.0

import dev.jrunc.api.ExitStatus;
import dev.jrunc.api.Jrunc;
import dev.jrunc.api.OwnedContainer;
import dev.jrunc.api.Stdio;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code java Embedded.java JRUNC ROOT BUNDLE}: for each line of input a container's life, and its nanoseconds. */
public final class Embedded {

    private Embedded() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path bundle = Path.of(args[2]);
        try (Jrunc jrunc = Jrunc.builder(Path.of(args[1])).program(Path.of(args[0])).open()) {
            while (lines.readLine() != null) {
                long began = System.nanoTime();
                OwnedContainer container = jrunc.create("embedded", bundle, Stdio.none());
                container.start();
                ExitStatus status = container.waitFor();
                container.delete(false);
                long took = System.nanoTime() - began;
                if (!status.isSuccess()) {
                    throw new IOException("it ended with " + status);
                }
                System.out.println(took);
            }
        }
    }
}
