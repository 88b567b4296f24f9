"""Simplify: the same results from fewer and cheaper operations.

One walk from the inputs to the results rewrites each operation by local rules, with what it is
computed from already rewritten; what was computed before is shared. What nobody uses falls away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.backward import argument
from autodiff.jit import broadcasting, identities, reductions
from autodiff.jit.patterns import Number
from autodiff.jit.program import Program, Value
from autodiff.naming import named
from autodiff.primitive import Primitive
from autodiff.registry import registry
from autodiff.rules.masked import average, greatest, least, total
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.transforms import stop_gradient

__all__ = ["simplify"]

Rule = Callable[[Value], Any]


def simplify(program: Program) -> Program:
    """Rewrite until nothing changes; the results are those of the program, but for rounding.

    Also, a zero may have the other sign after a sum or a complex power, and what is too large or
    too small only on the way from one constant factor to the next may come out right.
    """
    for _ in range(_MOST_PASSES):
        program, is_changed = _rewritten(program)
        if not is_changed:
            break
    return program


_MOST_PASSES = 100  # four are enough as a rule; rules that undo each other would go on forever


def _rewritten(program: Program) -> tuple[Program, bool]:
    """Go through the values once; answers also whether anything changed."""
    values = program.values()
    new: dict[Value, Any] = {}
    known: dict[Any, Value] = {}
    for value in values:
        found = value
        if value.inputs:
            inputs = tuple(new.get(x, x) if isinstance(x, Value) else x for x in value.inputs)
            if any(a is not b for a, b in zip(inputs, value.inputs, strict=True)):
                found = replace(value, inputs=inputs)
        found = _simplest(found)
        if isinstance(found, Value):
            found = _shared(found, known)
            _pass_on_name(value, found)
        new[value] = found

    def now(x: Any) -> Any:
        return new.get(x, x) if isinstance(x, Value) else x

    rewritten = Program(
        program.name, program.inputs, [now(e) for e in program.effects],
        [now(r) for r in program.results],
    )  # fmt: skip
    return rewritten, any(new[value] is not value for value in values)


def _simplest(value: Value) -> Any:
    """Apply rules until none does."""
    while isinstance(value, Value) and value.primitive is not None:
        for rule in RULES.get(value.primitive, ()) + GENERAL:
            found = rule(value)
            if found is not None:
                value = found
                break
        else:
            break
    return value


def _pass_on_name(old: Value, new: Value) -> None:
    if old.name and new.primitive is not None and (not new.name or old.primitive is named):
        new.name, new.place = old.name, new.place or old.place


def _shared(value: Value, known: dict[Any, Value]) -> Value:
    """Find the same operation on the same inputs, computed before."""
    if value.primitive is None or value.is_effect:
        return value
    try:
        key = (value.primitive, tuple(map(_key, value.inputs)), _key(value.options))
        return known.setdefault(key, value)
    except TypeError:  # an option that can't be compared
        return value


def _key(x: Any) -> Any:
    """Make something equal only for what computes the same; 0.0 and -0.0 are different numbers."""
    if isinstance(x, Value):
        return x
    if isinstance(x, Number):
        return type(x), repr(x)
    if isinstance(x, dict):
        return tuple((name, _key(option)) for name, option in sorted(x.items()))
    if isinstance(x, (list, tuple)):
        return type(x), tuple(map(_key, x))
    if isinstance(x, slice):
        return slice, _key((x.start, x.stop, x.step))
    if isinstance(x, np.ndarray):
        return id(x)
    hash(x)
    return x


RULES: dict[Primitive, tuple[Rule, ...]] = {
    argument: (identities.given,),
    named: (identities.given,),
    stop_gradient: (identities.given,),
    registry["copy"]: (identities.given,),
    registry[np.positive]: (identities.unless_changed,),
    registry["astype"]: (identities.unless_changed, identities.converted_twice),
    registry["astype_constant"]: (identities.unless_changed,),
    registry["getitem"]: (identities.whole_index, reductions.column_of_product),
    reshape: (identities.unless_changed, identities.reshaped_twice),
    broadcast_to: (identities.unless_changed,),
    transpose: (identities.same_order, identities.transposed_twice),
    registry[np.multiply]: (
        identities.number_last, identities.one_is_neutral, identities.without_minus,
        identities.folded_factor, reductions.minus_outwards,
    ),
    registry[np.divide]: (
        identities.one_is_neutral, identities.without_minus, identities.folded_factor,
        reductions.minus_outwards,
    ),
    registry[np.add]: (identities.without_minus,),
    registry[np.subtract]: (identities.without_minus,),
    registry[np.negative]: (identities.minus_minus,),
    registry[np.power]: (identities.small_power,),
    greatest: (reductions.largest_of_two,),
    least: (reductions.largest_of_two,),
    total: (
        reductions.counted, reductions.minus_outwards, reductions.sum_of_all,
        reductions.sum_as_product,
    ),
    average: (reductions.mean_as_sum,),
}  # fmt: skip
GENERAL: tuple[Rule, ...] = (
    broadcasting.computed_now, broadcasting.uniform, broadcasting.without_broadcast,
    broadcasting.later_broadcast,
)  # fmt: skip
