"""How much memory a process takes at its peak."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

__all__ = ["Peak", "bytes_of_maxrss"]

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Peak:
    """The peak from now on, of this process; Linux tells, other systems don't.

    (``resource.getrusage`` counts what the parent process held before this one was started.)
    """

    def __init__(self) -> None:
        self.known = CLEAR.exists()
        if self.known:
            _give_back()
            CLEAR.write_text("5")  # the peak starts again from what is held now
            self.before = _field("VmRSS")

    def grown(self) -> int | None:
        """By how many bytes the peak exceeds what was held in the beginning; None if unknown."""
        return _field("VmHWM") - self.before if self.known else None


def bytes_of_maxrss(maxrss: int) -> int:
    """Give what ``resource`` reports in bytes: macOS counts them, Linux kibibytes."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def _give_back() -> None:
    """Let glibc give back what is free, so that it counts again when it is used again."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _field(name: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise ValueError(f"expected a line {name} in {STATUS}, got none. This Linux is too old.")
