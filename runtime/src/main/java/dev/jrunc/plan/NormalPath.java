// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * Absolute paths without empty parts, "." and "..", by their text alone: ".." never leads out of the root, and what links would
 * make of it is not asked. java.nio.file.Path takes no names beyond the locale's characters.
 */
public final class NormalPath {

    private NormalPath() {}

    /** @param path one without a slash at its beginning means the same with it */
    public static String of(String path) {
        StringBuilder normal = new StringBuilder();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                normal.setLength(Math.max(0, normal.lastIndexOf("/")));
            } else if (!part.isEmpty() && !part.equals(".")) {
                normal.append('/').append(part);
            }
        }
        return normal.isEmpty() ? "/" : normal.toString();
    }
}
