// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

import org.jspecify.annotations.Nullable;

/**
 * The options that {@code checkpoint} and {@code restore} have in common.
 *
 * @param imagePath the images' folder, as given; null for {@code checkpoint} in the working directory
 * @param workPath of logs and work files; null: that of the images
 * @param manageCgroupsMode soft, full, strict or ignore; null: criu's own
 * @param emptyNetwork the network namespace is left empty
 */
public record CriuOptions(
        @Nullable String imagePath,
        @Nullable String workPath,
        boolean tcpEstablished,
        boolean extUnixSk,
        boolean shellJob,
        boolean fileLocks,
        @Nullable String manageCgroupsMode,
        boolean emptyNetwork,
        boolean autoDedup,
        boolean lazyPages) {}
