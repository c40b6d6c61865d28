// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** The user of {@code engine serve}. */
class ServeEngineTest {

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            jrunc:x:998:997::/:/usr/sbin/nologin
            0:x:1001:1001::/:/bin/sh
            998:x:1002:1002::/:/bin/sh
            broken:x:none:5::/:/bin/sh
            minus:x:4294967295:5::/:/bin/sh
            +::::::
            """;

    private static String[] ids(String uid, String gid) {
        return new String[] {uid, gid};
    }

    @Test
    void aNameIsAName() {
        assertArrayEquals(ids("998", "997"), ServeEngine.ids(PASSWD, "jrunc"));
        assertNull(ServeEngine.ids(PASSWD, "missing"));
        assertNull(ServeEngine.ids(PASSWD, "broken"));
        assertNull(ServeEngine.ids(PASSWD, "minus"));
        assertNull(ServeEngine.ids(PASSWD, ""));
    }

    @Test
    void aNumberIsNeverAName() {
        String reversed = String.join("\n", PASSWD.lines().toList().reversed());
        for (String passwd : new String[] {PASSWD, reversed}) {
            assertArrayEquals(ids("0", "0"), ServeEngine.ids(passwd, "0"));
            assertArrayEquals(ids("998", "997"), ServeEngine.ids(passwd, "998"));
            assertArrayEquals(ids("1001", "1001"), ServeEngine.ids(passwd, "1001"));
        }
        assertNull(ServeEngine.ids(PASSWD, "4242"));
    }
}
