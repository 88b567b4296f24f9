"""Recording: run a function once on traced arguments, and record its operations.

Reading the value of a traced number raises an error, since an ``if`` or an ``.item()`` would be
decided once for all calls. The message names the line and an alternative.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.compiler.edits import (
    Change,
    EditableScalar,
    RecordedArguments,
    refuse_shared_edit,
)
from autodiff.compiler.effects import Effects, collecting
from autodiff.compiler.entropy import record_entropy_requests
from autodiff.compiler.left_values import left_value
from autodiff.compiler.list_argument import ListArgument
from autodiff.compiler.outer_arrays import OuterArrays, refused_edit
from autodiff.compiler.randomness import Randomness
from autodiff.compiler.reachable_objects import ReachableObjects
from autodiff.compiler.threads import is_alone
from autodiff.core.backward import Running, argument
from autodiff.core.errors import function_place, user_line
from autodiff.core.graph import NeedsNumbersError, Node, RecordingError
from autodiff.core.guidance import guided
from autodiff.core.lift import snapshot
from autodiff.core.observer import Observer, observing
from autodiff.core.plain_index import INDEX
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.tracing.trail import Trail
from autodiff.transforms.boxed import run_boxed
from autodiff.transforms.closures import newest
from autodiff.transforms.pytree import Structure, flatten_result

__all__ = ["MovedError", "Recording", "record"]


@dataclass
class Recording:
    """The record of one run of a function.

    Attributes:
        function: the function.
        inputs: the Nodes of its arguments' leaves.
        names: the user's names for the inputs.
        results: the leaves of its result: Nodes, or plain values, which are constant.
        structure: rebuilds the result from its leaves.
        effects: its side effects.
        written: the inputs that it edited in place, by position, with their new values.
        inner: the positions of those that functions which it differentiates edited.
        changes: the changed containers among its arguments. If it edited any argument, the
            structure is a pair: the result, and the values that were put into containers.
        trail: the user's lines and variables of its values.
        pulled: pairs of an order and the Node whose rules the backward pass runs from there on.
        slopes: for a Node that is a whole cotangent, the Node that it belongs to.
        since: the Nodes from before the recording have smaller creation numbers.
        left: where it has left a value that it computes, or "".
    """

    function: Function
    inputs: list[Node]
    names: list[str]
    results: list[Node | Array]
    structure: Structure
    effects: Effects
    written: dict[int, Node]
    inner: frozenset[int]
    changes: list[Change]
    trail: Trail
    pulled: list[tuple[int, Node]]
    slopes: dict[Node, Node]
    since: int
    left: str

    @property
    def roots(self) -> list[Node]:
        """The Nodes to compute: effects, new values of arguments, and results."""
        every = (*self.effects.nodes, *self.written.values(), *self.results)
        return [n for n in every if type(n) is Node]


_ATTEMPTS = 3  # at a recording during which another thread may draw from a generator, or edit


class MovedError(RecordingError):
    """A generator was drawn from, or an array edited, while several threads were running."""


def record(function: Function, *args: Any) -> Recording:
    """Run a function on traced leaves; see `record_once` for the arguments and errors.

    Other threads may draw from the global generators meanwhile, or edit arrays. A function that
    does so itself does it in every attempt.
    """
    for _ in range(_ATTEMPTS):
        try:
            return record_once(function, *args)
        except MovedError as moved:
            refusal = str(moved)
    raise RecordingError(refusal)


def record_once(
    function: Function,
    values: Sequence[Array],
    names: Sequence[str],
    call: Callable[[list[Array]], tuple[tuple[Any, ...], dict[str, Any]]],
    cells: Collection[int] = (),
    lists: Collection[int] = (),
    originals: Sequence[Array] = (),
) -> Recording:
    """Run a function on traced leaves.

    Args:
        function: of any arguments.
        values: the leaves that are inputs, plain arrays and NumPy scalars.
        names: the user's names for them.
        call: makes the arguments from the leaves.
        cells: the positions of 0-d arrays, which operators edit in place.
        lists: the positions of lists of numbers, whose operators differ.
        originals: the caller's leaves, which may share memory; none if that doesn't count.

    Raises:
        ValueError: the function edits a leaf in the memory of another one.
        RecordingError: the function reads the value of a traced number, or draws random numbers
            without ``ad.sample``, or edits an array of an outer scope.
    """
    running, since = Running(records=True), newest()
    inputs = [
        Node(value, argument, (), {"name": name, "running": running})
        for value, name in zip(values, names, strict=True)
    ]
    special: dict[int, type[Tensor]] = dict.fromkeys(cells, EditableScalar)
    special |= dict.fromkeys(lists, ListArgument)
    handles = [special.get(i, Tensor)(node) for i, node in enumerate(inputs)]
    args, kwargs = call(list(handles))
    watched = RecordedArguments(handles, args, kwargs)
    pulled: list[tuple[int, Node]] = []
    slopes: dict[Node, Node] = {}

    def observe(node: Node, slope: Array) -> None:
        whole = slope.node if isinstance(slope, Tensor) else None
        if whole is not None:
            slopes.setdefault(whole, node)
        pulled.append((Node(None).order, node))

    reachable = ReachableObjects((function, args, kwargs))
    outer = OuterArrays(reachable, since)
    randomness = Randomness(reachable, outer)
    shared: Collection[int] = ()
    alone = is_alone()
    try:
        guard = Guard(inputs, function)
        with (
            Trail() as trail,
            collecting(randomness) as effects,
            observing(guard.observer(on_cotangent=observe)),
            record_entropy_requests() as unseeded,
            guided,
        ):
            guard.fresh = effects.fresh
            out = function(*args, **kwargs)
        effects.nodes += guard.boxes
        alone = alone and is_alone()
        if not alone:  # other threads may write to live arrays
            shared = effects.live
        reached = ReachableObjects((function, args, kwargs))
        is_random = randomness.has_moved(reached)
    finally:
        running.now = False
        edited = outer.edited(but=shared)
        if alone:  # what other threads drew and wrote stays
            randomness.restore()
            outer.restore()
        written = watched.written()
        edited_places = (*written, *guard.edited) if originals else ()
        for place in edited_places:  # also where such an edit led to an error
            refuse_shared_edit(function, place, [*zip(originals, names, strict=True)])
    if unseeded:
        raise RecordingError(_refused_draw(function, unseeded, alone))
    guard.raise_caught()
    refused = RecordingError if alone else MovedError
    if is_random:
        raise refused(_refused_draw(function, unseeded, alone))
    if edited:
        raise refused(refused_edit(function, edited, alone))
    changes, new = watched.changes(function)
    result = (out, tuple(new)) if written or changes else out
    leaves, _, structure = flatten_result(result, "the result", function_place(function))
    results = list(map(_result, leaves))
    effects.refuse_values_of_steps((*results, *effects.nodes, *written.values()), pulled)
    return Recording(
        function,
        inputs,
        list(names),
        results,
        structure,
        effects,
        written,
        frozenset(guard.edited),
        changes,
        trail,
        pulled,
        slopes,
        since,
        left_value(reached, inputs, since),
    )


def _refused_draw(function: Function, unseeded: list[str], alone: bool) -> str:
    """Return the error message for a draw.

    Args:
        function: the recorded function.
        unseeded: the lines that draw without a seed.
        alone: whether no other thread may have drawn.
    """
    if unseeded:
        return (
            f"{function_place(function)} draws random numbers without a seed at {unseeded[0]}: jit "
            f"would draw them once and keep them. Make the generator outside of the function, and "
            f"draw with ad.sample, which draws in each call: ad.sample(rng.random, shape)."
        )
    return (
        f"{function_place(function)} draws random numbers from a generator directly: jit would "
        f"draw them once and keep them. Draw with ad.sample, which draws in each call: "
        f"ad.sample(rng.random, shape)."
        + ("" if alone else " If another thread draws from it, give each its own: rng.spawn(2).")
    )


def _refused_error(function: Function, error: str) -> str:
    return (
        f"{function_place(function)} has caught an error that depends on an argument, {error}: jit "
        f"would do the same in all later calls, also where there is no error. Choose by np.where "
        f"between results that can both be computed, or compute this outside."
    )


def _result(leaf: Array) -> Node | Array:
    """Return the Node of a result, or a copy of a constant array."""
    if isinstance(leaf, Tensor):
        return leaf.node
    return snapshot(leaf) if isinstance(leaf, np.ndarray) else leaf


class Guard:
    """Raises an error where code reads values that depend on the inputs of a recording."""

    def __init__(self, inputs: Sequence[Node], function: Function) -> None:
        self.inputs = {node: position for position, node in enumerate(inputs)}
        self.function = function
        self.free: set[Node] = set()  # known not to depend on the inputs
        self.boxes: list[Node] = []  # run in each call, to check the shapes of their results
        self.fresh: set[Node] = set()  # what the recording itself has read or drawn
        self.edited: set[int] = set()  # the inputs that differentiated functions edit
        self.errors: list[str] = []  # that depend on the inputs; the function may catch them
        self.refusal: RecordingError | None = None  # which it may catch too

    def observer(self, on_cotangent: Callable[[Node, Array], None] | None = None) -> Observer:
        """Return an observer that calls the methods of this guard."""
        return Observer(
            on_plain=self,
            on_error=self.on_error,
            on_edit=self.on_edit,
            on_cotangent=on_cotangent,
            in_all_threads=True,
        )

    def raise_caught(self) -> None:
        """Raise a RecordingError if the function has caught an error that it mustn't."""
        if self.refusal is not None:
            raise self.refusal
        if self.errors:
            raise RecordingError(_refused_error(self.function, self.errors[0]))

    def __call__(self, node: Node, how: str) -> bool:
        """Raise a TypeError unless the Node is a constant of the recording, or kept to be run."""
        if not self._depends(node):
            return False
        if how == "compared":
            if node not in self.boxes:
                self.boxes.append(node)
            return True
        if how == "plain":
            raise NeedsNumbersError(
                f"{user_line()} needs the numbers of a traced value, which are unknown while jit "
                f"records {function_place(self.function)}. Compute this outside of it.",
                self._boxed,
            )
        refusal = RecordingError(_refusal(how, function_place(self.function)))
        if how not in ("repr()", INDEX):  # which does without, and for which NumPy asks on trial
            self.refusal = refusal
        raise refusal

    def on_edit(self, node: Node) -> None:
        """Keep the input that an edited value is, or is a view of."""
        while node.inputs and node.primitive.is_view and type(node.inputs[0]) is Node:
            node = node.inputs[0]
        if node in self.inputs:
            self.edited.add(self.inputs[node])

    def on_error(
        self, error: Exception, operands: Sequence[Node | Array], evaluate: Function
    ) -> None:
        """Keep an error that numbers of the inputs have caused, not their shapes or an option."""
        depends = [type(x) is Node and self._depends(x) for x in operands]
        if not any(depends):
            return
        values = [x.value if type(x) is Node else x for x in operands]
        is_opaque = "call" in getattr(evaluate, "keywords", ())  # SciPy's code may crash on zeros
        for harmless in (_regular,) if is_opaque else (_regular, _zeros):
            with suppress(ValueError, TypeError, ArithmeticError, IndexError, RuntimeError):
                evaluate(
                    *(harmless(x) if own else x for x, own in zip(values, depends, strict=True))
                )
                self.errors.append(f"{type(error).__name__} at {user_line()}")
                return

    def _boxed(self, function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return run_boxed(function, args, kwargs, self.boxes.append)

    def _depends(self, node: Node) -> bool:
        seen, stack = {node}, [node]
        while stack:
            found = stack.pop()
            if found in self.inputs or found in self.fresh:
                return True
            for parent in found.inputs:
                if type(parent) is Node and parent not in seen and parent not in self.free:
                    seen.add(parent)
                    stack.append(parent)
        self.free |= seen
        return False


def _regular(value: Array) -> Array:
    """Return numbers and matrices that functions don't refuse: positive and regular ones."""
    x = np.ones_like(value)
    if x.ndim > 1:
        one = np.eye(*x.shape[-2:], dtype=x.dtype)
        x = x & one if x.dtype == bool else x + one
    return x[()]


def _zeros(value: Array) -> Array:
    """Return positions that functions don't refuse; other numbers are regular."""
    return np.zeros_like(value)[()] if np.asarray(value).dtype.kind in "iub" else _regular(value)


_NUMBER = (
    "Keep computing with the value; pass a count or position that shapes the program as a Python "
    "int, and jit records once for each"
)


def _refusal(how: str, where: str) -> str:
    what, cure = {
        "__bool__": (
            "a decision (if, while, and, or, max() of Python)",
            (
                "Use np.where(condition, a, b) or np.maximum; or decide by a value that isn't an "
                "argument, or by a Python int or bool, and jit records once for each"
            ),
        ),
        "item": (".item()", "Keep computing with the value, and take .item() of the result"),
        "numpy": (".numpy()", "Keep computing with the value; for no slope, ad.stop_gradient(t)"),
        "count": (
            "the number of entries that a mask selects",
            "Keep the shape: np.where(mask, x, 0), or where=mask in np.sum, np.mean and the like",
        ),
        "str()": (
            "the number as text (str, print, format)",
            "Print the result, or call the function without ad.jit to look inside",
        ),
        "tolist": (".tolist()", "Keep computing with the value, and take the result's"),
    }.get(how, (how, _NUMBER))
    return (
        f"{what} at {user_line()} depends on an argument of {where}, which jit is recording: it "
        f"would be the same in every later call. {cure}."
    )
