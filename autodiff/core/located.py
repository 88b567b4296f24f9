"""Located errors: what is raised inside a function gets a note with the user's line and a cure."""

from __future__ import annotations

import os
import re
import sys

from autodiff.core.errors import OURS, user_line

__all__ = ["OF_ARGUMENTS", "locate"]

OF_ARGUMENTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What the arguments of a function may cause inside of it."""

_START = "Raised in "
_OF_DTYPES = re.compile(r"Cannot cast|ufunc '\w+' (not supported|did not contain a loop)")
_CONVERT = "Convert its arguments to a dtype that NumPy has the operation for: x.astype(float)."
_PASS = (
    "Pass options in Python's own types (int, float, bool, str, tuple), counts and positions as "
    "plain numbers, and arrays as np.asarray(x, dtype=float)."
)


def locate(error: Exception, name: str) -> None:
    """Add a note with the user's line and what to do to an error that names no line.

    An outer function replaces the note of an inner one. Errors of a user's function that was called
    remain as they are.
    """
    notes = getattr(error, "__notes__", [])
    others = [note for note in notes if not note.startswith(_START)]
    place = user_line()
    if any(place in text or ".py:" in text for text in (str(error), *others)):
        return
    if _is_inside(error):
        notes[:] = others
        cure = _CONVERT if _OF_DTYPES.match(str(error)) else _PASS
        error.add_note(f"{_START}{name} of a traced value, at {place}. {cure}")


def _is_inside(error: Exception) -> bool:
    """Return whether an error was raised in this package, in NumPy or in SciPy."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    scipy = getattr(sys.modules.get("scipy"), "__file__", None)
    folders = OURS if scipy is None else (*OURS, os.path.dirname(scipy) + os.sep)
    return step is not None and step.tb_frame.f_code.co_filename.startswith(folders)
