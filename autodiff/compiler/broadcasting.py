"""Rules for constants and broadcasting: fold constants, and compute before broadcasting.

Each rule returns the replacement of a value, or None.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autodiff.compiler.forms import is_elementwise, is_numpy_function
from autodiff.compiler.patterns import produced_by, shape_of, size_of
from autodiff.compiler.program import Operand, ProgramValue, constant_of, values_in
from autodiff.core.typing import Array
from autodiff.rules.shape import broadcast_to


def fold_constant(value: ProgramValue) -> Operand | None:
    """Compute a value that is the same in every call."""
    if value.is_effect or value.shape is None:
        return None
    if any(not x.is_constant for x in values_in(value.inputs)):
        return None
    plain = [x.memory if isinstance(x, ProgramValue) else x for x in value.inputs]
    found = value.primitive.evaluate(*plain, **value.options)
    return constant_of(found, value.name, value.order)


def uniform(value: ProgramValue) -> Operand | None:
    """Replace a constant operand whose entries are all equal by a number."""
    if not is_elementwise(value.primitive):
        return None
    for i, x in enumerate(value.inputs):
        others = [y for j, y in enumerate(value.inputs) if j != i]
        if (
            isinstance(x, ProgramValue)
            and x.is_constant
            and size_of(x)
            and x.dtype in (np.float16, np.float32, np.float64)
            and any(isinstance(y, ProgramValue) and y.dtype == x.dtype for y in others)
            and np.broadcast_shapes(*map(shape_of, others)) == value.shape
            and _is_repeated(x.memory)
        ):
            number: Operand = x.memory.flat[0]
            if is_numpy_function(value.primitive):  # in SciPy's, Python's numbers widen float32
                number = float(number)
            return replace(value, inputs=(*value.inputs[:i], number, *value.inputs[i + 1 :]))
    return None


def _is_repeated(array: Array) -> bool:
    """Return whether all entries are equal; 0.0 and -0.0 are not."""
    first = array.flat[0]
    return bool(np.all(array == first) and np.all(np.signbit(array) == np.signbit(first)))


def without_broadcast(value: ProgramValue) -> Operand | None:
    """Pass the short operand to an elementwise operation, which broadcasts it anyway."""
    if not is_elementwise(value.primitive):
        return None
    inputs = list(value.inputs)
    for i, x in enumerate(inputs):
        if produced_by(x, broadcast_to):
            short = x.inputs[0]
            others = [shape_of(y) for j, y in enumerate(inputs) if j != i]
            if np.broadcast_shapes(shape_of(short), *others) == value.shape:
                inputs[i] = short
                return replace(value, inputs=tuple(inputs))
    return None


def later_broadcast(value: ProgramValue) -> Operand | None:
    """Compute with the short operand and broadcast the result, if all others are numbers."""
    if not is_elementwise(value.primitive) or not value.shape:
        return None
    arrays = list(values_in(value.inputs))
    if len(arrays) != 1 or not produced_by(arrays[0], broadcast_to):
        return None
    x = arrays[0]
    inputs = tuple(x.inputs[0] if y is x else y for y in value.inputs)
    short = replace(value, inputs=inputs, shape=shape_of(x.inputs[0]), name="", order=x.order)
    return value.like(arrays[0].primitive, short, shape=value.shape)
