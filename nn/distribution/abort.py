"""The end of a process: an error in one of them ends all, at once and with its traceback."""

from __future__ import annotations

import atexit
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn.distribution.communicator import Communicator

__all__ = ["end_together"]

_HEAD_START = 0.3  # seconds in which process 0 may report an error that all have


def end_together(communicator: Communicator) -> None:
    """End all processes when this one raises an error; let none wait for one that has ended."""
    report = sys.excepthook

    def report_and_abort(kind: Any, error: Any, traceback: Any) -> None:
        try:
            if communicator.rank:
                time.sleep(_HEAD_START)
            print(f"process {communicator.rank} of {communicator.size}:", file=sys.stderr)
            report(kind, error, traceback)
            sys.stderr.flush()
        finally:
            communicator.abort(130 if issubclass(kind, KeyboardInterrupt) else 1)

    sys.excepthook = report_and_abort
    atexit.register(communicator.announce_end)
