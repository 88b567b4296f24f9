"""Lines of the user's code: which files are theirs, and from which line a library was called."""

from __future__ import annotations

import linecache
import os
import sys
from types import FrameType
from typing import NamedTuple

import numpy as np

from autodiff.core.places import place_of
from autodiff.tracing.libraries import is_hidden, is_of_a_library

__all__ = ["FALLBACK", "HIDDEN", "USER", "Line", "calling_line", "is_user_code", "owner_of"]

_HERE = os.path.dirname(os.path.dirname(__file__))
_ENGINE = (_HERE + os.sep, os.path.dirname(np.__file__) + os.sep, "<frozen", "<__array_function__")
_PYTHON = os.path.dirname(os.__file__) + os.sep
_PACKAGES = (_PYTHON + "site-packages", _PYTHON + "dist-packages")
_SCIPY = tuple(  # not imported; in another folder than Python's own in a virtual environment
    os.sep + os.path.join(folder, "scipy") + os.sep for folder in ("site-packages", "dist-packages")
)

USER, FALLBACK, HIDDEN = range(3)  # whether lines of a file are shown


def is_user_code(file: str) -> bool:
    """Return whether a file is the user's: not Python's, NumPy's, SciPy's or a library's."""
    return owner_of(file) == USER


class Line(NamedTuple):
    """A line of code.

    Attributes:
        file: its path, or Python's name for a cell or a prompt.
        number: counted from 1.
        function: the name of the function that contains it.
    """

    file: str
    number: int
    function: str

    @property
    def text(self) -> str:
        """The source, without surrounding space; empty where it isn't available."""
        return linecache.getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return place_of(self.file, self.number)


def calling_line() -> Line | None:
    """Return the user's line that is being run: the innermost outside of registered libraries.

    A library remembers it for what the user creates there, and passes it to :func:`autodiff.scope`.

    >>> import autodiff as ad
    >>> ad.calling_line().text
    'ad.calling_line().text'
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None and owner_of(frame.f_code.co_filename) != USER:
        frame = frame.f_back
    return (
        None
        if frame is None
        else Line(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
    )


def owner_of(file: str) -> int:
    """Return whose code a file holds."""
    if is_of_a_library(file):
        return HIDDEN if is_hidden(file) else FALLBACK
    if file.startswith(_ENGINE) or any(folder in file for folder in _SCIPY):
        return HIDDEN
    return HIDDEN if file.startswith(_PYTHON) and not file.startswith(_PACKAGES) else USER
