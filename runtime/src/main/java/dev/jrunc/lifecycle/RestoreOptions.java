// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.criu.CriuOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code restore}.
 *
 * @param create those that create has as well
 * @param lsmProfile TYPE:LABEL in place of the dumped one
 * @param lsmMountContext the SELinux context of mounts in place of the dumped one
 */
public record RestoreOptions(
        CriuOptions common,
        CreateOptions create,
        boolean detach,
        boolean subreaper,
        @Nullable String lsmProfile,
        @Nullable String lsmMountContext) {}
