#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# package-test.sh DEB DIST: what the package and the archive hold works: the program with its AOT cache, completions in three
# shells, manual pages, examples. It installs nothing on this machine.
set -euo pipefail

deb=$(readlink -f "$1")
dist=$(readlink -f "$2")
folder=$(mktemp -d /tmp/jrunc-package-XXXXXX)
trap 'rm -rf "$folder"' EXIT
. "$(dirname "$0")/checks.sh"

prints() { # expected, command…: it prints that among other lines
    local expected=$1 output
    output=$("${@:2}" 2>&1) || { echo "$output"; return 1; }
    grep -qxF -- "$expected" <<<"$output" || { echo "no line \"$expected\" in: $output"; return 1; }
}

in_bash() { # word…: what bash completes the last of them to
    PATH="$usr/bin:$PATH" bash -c 'source "$0/share/bash-completion/completions/jrunc"
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _complete_jrunc; printf "%s\n" "${COMPREPLY[@]}"' "$usr" "$@"
}

in_fish() { # line
    PATH="$usr/bin:$PATH" HOME=$folder fish --no-config -c "source $usr/share/fish/vendor_completions.d/jrunc.fish; complete -C '$1'" | cut -f 1
}

# zsh completes on a terminal only: zpty is one.
in_zsh() { # line, end: whether a tab completes it so, in 10 s at most
    PATH="$usr/bin:$PATH" HOME=$folder TERM=dumb zsh -f -c 'zmodload zsh/zpty zsh/datetime
        zpty -b shell zsh -f -i
        zpty -w shell "PS1=; fpath=($1/share/zsh/vendor-completions \$fpath); autoload -U compinit; compinit -u -D; echo rea\"\"dy"
        seen= said= end=$((EPOCHSECONDS + 10)) asked=
        while ((EPOCHSECONDS < end)); do
            zpty -r -t shell said && seen+=$said || sleep 0.1
            [[ -n $asked || $seen != *ready* ]] || { seen= asked=1; zpty -w -n shell "$2"$'"'\t'"'; }
            [[ -z $asked || $seen != *$3* ]] || { [[ $seen == *"not found"* ]] || print completed; break; }
        done
        zpty -d shell' zsh "$usr" "$1" "$2"
}

page_has() { # page, section
    man --local-file "$usr/share/man/man1/$1.1.gz" | grep -q "^$2\$"
}

every_command_has_its_page() {
    local command commands
    commands=$("$usr/bin/jrunc" --help | sed -n '/^COMMANDS:/,$ s/^   \([a-z]\+\) .*/\1/p')
    [[ $commands == *create*update* ]] || { echo "the help names the commands in another way: $commands"; return 1; }
    for command in $commands; do
        [ -s "$usr/share/man/man1/jrunc-$command.1.gz" ] || { echo "no page of $command"; return 1; }
        man --local-file --warnings=all "$usr/share/man/man1/jrunc-$command.1.gz" 2>&1 >/dev/null | grep . && return 1
    done
    true
}

examples_name_the_program() {
    local file
    jq -e '.runtimes.jrunc.path == "/usr/bin/jrunc"' "$usr/share/doc/jrunc/examples/docker.json"
    for file in containerd.toml podman.conf crio.conf; do
        grep -q '"/usr/bin/jrunc"' "$usr/share/doc/jrunc/examples/$file" || { echo "$file"; return 1; }
    done
}

sums_are_right() {
    (cd "${dist%/*}" && sha256sum --check --strict SHA256SUMS)
}

export MANWIDTH=200 MAN_KEEP_FORMATTING='' LC_ALL=C.UTF-8
usr=$folder/deb/usr
dpkg-deb --extract "$deb" "$folder/deb"
check "the package's program" prints "jrunc version $(sed -n 's|^  <version>\(.*\)-SNAPSHOT</version>|\1|p' pom.xml)" "$usr/bin/jrunc" --version
check "the package's AOT cache" cache_is_used "$usr/lib/jrunc"
check "its units call it" grep -q '^ExecStart=/usr/bin/jrunc ' "$folder/deb/lib/systemd/system/jrunc-engine.service" "$usr/lib/systemd/user/jrunc-engine.service"
check "the socket is enabled when it is installed" bash -c "dpkg-deb --ctrl-tarfile '$deb' | tar -xO ./postinst | grep -q \"deb-systemd-helper enable 'jrunc-engine.socket'\""
check "every command has a manual page" every_command_has_its_page
check "the page of exec" page_has jrunc-exec "EXIT STATUS"
check "bash completes a command" prints validate in_bash jrunc val
check "bash completes an option" prints --format in_bash jrunc list --f
check "bash completes a value" prints json in_bash jrunc list --format ""
check "fish completes a command" prints validate in_fish "jrunc val"
check "fish completes a value" prints json in_fish "jrunc list --format "
check "zsh completes a command" prints completed in_zsh "jrunc val" idate
check "examples of configuration" examples_name_the_program

check "the archive's checksum" sums_are_right
tar -C "$folder" -xf "$dist"
unpacked=$(echo "$folder"/jrunc-*)
check "the archive's program" prints "jdk: $("$unpacked/lib/jrunc/runtime/bin/java" -version 2>&1 | sed -n 's/.*build \([^,)]*\).*/\1/p' | head -1)" "$unpacked/bin/jrunc" --version
check "the archive's AOT cache" cache_is_used "$unpacked/lib/jrunc"

checked
