// SPDX-License-Identifier: Apache-2.0

/** What a JVM takes to start and end: the least that a cold call can take. */
final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
