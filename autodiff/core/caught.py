"""Caught errors: refusals of traced values that a user's function catches.

A function may try what only plain numbers can do, ``float(x)``, and do something else where that
raises an error. Of a traced value it then does that too, and its result may be another one.
"""

from __future__ import annotations

import threading
import warnings

from autodiff.core.errors import user_level

__all__ = ["begin", "end", "noted"]


class _Open(threading.local):
    """The first refusal in each function that is being traced, the innermost last."""

    def __init__(self) -> None:
        self.refusals: list[Exception | None] = []


_open = _Open()


def noted(error: Exception) -> Exception:
    """Return an error that is about to be raised of a traced value, and not of a plain one."""
    if _open.refusals and _open.refusals[-1] is None:
        _open.refusals[-1] = error
    return error


def begin() -> None:
    """Begin a user's function."""
    _open.refusals.append(None)


def end(is_error: bool) -> None:
    """End the function that began last, and warn of a refusal if no error has left it."""
    refusal = _open.refusals.pop()
    if refusal is not None and not is_error:
        warnings.warn(
            f"a function caught the error that a traced value raises where a plain number doesn't, "
            f"and may return something else than of plain numbers. The error was: {refusal}",
            RuntimeWarning,
            stacklevel=user_level(),
        )
