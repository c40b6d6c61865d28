// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.races;

import java.util.ArrayList;
import java.util.List;

/** The commands that race. */
enum Verb {
    CREATE("create --bundle BUNDLE"),
    START("start"),
    KILL("kill"),
    DELETE("delete"),
    DELETE_BY_FORCE("delete --force"),
    EXEC("exec"),
    PAUSE("pause"),
    RESUME("resume"),
    STATE("state");

    private final String words;

    /** @param words of the call, with a blank between */
    Verb(String words) {
        this.words = words;
    }

    String[] words(String bundle, String id) {
        List<String> all = new ArrayList<>();
        for (String word : words.split(" ", -1)) {
            all.add(word.replace("BUNDLE", bundle));
        }
        all.add(id);
        switch (this) {
            case KILL -> all.add("KILL");
            case EXEC -> all.addAll(List.of("/payload", "exit", "0"));
            default -> {}
        }
        return all.toArray(String[]::new);
    }
}
