// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.json;

import dev.jrunc.plan.Bytes;
import java.util.List;

/** descriptors.json of a checkpoint, as runc has it: what the standard fds of the container were. */
public final class Descriptors {

    /** Its name, in the images' folder. */
    public static final String FILE = "descriptors.json";

    private static final int MAX_ENTRIES = 3;

    private Descriptors() {}

    /** @param names as links of /proc/PID/fd say */
    public static Bytes write(List<String> names) {
        JsonText json = new JsonText(false).beginList();
        for (String name : names) {
            json.string(name);
        }
        return Bytes.utf8(json.endList().toString());
    }

    /** @throws dev.jrunc.error.InvalidSpec when it isn't such a document */
    public static List<String> read(Bytes document) {
        return JsonTree.read(document).strings(MAX_ENTRIES);
    }
}
