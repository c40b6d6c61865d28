// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.spec.Annotation;
import java.util.Map;

/**
 * Files that get what hooks print, in place of what is kept of it for an error.
 *
 * @param standardOutput absolute; empty for none
 * @param standardError absolute; empty for none
 */
public record HookOutput(String standardOutput, String standardError) {

    /**
     * @param annotations the container's
     * @param bundle absolute: relative paths start there
     */
    public static HookOutput of(Map<String, String> annotations, String bundle) {
        return new HookOutput(
                absolute(Annotation.HOOKS_STDOUT.in(annotations), bundle),
                absolute(Annotation.HOOKS_STDERR.in(annotations), bundle));
    }

    private static String absolute(String path, String bundle) {
        return path.isEmpty() || path.startsWith("/") ? path : bundle + "/" + path;
    }

    /** Neither. */
    public boolean isNone() {
        return standardOutput.isEmpty() && standardError.isEmpty();
    }
}
