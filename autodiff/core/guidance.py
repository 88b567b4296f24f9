"""Guidance: a note on an error of another library that met a traced value and can't carry it.

Most libraries convert their arguments to arrays of plain numbers, and fail somewhere inside where a
value is traced. Each transform runs the user's function under :data:`guided`, which adds to such an
error the user's line, the library's function that was called there, and what to use instead.
Libraries that need a backend for traced values get it before the function runs.
"""

from __future__ import annotations

import dis
import os
import re
import site
import sys
import sysconfig
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from autodiff.core import caught
from autodiff.core.backends import BACKENDS, give_backends
from autodiff.core.calls import CallTarget, called_at, holds_traced, importable_name
from autodiff.core.errors import OURS
from autodiff.core.lift import is_traced
from autodiff.core.objects import as_objects
from autodiff.core.places import place_of
from autodiff.core.refused import REFUSED
from autodiff.core.registry import registry

__all__ = ["INSTALLED", "ON_THE_ENGINE", "STAND_INS", "guided"]

STAND_INS: dict[str, str] = {}
"""Packages, each with the one that has the same functions for traced values."""

ON_THE_ENGINE: list[str] = []
"""Folders of packages that are built on the engine: errors in them are their users'."""

_LIBRARIES = (
    *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")),
    *site.getsitepackages(),
    site.getusersitepackages(),
)
INSTALLED = tuple({folder + os.sep for folder in _LIBRARIES})
"""Folders of Python's modules and of installed packages."""
_CARRYING = {"autodiff", "numpy", "einops", "opt_einsum"}  # packages whose own errors are right
_STDLIB = sys.stdlib_module_names
_GENERAL = (
    "Define a slope for it with autodiff.primitive, write it with NumPy's functions, or pass "
    "t.numpy() where no slope is wanted."
)
_OF_OBJECTS = (
    r"^loop of ufunc does not support|^Cannot cast (ufunc|array data) .*from dtype\('O'\)"
    r"|^ufunc '\w+' not supported for the input types"
)
_MIXED = (
    "{name} at {place} got an array of objects, as np.array and np.full make of traced values. "
    "Write np.stack([a, 1.0]) instead of np.array([a, 1.0]), and matrices by rows: "
    "np.stack([np.stack([a, 1.0]), np.stack([b, 2.0])])."
)

_FLAT = (
    "A traced value was written through .flat into a plain array at {place}, where it would lose "
    "its slope. Start the array from a traced value, such as np.zeros_like(t), or use np.stack."
)

_METHOD = (
    "A method of a plain array can't write into a traced value, at {place}. Write "
    "np.cumsum(x, out=t), or t[...] = x.cumsum()."
)
_PLAIN_ONLY = (
    "{name} at {place} takes no traced value there. Write it with NumPy's functions of a Tensor, "
    "such as ad.tensor(x), or pass a plain number: t.numpy(), and under jit a Python int among the "
    "arguments, for each of which jit records again."
)
_IN_A_LIST = (
    "A list with a traced value can't index a plain array at {place}. Write x[np.stack([i, j])], "
    "and under jit ad.live(x)[np.stack([i, j])]."
)
_STORED = (
    "A traced value can't be stored in a plain array, at {place}. Start from b = ad.tensor(b) "
    "before b[i] = t, or build the array with np.stack."
)
_OF_ENTRIES = "setting an array element with a sequence"  # also of t in x
_OF_NUMPY = {
    "Error setting single item": _FLAT,
    "Iterator operand or requested dtype holds references": (
        "np.nditer can't carry the traced value at {place}. Iterate over t.ravel(), or over the "
        "positions: for i in np.ndindex(t.shape)."
    ),
    "expected a sequence of integers or a single integer": (
        "The traced value at {place} can't be a length. Pass a Python int; where it is an argument "
        "of a jitted function, jit records once for each."
    ),
    "invalid index to scalar variable": (
        "A traced value can't index the number at {place}. Write np.atleast_1d(x)[i]."
    ),
    r"Cannot cast ufunc '\w+' output from dtype\('O'\)": (
        "A plain array can't take an array of traced values in place, at {place}. Write "
        "x = x + np.stack([a, b]) instead of x += np.array([a, b]), or start x from a traced "
        "value, such as np.zeros_like(t)."
    ),
    "output array is not acceptable": (
        "The method dot of a plain array takes no traced value beside out=, at {place}. Write "
        "np.dot(x, t)."
    ),
    "output must be an array": _METHOD,
    "return arrays must be of ArrayType": _METHOD,
    r"unsupported operand .*: '(Polynomial|Chebyshev|Legendre|Laguerre|HermiteE?)'": (
        "The operation failed for traced coefficients, at {place}. Write np.convolve(p.coef, "
        "q.coef) for a product of polynomials, and add coefficients of one length."
    ),
}
"""Errors of NumPy that a traced value causes, as patterns of how they begin, and what to do."""


class Guidance:
    """A context that adds a note to the errors that leave it, and warns of others' refusals."""

    def __enter__(self) -> None:
        caught.begin()
        if BACKENDS:
            give_backends()

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        caught.end(error is not None)
        if isinstance(error, Exception):
            note = _note_on(error, list(_steps(traceback)))
            if note and note not in getattr(error, "__notes__", ()):
                error.add_note(note)


guided = Guidance()


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    """Iterate over the frames that an error passed, outermost first."""
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _note_on(error: Exception, trace: list[TracebackType]) -> str:
    """Return the note on a call of a library by the user's code; "" if there is none."""
    steps = [step for step in trace if not _file(step.tb_frame).startswith(OURS)]
    if not steps or _file(steps[-1].tb_frame).startswith(tuple(ON_THE_ENGINE)):
        return ""
    if trace[-1].tb_frame.f_code is as_objects.__code__:
        trace = trace[:-1]  # to the code that converts a traced value
    own = _package(steps[0].tb_frame)
    users = [i for i, step in enumerate(steps) if not _is_of_a_library(step.tb_frame, own)]
    if len(users) > 1 and (isinstance(error, SystemError) or _is_late(trace)):
        steps = steps[: users.pop()]
    step, inside = steps[users[-1]], steps[users[-1] + 1 :]
    called = called_at(step.tb_frame, step.tb_lasti)
    name = called.name
    place = place_of(_file(step.tb_frame), step.tb_lineno)
    if _fails_on_objects(error, called, trace):
        return _MIXED.format(name=re.sub("^numpy", "np", name), place=place)
    for pattern, note in _OF_NUMPY.items():
        if re.match(pattern, str(error)) and _has_traced(step.tb_frame):
            return note.format(place=place)
    if called.package == "autodiff" and any(_has_traced(step.tb_frame) for step in inside):
        name = name.removeprefix("autodiff.")  # a class of SciPy that was imported from here
        return f"A traced value reached {name} at {place}, which can't carry it. {_remedy(name)}"
    if called.package in _CARRYING - BACKENDS.keys():
        return _plain_only(error, called, place, trace[trace.index(step) :])
    if inside:
        if not (called.takes_traced or any(_has_traced(step.tb_frame) for step in inside)):
            return ""
        if called.package in {own, "builtins"} or called.package not in sys.modules:
            name = _name_of([step.tb_frame for step in inside])
    elif called.package in {"", own, *_STDLIB}:
        return _plain_only(error, called, place, trace[trace.index(step) :])
    elif step is not trace[-1] or not called.takes_traced:
        return ""
    return f"A traced value reached {name} at {place}, which can't carry it. {_remedy(name)}"


def _plain_only(
    error: Exception, called: CallTarget, place: str, trace: list[TracebackType]
) -> str:
    """Return the note on a traced value that Python or NumPy needs a plain one for; "" if none is.

    An error at the place has a cure, too. Code of the package would have been traced.
    """
    notes = getattr(error, "__notes__", ())
    texts = notes if trace[1:] else [str(error), *notes]  # NumPy's function may convert the value
    is_plain = all(_is_of_numpy(step) for step in trace[1:])
    if not is_plain or any(place in text for text in texts):
        return ""
    if str(error).startswith("only integers, slices") and not called.name:
        return _IN_A_LIST.format(place=place)
    if str(error).startswith(_OF_ENTRIES) and _stores(trace[0]):
        return _STORED.format(place=place)
    is_of_traced = called.takes_traced or "Tensor" in str(error)
    if not is_of_traced and (called.name or not str(error).startswith(_OF_ENTRIES)):
        return ""
    name = re.sub("^(numpy|builtins)[.]", lambda m: "np." if m[1] == "numpy" else "", called.name)
    return _PLAIN_ONLY.format(name=name or "The operation", place=place)


def _stores(step: TracebackType) -> bool:
    """Return whether code assigns to an entry: ``b[i] = t``."""
    return dis.opname[step.tb_frame.f_code.co_code[step.tb_lasti]] == "STORE_SUBSCR"


def _fails_on_objects(error: Exception, called: CallTarget, trace: list[TracebackType]) -> bool:
    """Return whether a function that has slopes for a Tensor failed on an array of objects."""
    is_told = re.search(_OF_OBJECTS, str(error)) is not None
    if called.package != "numpy":
        is_imported = is_told and called.takes_traced and called.package in sys.modules
        return is_imported and isinstance(_imported(called.name), np.ufunc)
    return is_told or (_is_of_numpy(trace[-1]) and any(map(_has_objects, trace)))


def _is_of_numpy(step: TracebackType) -> bool:
    return _package(step.tb_frame) == "numpy"


def _has_objects(step: TracebackType) -> bool:
    """Return whether a function of NumPy has an array of traced values."""
    values = step.tb_frame.f_locals.values() if _is_of_numpy(step) else ()
    return any(isinstance(x, np.ndarray) and is_traced(x) for x in values)


def _is_late(trace: list[TracebackType]) -> bool:
    """Return whether an error was raised in another call than the last one of the trace.

    Compiled code that doesn't test for an error calls the user's function again, which then raises.
    """
    caller = trace[-1].tb_frame.f_back
    return len(trace) > 1 and caller is not None and caller is not trace[-2].tb_frame


def _file(frame: FrameType) -> str:
    return frame.f_code.co_filename


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _package(frame: FrameType) -> str:
    return _module(frame).partition(".")[0]


def _has_traced(frame: FrameType) -> bool:
    return any(map(holds_traced, frame.f_locals.values()))


def _name_of(frames: list[FrameType]) -> str:
    """Return the name of the function that was called first, without the decorators around it."""
    bare = (frame for frame in frames if "<locals>" not in frame.f_code.co_qualname)
    frame = next(bare, frames[0])
    return importable_name(_module(frame), frame.f_code.co_qualname)


def _is_of_a_library(frame: FrameType, own: str) -> bool:
    """Return whether a frame is of an installed package, also of one that is compiled."""
    package = _package(frame)
    file = getattr(sys.modules.get(package), "__file__", None) or _file(frame)
    return package != own and file.startswith(INSTALLED)


def _remedy(name: str) -> str:
    """Return what to use instead of a library's function."""
    name = name.partition("(")[0]
    package, _, rest = name.partition(".")
    if package in BACKENDS:
        return f"Import {package} before the trace begins, at the top of the file."
    if package not in STAND_INS:
        return REFUSED.get(name, _GENERAL)
    owner = rest.rpartition(".")[0]
    if isinstance(_imported(f"{package}.{owner}"), type):  # whose method this is
        name, rest = f"{package}.{owner}", owner
    stand_in = f"{STAND_INS[package]}.{rest}"
    found = _imported(stand_in)  # its module adds what it refuses to REFUSED
    if name in REFUSED:
        return REFUSED[name]
    if _has_slopes(_imported(name), found):
        return f"{stand_in} has slopes: import it from there."
    return f"autodiff.supported() lists what has slopes in {STAND_INS[package]}. {_GENERAL}"


def _has_slopes(function: Any, stand_in: Any) -> bool:
    """Return whether a function of another package takes traced values."""
    if getattr(stand_in, "__wrapped__", None) is function:  # it calls the function for plain ones
        return function in registry
    return stand_in is not None and stand_in is not function


def _imported(name: str) -> Any:
    """Return what a dotted name means; None if there is nothing."""
    module, *parts = name.split(".")
    found: Any = import_module(module)
    for part in parts:
        module = f"{module}.{part}"
        if hasattr(found, "__path__") and not hasattr(found, part) and find_spec(module):
            import_module(module)
        found = getattr(found, part, None)
    return found
