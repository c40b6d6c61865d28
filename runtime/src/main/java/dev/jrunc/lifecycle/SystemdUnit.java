// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Call;
import dev.jrunc.engine.Front;
import dev.jrunc.error.JruncException;
import dev.jrunc.json.ContainerState;
import dev.jrunc.spec.Spec;
import dev.jrunc.systemd.BusAddress;
import dev.jrunc.systemd.Systemd;
import dev.jrunc.systemd.UnitName;
import dev.jrunc.systemd.UnitProperties;
import dev.jrunc.systemd.UnitProperty;
import java.util.List;

/** {@code --systemd-cgroup}: the unit that is to become a container's, and what comes of it. */
final class SystemdUnit {

    private final Systemd systemd;
    private final UnitName name;
    private final Spec spec;
    private final boolean unified;
    private final String path;
    private boolean started;

    private SystemdUnit(Systemd systemd, UnitName name, Spec spec, boolean unified) {
        this.systemd = systemd;
        this.name = name;
        this.spec = spec;
        this.unified = unified;
        this.path = systemd.controlGroup() + name.path();
    }

    /**
     * Asks the caller's systemd where its cgroups are.
     *
     * @param unified the host has cgroups of version 2 alone
     * @throws JruncException when it isn't there, or config.json asks for what it can't have
     */
    static SystemdUnit of(Front front, Spec spec, String id, boolean unified) {
        Call call = front.call();
        UnitName name = UnitName.of(spec.linux().cgroupsPath(), id, !call.isHostRoot());
        UnitProperties.of(name, 0, spec, unified);
        SubCgroups.ofUnit(spec.annotations());
        return new SystemdUnit(Systemd.connect(front), name, spec, unified);
    }

    /** Of its cgroup, below the mount. */
    String path() {
        return path;
    }

    /** What delete needs. */
    ContainerState.Unit named() {
        BusAddress address = systemd.address();
        return new ContainerState.Unit(name.unit(), address.path(), address.isAbstract(), address.isBus());
    }

    void start(long pid) {
        List<UnitProperty> properties = UnitProperties.of(name, pid, spec, unified);
        systemd.start(name, properties);
        started = true;
    }

    /** Nothing more is asked. */
    void close() {
        systemd.close();
    }

    /** After a failure, which this one is added to. */
    void undo(Front front, JruncException cause) {
        if (!started) {
            return;
        }
        try {
            stop(front, named());
        } catch (JruncException e) {
            cause.addSuppressed(e);
        }
    }

    /** systemd writes the limits that it knows whenever it reloads its units. */
    static void limit(Front front, ContainerState.Unit unit, List<UnitProperty> properties) {
        if (!properties.isEmpty()) {
            Systemd systemd = connect(front, unit);
            systemd.set(unit.name(), properties);
            systemd.close();
        }
    }

    private static Systemd connect(Front front, ContainerState.Unit unit) {
        return Systemd.connect(front, new BusAddress(unit.socket(), unit.isAbstract(), unit.isBus()));
    }

    static void stop(Front front, ContainerState.Unit unit) {
        Systemd systemd = connect(front, unit);
        systemd.stop(unit.name());
        systemd.close();
    }
}
