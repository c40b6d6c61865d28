// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jrunc.error.ContainerError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {

    @TempDir
    private Path folder;

    private Path program;

    @BeforeEach
    void makeProgram() throws Exception {
        allow(folder, "rwxr-xr-x");
        program = allow(Files.createFile(folder.resolve("jrunc")), "rwxr-xr-x");
    }

    private static Path allow(Path path, String mode) throws Exception {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private String refusal() {
        return assertThrows(ContainerError.class, () -> Program.at(program)).getMessage();
    }

    @Test
    void aLinkIsFollowed() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), program);

        assertEquals(program.toRealPath().toString(), Program.at(link).path());
    }

    @Test
    void whatOthersCouldChange() throws Exception {
        allow(program, "rwxrwxr-x");
        assertEquals("others may write to " + program.toRealPath(), refusal());
        allow(program, "rwxr-xr-x");
        allow(folder, "rwxrwxrwx");
        assertEquals("others may write to " + folder.toRealPath(), refusal());
    }

    @Test
    void whatIsNoProgram() throws Exception {
        allow(program, "rw-r--r--");
        assertEquals(program.toRealPath() + " is no program", refusal());
        Files.delete(program);
        assertEquals("there is no program " + program, refusal());
    }

    @Test
    void thePropertyNamesIt() {
        System.setProperty(Program.PROPERTY, program.toString());
        try {
            assertEquals(program.toString(), Program.find().path());
        } finally {
            System.clearProperty(Program.PROPERTY);
        }
    }
}
