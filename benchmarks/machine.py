"""The machine and the packages that a benchmark was measured on."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.workload import Engine

__all__ = ["describe_machine", "installed_version", "why_missing"]

NEEDS_PYTHON = {"advect": (3, 12)}
SETTINGS = ("_THREADS", "NPROC", "MALLOC_", "PYTHONDONTWRITEBYTECODE")


def describe_machine(packages: Iterable[str]) -> dict[str, str]:
    """Return the processor, Python, packages, environment variables and command of this run."""
    found = {name: installed_version(name) for name in ("numpy", *packages)}
    settings = [f"{k}={v}" for k, v in os.environ.items() if any(s in k for s in SETTINGS)]
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {found[name]}" for name in found if found[name]),
        "environment": ", ".join(sorted(settings)) or "threads and memory: the libraries' defaults",
        "command": "python -m benchmarks " + shlex.join(sys.argv[1:]),
    }


def why_missing(engine: Engine, peers: Sequence[str] | None = None) -> str | None:
    """Return why an engine can't run here or isn't selected; None where it runs.

    Args:
        engine: the engine.
        peers: the selected peers; None for all.
    """
    if engine.needs and peers is not None and engine.needs[0] not in peers:
        return "not selected"
    for package in engine.needs:
        python = NEEDS_PYTHON.get(package, (3, 11))
        if sys.version_info < python:
            return f"{package} needs Python {'.'.join(map(str, python))}"
        if installed_version(package) is None:
            return f"{package} isn't installed"
    return None


def installed_version(package: str) -> str | None:
    """Return the version of a package, or None where it isn't installed."""
    for name in (package, f"{package}-cpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _processor() -> str:
    """Return the processor's name; platform.processor() is empty on most Linux systems."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
