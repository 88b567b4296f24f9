"""The peak memory of a process."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

__all__ = ["Peak", "bytes_of_maxrss"]

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Peak:
    """The peak memory of this process from now on, known on Linux only.

    (``resource.getrusage`` includes the memory of the parent process before this one started.)
    """

    def __init__(self) -> None:
        self.known = CLEAR.exists()
        if self.known:
            _trim_heap()
            CLEAR.write_text("5")  # reset the peak to the memory in use now
            self.before = _field("VmRSS")

    def growth(self) -> int | None:
        """Return by how many bytes the peak exceeds the memory at the start; None if unknown."""
        return _field("VmHWM") - self.before if self.known else None


def bytes_of_maxrss(maxrss: int) -> int:
    """Convert ``ru_maxrss`` to bytes: macOS reports bytes, Linux kibibytes."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def _trim_heap() -> None:
    """Return free memory to the system, so that it is counted when it is used again."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _field(name: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise ValueError(f"expected a line {name} in {STATUS}, got none. Update to a newer Linux.")
