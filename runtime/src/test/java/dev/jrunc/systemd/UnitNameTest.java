// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitNameTest {
    @ParameterizedTest
    @CsvSource({
        ",/system.slice/jrunc-ID.scope",
        "'',/system.slice/jrunc-ID.scope",
        "system.slice:docker:1234,/system.slice/docker-1234.scope",
        ":docker:1234,/system.slice/docker-1234.scope",
        "system.slice::1234,/system.slice/-1234.scope",
        "-.slice:pre:nm,/pre-nm.scope",
        "a-b-c.slice:pre:nm,/a.slice/a-b.slice/a-b-c.slice/pre-nm.scope",
        "machine.slice:x:own.slice,/machine.slice/own.slice",
        "kubepods-burstable-pod1_2.slice:cri-containerd:9f,"
                + "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-9f.scope"
    })
    void aPath(String cgroupsPath, String path) {
        assertEquals(path, UnitName.of(cgroupsPath, "ID", false).path());
    }

    @ParameterizedTest
    @CsvSource({",/user.slice/jrunc-ID.scope", ":p:n,/user.slice/p-n.scope"})
    void ofAUser(String cgroupsPath, String path) {
        assertEquals(path, UnitName.of(cgroupsPath, "ID", true).path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/absolute",
                "a:b",
                "a:b:c:d",
                "system:p:n",
                "a/b.slice:p:n",
                "-a.slice:p:n",
                "a-.slice:p:n",
                "a--b.slice:p:n",
                ".slice:p:n",
                "a.slice:p:n/m",
                "a.slice:p:n m",
                "a.slice:..:n\n"
            })
    void whatIsNone(String cgroupsPath) {
        InvalidSpec thrown = assertThrows(InvalidSpec.class, () -> UnitName.of(cgroupsPath, "ID", false));

        assertEquals("/linux/cgroupsPath", thrown.pointer());
        assertTrue(thrown.finding().contains("\""), thrown::getMessage);
    }
}
