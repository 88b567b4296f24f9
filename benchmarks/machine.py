"""What a benchmark was measured on: its numbers mean nothing without it."""

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
    """Say which processor, Python and packages these are, what is set, and the command."""
    found = {name: installed_version(name) for name in ("numpy", *packages)}
    settings = [f"{k}={v}" for k, v in os.environ.items() if any(s in k for s in SETTINGS)]
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {found[name]}" for name in found if found[name]),
        "environment": ", ".join(sorted(settings)) or "threads and memory as the libraries choose",
        "command": "python -m benchmarks " + shlex.join(sys.argv[1:]),
    }


def why_missing(engine: Engine, peers: Sequence[str] | None = None) -> str | None:
    """Say why an engine can't run here, or isn't wanted; None where it is welcome.

    Args:
        engine: whose needs are looked at.
        peers: those that are wanted; None for all.
    """
    if engine.needs and peers is not None and engine.needs[0] not in peers:
        return "not asked for"
    for package in engine.needs:
        python = NEEDS_PYTHON.get(package, (3, 11))
        if sys.version_info < python:
            return f"{package} needs Python {'.'.join(map(str, python))}"
        if installed_version(package) is None:
            return f"{package} isn't installed"
    return None


def installed_version(package: str) -> str | None:
    """Give the version of a package, or None where it isn't installed."""
    for name in (package, f"{package}-cpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _processor() -> str:
    """Name the processor; platform.processor() is empty on most Linux systems."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
