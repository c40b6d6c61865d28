// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.Errno;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.MessageTypeException;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MessageFactory;

/**
 * A connection to D-Bus that the front has, one question at a time. Who is there sees the front's credentials: the caller's.
 * dbus-java writes and reads the messages; its own connections own sockets and threads.
 */
final class BusConnection {

    private static final Origin ORIGIN = Origin.rule("--systemd-cgroup");

    /** For the connection, and for each answer. */
    private static final long LIMIT_MILLIS = 30_000;

    private static final long CONNECT_MILLIS = 10_000;
    private static final int CHUNK_BYTES = 64 * 1024;

    /** D-Bus specification section "Message Protocol": the fixed part of a header, then its array of fields. */
    private static final int FIXED_BYTES = 12;

    private static final int FIELDS_AT = 16;
    private static final int BODY_LENGTH_AT = 4;
    private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private final Front front;
    private final BusAddress address;
    private final MessageFactory messages = new MessageFactory((byte) 'l');
    private byte[] received = new byte[0];

    /** Those that nobody has waited for yet. */
    private final List<DBusSignal> signals = new ArrayList<>();

    private BusConnection(Front front, BusAddress address) {
        this.front = front;
        this.address = address;
    }

    /**
     * To the first of them that answers.
     *
     * @throws OperationFailed when none does
     */
    static BusConnection open(Front front, List<BusAddress> addresses) {
        OperationFailed failure = null;
        for (BusAddress address : addresses) {
            BusConnection connection = new BusConnection(front, address);
            try {
                connection.begin();
                return connection;
            } catch (OperationFailed e) {
                if (failure == null) {
                    failure = e;
                }
            }
        }
        throw failure == null ? new OperationFailed("RELAY_CONNECT", ORIGIN.text(), 0, "no D-Bus address") : failure;
    }

    BusAddress address() {
        return address;
    }

    void close() {
        front.attempt(new HostOperation.RelayClose(ORIGIN));
    }

    private void begin() {
        Result connected = front.attempt(new HostOperation.RelayConnect(ORIGIN, address.path(), address.isAbstract()));
        if (!connected.ok()) {
            throw failed("connect to D-Bus", (int) connected.error());
        }
        long deadline = deadline(CONNECT_MILLIS);
        // The credentials are those of the socket: no id is named, which another user namespace would map.
        send(Bytes.utf8("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"), "authenticate at D-Bus");
        for (String line = line(deadline); !line.startsWith("OK "); line = line(deadline)) {
            if (!line.equals("DATA")) {
                throw failed("authenticate at D-Bus: it says " + line, 0);
            }
        }
        if (address.isBus()) {
            try {
                call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "");
            } catch (BusError e) {
                throw failed("Hello: " + e.getMessage(), 0);
            }
        }
    }

    private static long deadline(long millis) {
        return System.nanoTime() + millis * 1_000_000;
    }

    private OperationFailed failed(String what, int errno) {
        return new OperationFailed("RELAY", ORIGIN.text(), errno, "--systemd-cgroup: " + what + " at " + address);
    }

    private void send(Bytes content, String what) {
        Result sent = front.attempt(new HostOperation.RelaySend(ORIGIN, content, LIMIT_MILLIS));
        if (!sent.ok()) {
            throw failed(what, (int) sent.error());
        }
    }

    /** Waits for more of the stream. */
    private void receive(long deadline, String what) {
        long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
        Result more = front.attempt(new HostOperation.RelayReceive(ORIGIN, CHUNK_BYTES, left));
        if (more.error() == Errno.ETIMEDOUT.number()) {
            throw failed(what + ": no answer in time", (int) more.error());
        }
        if (!more.ok()) {
            throw failed(what, (int) more.error());
        }
        if (more.data().length() == 0) {
            throw failed(what, Errno.ECONNRESET.number());
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(received);
        all.writeBytes(more.data().toArray());
        received = all.toByteArray();
    }

    private byte[] take(int length) {
        byte[] taken = Arrays.copyOf(received, length);
        received = Arrays.copyOfRange(received, length, received.length);
        return taken;
    }

    private String line(long deadline) {
        for (int from = 0; ; ) {
            for (int i = from; i + 1 < received.length; i++) {
                if (received[i] == '\r' && received[i + 1] == '\n') {
                    String line = new String(take(i), StandardCharsets.US_ASCII);
                    take(2);
                    return line;
                }
            }
            from = Math.max(0, received.length - 1);
            receive(deadline, "authenticate at D-Bus");
        }
    }

    /**
     * @param signature of the arguments, D-Bus specification section "Type System"
     * @return the answer's values
     * @throws BusError when the answer is an error
     * @throws OperationFailed when there is none
     */
    Object[] call(String destination, String path, String type, String member, String signature, Object... arguments)
            throws BusError {
        try {
            Message question = messages.createMethodCall(
                    null,
                    address.isBus() ? destination : null,
                    path,
                    type,
                    member,
                    (byte) 0,
                    signature.isEmpty() ? null : signature,
                    arguments);
            send(wire(question), member);
            long deadline = deadline(LIMIT_MILLIS);
            for (; ; ) {
                Message answer = next(deadline, member);
                if (answer.getReplySerial() != question.getSerial()) {
                    remember(answer);
                } else if (answer instanceof Error error) {
                    throw new BusError(error.getName(), text(error), member);
                } else {
                    return values(answer);
                }
            }
        } catch (DBusException e) {
            throw failed(member + ": " + e.getMessage(), 0);
        }
    }

    private void remember(Message message) {
        if (message instanceof DBusSignal signal) {
            signals.add(signal);
        }
    }

    /** Of a signal's values: is it the one that is waited for? */
    interface Choice {
        boolean takes(Object[] values);
    }

    /** The values of the next signal of that name that is wanted, of those that came since the connection began. */
    Object[] signal(String member, Choice choice, String what) {
        long deadline = deadline(LIMIT_MILLIS);
        try {
            for (; ; ) {
                for (DBusSignal signal : signals) {
                    Object[] values = member.equals(signal.getName()) ? values(signal) : new Object[0];
                    if (values.length > 0 && choice.takes(values)) {
                        return values;
                    }
                }
                signals.clear();
                remember(next(deadline, what));
            }
        } catch (DBusException e) {
            throw failed(what + ": " + e.getMessage(), 0);
        }
    }

    private static Object[] values(Message message) throws DBusException {
        Object[] values = message.getParameters();
        return values == null ? new Object[0] : values;
    }

    private static String text(Message error) throws DBusException {
        Object[] values = values(error);
        return values.length > 0 && values[0] instanceof String text ? text : "";
    }

    private static Bytes wire(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : message.getWireData()) {
            if (part != null) {
                bytes.writeBytes(part);
            }
        }
        return Bytes.of(bytes.toByteArray());
    }

    private Message next(long deadline, String what) throws DBusException {
        while (received.length < FIELDS_AT) {
            receive(deadline, what);
        }
        byte endian = received[0];
        long fields = Message.demarshallint(received, FIXED_BYTES, endian, 4) & 0xffff_ffffL;
        long body = Message.demarshallint(received, BODY_LENGTH_AT, endian, 4) & 0xffff_ffffL;
        long padded = fields + 7 & ~7L;
        if (FIELDS_AT + padded + body > MAX_MESSAGE_BYTES) {
            throw failed(what + ": a message is too long", 0);
        }
        while (received.length < FIELDS_AT + padded + body) {
            receive(deadline, what);
        }
        byte[] fixed = take(FIXED_BYTES);
        // As dbus-java reads it: the array's length, padding, the array.
        byte[] header = new byte[(int) padded + 8];
        System.arraycopy(take(4), 0, header, 0, 4);
        System.arraycopy(take((int) padded), 0, header, 8, (int) padded);
        try {
            return MessageFactory.createMessage(fixed[1], fixed, header, take((int) body), null);
        } catch (MessageTypeException e) {
            throw failed(what + ": " + e.getMessage(), 0);
        }
    }
}
