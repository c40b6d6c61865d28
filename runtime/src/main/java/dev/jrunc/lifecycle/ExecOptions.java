// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.spec.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code exec}.
 *
 * @param processFile a process.json, which takes the place of all that a {@link Change} could say; null for none
 * @param change to the container's own process
 * @param detach don't wait
 * @param consoleSocket where the terminal goes; null for none
 * @param pidfdSocket where the pidfd goes; null for none
 * @param pidFile null for none
 * @param preserveFds how many fds from 3 on the program gets
 * @param ignorePaused a paused container is no error: the process waits in it
 * @param cgroups {@code [CTRL[,CTRL]:]PATH}, below the container's own
 */
public record ExecOptions(
        @Nullable String processFile,
        Change change,
        boolean detach,
        @Nullable String consoleSocket,
        @Nullable String pidfdSocket,
        @Nullable String pidFile,
        long preserveFds,
        boolean ignorePaused,
        List<String> cgroups) {

    public ExecOptions {
        cgroups = List.copyOf(cgroups);
    }

    /**
     * Of a program that nobody of ours waits for; null and empty as in {@link Change}.
     *
     * @param terminal the size of its terminal, which goes to the front's standard input; null for none
     */
    public static ExecOptions of(
            List<String> args,
            List<String> env,
            @Nullable String cwd,
            @Nullable Long uid,
            @Nullable Long gid,
            Spec.@Nullable ConsoleSize terminal) {
        Change change = new Change(
                args, terminal != null, terminal, cwd, env, uid, gid, List.of(), List.of(), null, null, null);
        return new ExecOptions(
                null,
                change,
                true,
                terminal == null ? null : CreateOptions.STANDARD_INPUT,
                null,
                null,
                0,
                false,
                List.of());
    }

    /**
     * What is different from the container's process.
     *
     * @param args of the program
     * @param terminal never the configuration's
     * @param consoleSize of the caller's terminal; null where it has none, or doesn't wait
     * @param cwd null for the configuration's
     * @param env added
     * @param uid null for the configuration's
     * @param gid null for the configuration's
     * @param additionalGids added
     * @param capabilities added
     * @param noNewPrivileges null for the configuration's
     * @param apparmorProfile null for the configuration's
     * @param selinuxLabel null for the configuration's
     */
    public record Change(
            List<String> args,
            boolean terminal,
            Spec.@Nullable ConsoleSize consoleSize,
            @Nullable String cwd,
            List<String> env,
            @Nullable Long uid,
            @Nullable Long gid,
            List<Long> additionalGids,
            List<String> capabilities,
            @Nullable Boolean noNewPrivileges,
            @Nullable String apparmorProfile,
            @Nullable String selinuxLabel) {

        public Change {
            args = List.copyOf(args);
            env = List.copyOf(env);
            additionalGids = List.copyOf(additionalGids);
            capabilities = List.copyOf(capabilities);
        }
    }
}
