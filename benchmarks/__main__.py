"""The command: ``python -m benchmarks [WORKLOAD or GROUP ...]``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import describe_machine
from benchmarks.plots import draw
from benchmarks.report import as_json, as_markdown, show
from benchmarks.tables import failures_of_ours
from benchmarks.turns import Result, measure
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

THREADS = (  # read by BLAS, OpenMP, XLA and TensorFlow
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen workloads and report them; exit with status 1 where one of ours failed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    chosen = choose(WORKLOADS, options.workloads)
    if not chosen:
        parser.error(f"expected the name of a workload or group, got {' '.join(options.workloads)}")
    peers = sorted({package for w in WORKLOADS for e in w.engines for package in e.needs})
    unknown = set(options.peers or ()) - set(peers)
    if unknown:
        parser.error(f"expected peers among {', '.join(peers)}, got {', '.join(sorted(unknown))}")
    set_environment(options.threads, keep_memory=options.keep_memory)
    machine = describe_machine(peers)
    show_result = show(machine)
    results = []
    for workload in chosen:
        results.append(measure(workload, options.peers, options.turns, options.seconds))
        show_result(results[-1])
    if options.save:
        save(options.save, machine, results)
    sys.exit(any(map(failures_of_ours, results)))


def save(folder: Path, machine: dict[str, str], results: Sequence[Result]) -> None:
    """Write ``RESULTS.md``, ``results.json`` and ``plots/`` into a folder."""
    plots = [file.relative_to(folder) for file in draw(results, folder / "plots")]
    (folder / "RESULTS.md").write_text(as_markdown(machine, results, plots), encoding="utf-8")
    (folder / "results.json").write_text(as_json(machine, results), encoding="utf-8")


def set_environment(threads: int, *, keep_memory: bool) -> None:
    """Set the environment variables that all engines' processes read when they start.

    ``PYTHONDONTWRITEBYTECODE`` is unset: the bytecode of the peers was written when they were
    installed, and ours would be compiled in each process.

    Args:
        threads: of BLAS, OpenMP, XLA and TensorFlow; 0 keeps their defaults.
        keep_memory: whether glibc keeps freed memory. By default, it returns some to the system,
            depending on what lies at the end of the heap: HIPS autograd was 1.6 times as slow
            (164 page faults in each run of mlp-digits), and other engines at other sizes.
    """
    for name in THREADS if threads else ():
        os.environ[name] = str(threads)
    if "PYTHONDONTWRITEBYTECODE" in os.environ:
        os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    for name in ("TRIM", "MMAP") if keep_memory else ():
        os.environ[f"MALLOC_{name}_THRESHOLD_"] = str(2**29)


def choose(workloads: Sequence[Workload], names: Sequence[str]) -> list[Workload]:
    """Return the workloads with these names or groups; all of them if there are no names."""
    return [w for w in workloads if not names or w.name in names or w.group in names]


def _parser() -> argparse.ArgumentParser:
    names = [*dict.fromkeys(w.group for w in WORKLOADS), *(w.name for w in WORKLOADS)]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Compare the times of ours, hand-written NumPy and the peers.",
    )
    parser.add_argument("workloads", nargs="*", help=f"names or groups: {', '.join(names)}")
    parser.add_argument("--peers", type=lambda text: text.split(","), help="such as jax,torch")
    parser.add_argument("--turns", type=int, default=9, help="turns per engine (default: 9)")
    parser.add_argument("--seconds", type=float, default=0.1, help="per turn (default: 0.1)")
    parser.add_argument(
        "--threads", type=int, default=0, help="of BLAS and the like (default: their own choice)"
    )
    parser.add_argument(
        "--keep-memory",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="whether glibc keeps freed memory, which reduces noise (default: no, as for users)",
    )
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="write RESULTS.md, results.json and plots there"
    )
    return parser


if __name__ == "__main__":
    main()
