"""Simplify: the same results from fewer and cheaper operations.

Each pass goes from the inputs to the results and rewrites operations by local rules, after their
inputs. Equal operations on equal inputs are shared, and unused ones are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.compiler import assembly, broadcasting, identities, reductions
from autodiff.compiler.patterns import Number
from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.core import conversion, indexing
from autodiff.core.backward import argument
from autodiff.core.cotangents import scatter
from autodiff.core.primitive import Primitive
from autodiff.core.registry import registry
from autodiff.rules.masked import average, greatest, least, total
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.tracing.naming import named
from autodiff.transforms.gradients import stop_gradient

__all__ = ["simplify"]

Rule = Callable[[ProgramValue], Operand | None]


def simplify(program: Program) -> Program:
    """Rewrite until nothing changes; the results stay the same, except for rounding.

    Also, a zero may have the other sign after a sum or a complex power, and a product with several
    constant factors may no longer overflow or underflow in between.
    """
    for _ in range(_MOST_PASSES):
        program, is_changed = _rewritten(program)
        if not is_changed:
            break
    return program


_MOST_PASSES = 100  # four usually suffice; rules that undo each other would never end


def _rewritten(program: Program) -> tuple[Program, bool]:
    """Return the program after one pass, and whether anything changed."""
    values = program.values()
    new: dict[ProgramValue, Operand] = {}
    known: dict[Any, ProgramValue] = {}
    for value in values:
        found = value
        if value.inputs:
            inputs = tuple(
                new.get(x, x) if isinstance(x, ProgramValue) else x for x in value.inputs
            )
            if any(a is not b for a, b in zip(inputs, value.inputs, strict=True)):
                found = replace(value, inputs=inputs)
        found = _simplest(found)
        if isinstance(found, ProgramValue):
            found = _shared(found, known)
            _pass_on_name(value, found)
        new[value] = found

    def replacement(x: Operand) -> Operand:
        return new.get(x, x) if isinstance(x, ProgramValue) else x

    return program.rewritten(replacement), any(new[value] is not value for value in values)


def _simplest(value: ProgramValue) -> Operand:
    """Apply rules until none applies."""
    while isinstance(value, ProgramValue) and value.is_computed:
        for rule in RULES.get(value.primitive, ()) + GENERAL:
            found = rule(value)
            if found is not None:
                value = found
                break
        else:
            break
    return value


def _pass_on_name(old: ProgramValue, new: ProgramValue) -> None:
    if old.name and new.is_computed and (not new.name or old.primitive is named):
        new.name, new.place = old.name, new.place or old.place


def _shared(value: ProgramValue, known: dict[Any, ProgramValue]) -> ProgramValue:
    """Return an earlier value of the same operation on the same inputs, or the value itself."""
    if not value.is_computed or value.is_effect:
        return value
    try:
        key = (value.primitive, tuple(map(_key, value.inputs)), _key(value.options))
        return known.setdefault(key, value)
    except TypeError:  # an option that can't be compared
        return value


def _key(x: Operand) -> Any:
    """Return a key that is equal only for equal operands; 0.0 and -0.0 are different numbers."""
    if isinstance(x, ProgramValue):
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
    argument: (identities.drop_marker,),
    named: (identities.drop_marker,),
    stop_gradient: (identities.drop_marker,),
    conversion.copy: (identities.drop_marker,),
    registry[np.positive]: (identities.drop_unchanged,),
    conversion.astype: (identities.drop_unchanged, identities.converted_twice),
    conversion.astype_constant: (identities.drop_unchanged,),
    indexing.getitem: (identities.whole_index, reductions.column_of_product),
    reshape: (identities.drop_unchanged, identities.reshaped_twice),
    broadcast_to: (identities.drop_unchanged,),
    transpose: (identities.same_order, identities.transposed_twice),
    registry[np.multiply]: (
        identities.number_last, identities.times_one, identities.without_minus,
        identities.folded_factor, reductions.minus_out_of_sum,
    ),
    registry[np.divide]: (
        identities.times_one, identities.without_minus, identities.folded_factor,
        reductions.minus_out_of_sum,
    ),
    registry[np.add]: (identities.without_minus,),
    registry[np.subtract]: (identities.without_minus,),
    registry[np.negative]: (identities.double_minus,),
    registry[np.power]: (identities.small_power,),
    greatest: (reductions.extremum_of_two,),
    least: (reductions.extremum_of_two,),
    total: (
        reductions.sum_as_count, reductions.minus_out_of_sum, reductions.sum_of_all,
        reductions.sum_as_product,
    ),
    average: (reductions.mean_as_sum,),
    scatter: (assembly.joined_slices,),
}  # fmt: skip
GENERAL: tuple[Rule, ...] = (
    broadcasting.fold_constant, broadcasting.uniform, broadcasting.without_broadcast,
    broadcasting.later_broadcast,
)  # fmt: skip
