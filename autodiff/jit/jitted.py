"""``jit``: functions in, the same functions out, as straight-line code for each form of arguments.

A program is recorded for each structure, shapes and dtypes of the arguments, and kept.
"""

from __future__ import annotations

import functools
import linecache
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from autodiff.errors import function_place, user_level
from autodiff.graph import plain_watchers
from autodiff.jit.arguments import Call, call_of, form_of_arrays
from autodiff.jit.effects import is_collecting
from autodiff.jit.lower import lower
from autodiff.jit.plan import Plan, plan
from autodiff.jit.program import Program, program_of
from autodiff.jit.record import Recording, record
from autodiff.jit.simplify import simplify
from autodiff.jit.widening import widening
from autodiff.jit.write import Source, write
from autodiff.pytree import Structure
from autodiff.transforms import check_callable

__all__ = ["Compiled", "Jitted", "Report", "jit"]

_MANY = 8  # recordings after which a function is told to record too often
_numbers = count(1).__next__
_recording = threading.RLock()  # one function records at a time; it may call others meanwhile


def jit(f: Callable[..., Any]) -> Jitted:
    """Record a function once, and run it as straight-line NumPy code from then on.

    Args:
        f: plain NumPy code; it may differentiate: ``ad.jit(ad.value_and_grad(loss))``. Its
            arguments are arrays, numbers, or dicts, lists and dataclasses of them.

    Returns:
        A function of the same arguments and results. Arrays, floats and NumPy's numbers are its
        inputs. Python's ints, bools and strings are part of the program, which is recorded anew
        for each of them, and for new shapes, dtypes or structures. Arrays of outer scopes are
        constants (see :func:`live`). ``.source(*args)`` shows the code that runs,
        ``.report(*args)`` tells what was saved.

    Raises:
        TypeError: when it is called: something in f depends on the numbers in its arguments, as an
            ``if`` does, and can't be recorded. The message names the line and the ways out.

    >>> import numpy as np, autodiff as ad
    >>> slope = ad.jit(ad.grad(lambda w, x: ((w * x).sum() - 7) ** 2))
    >>> slope(np.array([0.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    array([0., 0., 0.])
    """
    check_callable(f, "jit")
    return Jitted(f)


class Jitted:
    """A function that records itself; see :func:`jit`."""

    def __init__(self, f: Callable[..., Any]) -> None:
        functools.update_wrapper(self, f)
        self.f = f
        self._compiled: dict[Any, Compiled | frozenset[int]] = {}
        self._known: dict[Any, Compiled] = {}  # by what is quick to tell of the arguments
        self._flat: dict[Any, Any] = {}  # as one operation of an outer trace
        self._count = 0  # of recordings

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program for these arguments; record it first if there is none yet."""
        leaves: list[Any] = []
        form: list[Any] = []
        is_quick = not kwargs and form_of_arrays(args, leaves, form) and not is_collecting()
        if is_quick:
            known = self._known.get(tuple(form))
            if known is not None:
                return known(leaves)
        call = call_of(self.f, args, kwargs)
        if call.is_traced or is_collecting():
            return self._traced(call, args, kwargs)
        compiled, call = self._compile(call)
        if is_quick and len(call.leaves) == len(leaves):
            self._known[tuple(form)] = compiled
        return compiled(call.leaves)

    def compiled(self, *args: Any, **kwargs: Any) -> Compiled:
        """Give the program for such arguments; record it first if there is none yet."""
        return self.prepared(*args, **kwargs)[0]

    def prepared(self, *args: Any, **kwargs: Any) -> tuple[Compiled, list[Any]]:
        """Give the program for such arguments, and its inputs among them."""
        compiled, call = self._compile(call_of(self.f, args, kwargs))
        return compiled, call.leaves

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Answer the code that runs for such arguments."""
        return self.compiled(*args, **kwargs).source.text

    def report(self, *args: Any, **kwargs: Any) -> Report:
        """Tell what was recorded for such arguments, and what was saved."""
        return self.compiled(*args, **kwargs).report

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<jit of {function_place(self.f)}>"

    def __reduce__(self) -> Any:
        name = getattr(self, "__qualname__", "")
        if _named(self.__module__, name) is self:  # as a decorator, it took the function's place
            return name
        return jit, (self.f,)  # the programs are recorded anew

    def _compile(self, call: Call) -> tuple[Compiled, Call]:
        """Give the program for a call, and the call with only those inputs that it has."""
        found = self._compiled.get(call.key)
        if found is None:
            with _recording:
                found = self._compiled.get(call.key)
                if found is None:
                    found = self._compiled[call.key] = self._recorded(call)
        if isinstance(found, frozenset):
            return self._compile(call.fixing(found))
        return found, call

    def _recorded(self, call: Call) -> Compiled | frozenset[int]:
        """Make a program; or tell which of Python's numbers must be part of it."""
        start = time.perf_counter()
        recording = record(self.f, call.values, call.names, call.rebuild)
        fixed = widening(recording, call.numbers)
        if fixed:
            return fixed
        title = f"{function_place(self.f)}{f', for {call.told}' if call.told else ''}."
        compiled = Compiled(recording, title, start)
        self._count += 1
        self._warn_of_many()
        return compiled

    def _warn_of_many(self) -> None:
        if self._count == _MANY:
            warnings.warn(
                f"jit has recorded {function_place(self.f)} {_MANY} times, for as many forms of "
                f"its arguments: new shapes, dtypes, or Python ints, bools and strings. Each "
                f"costs milliseconds. Pass arrays of few shapes, and counts that vary as "
                f"np.int64(n).",
                RuntimeWarning,
                stacklevel=user_level(),
            )

    def _traced(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Be one operation of the graph that is being recorded outside; or part of its program."""
        if plain_watchers:  # somebody reads along
            return self.f(*args, **kwargs)
        from autodiff.jit.inside import Flat, as_one_operation

        if call.numbers:  # some of them may have to be part of the program
            _, call = self._compile(call)
        flat = self._flat.get(call.key)
        if flat is None:
            flat = self._flat[call.key] = Flat(self, call)
        if flat.has_effects:  # it can't be run once more for its slopes
            return self.f(*args, **kwargs)
        return as_one_operation(flat, call.leaves)


class Compiled:
    """One program of a jitted function: its source, its buffers, and what it saved."""

    def __init__(self, recording: Recording, title: str, start: float) -> None:
        recorded = program_of(recording)
        self.has_effects = recorded.has_effects
        program = lower(simplify(recorded))
        planned = plan(program)
        self.structure: Structure = recording.structure
        self.source: Source = write(program, planned, title)
        self._lock = threading.Lock()
        self.run = _made(self.source, self)
        self.report = Report.of(recorded, program, planned, time.perf_counter() - start)

    def __call__(self, leaves: Any) -> Any:
        """Run it; the answer is fresh, in the structure of the function's."""
        return self.structure(self.flat(leaves))

    def flat(self, leaves: Any) -> tuple[Any, ...]:
        """Run it, and answer the leaves of the answer."""
        with self._lock:  # there is one set of buffers
            results: tuple[Any, ...] = self.run(*leaves)
        return results


def _named(module: str, name: str) -> Any:
    """Find what stands under a name in a module; None where nothing does."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _made(source: Source, owner: Any) -> Callable[..., Any]:
    """Make the function that a source defines; tracebacks and debuggers show its lines."""
    file = f"<jit {_numbers()}: {source.function}>"
    namespace: dict[str, Any] = {"np": np, **source.given, "__name__": "autodiff.jitted"}
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(keepends=True), file)
    weakref.finalize(owner, linecache.cache.pop, file, None)
    exec(compile(source.text, file, "exec"), namespace)
    function: Callable[..., Any] = namespace.pop(source.function)  # no cycle: freed when dropped
    return function


@dataclass(frozen=True)
class Report:
    """What jit did with a function.

    Attributes:
        recorded: the operations in the recording.
        operations: those in the program.
        buffers: the arrays that it keeps.
        bytes: their size.
        reused: the values that lie in memory which served another before.
        flops: floating-point operations of one call, about.
        seconds: for recording, planning and writing.
    """

    recorded: int
    operations: int
    buffers: int
    bytes: int
    reused: int
    flops: int
    seconds: float

    @classmethod
    def of(cls, recorded: Program, program: Program, planned: Plan, seconds: float) -> Report:
        """Count."""
        new = planned.buffers()
        done = [v for v in program.values() if v.primitive is not None]
        return cls(
            recorded=sum(v.primitive is not None for v in recorded.values()),
            operations=len(done),
            buffers=len(new),
            bytes=sum(planned.slots[v].memory.nbytes for v in new),
            reused=sum(s.origin == "taken over" for s in planned.slots.values()),
            flops=sum(map(_flops, done)),
            seconds=seconds,
        )

    def __str__(self) -> str:
        return (
            f"{self.recorded} operations recorded, {self.operations} left; {self.buffers} buffers "
            f"of {self.bytes:,} bytes, {self.reused} values in memory used before; about "
            f"{self.flops:,} floating-point operations a call; made in {self.seconds * 1e3:.0f} ms"
        )


def _flops(value: Any) -> int:
    """Count an operation per entry; of a product of matrices two per entry and term."""
    size = int(np.prod(value.shape, dtype=int)) if value.shape is not None else 0
    if value.primitive.name == "matmul":
        first = value.inputs[0]
        terms = np.shape(first)[-1] if not hasattr(first, "shape") else first.shape[-1]
        return 2 * size * int(terms)
    if value.primitive.is_view:
        return 0
    largest = max(
        (int(np.prod(x.shape, dtype=int)) for x in value.inputs if getattr(x, "shape", None)),
        default=0,
    )
    return max(size, largest)
