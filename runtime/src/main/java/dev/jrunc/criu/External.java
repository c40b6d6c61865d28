// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.criu;

/**
 * A mount of a container that belongs to the host: it isn't dumped, but mounted again.
 *
 * @param target in the container
 * @param source on the host
 */
public record External(String target, String source) {}
