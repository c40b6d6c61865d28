// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import java.math.BigInteger;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/** A property of a unit, org.freedesktop.systemd1(5). */
public record UnitProperty(String name, Variant<?> value) {

    /** As systemd writes infinity. */
    private static final BigInteger INFINITY = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    static UnitProperty flag(String name, boolean value) {
        return new UnitProperty(name, new Variant<>(value, "b"));
    }

    static UnitProperty text(String name, String value) {
        return new UnitProperty(name, new Variant<>(value, "s"));
    }

    /** A number of 64 bits; a negative one is infinity. */
    static UnitProperty number(String name, long value) {
        return new UnitProperty(name, new Variant<>(new UInt64(value < 0 ? INFINITY : BigInteger.valueOf(value)), "t"));
    }

    static UnitProperty bytes(String name, byte[] value) {
        return new UnitProperty(name, new Variant<>(value, "ay"));
    }

    static UnitProperty pids(long pid) {
        return new UnitProperty("PIDs", new Variant<>(new UInt32[] {new UInt32(pid)}, "au"));
    }

    static UnitProperty texts(String name, String value) {
        return new UnitProperty(name, new Variant<>(new String[] {value}, "as"));
    }
}
