// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.engine.Call;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where systemd can be talked to.
 *
 * @param path a Unix socket's, or its name
 * @param isAbstract it is a name in the abstract namespace, unix(7)
 * @param isBus it is a message bus, and not systemd itself
 */
public record BusAddress(String path, boolean isAbstract, boolean isBus) {

    private static final BusAddress SYSTEM = new BusAddress("/run/dbus/system_bus_socket", false, true);
    private static final BusAddress PRIVATE = new BusAddress("/run/systemd/private", false, false);

    /** The addresses to try, in their order: of the system's systemd for the host's root, else of the user's own. */
    static List<BusAddress> of(Call call) {
        List<BusAddress> addresses = new ArrayList<>();
        boolean system = call.isHostRoot();
        String given = call.environment(system ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS");
        if (given != null) {
            addresses.addAll(parse(given));
        }
        if (system) {
            addresses.add(SYSTEM);
            addresses.add(PRIVATE);
        } else {
            addresses.add(new BusAddress(call.userRuntimeFolder() + "/bus", false, true));
            addresses.add(new BusAddress(call.userRuntimeFolder() + "/systemd/private", false, false));
        }
        return addresses;
    }

    /** The Unix sockets of a list of addresses, D-Bus specification section "Server Addresses"; others are left out. */
    static List<BusAddress> parse(String list) {
        List<BusAddress> addresses = new ArrayList<>();
        for (String address : list.split(";", -1)) {
            if (address.startsWith("unix:")) {
                String path = value(address.substring("unix:".length()), "path=");
                String name = value(address.substring("unix:".length()), "abstract=");
                if (path != null && path.startsWith("/")) {
                    addresses.add(new BusAddress(path, false, true));
                } else if (name != null && !name.isEmpty()) {
                    addresses.add(new BusAddress(name, true, true));
                }
            }
        }
        return addresses;
    }

    private static @Nullable String value(String pairs, String key) {
        for (String pair : pairs.split(",", -1)) {
            if (pair.startsWith(key)) {
                return unescape(pair.substring(key.length()));
            }
        }
        return null;
    }

    /** A byte may be written as {@code %20}. Null for what is no escape. */
    private static @Nullable String unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < given.length; i++) {
            if (given[i] != '%') {
                bytes.write(given[i]);
                continue;
            }
            int high = i + 2 < given.length ? Character.digit(given[i + 1], 16) : -1;
            int low = i + 2 < given.length ? Character.digit(given[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return (isAbstract ? "@" : "") + path;
    }
}
