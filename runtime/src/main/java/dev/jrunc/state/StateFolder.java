// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.state;

import dev.jrunc.engine.Front;
import dev.jrunc.engine.Result;
import dev.jrunc.error.ContainerError;
import dev.jrunc.error.Errno;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.InvalidState;
import dev.jrunc.error.OperationFailed;
import dev.jrunc.json.ContainerState;
import dev.jrunc.json.StateJson;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.HostOperation;
import dev.jrunc.plan.Origin;
import dev.jrunc.plan.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** {@code <root>/<id>}: opened by the front, locked where it is changed. */
public final class StateFolder {

    /** Largest state.json, in bytes. */
    public static final long MAX_STATE_BYTES = 16L * 1024 * 1024;

    /** How long one command waits for another on the same container. */
    private static final long LOCK_MILLIS = 30_000;

    /** The file with the container's config.json. */
    public static final String CONFIG = "config.json";

    private static final int MAX_ID_LENGTH = 255;
    private static final String FILE = "state.json";
    private static final Origin ORIGIN = Origin.rule("state folder");

    /** PROCESS_STATUS of native/protocol.h. */
    private static final long PROCESS_STOPPED = 0;

    private static final long PROCESS_RUNNING = 2;
    private static final long PROCESS_PAUSED = 3;

    private final Front front;
    private final String root;
    private final String id;

    /** @throws ContainerError for an id that can't be one */
    public StateFolder(Front front, String root, String id) {
        if (!isId(id)) {
            throw ContainerError.invalidId(id);
        }
        this.front = front;
        this.root = root;
        this.id = id;
    }

    private static boolean isId(String id) {
        if (id.isEmpty() || id.length() > MAX_ID_LENGTH || id.equals(".") || id.equals("..")) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean allowed = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '+'
                    || c == '.'
                    || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    public String id() {
        return id;
    }

    private HostOperation.OpenState opening(boolean create) {
        return new HostOperation.OpenState(ORIGIN, root, id, create);
    }

    private static HostOperation.LockState locking(long millis) {
        return new HostOperation.LockState(ORIGIN, millis);
    }

    private static HostOperation.ReadState reading() {
        return new HostOperation.ReadState(ORIGIN, FILE, MAX_STATE_BYTES);
    }

    /** The operation that writes state.json. */
    public Step<HostOperation> writing(ContainerState state) {
        return Step.must(new HostOperation.WriteState(ORIGIN, FILE, StateJson.write(state)));
    }

    /** The operation that keeps the container's config.json: exec needs it, and that of the bundle may be another by then. */
    public Step<HostOperation> keeping(Bytes config) {
        return Step.must(new HostOperation.WriteState(ORIGIN, CONFIG, config));
    }

    /**
     * The container's config.json; the folder is open.
     *
     * @throws OperationFailed when there is none
     */
    public Bytes config() {
        return front.execute(new HostOperation.ReadState(ORIGIN, CONFIG, MAX_STATE_BYTES))
                .data();
    }

    /** The operation that removes all of it. */
    public Step<HostOperation> removal() {
        return Step.must(new HostOperation.RemoveState(ORIGIN));
    }

    /** The operation that opens it again, without its lock: a container that runs must not be locked. */
    public Step<HostOperation> unlocking() {
        return Step.must(opening(false));
    }

    /** The operations that make it, and lock it. */
    public List<Step<HostOperation>> making() {
        return List.of(Step.must(opening(true)), Step.must(locking(LOCK_MILLIS)));
    }

    /**
     * What became of these.
     *
     * @param results of them, and perhaps of others behind them
     * @return false when the folder is there already, or was deleted before it was locked, as one without a state is by force
     * @throws OperationFailed when it couldn't be made, or not be locked; then it is not there
     */
    public boolean made(List<Result> results) {
        if (results.getFirst().error() == Errno.EEXIST.number()) {
            return false;
        }
        if (!results.getFirst().ok() || !results.get(1).ok()) {
            // Only if it is open, and so new.
            front.attempt(removal().operation());
        }
        check(results.getFirst(), "OPEN_STATE");
        if (results.get(1).error() == Errno.ENOENT.number()) {
            return false;
        }
        check(results.get(1), "LOCK_STATE");
        return true;
    }

    /** Makes it, and locks it: {@link #made}. */
    public boolean create() {
        return made(front.run(making()));
    }

    /** @throws ContainerError when there is no such container */
    private static void checkOpened(Result opened) {
        if (opened.error() == Errno.ENOENT.number()) {
            throw ContainerError.doesNotExist();
        }
        check(opened, "OPEN_STATE");
    }

    private static void check(Result result, String operation) {
        if (!result.ok()) {
            throw new OperationFailed(operation, ORIGIN.text(), (int) result.error(), result.message());
        }
    }

    /** @throws ContainerError when there is no such container */
    public ContainerState read() {
        List<Result> results = front.execute(List.of(Step.mayFail(opening(false)), Step.mayFail(reading())));
        checkOpened(results.getFirst());
        return read(results.getLast()).orElseThrow(ContainerError::doesNotExist);
    }

    /** Empty where there is a folder without state.json. */
    private Optional<ContainerState> read(Result read) {
        if (read.error() == Errno.ENOENT.number()) {
            return Optional.empty();
        }
        check(read, "READ_STATE");
        return Optional.of(parse(root, id, read.data()));
    }

    /** @throws InvalidState when it isn't a state.json */
    public static ContainerState parse(String root, String id, Bytes document) {
        try {
            return StateJson.read(document);
        } catch (InvalidSpec e) {
            throw new InvalidState(path(root, id), e);
        }
    }

    private static String path(String root, String id) {
        return root + "/" + id + "/" + FILE;
    }

    /**
     * Locks it, and reads it under the lock; empty where there is a folder without state.json.
     *
     * @throws ContainerError when there is no such container
     */
    public Optional<ContainerState> lockAndRead() {
        return lockedAndRead(front.execute(lockingAndReading()));
    }

    /** The operations of lockAndRead(). */
    public List<Step<HostOperation>> lockingAndReading() {
        return List.of(Step.mayFail(opening(false)), Step.mayFail(locking(LOCK_MILLIS)), Step.mayFail(reading()));
    }

    /**
     * What lockAndRead() would say.
     *
     * @param results of its operations
     */
    public Optional<ContainerState> lockedAndRead(List<Result> results) {
        checkOpened(results.get(0));
        checkLocked(results.get(1));
        return read(results.get(2));
    }

    /** False when somebody else has the lock. */
    public boolean tryLock() {
        List<Result> results = front.execute(List.of(Step.mayFail(opening(false)), Step.mayFail(locking(0))));
        checkOpened(results.getFirst());
        if (results.getLast().error() == Errno.ETIMEDOUT.number()) {
            return false;
        }
        checkLocked(results.getLast());
        return true;
    }

    private static void checkLocked(Result locked) {
        if (locked.error() == Errno.ENOENT.number()) {
            throw ContainerError.doesNotExist();
        }
        check(locked, "LOCK_STATE");
    }

    /** What is in it, under the lock that tryLock() took. */
    public Optional<ContainerState> readLocked() {
        return read(front.attempt(reading()));
    }

    /** From the process, never from the file. */
    public Status status(ContainerState state) {
        Result result = front.execute(looking(state));
        return statusOf(state, result.value());
    }

    /** The operations that ask for the status of one of several: the second has it. */
    public static List<Step<HostOperation>> lookingInto(String root, ContainerState state) {
        return List.of(
                Step.mayFail(new HostOperation.OpenState(ORIGIN, root, state.id(), false)), Step.must(looking(state)));
    }

    /** The operation that asks for it. The folder is open. */
    public static HostOperation looking(ContainerState state) {
        return new HostOperation.ProcessStatus(
                Origin.rule("status"), state.pid(), state.startTime(), state.frozenFile());
    }

    /**
     * Of one that was not completed nothing runs yet: what seems to is init on its way out, killed with its front.
     *
     * @param process the value of PROCESS_STATUS
     */
    public static Status statusOf(ContainerState state, long process) {
        if (process == PROCESS_STOPPED) {
            return Status.STOPPED;
        }
        if (!state.complete()) {
            return Status.CREATING;
        }
        if (process == PROCESS_PAUSED) {
            return Status.PAUSED;
        }
        return process == PROCESS_RUNNING ? Status.RUNNING : Status.CREATED;
    }

    /** The ids that have a folder, sorted. */
    public static List<String> ids(Front front, String root) {
        Result read = front.attempt(new HostOperation.ReadDirectory(ORIGIN, root));
        if (read.error() == Errno.ENOENT.number()) {
            return List.of();
        }
        check(read, "READ_DIRECTORY");
        return names(read.data());
    }

    /** The operations that read the state.json of one of several: whether it could be opened, and what is in it. */
    public static List<Step<HostOperation>> peek(String root, String id) {
        return List.of(Step.mayFail(new HostOperation.OpenState(ORIGIN, root, id, false)), Step.mayFail(reading()));
    }

    private static List<String> names(Bytes list) {
        List<String> ids = new ArrayList<>();
        String text = list.utf8();
        int start = 0;
        for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
            String name = text.substring(start, end);
            if (isId(name)) {
                ids.add(name);
            }
            start = end + 1;
        }
        Collections.sort(ids);
        return ids;
    }
}
