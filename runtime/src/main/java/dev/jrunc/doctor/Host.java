// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.doctor;

import dev.jrunc.engine.Call;
import dev.jrunc.plan.Bytes;
import java.util.List;
import java.util.Optional;

/** A host as the caller sees it, looked at through the front. */
public interface Host {

    Call call();

    /** The text of a file, without blanks around it; empty where it can't be read. */
    String read(String path);

    /** A file as it is; empty where there is none that can be read. */
    Optional<Bytes> file(String path);

    boolean exists(String path);

    /** The names in a folder; none where it can't be read. */
    List<String> names(String folder);

    /** The absolute path of a program in the caller's PATH; empty where there is none. */
    String program(String name);

    /** What a program prints, for a version; empty where it can't be executed, or takes too long. */
    String output(String... args);

    /** What PROBE says: an errno, 0 where it works. */
    int probe(String name);
}
