// SPDX-License-Identifier: Apache-2.0
/**
 * The plan: typed kernel operations, each with its origin in config.json, and the planners that make them. Pure: facts
 * about host and caller come in as values, nothing here touches the system.
 */
@NullMarked
package dev.jrunc.plan;

import org.jspecify.annotations.NullMarked;
