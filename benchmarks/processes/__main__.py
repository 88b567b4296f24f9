"""The command: ``python -m benchmarks.processes``, which needs the extra ``mpi``.

Each process has one thread. One process and two take turns, since other work on the machine slows
down both; the ratios are medians over turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.processes.scaling import Step

ROWS, PARAMETERS = 512, 669_706
NETWORKS = {"10 Gbit/s": 10e9, "25 Gbit/s": 25e9, "100 Gbit/s": 100e9}
TCP = {"MPIR_CVAR_NOLOCAL": "1", "UCX_TLS": "tcp,self"}  # messages go through sockets then
COUNTS = (1, 2, 4, 16, 64, 256, 1000)


def run(count: int, module: str, *arguments: str, **environment: str) -> Any:
    """Run a module in some processes, and return what it prints."""
    done = subprocess.run(
        [Path(sys.executable).with_name("mpiexec"), "-n", str(count), sys.executable, "-m",
         f"benchmarks.processes.{module}", *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def trainings(counts: list[int], turns: int) -> dict[int, list[dict[str, float]]]:
    """Return the times of trainings in one process and in more, in turns."""
    found: dict[int, list[dict[str, float]]] = {count: [] for count in counts}
    for turn in range(turns):
        for count in counts[turn % len(counts) :] + counts[: turn % len(counts)]:
            found[count].append(run(count, "training"))
    return found


def median_of(found: list[dict[str, float]], name: str) -> float:
    """Return the median over turns."""
    return statistics.median(one[name] for one in found)


def show_trainings(found: dict[int, list[dict[str, float]]]) -> None:
    """Print the speed of several processes."""
    print(f"\nA step of 784-512-512-10, {ROWS} rows, one thread each; medians over turns\n")
    names = {"median": "ms", "fastest": "ms, fastest epoch", "processor": "processor's ms in each"}
    print(f"| processes | {' | '.join(names.values())} | times as fast, by each |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for count, turns in found.items():
        pairs = list(zip(found[1], turns, strict=True))
        ratios = [statistics.median(a[name] / b[name] for a, b in pairs) for name in names]
        times = " | ".join(f"{1e3 * median_of(turns, name):.1f}" for name in names)
        print(f"| {count} | {times} | {', '.join(f'{ratio:.2f}' for ratio in ratios)} |")


def show_sums(seconds: dict[str, float]) -> None:
    """Print the times of sums over two processes."""
    print("\nA sum over two processes of this machine, by shared memory\n")
    print("| numbers | µs |\n| ---: | ---: |")
    for size, found in seconds.items():
        print(f"| {int(size):,} | {1e6 * found:,.0f} |")


def show_scaling(step: Step) -> None:
    """Print what the model expects of many processes."""
    print(
        f"\nExpected: {1e6 * step.per_row:.1f} µs a row, {1e3 * step.update:.2f} ms an update, "
        f"{1e6 * step.latency:.0f} µs a message\n"
    )
    print("| network | scaling |" + "".join(f" {count:,} |" for count in COUNTS))
    print("| --- | --- |" + " ---: |" * len(COUNTS))
    for name, rate in NETWORKS.items():
        on = Step(step.per_row, step.update, step.size, step.latency, 8 / rate)
        strong = " | ".join(f"{on.strong(count, ROWS):.1f}" for count in COUNTS)
        larger = " | ".join(f"{on.strong(count, 16 * ROWS):.1f}" for count in COUNTS)
        weak = " | ".join(f"{on.weak(count, ROWS):.0%}" for count in COUNTS)
        print(f"| {name} | times as fast, {ROWS} rows in all | {strong} |")
        print(f"| {name} | times as fast, {16 * ROWS:,} rows in all | {larger} |")
        print(f"| {name} | part of the ideal, {ROWS} rows in each | {weak} |")


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.processes", description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="of each number of processes")
    parser.add_argument("--counts", type=int, nargs="*", default=[1, 2], help="of processes")
    options = parser.parse_args()
    found = trainings(options.counts, options.turns)
    show_trainings(found)
    show_sums(run(2, "sums"))
    by_tcp = run(2, "sums", "64", **TCP)
    update, whole = (median_of(found[1], name) for name in ("update", "processor"))
    latency = statistics.median(by_tcp.values()) / 2  # of the two rounds of a sum
    show_scaling(Step((whole - update) / ROWS, update, 4 * PARAMETERS, latency, 0.0))


if __name__ == "__main__":
    main()
