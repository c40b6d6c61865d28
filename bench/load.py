#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""load.py JRUNC OUTPUT: 1,000 containers alive at once, made by 16 callers, and then 10,000 short runs, beside as many of
crun's, turn by turn. With a resident engine.

Fails when a call fails, when something is left, when the engine has more open than before, when it grows, or when a run of the
last tenth takes longer against the first than crun's does. QUICK=1: 50 and 200. Writes OUTPUT/load.txt.
"""

import os
import statistics
import subprocess
import sys
import threading
import time

import bench

QUICK = os.environ.get("QUICK") == "1"
ALIVE = 50 if QUICK else 1000
CALLERS = 16
RUNS = 200 if QUICK else 10_000
# A heap that was just collected, and one that is about to be.
MEMORY_SLACK = 1.10
# Two medians of a thousand runs each, on a machine that does other things as well.
LATENCY_SLACK = 1.05
GONE_SECONDS = 30


class Failed(Exception):
    pass


def mentioning(text):
    """What is on this machine that has to do with a text: processes, mounts, cgroups, network devices of no namespace."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "cgroup"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    if pid != str(os.getpid()) and text.encode() in file.read():
                        found.append(f"process {pid}")
            except OSError:
                pass
    with open("/proc/self/mountinfo") as file:
        found += [f"mount {line.split()[4]}" for line in file if text in line]
    for folder, folders, _ in os.walk("/sys/fs/cgroup"):
        found += [f"cgroup {folder}/{name}" for name in folders if text in name]
    return sorted(set(found))


def open_files(pid):
    """What the engine has open, but for its own files and pollers; calls that were just served may be among it for a moment."""
    files = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
        except OSError:
            continue
        if not target.startswith("anon_inode:[event") and "/lib/jrunc/" not in target:
            files.append(target.split(":")[0])
    return sorted(files)


def settled_files(pid):
    """The same, once it has been so for a while."""
    same, files = 0, open_files(pid)
    deadline = time.monotonic() + GONE_SECONDS
    while same < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
        now = open_files(pid)
        same, files = (same + 1 if now == files else 0), now
    return files


def resident_mebibytes(lab):
    return lab.engine_status()["residentBytes"] / (1 << 20)


def in_parallel(names, call):
    """Each name by one of the callers."""
    waiting, failures = list(names), []

    def caller():
        while waiting and not failures:
            try:
                call(waiting.pop())
            except IndexError:
                return
            except RuntimeError as failure:
                failures.append(str(failure))

    began = time.monotonic()
    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failed(failures[0])
    return time.monotonic() - began


def listed(lab):
    text = subprocess.run(lab.warm.arguments(lab, "list", "--format", "json"), env=lab.warm.environment,
                          stdin=open(lab.empty), capture_output=True, check=True, text=True).stdout
    return bench.json.loads(text) or []


def alive_at_once(lab, say):
    names = [f"{lab.id}-{n}" for n in range(ALIVE)]
    took = in_parallel(names, lambda name: lab.call(lab.warm, "run", "--detach", "--bundle", lab.sleep, name))
    running = [one for one in listed(lab) if one["status"] == "running"]
    if len(running) != ALIVE:
        raise Failed(f"{len(running)} of {ALIVE} containers run")
    say(f"{ALIVE} containers alive at once, made by {CALLERS} callers: {took:.1f} s, {ALIVE / took:.0f} a second;"
        f" the engine has {resident_mebibytes(lab):.1f} MiB")
    took = in_parallel(names, lambda name: lab.call(lab.warm, "delete", "--force", name))
    if listed(lab):
        raise Failed(f"{len(listed(lab))} containers are left")
    say(f"deleted: {took:.1f} s, {ALIVE / took:.0f} a second")


def short_runs(lab, say):
    times = {lab.warm.name: [], lab.crun.name: []}
    memory = []
    for number in range(RUNS):
        for column in (lab.warm, lab.crun):
            times[column.name].append(lab.call(column, "run", "--bundle", lab.true, lab.id))
        if number % (RUNS // 10) == 0:
            memory.append(resident_mebibytes(lab))
    memory.append(resident_mebibytes(lab))
    say(f"{RUNS} short runs: the engine had {', '.join(f'{mib:.1f}' for mib in memory)} MiB")
    ratios = {}
    for name, all_times in times.items():
        tenth = len(all_times) // 10
        first, last = statistics.median(all_times[:tenth]), statistics.median(all_times[-tenth:])
        ratios[name] = last / first
        say(f"{name}: median of the first tenth {first:.2f} ms, of the last {last:.2f} ms, {last / first:.3f} of it;"
            f" longest of all {max(all_times):.1f} ms")
    if ratios[lab.warm.name] > max(1.0, ratios[lab.crun.name]) * LATENCY_SLACK:
        raise Failed("the last runs took longer than the first")
    # The first tenth warms up.
    if memory[-1] > max(memory[1:4]) * MEMORY_SLACK:
        raise Failed("the engine grows")


def main():
    jrunc, output = sys.argv[1:3]
    bench.prepare_mounts()
    lab = bench.Lab(os.path.abspath(jrunc), "", os.devnull, os.devnull)
    lines = []

    def say(line):
        print(line, flush=True)
        lines.append(line)

    try:
        lab.start_engine()
        for _ in range(20 if QUICK else 200):
            lab.call(lab.warm, "run", "--bundle", lab.true, lab.id)
            lab.call(lab.crun, "run", "--bundle", lab.true, lab.id)
        engine = lab.engine_status()["pid"]
        before, files = mentioning(lab.id), settled_files(engine)
        alive_at_once(lab, say)
        short_runs(lab, say)
        deadline = time.monotonic() + GONE_SECONDS
        while mentioning(lab.id) != before and time.monotonic() < deadline:
            time.sleep(0.1)
        left = sorted(set(mentioning(lab.id)) - set(before))
        if left:
            raise Failed(f"left behind: {left}")
        if settled_files(engine) != files:
            raise Failed(f"the engine has open {open_files(engine)}, had {files}")
        say("nothing is left; the engine has open what it had before")
    except (Failed, RuntimeError) as failure:
        print(f"load: {failure}", file=sys.stderr)
        return 1
    finally:
        lab.end()
        with open(os.path.join(output, "load.txt"), "w") as file:
            file.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
