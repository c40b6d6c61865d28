// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BusAddressTest {
    @ParameterizedTest
    @CsvSource({
        "unix:path=/run/user/1000/bus,/run/user/1000/bus",
        "'unix:path=/a%20b,guid=00',/a b",
        "'unix:guid=00,path=/bus',/bus",
        "unix:abstract=/tmp/dbus-x,@/tmp/dbus-x"
    })
    void one(String address, String shown) {
        List<BusAddress> parsed = BusAddress.parse(address);

        assertEquals(1, parsed.size());
        assertEquals(shown, parsed.getFirst().toString());
    }

    @Test
    void severalInTheirOrder() {
        assertEquals(
                List.of(new BusAddress("/a", false, true), new BusAddress("b", true, true)),
                BusAddress.parse("tcp:host=x;unix:path=/a;unix:abstract=b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unix:", "unix:path=", "unix:path=relative", "unix:path=/a%2", "unix:path=/%zz", "x"})
    void whatIsNone(String address) {
        assertEquals(List.of(), BusAddress.parse(address));
    }
}
