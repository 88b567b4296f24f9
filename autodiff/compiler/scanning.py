"""Scan: a loop over the entries of sequences, which ``jit`` records once for all steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.effects import is_collecting
from autodiff.compiler.loop import Loop, loop
from autodiff.compiler.loop_alone import compiled_alone
from autodiff.compiler.step_graph import StepGraph, in_order
from autodiff.core.errors import function_place
from autodiff.core.graph import Node
from autodiff.core.observer import notify_plain
from autodiff.core.options import is_traced
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import check_callable
from autodiff.transforms.pytree import flatten, flatten_result, separated

__all__ = ["scan"]


def scan(
    step: Function, carry: Any, xs: Any = None, length: int | None = None, reverse: bool = False
) -> tuple[Any, Any]:
    """Repeat a step over the entries of sequences, and return the last carry and all outputs.

    It is the loop ``for x in xs: carry, y = step(carry, x)``, with the outputs stacked. ``ad.jit``
    records the step once, whatever the length, and writes a ``for`` loop; elsewhere each step is
    run on its own. Values from outside that the step uses may be traced.

    Args:
        step: takes the carry and an entry of ``xs``, and returns the next carry, of the same
            structure, shapes and dtypes, and an output; None for no output. It may edit what it
            takes: these are copies, in C order.
        carry: the first carry: an array or number, or a structure of them. A Python number is one
            of float64 or int64 there, also beside narrower ones. A dict keeps its keys in order.
        xs: sequences, with one entry per step along their first axis, in any structure; or None.
        length: the number of steps; needed where there are no sequences.
        reverse: whether the last entry comes first; outputs stay in the places of their entries.

    Returns:
        The last carry, and the outputs with a new first axis.

    Raises:
        TypeError: the step doesn't return a pair, or its carry changes shape or dtype.
        ValueError: there is no step, or the sequences differ in length.

    >>> import numpy as np, autodiff as ad
    >>> def interest(balance, deposit):
    ...     balance = 1.5 * balance + deposit
    ...     return balance, balance
    >>> last, every = ad.scan(interest, 0.0, np.array([1.0, 2.0, 3.0]))
    >>> every
    array([1.  , 3.5 , 8.25])
    >>> ad.grad(lambda deposits: ad.scan(interest, 0.0, deposits)[0])(np.array([1.0, 2.0, 3.0]))
    array([2.25, 1.5 , 1.  ])
    """
    check_callable(step, "scan")
    start, names, carry_structure = flatten(carry, "carry")
    sequences, _, structure = flatten(xs, "xs")
    start = [_as_array(x) for x in start]
    sequences = [_as_array(x) for x in sequences]
    count = _length(sequences, length)

    def arguments(leaves: list[Array]) -> tuple[Any, Any]:
        return carry_structure(leaves[: len(start)]), structure(leaves[len(start) :])

    graph = None
    if is_collecting():
        firsts = [x[-1 if reverse else 0] for x in sequences]
        graph = StepGraph(step, _plain(start), _plain(firsts), arguments, names)
        _check(step, names, start, [_shape(x) for x in graph.results[: graph.carries]])
        constants = [Tensor(node) for node in graph.constants]
        results = loop(
            Loop(graph, count, reverse, compiled_alone), [*start, *sequences, *constants]
        )
        outputs = results[graph.carries : len(results) - graph.checks]
        for check in filter(is_traced, results[len(results) - graph.checks :]):
            notify_plain(check.node, "compared")  # so that each call computes it
        return carry_structure(results[: graph.carries]), graph.output_structure(outputs)
    given = [*start, *sequences]
    result: tuple[Any, Any] = separated(
        lambda: _unrolled(step, start, sequences, arguments, names, count, reverse), given
    )
    return carry_structure(result[0]), result[1]


def _unrolled(
    step: Function,
    carry: list[Array],
    sequences: list[Array],
    arguments: Function,
    names: list[str],
    count: int,
    reverse: bool,
) -> tuple[Any, Any]:
    """Run each step on its own; return the leaves of the last carry, and the outputs."""
    outputs: list[list[Array]] = []
    if is_traced([*carry, *sequences]):  # so that a step may assign traced values to entries
        carry = [x if isinstance(x, Tensor) or not x.ndim else Tensor(Node(_own(x))) for x in carry]
    for t in reversed(range(count)) if reverse else range(count):
        out = step(*arguments([_own(x) for x in (*carry, *(x[t] for x in sequences))]))
        if not isinstance(out, tuple) or len(out) != 2:
            raise TypeError(
                f"expected {function_place(step)} to return a pair, the next carry and an output, "
                f"got {type(out).__name__}. Return (carry, output); None for no output."
            )
        leaves = [_as_array(x) for x in in_order(step, names, *flatten(out[0], "carry")[:2])]
        parts, _, output_structure = flatten_result(out[1], "output")
        _check(step, names, carry, [(x.shape, x.dtype) for x in leaves])
        carry = leaves
        outputs.append(parts)
    outputs = outputs[::-1] if reverse else outputs
    stacked = [np.stack(parts) for parts in zip(*outputs, strict=True)]
    return carry, output_structure(stacked)


def _check(step: Function, names: list[str], before: list[Array], after: list[Any]) -> None:
    """Raise an error unless a step's carry has the shapes and dtypes that it had."""
    for name, x, (shape, dtype) in zip(names, before, after, strict=True):
        if (x.shape, x.dtype) != (shape, dtype):
            raise TypeError(
                f"expected {function_place(step)} to return {name} in shape {x.shape} and dtype "
                f"{x.dtype}, as it takes it, got shape {shape} and dtype {dtype}. Begin with a "
                f"carry of that shape and dtype, or convert the next one."
            )


def _own(x: Array) -> Array:
    """Return a copy of a value, in C order, for a step, which may edit it."""
    if isinstance(x, Tensor):
        is_in_order = np.asarray(x.node.value).flags.c_contiguous
        return Tensor(x.node) if is_in_order else x.copy()
    return np.array(x, order="C")[()]


def _shape(x: Any) -> tuple[tuple[int, ...], Any]:
    value = getattr(x, "value", x)
    return np.shape(value), np.asarray(value).dtype


def _as_array(x: Array) -> Array:
    return x if isinstance(x, Tensor) else np.asarray(x)[()]


def _plain(values: list[Array]) -> list[Array]:
    return [x.node.value if isinstance(x, Tensor) else x for x in values]


def _length(sequences: list[Array], length: int | None) -> int:
    lengths = {len(x) for x in sequences} | ({length} if length is not None else set())
    if len(lengths) > 1:
        raise ValueError(
            f"expected sequences of one length, got {', '.join(map(str, sorted(lengths)))}. Cut "
            f"them to the same number of steps."
        )
    if not lengths or min(lengths) < 1:
        raise ValueError(
            f"expected at least one step, got {min(lengths, default='neither xs nor length')}. "
            f"Pass sequences in xs, or length=."
        )
    return lengths.pop()
