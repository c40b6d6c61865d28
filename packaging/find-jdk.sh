#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the folder of a JDK of Java 25 or newer: JAVA_HOME if it is one, else the newest below /usr/lib/jvm. Prints nothing
# when there is none.

version_of() { # folder
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/jlink" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

newest=24
found=
for folder in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*; do
    version=$(version_of "$folder")
    if [ "${version:-0}" -gt "$newest" ]; then
        found=$folder
        [ "$folder" = "${JAVA_HOME:-}" ] && break
        newest=$version
    fi
done
[ -n "$found" ] && readlink -f "$found"
