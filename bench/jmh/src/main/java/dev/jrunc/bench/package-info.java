// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what is pure. */
package dev.jrunc.bench;
