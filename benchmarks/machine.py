"""What a benchmark was measured on: its numbers mean nothing without it."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["describe_machine", "installed_version"]


def describe_machine(peers: Iterable[str]) -> dict[str, str]:
    """Say which processor, Python, NumPy and peers these are, and which command was run."""
    found = {name: installed_version(name) for name in ("numpy", *peers)}
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {found[name]}" for name in found if found[name]),
        "threads": os.environ.get("OMP_NUM_THREADS", "as the libraries choose"),
        "memory": f"given back above {os.environ.get('MALLOC_TRIM_THRESHOLD_', 'glibc’s')} bytes",
        "command": "python -m benchmarks " + shlex.join(sys.argv[1:]),
    }


def installed_version(package: str) -> str | None:
    """Give the version of a package, or None where it isn't installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """Name the processor; platform.processor() is empty on most Linux systems."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
