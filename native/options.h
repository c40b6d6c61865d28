/* SPDX-License-Identifier: Apache-2.0 */
/* The global options: OPTION(name, short name or "", takes a value). From the command-line model of the engine. */
OPTION("debug", "", false)
OPTION("log", "", true)
OPTION("log-format", "", true)
OPTION("root", "", true)
OPTION("systemd-cgroup", "", false)
OPTION("rootless", "", true)
OPTION("criu", "", true)
OPTION("trace", "", true)
OPTION("engine", "", true)
OPTION("version", "v", false)
OPTION("help", "h", false)
