#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# empty.sh JDK LIB FOLDER: makes an empty program in FOLDER, with an AOT cache of its own; FOLDER/command has what runs it in the image and
# with the options of a cold engine, an argument a line.
set -euo pipefail
jdk=$1 lib=$2 folder=$3
here=$(dirname "$(readlink -f "$0")")
rm -rf "$folder"
mkdir -p "$folder/classes"
"$jdk/bin/javac" -d "$folder/classes" "$here/Empty.java"
"$jdk/bin/jar" --create --file="$folder/empty.jar" -C "$folder/classes" .
mapfile -t options < <("$here/../packaging/java-options.sh" "$lib")
options=("${options[@]/#-XX:AOTCache=*/-XX:AOTCache=$folder/empty.aot}")
options=("${options[@]/#$lib\/app\/jrunc.jar/$folder/empty.jar}")
options=("${options[@]/%dev.jrunc.Main/Empty}")
"$lib/runtime/bin/java" "${options[@]/-XX:AOTCache=/-XX:AOTCacheOutput=}" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
printf '%s\n' "$lib/runtime/bin/java" "${options[@]}" >"$folder/command"
