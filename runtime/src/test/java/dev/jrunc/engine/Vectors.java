// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Frames in hexadecimal that the native tests read as well: native/tests/vectors. */
final class Vectors {

    private static final Path FOLDER = Path.of("..", "native", "tests", "vectors");

    private Vectors() {}

    static byte[] read(String name) throws IOException {
        StringBuilder digits = new StringBuilder();
        for (String line : Files.readAllLines(FOLDER.resolve(name + ".hex"))) {
            if (!line.startsWith("#")) {
                digits.append(line.replace(" ", ""));
            }
        }
        return HexFormat.of().parseHex(digits);
    }

    /** As it comes from the other side. */
    static Frame receive(String name) throws IOException {
        return new FrameChannel(new ByteArrayInputStream(read(name)), OutputStream.nullOutputStream()).receive();
    }

    /** As this side sends it. */
    static byte[] sent(int code, byte[] payload) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new FrameChannel(new ByteArrayInputStream(new byte[0]), out).send(code, payload);
        return out.toByteArray();
    }
}
