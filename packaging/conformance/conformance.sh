#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# conformance.sh FOLDER JRUNC [PROGRAM…]: runs the OCI validation suite with jrunc, and with runc and crun where they are installed,
# and prints what came of each program: ok, skipped, not ok, exit status. Fails where jrunc fails and another doesn't, unless
# docs/conformance.md names the program and says why.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
known=$here/../../docs/conformance.md
folder=$1
jrunc=$(readlink -f "$2")
shift 2
[ "$(id -u)" = 0 ] || { echo "The validation suite makes containers, which takes root." >&2; exit 1; }
"$here/install.sh" "$folder"

declare -A runtimes=([jrunc]=$jrunc)
names=(jrunc)
for name in runc crun; do
    path=$(command -v "$name") || continue
    runtimes[$name]=$path
    names+=("$name")
done
programs=("$@")
[ $# != 0 ] || mapfile -t programs < <(cd "$folder/bin" && ls | grep -vxE 'runtimetest|oci-runtime-tool')

# Prints the arguments of run-one.sh, one call after the other, for the programs whose names match, or don't (-v).
calls() { # pattern, options of grep…
    for name in "${names[@]}"; do
        printf '%s\n' "${programs[@]}" | { grep -E "${@:2}" "$1" || :; } |
            while read -r program; do
                printf '%s\n' "$folder" "${runtimes[$name]}" "$program" "$folder/$name/$program"
            done
    done
}
# Those about cgroups all name the same groups, so they can't run at the same time.
calls 'cgroups|delete_resources' -v | xargs --no-run-if-empty -d '\n' -n 4 -P "$(nproc)" "$here/run-one.sh"
calls 'cgroups|delete_resources' | xargs --no-run-if-empty -d '\n' -n 4 -P 1 "$here/run-one.sh"

# Some programs lose races of their own: what fails with jrunc and has no reason is run once more, alone.
again() {
    for program in "${programs[@]}"; do
        whole jrunc "$program" || explained "$program" ||
            "$here/run-one.sh" "$folder" "$jrunc" "$program" "$folder/jrunc/$program"
    done
}

explained() { # program: has it a row in docs/conformance.md?
    grep -q "^| $1 |" "$known"
}

whole() { # name of the runtime, program
    local passed skipped failed status
    read -r passed skipped failed status <"$folder/$1/$2.result"
    [ "$failed" = 0 ] && [ "$status" = 0 ]
}

again
[ "$(stat -c %u:%g /dev/null)" = 0:0 ] || { echo "the suite changed the owner of the host's /dev/null" >&2; exit 1; }
echo "| program |$(printf ' %s |' "${names[@]}")"
echo "|---|$(printf -- '---|%.0s' "${names[@]}")"
declare -A passes=()
unexplained=()
stale=()
for program in "${programs[@]}"; do
    row="| $program |"
    passing=
    for name in "${names[@]}"; do
        row+=" $(cat "$folder/$name/$program.result") |"
        if whole "$name" "$program"; then
            passes[$name]=$((${passes[$name]-0} + 1))
            passing+=" $name"
        fi
    done
    echo "$row"
    case $passing in
        *jrunc*) if explained "$program"; then stale+=("$program"); fi ;;
        ?*) explained "$program" || unexplained+=("$program") ;;
    esac
done
printf 'Each cell: ok, skipped, not ok, exit status. Whole, of %d:' "${#programs[@]}"
for name in "${names[@]}"; do printf ' %s %d' "$name" "${passes[$name]-0}"; done
echo
[ "${#stale[@]}" = 0 ] || echo "Pass, though docs/conformance.md says why not: ${stale[*]}"
[ "${#unexplained[@]}" = 0 ] || {
    echo "jrunc fails where another passes, and docs/conformance.md doesn't say why: ${unexplained[*]}" >&2
    echo "The logs are in $folder/jrunc." >&2
    exit 1
}
