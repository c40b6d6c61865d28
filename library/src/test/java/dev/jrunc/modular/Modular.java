// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.modular;

import dev.jrunc.api.Jrunc;
import dev.jrunc.api.OwnedContainer;
import dev.jrunc.api.Stdio;
import java.io.IOException;
import java.nio.file.Path;

/** {@code Modular PROGRAM STATES BUNDLE}: tells in which module the library is, and how a container ends. */
final class Modular {

    private Modular() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (Jrunc jrunc = Jrunc.builder(Path.of(args[1]))
                        .program(Path.of(args[0]))
                        .open();
                OwnedContainer container = jrunc.run("modular", Path.of(args[2]), Stdio.none())) {
            System.out.println(Jrunc.class.getModule().getName() + " "
                    + container.waitFor().number());
        }
    }
}
