#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py JRUNC FLOOR EMPTY EMBEDDED OUTPUT: runc, crun, jrunc cold and warm, and the floor, side by side in one run. EMPTY: a file with the
command that starts an empty JVM; EMBEDDED: one that starts bench/Embedded.java.

Rounds: every command in turn, RUNS times each (5), ROUNDS times (20). A bar is judged on the median of the rounds' ratios. QUICK=1
leaves the long rows small. Prints tables; writes OUTPUT/results.csv and OUTPUT/bench.svg. Exit status 0 also when a bar is
missed; 1 when something could not be measured.
"""

import contextlib
import ctypes
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROUNDS = int(os.environ.get("ROUNDS", "20"))
RUNS = int(os.environ.get("RUNS", "5"))
QUICK = os.environ.get("QUICK") == "1"
ENGINE_CALLS = 500 if QUICK else 10_000
ALIVE = 40 if QUICK else 500
EMBEDDED_FIRST = 300  # lives until the JVM is warm
LISTED = 30 if QUICK else 1000
CALLERS = 8
PARALLEL_SECONDS = 2 if QUICK else 10
LIMITS_KIB = [128 << n for n in range(0, 9)]
WAIT_SECONDS = 60

CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_SLAVE = 4096, 16384, 1 << 19
MNT_DETACH = 2


libc = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def prepare_mounts():
    """A mount namespace of our own, in which crun takes the hierarchies of version 1: it refuses hybrid ones."""
    must(libc.unshare(CLONE_NEWNS), "unshare")
    must(libc.mount(None, b"/", None, MS_REC | MS_SLAVE, None), "slave")
    controllers = b"/sys/fs/cgroup/unified/cgroup.controllers"
    if os.path.exists(controllers):
        must(libc.mount(b"/dev/null", controllers, None, MS_BIND, None), "hide cgroup.controllers")


def seccomp():
    """A profile as large as docker's: what is allowed, by name, and some by argument."""
    header = subprocess.run(["gcc", "-E", "-dM", "-include", "asm/unistd.h", "-x", "c", "/dev/null"], check=True,
                            capture_output=True, text=True).stdout
    forbidden = {"mount", "umount2", "reboot", "swapon", "swapoff", "kexec_load", "init_module", "delete_module", "ptrace",
                 "personality", "clone"}
    names = sorted(set(re.findall(r"#define __NR_(\w+) ", header)) - forbidden)
    return {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
            "syscalls": [
                {"names": names, "action": "SCMP_ACT_ALLOW"},
                {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
                 "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]},
                {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
                 "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}]}


class Column:
    """One way to call a runtime."""

    def __init__(self, name, program, options=(), environment=None):
        self.name, self.program, self.options = name, program, list(options)
        self.environment = dict(os.environ, **(environment or {}))

    def arguments(self, lab, *rest):
        return [self.program, "--root", os.path.join(lab.folder, self.name.replace(" ", "-")), *self.options, *rest]


class Lab:
    """Bundles, and calls that are measured. Standard input is an empty file: runc changes the owner of what it gets."""

    def __init__(self, jrunc, floor, empty_main, embedded):
        self.folder = tempfile.mkdtemp(prefix="jrunc-bench-")
        # As /run is on most hosts. Elsewhere new files wait for the inodes of those that were deleted before.
        must(libc.mount(b"tmpfs", self.folder.encode(), b"tmpfs", 0, b"mode=0755"), "mount a tmpfs")
        self.id = f"bench-{os.getpid()}"
        self.floor = floor
        with open(empty_main) as file:
            self.empty_main = file.read().splitlines()
        self.empty = os.path.join(self.folder, "empty")
        self.output = os.path.join(self.folder, "output")
        open(self.empty, "w").close()
        self.rootfs = os.path.join(self.folder, "rootfs")
        os.makedirs(os.path.join(self.rootfs, "bin"))
        for folder in ("proc", "dev", "sys"):
            os.mkdir(os.path.join(self.rootfs, folder))
        for name in ("true", "sleep"):
            shutil.copy("/bin/busybox", os.path.join(self.rootfs, "bin", name))
        self.true = self.bundle("true", ["/bin/true"])
        self.sleep = self.bundle("sleep", ["/bin/sleep", "1000"])
        self.confined = self.bundle("confined", ["/bin/true"], lambda config: config["linux"].update(seccomp=seccomp()))
        self.socket = os.path.join(self.folder, "engine.sock")
        self.engine = None
        with open(embedded) as file:
            self.embedded_main = file.read().splitlines()
        self.embedded = None
        self.jrunc = jrunc
        self.runc = Column("runc", shutil.which("runc"))
        self.crun = Column("crun", shutil.which("crun"))
        self.cold = Column("jrunc cold", jrunc, environment={"JRUNC_ENGINE": "cold"})
        self.warm = Column("jrunc warm", jrunc, environment={"JRUNC_ENGINE": "unix:" + self.socket})
        self.columns = [self.runc, self.crun, self.cold, self.warm]

    def bundle(self, name, args, change=lambda config: None):
        bundle = os.path.join(self.folder, name)
        os.mkdir(bundle)
        subprocess.run(["runc", "spec", "--bundle", bundle], check=True, stdin=open(self.empty))
        path = os.path.join(bundle, "config.json")
        with open(path) as file:
            config = json.load(file)
        config["root"]["path"] = self.rootfs
        config["process"]["terminal"] = False
        config["process"]["args"] = args
        change(config)
        with open(path, "w") as file:
            json.dump(config, file)
        return bundle

    def start_engine(self):
        self.engine = subprocess.Popen(
            [self.jrunc, "--engine", "cold", "engine", "serve", "--socket", self.socket],
            stdin=open(self.empty), stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "engine.log"), "w"))
        deadline = time.monotonic() + WAIT_SECONDS
        while subprocess.run(self.warm.arguments(self, "engine", "status"), env=self.warm.environment,
                             stdin=open(self.empty), capture_output=True, check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise RuntimeError("the resident engine doesn't answer")
            time.sleep(0.05)

    def start_embedded(self):
        arguments = [self.jrunc, os.path.join(self.folder, "embedded"), self.true]
        self.embedded = subprocess.Popen(self.embedded_main + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, bufsize=1)
        for _ in range(EMBEDDED_FIRST):
            self.embedded_life()

    def embedded_life(self):
        """create, start, wait and delete in a JVM that is warm: what it says itself, in milliseconds."""
        self.embedded.stdin.write("\n")
        return int(self.embedded.stdout.readline()) / 1e6

    def engine_status(self):
        return json.loads(subprocess.run(
            self.warm.arguments(self, "engine", "status", "--format", "json"), env=self.warm.environment,
            stdin=open(self.empty), capture_output=True, check=True).stdout)

    def spawn(self, arguments, environment):
        actions = [(os.POSIX_SPAWN_OPEN, 0, self.empty, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, self.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
                   (os.POSIX_SPAWN_DUP2, 1, 2)]
        return os.posix_spawn(arguments[0], arguments, environment, file_actions=actions)

    def milliseconds(self, arguments, environment):
        began = time.perf_counter_ns()
        _, status = os.waitpid(self.spawn(arguments, environment), 0)
        took = (time.perf_counter_ns() - began) / 1e6
        if status != 0:
            with open(self.output) as file:
                raise RuntimeError(f"{' '.join(arguments)}: status {status}: {file.read()}")
        return took

    def call(self, column, *rest):
        return self.milliseconds(column.arguments(self, *rest), column.environment)

    def quietly(self, column, *rest):
        subprocess.run(column.arguments(self, *rest), env=column.environment, stdin=open(self.empty),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def life(self, column, times):
        """create, start, state, exec, ps, events, kill, delete of a container that sleeps."""
        times["create"] = self.call(column, "create", "--bundle", self.sleep, self.id)
        times["start"] = self.call(column, "start", self.id)
        times["state"] = self.call(column, "state", self.id)
        times["exec"] = self.call(column, "exec", self.id, "/bin/true")
        times["ps"] = self.call(column, "ps", self.id)
        if column is not self.crun:  # it has no events
            times["events --stats"] = self.call(column, "events", "--stats", self.id)
        times["kill"] = self.call(column, "kill", self.id, "KILL")
        deadline = time.monotonic() + WAIT_SECONDS
        while self.status(column) != "stopped":
            if time.monotonic() > deadline:
                raise RuntimeError(f"{column.name}: the container doesn't stop")
            time.sleep(0.001)
        times["delete"] = self.call(column, "delete", self.id)
        times["create, start, delete"] = times["create"] + times["start"] + times["delete"]
        times["whole life"] = times["create"] + times["start"] + times["kill"] + times["delete"]

    def status(self, column):
        text = subprocess.run(column.arguments(self, "state", self.id), env=column.environment, stdin=open(self.empty),
                              capture_output=True, check=True).stdout
        return json.loads(text)["status"]

    def end(self):
        for column in self.columns:
            for name in [self.id] + [f"{self.id}-{n}" for n in range(max(ALIVE, LISTED))]:
                root = column.arguments(self)[2]
                if os.path.exists(os.path.join(root, name)):
                    self.quietly(column, "delete", "--force", name)
        if self.embedded:
            self.embedded.stdin.close()
            self.embedded.wait(WAIT_SECONDS)
        if self.engine:
            self.quietly(self.warm, "engine", "stop")
            try:
                self.engine.wait(WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                self.engine.kill()
        must(libc.umount2(self.folder.encode(), MNT_DETACH), "unmount the tmpfs")
        os.rmdir(self.folder)


class Results:
    """Times by row and column: a list of rounds, each a list of runs."""

    def __init__(self):
        self.times = {}

    def add(self, row, column, milliseconds, new_round):
        rounds = self.times.setdefault(row, {}).setdefault(column, [])
        if new_round or not rounds:
            rounds.append([])
        rounds[-1].append(milliseconds)

    def all(self, row, column):
        return [run for runs in self.times[row].get(column, []) for run in runs]

    def ratio(self, row, column, base, base_row=None):
        """The median of the rounds' ratios of medians."""
        mine, theirs = self.times[row][column], self.times[base_row or row][base]
        return statistics.median(statistics.median(a) / statistics.median(b) for a, b in zip(mine, theirs))


    def difference(self, row, base_row, column):
        """The median of the rounds' differences of medians, in milliseconds."""
        return statistics.median(statistics.median(a) - statistics.median(b)
                                 for a, b in zip(self.times[row][column], self.times[base_row][column]))


def rounds(lab, results):
    for number in range(-1, ROUNDS):
        measured = number >= 0  # one round before, to warm everything up
        for column in lab.columns:
            for run in range(RUNS):
                times = {"run": lab.call(column, "run", "--bundle", lab.true, lab.id),
                         "run, seccomp": lab.call(column, "run", "--bundle", lab.confined, lab.id)}
                lab.life(column, times)
                if measured:
                    for row, took in times.items():
                        results.add(row, column.name, took, run == 0)
        for run in range(RUNS):
            took = lab.milliseconds([lab.floor, lab.rootfs, "/bin/true"], os.environ)
            empty = lab.milliseconds(lab.empty_main, {})
            embedded = lab.embedded_life()
            if measured:
                results.add("run", "embedded", embedded, run == 0)
                results.add("run", "floor", took, run == 0)
                results.add("state", "empty JVM", empty, run == 0)
        print(f"\rround {number + 1} of {ROUNDS}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def parallel(lab, column):
    """Containers a second, of callers at once."""
    done, failed = [0] * CALLERS, []
    until = time.monotonic() + PARALLEL_SECONDS

    def caller(number):
        name = f"{lab.id}-{number}"
        while time.monotonic() < until and not failed:
            arguments = column.arguments(lab, "run", "--bundle", lab.true, name)
            _, status = os.waitpid(lab.spawn(arguments, column.environment), 0)
            if status:
                failed.append(f"{column.name}: status {status}: {open(lab.output).read()}")
            done[number] += 1

    began = time.monotonic()
    threads = [threading.Thread(target=caller, args=(n,)) for n in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(failed[0])
    return sum(done) / (time.monotonic() - began)


def many(lab, column, count):
    """Creates of containers that stay, one after another; then a list of all; milliseconds."""
    names = [f"{lab.id}-{n}" for n in range(count)]
    creates = [lab.call(column, "create", "--bundle", lab.sleep, name) for name in names]
    lists = [lab.call(column, "list") for _ in range(RUNS)]
    for name in names:
        lab.call(column, "delete", "--force", name)
    return creates, lists


def lowest_limit(lab, column):
    """KiB of memory with which /bin/true runs; None when none is enough."""
    for kib in LIMITS_KIB:
        bundle = os.path.join(lab.folder, f"limit-{kib}")
        if not os.path.exists(bundle):
            lab.bundle(f"limit-{kib}", ["/bin/true"], lambda config: config["linux"]["resources"].update(
                memory={"limit": kib * 1024}))
        ran = subprocess.run(column.arguments(lab, "run", "--bundle", bundle, lab.id), env=column.environment,
                             stdin=open(lab.empty), capture_output=True, check=False, timeout=WAIT_SECONDS).returncode == 0
        lab.quietly(column, "delete", "--force", lab.id)
        if ran:
            return kib
    return None


def pss_after_create(lab):
    lab.call(lab.warm, "create", "--bundle", lab.sleep, lab.id)
    state = json.loads(subprocess.run(lab.warm.arguments(lab, "state", lab.id), env=lab.warm.environment,
                                      stdin=open(lab.empty), capture_output=True, check=True).stdout)
    with open(f"/proc/{state['pid']}/smaps_rollup") as file:
        pss = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    lab.call(lab.warm, "delete", "--force", lab.id)
    return pss


def engine_memory(lab):
    """MiB resident after half of the calls, and after all."""
    half = None
    for number in range(ENGINE_CALLS):
        lab.call(lab.warm, "run", "--bundle", lab.true, lab.id)
        if number == ENGINE_CALLS // 2:
            half = lab.engine_status()["residentBytes"] / (1 << 20)
    return half, lab.engine_status()["residentBytes"] / (1 << 20)


def table(results, columns):
    print(f"| command | {' | '.join(columns)} | warm / runc | cold / runc |")
    print("|---|" + "---|" * (len(columns) + 2))
    for row in results.times:
        cells = []
        for column in columns:
            runs = results.all(row, column)
            if runs:
                quartiles = statistics.quantiles(runs, n=4) if len(runs) > 1 else [runs[0]] * 3
                cells.append(f"{statistics.median(runs):.1f} ({quartiles[0]:.1f}–{quartiles[2]:.1f})")
            else:
                cells.append("")
        ratios = [f"{results.ratio(row, name, 'runc'):.2f}" for name in ("jrunc warm", "jrunc cold")]
        print(f"| {row} | {' | '.join(cells)} | {' | '.join(ratios)} |")


def write_csv(results, output):
    with open(os.path.join(output, "results.csv"), "w") as file:
        file.write("row,column,round,milliseconds\n")
        for row, by_column in results.times.items():
            for column, all_rounds in by_column.items():
                for number, runs in enumerate(all_rounds):
                    for took in runs:
                        file.write(f'"{row}",{column},{number},{took:.3f}\n')


def write_svg(results, columns, output):
    """Bars of the medians, one group for each command."""
    colours = {"runc": "#8c8c8c", "crun": "#c0a060", "jrunc cold": "#7a9cc6", "jrunc warm": "#2f6db5", "embedded": "#1d4d86", "floor": "#d0d0d0", "empty JVM": "#b8c8d8"}
    rows = [row for row in results.times if row not in ("create, start, delete",)]
    longest = max(statistics.median(results.all(row, c)) for row in rows for c in columns if results.all(row, c))
    bar, left, width = 14, 110, 520
    lines, y = [], 34
    for row in rows:
        lines.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end" font-weight="bold">{row}</text>')
        for column in columns:
            runs = results.all(row, column)
            if not runs:
                continue
            median = statistics.median(runs)
            length = max(1, median / longest * width)
            lines.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" fill="{colours[column]}"/>')
            lines.append(f'<text x="{left + length + 4:.1f}" y="{y + 10}">{column}, {median:.1f} ms</text>')
            y += bar
        y += 10
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 140}" height="{y}" '
            'font-family="sans-serif" font-size="10">')
    title = '<rect width="100%" height="100%" fill="white"/><text x="8" y="18" font-size="13">Median wall time of a call</text>'
    with open(os.path.join(output, "bench.svg"), "w") as file:
        file.write("\n".join([head, title, *lines, "</svg>"]) + "\n")


def bars(results, facts):
    """Name, value, limit: of the ratios and figures that are to be kept."""
    run, life = "run", "create, start, delete"
    yield "run, warm / runc", results.ratio(run, "jrunc warm", "runc"), 0.40
    yield "embedded life / runc's run", results.ratio(run, "embedded", "runc"), 0.35
    yield "run, warm / floor", results.ratio(run, "jrunc warm", "floor"), 4
    yield "run, warm / crun", results.ratio(run, "jrunc warm", "crun"), 1.0
    yield "run, cold / runc", results.ratio(run, "jrunc cold", "runc"), 2.5
    yield "create, start, delete, warm / runc", results.ratio(life, "jrunc warm", "runc"), 0.40
    yield "create, start, delete, cold / runc", results.ratio(life, "jrunc cold", "runc"), 4
    yield "state, warm / runc", results.ratio("state", "jrunc warm", "runc"), 0.6
    yield "state, cold / an empty JVM", results.ratio("state", "jrunc cold", "empty JVM"), 1.6
    for name in ("warm", "cold"):
        yield f"run, seccomp - run, {name}, ms", results.difference("run, seccomp", "run", "jrunc " + name), 1
    yield "exec, warm / runc", results.ratio("exec", "jrunc warm", "runc"), 0.5
    yield "exec, cold / runc", results.ratio("exec", "jrunc cold", "runc"), 3
    yield "ps, warm / runc", results.ratio("ps", "jrunc warm", "runc"), 1
    yield "events --stats, warm / runc", results.ratio("events --stats", "jrunc warm", "runc"), 1
    yield "containers a second, runc / warm", facts["parallel"]["runc"] / facts["parallel"]["jrunc warm"], 1 / 2.5
    yield "engine's memory after the calls, MiB", facts["engine"][1], 90
    yield "its growth over the second half, MiB", facts["engine"][1] - facts["engine"][0], 2
    yield "create: last 50 - first 50, warm, ms", facts["growth"]["jrunc warm"], max(0.1, facts["growth"]["crun"])
    yield "lowest memory limit, warm, KiB", facts["limit"]["jrunc warm"] or 1 << 30, 1024
    yield "lowest memory limit, cold, KiB", facts["limit"]["jrunc cold"] or 1 << 30, 1024
    yield "PSS after create, KiB", facts["pss"], 1536


def measure(lab, output):
    results, facts = Results(), {}
    lab.start_engine()
    lab.start_embedded()
    rounds(lab, results)
    facts["parallel"] = {column.name: parallel(lab, column) for column in lab.columns}
    facts["growth"], facts["list"] = {}, {}
    for column in (lab.runc, lab.crun, lab.warm):
        creates, _ = many(lab, column, ALIVE)
        part = min(50, ALIVE // 2)
        facts["growth"][column.name] = statistics.median(creates[-part:]) - statistics.median(creates[:part])
        facts["list"][column.name] = statistics.median(many(lab, column, LISTED)[1])
    facts["limit"] = {column.name: lowest_limit(lab, column) for column in lab.columns}
    facts["pss"] = pss_after_create(lab)
    facts["engine"] = engine_memory(lab)
    shown = ["runc", "crun", "jrunc cold", "jrunc warm", "embedded", "floor", "empty JVM"]
    print(f"Milliseconds: medians (quartiles) of {ROUNDS} rounds of {RUNS}; {os.uname().release}, {os.cpu_count()} processors\n")
    table(results, shown)
    print(f"\n{CALLERS} callers in parallel, containers a second: "
          + ", ".join(f"{name} {rate:.0f}" for name, rate in facts["parallel"].items()))
    print(f"{ALIVE} alive, last 50 creates minus first 50, ms: "
          + ", ".join(f"{name} {grown:+.1f}" for name, grown in facts["growth"].items()))
    print(f"list with {LISTED} containers, ms: " + ", ".join(f"{name} {took:.1f}" for name, took in facts["list"].items()))
    print("lowest memory limit, KiB: " + ", ".join(f"{name} {kib}" for name, kib in facts["limit"].items()))
    print(f"PSS after create: {facts['pss']} KiB; engine after {ENGINE_CALLS} calls: {facts['engine'][1]:.0f} MiB\n")
    for name, value, limit in bars(results, facts):
        print(f"{'met    ' if value <= limit else 'NOT MET'}  {name}: {value:.2f} (at most {limit:.2f})")
    write_csv(results, output)
    write_svg(results, shown, output)


def main():
    jrunc, floor, empty_main, embedded, output = (os.path.realpath(path) for path in sys.argv[1:6])
    if os.geteuid() != 0:
        sys.exit("The benchmark makes containers, which takes root.")
    prepare_mounts()
    with contextlib.ExitStack() as stack:
        lab = Lab(jrunc, floor, empty_main, embedded)
        stack.callback(lab.end)
        measure(lab, output)


if __name__ == "__main__":
    main()
