#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# java-options.sh LIB: the options with which the front starts a cold engine, one a line; LIB is the folder lib/jrunc.
printf '#define JAVA_OPTION(text) text\n#define RESIDENT_OPTION(text)\n#include "%s/../native/java_options.h"\n' "$(dirname "$(readlink -f "$0")")" |
    gcc -E -P - | sed -e 's|" "|\n|g' -e 's|"||g' | sed -e "s|%L|$1|" -e "/^$/d"
