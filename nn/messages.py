"""Messages and warnings for the user."""

import sys
import warnings
from types import FrameType

_is_silent = False


def set_silent(is_silent: bool) -> None:
    """Choose whether this process leaves messages and warnings to another one."""
    global _is_silent
    _is_silent = is_silent


def announce(text: str) -> None:
    """Print a line to standard output without breaking a progress bar that is being shown."""
    if _is_silent:
        return
    bars = sys.modules.get("tqdm")  # without tqdm, no bar is shown
    (bars.tqdm.write if bars else print)(text)


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning that names the innermost line of the user's code."""
    if _is_silent:
        return
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("nn.")  # exec may run code without one
