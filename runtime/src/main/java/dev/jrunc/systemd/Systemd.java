// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.engine.Front;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.OperationFailed;
import java.util.ArrayList;
import java.util.List;
import org.freedesktop.dbus.types.Variant;

/** A systemd that the front is connected to: the system's, or the user's own. Each question has a limit of 30 s. */
public final class Systemd {

    private static final String NAME = "org.freedesktop.systemd1";
    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String MANAGER = NAME + ".Manager";
    private static final String JOBS =
            "type='signal',interface='" + MANAGER + "',member='JobRemoved',path='" + PATH + "'";
    private static final String NO_SUCH_UNIT = NAME + ".NoSuchUnit";
    private static final String UNIT_EXISTS = NAME + ".UnitExists";

    private final BusConnection connection;

    private Systemd(BusConnection connection) {
        this.connection = connection;
    }

    /**
     * The caller's.
     *
     * @throws dev.jrunc.error.OperationFailed when it can't be reached
     */
    public static Systemd connect(Front front) {
        return new Systemd(BusConnection.open(front, BusAddress.of(front.call())));
    }

    /** That at an address where it was before. */
    public static Systemd connect(Front front, BusAddress address) {
        return new Systemd(BusConnection.open(front, List.of(address)));
    }

    public BusAddress address() {
        return connection.address();
    }

    public void close() {
        connection.close();
    }

    /** The cgroup that those of all units are below; empty for the root. */
    public String controlGroup() {
        try {
            Object[] values = connection.call(
                    NAME, PATH, "org.freedesktop.DBus.Properties", "Get", "ss", MANAGER, "ControlGroup");
            Object value = values.length > 0 && values[0] instanceof Variant<?> boxed ? boxed.getValue() : "";
            String group = value.toString();
            return group.equals("/") ? "" : group;
        } catch (BusError e) {
            throw failed("systemd doesn't tell its cgroup", e);
        }
    }

    /**
     * Starts a transient unit, and waits until it is there.
     *
     * @throws ContainerError when systemd refuses, by its words
     */
    public void start(UnitName name, List<UnitProperty> properties) {
        try {
            match();
            await(job(name, properties), name.unit());
        } catch (BusError e) {
            throw failed("start the systemd unit " + name.unit(), e);
        }
    }

    /** What is left of a unit of that name that has failed earlier makes way. */
    private Object[] job(UnitName name, List<UnitProperty> properties) throws BusError {
        try {
            return startTransientUnit(name, properties);
        } catch (BusError e) {
            if (!e.name().equals(UNIT_EXISTS)) {
                throw e;
            }
            reset(name.unit());
            return startTransientUnit(name, properties);
        }
    }

    private Object[] startTransientUnit(UnitName name, List<UnitProperty> properties) throws BusError {
        return connection.call(
                NAME,
                PATH,
                MANAGER,
                "StartTransientUnit",
                "ssa(sv)a(sa(sv))",
                name.unit(),
                "replace",
                pairs(properties),
                new ArrayList<>());
    }

    private static List<Object[]> pairs(List<UnitProperty> properties) {
        List<Object[]> pairs = new ArrayList<>();
        for (UnitProperty property : properties) {
            pairs.add(new Object[] {property.name(), property.value()});
        }
        return pairs;
    }

    /**
     * Gives a unit other properties, until it ends. The unit's cgroup has them then: systemd writes them before it hears what it is
     * asked next, whatever becomes of the answer.
     *
     * @throws ContainerError when systemd refuses, by its words
     */
    public void set(String unit, List<UnitProperty> properties) {
        try {
            connection.call(NAME, PATH, MANAGER, "SetUnitProperties", "sba(sv)", unit, true, pairs(properties));
        } catch (BusError e) {
            throw failed("set properties of the systemd unit " + unit, e);
        }
        try {
            controlGroup();
        } catch (ContainerError | OperationFailed unanswered) {
            // It has them all the same.
        }
    }

    /**
     * Stops a unit, and forgets that it may have failed; one that isn't there is no error.
     *
     * @throws ContainerError when systemd refuses, by its words
     */
    public void stop(String unit) {
        try {
            match();
            Object[] job = connection.call(NAME, PATH, MANAGER, "StopUnit", "ss", unit, "replace");
            String path = job.length > 0 ? job[0].toString() : "";
            connection.signal("JobRemoved", values -> isOf(values, path), "StopUnit " + unit);
        } catch (BusError e) {
            if (!e.name().equals(NO_SUCH_UNIT)) {
                throw failed("stop the systemd unit " + unit, e);
            }
        }
        try {
            reset(unit);
        } catch (BusError e) {
            throw failed("reset the systemd unit " + unit, e);
        }
    }

    private void match() throws BusError {
        if (address().isBus()) {
            connection.call(
                    "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", JOBS);
        }
    }

    private void reset(String unit) throws BusError {
        try {
            connection.call(NAME, PATH, MANAGER, "ResetFailedUnit", "s", unit);
        } catch (BusError e) {
            if (!e.name().equals(NO_SUCH_UNIT)) {
                throw e;
            }
        }
    }

    private void await(Object[] job, String unit) throws BusError {
        String path = job.length > 0 ? job[0].toString() : "";
        Object[] values = connection.signal("JobRemoved", found -> isOf(found, path), "start of " + unit);
        String result = values[3].toString();
        if (!result.equals("done")) {
            reset(unit);
            throw new ContainerError("start the systemd unit " + unit + ": its job has ended with \"" + result + "\"");
        }
    }

    /** JobRemoved: number, path, unit, result. */
    private static boolean isOf(Object[] values, String job) {
        return values.length == 4 && values[1].toString().equals(job);
    }

    private static ContainerError failed(String what, BusError error) {
        return new ContainerError(what + ": " + error.getMessage());
    }
}
