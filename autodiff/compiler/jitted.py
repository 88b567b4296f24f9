"""``jit``: compile a function to straight-line NumPy code.

One program is recorded and cached for each structure, shapes and dtypes of the arguments.
"""

from __future__ import annotations

import functools
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from autodiff.compiler.argument_state import State, held_by
from autodiff.compiler.call_arguments import Arguments, call_of, form_of_arrays
from autodiff.compiler.code import code_of
from autodiff.compiler.edits import Edits
from autodiff.compiler.effects import assigned, is_collecting
from autodiff.compiler.late_reads import late_reads
from autodiff.compiler.left_values import refused_left
from autodiff.compiler.lower import lower
from autodiff.compiler.native.background import NativeProgram, check_installed, reason_against
from autodiff.compiler.nested import NestedCall, apply_nested
from autodiff.compiler.outer_values import OuterValues
from autodiff.compiler.plan import plan
from autodiff.compiler.program import program_of
from autodiff.compiler.record import Recording, record
from autodiff.compiler.report import Report
from autodiff.compiler.result_orders import in_orders, orders_of_results
from autodiff.compiler.simplify import simplify
from autodiff.compiler.widening import widening
from autodiff.compiler.writers.numpy import GeneratedModule, write
from autodiff.core.errors import function_place, user_level
from autodiff.core.graph import NO_OPTIONS, RecordingError
from autodiff.core.observer import is_observed
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import check_callable
from autodiff.transforms.pytree import PYTHON_NUMBERS, separated

__all__ = ["CompiledProgram", "Jitted", "jit"]

_MANY = 8  # recordings of one function, after which jit warns
_MOST_IDLE = 8  # sets of buffers that a program keeps for concurrent calls


def jit(f: Function, *, native: bool | Literal["wait"] = False) -> Jitted:
    """Record a function once, and run it as straight-line NumPy code from then on.

    Args:
        f: plain NumPy code; it may differentiate: ``ad.jit(ad.value_and_grad(loss))``. Its
            arguments are arrays, numbers, or dicts, lists and dataclasses of them.
        native: whether to compile the program to machine code, with the packages of the extra
            ``native``: loops over the entries of arrays, and products of matrices by BLAS. That
            takes seconds, in the background, while NumPy code runs; the code is kept in the user's
            cache folder (``AUTODIFF_CACHE`` sets another). Results are those of NumPy up to
            rounding, without its warnings of overflow and the like. With ``"wait"``, the first call
            waits for the compiler, so that all calls return the same bits.

    Returns:
        A function with the same arguments and results. Arrays, floats and NumPy scalars are its
        inputs. Python ints, bools and strings are part of the program, which is recorded again for
        each of their values, and for new shapes, dtypes or structures. Arrays of outer scopes are
        constants (see :func:`live`). ``.source(*args)`` returns the code that runs,
        ``.report(*args)`` counts its operations and buffers.

    Raises:
        TypeError: raised by the call: f depends on the values of its arguments in a way that can't
            be recorded, as an ``if`` does, or edits an array of an outer scope. The message names
            the line or the array, and an alternative.

    >>> import numpy as np, autodiff as ad
    >>> slope = ad.jit(ad.grad(lambda w, x: ((w * x).sum() - 7) ** 2))
    >>> slope(np.array([0.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    array([0., 0., 0.])
    """
    check_callable(f, "jit")
    if native not in (True, False, "wait"):
        raise ValueError(
            f"expected native= to be True, False or 'wait', got {native!r}. Choose one."
        )
    if native:
        check_installed()
    return Jitted(f, native)


class Jitted:
    """A function that is compiled when it is called; see :func:`jit`."""

    def __init__(self, f: Function, native: bool | Literal["wait"] = False) -> None:
        functools.update_wrapper(self, f)
        self.f, self.native = f, native
        self._held = held_by(f)
        self._compiled: dict[Any, CompiledProgram | frozenset[int]] = {}
        self._known: dict[Any, CompiledProgram] = {}  # by a key that is quick to compute
        self._nested: dict[Any, NestedCall] = {}  # operations in an outer trace
        self._count = 0  # of recordings

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Run the program for these arguments; record it first if necessary."""
        leaves: list[Array] = []
        form: list[Any] = []
        is_quick = (
            not kwargs
            and not self._held
            and form_of_arrays(args, leaves, form)
            and not is_collecting()
        )
        if is_quick:
            known = self._known.get(tuple(form))
            if known is not None:
                return known(leaves, args)
        call = self._call_of(args, kwargs)
        if call.is_traced or is_collecting():
            return self._traced(call, args, kwargs)
        compiled, call = self._compile(call)
        written = compiled.edits.written
        if is_quick and len(call.leaves) == len(leaves) and call.cells.isdisjoint(written):
            self._known[tuple(form)] = compiled
        leaves = [call.arrays[i] if i in written else x for i, x in enumerate(call.leaves)]
        return compiled(leaves, args, kwargs)

    def compiled(self, /, *args: Any, **kwargs: Any) -> CompiledProgram:
        """Return the program for such arguments; record it first if necessary."""
        return self.prepared(*args, **kwargs)[0]

    def prepared(self, /, *args: Any, **kwargs: Any) -> tuple[CompiledProgram, list[Array]]:
        """Return the program for such arguments, and those of their leaves that are its inputs."""
        compiled, call = self._compile(self._call_of(args, kwargs))
        return compiled, call.leaves

    def source(self, /, *args: Any, native: bool = False, **kwargs: Any) -> str:
        """Return the NumPy code that runs for such arguments, or what is compiled instead of it.

        Raises:
            ValueError: ``native``, and the function isn't compiled to machine code.
        """
        compiled = self.compiled(*args, **kwargs)
        if not native:
            return compiled.source.text
        if compiled.native is None:
            raise ValueError(
                f"expected a function that is compiled to machine code, got {self!r}. "
                f"{compiled.why_not_native or 'Write ad.jit(f, native=True)'}."
            )
        return compiled.native.source

    def report(self, /, *args: Any, **kwargs: Any) -> Report:
        """Return the numbers of operations and buffers of the program for such arguments."""
        return self.compiled(*args, **kwargs).report

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<jit of {function_place(self.f)}>"

    def __reduce__(self) -> Any:
        name = getattr(self, "__qualname__", "")
        if _lookup(self.__module__, name) is self:  # used as a decorator
            return name
        return functools.partial(jit, native=self.native), (self.f,)  # and recorded again

    def _call_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """Flatten a call; the object of a bound method counts as one of its arguments."""
        call = call_of(self.f, args, kwargs)
        call.objects += self._held
        return call

    def _compile(self, call: Arguments) -> tuple[CompiledProgram, Arguments]:
        """Return the program for a call, and the call reduced to the program's inputs."""
        found = self._compiled.get(call.key)
        if isinstance(found, CompiledProgram) and not found.state.matches(call.objects):
            self._compiled.pop(call.key, None)
            found = None
        if found is None:
            made = self._new_program(call)
            found = self._compiled.setdefault(call.key, made)
            if found is made and isinstance(made, CompiledProgram):  # no other thread was first
                self._count += 1
                self._warn_of_many()
        if isinstance(found, frozenset):
            return self._compile(call.with_fixed(found))
        return found, call

    def _new_program(self, call: Arguments) -> CompiledProgram | frozenset[int]:
        """Return a new program, or the positions of Python numbers that must be part of it."""
        start = time.perf_counter()
        recording, state = self._recording(call)
        fixed = widening(recording, call.numbers)
        if fixed:
            return fixed
        title = (
            f"{function_place(self.f)}{f', for {call.description}' if call.description else ''}."
        )
        return CompiledProgram(recording, state, title, start, self.native)

    def _recording(self, call: Arguments) -> tuple[Recording, State]:
        """Record a call, and the state of the objects among its arguments.

        Raises:
            RecordingError: the state changes also in the second run, or a value is left outside.
                (In the first run, a layer may create its weights.)
        """
        for _ in range(2):
            state = State(self.f, call.objects)
            recording = record(
                self.f,
                call.values,
                call.names,
                call.rebuild,
                call.cells,
                call.lists,
                () if call.is_traced else call.leaves,
            )
            if state.matches(call.objects) and not recording.left:
                return recording, state
        if state.matches(call.objects):
            raise RecordingError(refused_left(self.f, recording.left))
        kinds = ", ".join(type(x).__name__ for x in call.objects)
        raise RecordingError(
            f"{function_place(self.f)} changes attributes of an argument ({kinds}) while it runs: "
            f"jit would do that once and not in later calls. Return the new value, keep it in a "
            f"dataclass or a dict, or ad.assign it to an array."
        )

    def _warn_of_many(self) -> None:
        if self._count == _MANY:
            warnings.warn(
                f"jit has recorded {function_place(self.f)} {_MANY} times, for different shapes, "
                f"dtypes, or Python ints, bools and strings. Each recording costs milliseconds. "
                f"Pass arrays of few shapes, and counts that vary as np.int64(n).",
                RuntimeWarning,
                stacklevel=user_level(),
            )

    def _traced(self, call: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call as one operation of an outer graph, or inline it in an outer program."""
        if is_observed() or call.objects:  # objects may change before the backward pass
            return separated(lambda: self.f(*args, **kwargs), call.leaves)
        compiled, call = self._compile(call)
        nested = self._nested.get(call.key)
        if nested is None:
            name = getattr(self.f, "__name__", "jitted")
            nested = self._nested[call.key] = NestedCall(compiled, name, jit)
        if nested.compiled.has_effects:  # the backward pass can't run it again
            return separated(lambda: self.f(*args, **kwargs), call.leaves)
        nested.compiled.outer.check(call.leaves)
        return apply_nested(nested, call.leaves)


class CompiledProgram:
    """One program of a jitted function: its source, its buffers, and its report."""

    def __init__(
        self,
        recording: Recording,
        state: State,
        title: str,
        start: float,
        native: bool | Literal["wait"] = False,
    ) -> None:
        self.outer = OuterValues(recording)
        recorded = program_of(recording)
        self.state = state
        self.has_effects = recorded.has_effects or bool(recording.changes)
        self.recorded = recorded if self.has_effects else program_of(recording, inlines=False)
        self.edits = Edits(
            recording.function,
            recording.names,
            list(recording.written),
            recording.inner,
            recording.changes,
            list(recording.effects.arrays.values()),
            [e.options["array"] for e in recorded.effects if e.primitive is assigned],
            late_reads(recorded),
        )
        simplified = simplify(recorded)
        program = lower(simplified)
        planned = plan(program)
        self.structure: Callable[[Sequence[Array]], Any] = recording.structure.compiled()
        self._has_edits = bool(self.edits)
        self.numbers = {i: x for i, x in enumerate(program.results) if type(x) in PYTHON_NUMBERS}
        self._orders = orders_of_results(recording, program, planned)
        self.source: GeneratedModule = write(program, planned, title)
        self.code = code_of(self.source, self)
        self._idle = [self._new_function()]
        self.native: NativeProgram | None = None
        self.why_not_native = reason_against(simplified) if native else ""
        if native and not self.why_not_native:
            self.native = NativeProgram(simplified, title, native == "wait", self._switch)
        self.report = Report.of(
            recorded, program, planned, time.perf_counter() - start, self.native
        )

    def __call__(
        self,
        leaves: list[Array],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] = NO_OPTIONS,
    ) -> Any:
        """Run the program; return new arrays, in the structure of the function's result.

        Args:
            leaves: the inputs.
            args: the arguments that contain them, which may be edited.
            kwargs: the keyword arguments.
        """
        if self._has_edits or self.edits.inner:
            self.edits.check(leaves, args, kwargs)
        if self.edits.assigned:
            leaves = self.edits.apart(leaves)
        if not self._has_edits:
            return self.structure(self.flat(leaves))
        out, new = self.structure(self.flat(leaves))
        self.edits.apply(args, kwargs, new)
        return out

    def flat(self, leaves: Sequence[Array]) -> tuple[Array, ...]:
        """Run the program, and return the leaves of its result."""
        return self.run(*leaves)

    def run(self, *leaves: Array) -> tuple[Array, ...]:
        """Run the program on buffers that no concurrent or outer call uses."""
        idle = self._idle
        try:
            function = idle.pop()
        except IndexError:
            function = self._new_function()
        try:
            results: tuple[Array, ...] = function(*leaves)
        finally:
            if len(idle) < _MOST_IDLE:
                idle.append(function)
        return in_orders(results, self._orders) if self._orders else results

    def _switch(self, make: Callable[[], Function]) -> None:
        """Run another function from the next call on; ``make`` makes one with its own buffers."""
        self._new_function = make  # type: ignore[method-assign]
        self._idle = []

    def _new_function(self) -> Function:
        """Create the function that the source defines, with its own buffers."""
        namespace = {"np": np, **self.source.namespace, "__name__": "autodiff.jitted"}
        exec(self.code, namespace)
        function: Function = namespace.pop(self.source.function)
        return function  # not in its own namespace: without a cycle, it is freed immediately


def _lookup(module: str, name: str) -> Any:
    """Return the object with a qualified name in a module, or None."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
