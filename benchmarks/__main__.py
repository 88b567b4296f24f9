"""The command: ``python -m benchmarks [WORKLOAD or GROUP ...]``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import describe_machine, installed_version
from benchmarks.report import as_json, as_markdown, show
from benchmarks.turns import measure
from benchmarks.workload import Engine, Workload
from benchmarks.workloads import WORKLOADS


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for, and report it."""
    parser = _parser()
    options = parser.parse_args(arguments)
    chosen = choose(WORKLOADS, options.what)
    if not chosen:
        parser.error(f"no workload or group is called {' or '.join(options.what)}")
    set_environment(options.threads)
    peers = sorted({e.peer for w in chosen for e in w.engines if e.peer})
    unknown = set(options.peers or ()) - set(peers)
    if unknown:
        parser.error(f"no such peers here: {', '.join(sorted(unknown))}; there are {peers}")
    machine = describe_machine(peers)
    show_result = show(machine)
    results = []
    for workload in chosen:
        engines = available(workload, options.peers)
        results.append(measure(workload, engines, options.turns, options.seconds))
        show_result(results[-1])
    if options.markdown:
        options.markdown.write_text(as_markdown(machine, results), encoding="utf-8")
    if options.json:
        options.json.write_text(as_json(machine, results), encoding="utf-8")


def set_environment(threads: int) -> None:
    """Set what the engines' processes read when they start.

    glibc's allocator gives memory back to the system, or doesn't, depending on what happens to lie
    at the end of the heap; a run may take twice as long where it does. Here it keeps the memory, in
    all engines alike.

    Args:
        threads: of BLAS and OpenMP; 0 leaves it to them.
    """
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        os.environ.setdefault(name, str(2**29))
    for library in ("OMP", "OPENBLAS", "MKL") if threads else ():
        os.environ[f"{library}_NUM_THREADS"] = str(threads)


def choose(workloads: Sequence[Workload], names: Sequence[str]) -> list[Workload]:
    """Pick workloads by name or group; all of them where nothing is named."""
    return [w for w in workloads if not names or w.name in names or w.group in names]


def available(workload: Workload, peers: Sequence[str] | None) -> list[Engine]:
    """List the engines that can run here: those that need no peer, or one that is wanted and there.

    Args:
        workload: whose engines.
        peers: those that are wanted; None for all.
    """
    return [
        engine
        for engine in workload.engines
        if engine.peer is None
        or ((peers is None or engine.peer in peers) and installed_version(engine.peer))
    ]


def _parser() -> argparse.ArgumentParser:
    names = sorted({w.group for w in WORKLOADS}) + [w.name for w in WORKLOADS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time our engine, hand-written NumPy and the peers side by side.",
    )
    parser.add_argument("what", nargs="*", help=f"workloads or groups: {', '.join(names)}")
    parser.add_argument("--peers", type=lambda text: text.split(","), help="such as autograd,torch")
    parser.add_argument("--turns", type=int, default=9, help="turns per engine (default: 9)")
    parser.add_argument("--seconds", type=float, default=0.1, help="per turn (default: 0.1)")
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        help="of BLAS and OpenMP; 0 leaves it to them (default: 1, which a busy machine needs)",
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every turn there too")
    return parser


if __name__ == "__main__":
    main()
