"""Simplify: the same results from fewer and cheaper operations.

One walk from the inputs to the results rewrites each operation by local rules, with what it is
computed from already rewritten; what was computed before is shared. What nobody uses falls away.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.backward import argument
from autodiff.jit.forms import is_elementwise
from autodiff.jit.program import Program, Value, constant_of, values_in
from autodiff.naming import named
from autodiff.primitive import Primitive, constant, primitive
from autodiff.registry import registry
from autodiff.rules.masked import average as _MEAN  # noqa: N812 - constants here
from autodiff.rules.masked import greatest as _MAX  # noqa: N812
from autodiff.rules.masked import least as _MIN  # noqa: N812
from autodiff.rules.masked import total as _SUM  # noqa: N812
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.transforms import stop_gradient

__all__ = ["simplify"]

Rule = Callable[[Value], Any]
Number = (int, float, complex, np.generic)


def simplify(program: Program) -> Program:
    """Rewrite until nothing changes; the results are those of the program, but for rounding."""
    before = -1
    while (count := len(program.values())) != before:
        before = count
        program = _rewritten(program)
    return program


def _rewritten(program: Program) -> Program:
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

    return Program(
        program.name, program.inputs, [now(e) for e in program.effects],
        [now(r) for r in program.results],
    )  # fmt: skip


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


# Rules: each answers what to put in the place of a value, or None.


def _is_same(value: Value, x: Any) -> bool:
    return isinstance(x, Value) and x.shape == value.shape and x.dtype == value.dtype


def _first(value: Value) -> Any:
    return value.inputs[0]


def _unless_changed(value: Value) -> Any:
    """Leave an operation away that gave what it got."""
    x = value.inputs[0]
    return x if _is_same(value, x) else None


def _whole_index(value: Value) -> Any:
    index = value.options["index"]
    is_whole = index is ... or (isinstance(index, tuple) and not index)
    return _unless_changed(value) if is_whole else None


def _same_order(value: Value) -> Any:
    axes = value.options["axes"]
    return value.inputs[0] if axes == tuple(range(len(axes))) else None


def _transposed_twice(value: Value) -> Any:
    x = value.inputs[0]
    if not _made_by(x, "transpose"):
        return None
    axes = tuple(x.options["axes"][i] for i in value.options["axes"])
    return value.like(x.primitive, x.inputs[0], axes=axes)


def _reshaped_twice(value: Value) -> Any:
    x = value.inputs[0]
    plain = value.options.get("order", "C") == "C"
    if plain and _made_by(x, "reshape") and x.options.get("order", "C") == "C":
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None


def _one_is_neutral(value: Value) -> Any:
    """X * 1, 1 * x and x / 1 are x."""
    x, y = value.inputs
    if _is_number(y, 1) and _is_same(value, x):
        return x
    is_product = value.primitive is registry[np.multiply]
    return y if is_product and _is_number(x, 1) and _is_same(value, y) else None


def _without_minus(value: Value) -> Any:
    """A + (-b) is a - b, a - (-b) is a + b, (-a) * c is a * (-c)."""
    x, y = value.inputs
    other = {np.add: np.subtract, np.subtract: np.add}.get(value.primitive.function)  # type: ignore
    if other is not None:
        return value.like(registry[other], x, y.inputs[0]) if _made_by(y, np.negative) else None
    for a, b, turn in ((x, y, False), (y, x, True)):
        if _made_by(a, np.negative) and isinstance(b, (int, float)):
            pair = (-b, a.inputs[0]) if turn else (a.inputs[0], -b)
            return value.like(value.primitive, *pair)  # type: ignore[arg-type]
    return None


def _minus_minus(value: Value) -> Any:
    x = value.inputs[0]
    if _made_by(x, np.negative):
        return x.inputs[0]
    if _made_by(x, np.multiply, np.divide) and isinstance(x.inputs[1], (int, float)):
        return value.like(x.primitive, x.inputs[0], -x.inputs[1])
    return None


def _minus_outwards(value: Value) -> Any:
    """The sum of -x is -(the sum of x), and so for factors: the minus may meet another one."""
    for i, x in enumerate(value.inputs[: 1 if value.primitive is registry[np.divide] else 2]):
        if _made_by(x, np.negative) and _size(x) >= _size(value):
            inputs = (*value.inputs[:i], x.inputs[0], *value.inputs[i + 1 :])
            return value.like(registry[np.negative], replace(value, inputs=inputs, name=""))
    return None


def _sum_as_product(value: Value) -> Any:
    """Sum a matrix over its rows, or over few columns, as a product with ones: BLAS is quicker."""
    x, axis = value.inputs[0], value.options.get("axis")
    if not (isinstance(x, Value) and x.ndim == 2 and type(axis) in (int, tuple) and _size(x)):
        return None
    if (type(axis) is tuple and len(axis) != 1) or x.dtype not in (np.float32, np.float64):
        return None
    over = int(axis[0] if type(axis) is tuple else axis) % 2  # type: ignore[arg-type]
    if over == 1 and _shape(x)[1] > _FEW_COLUMNS:
        return None
    ones = _ones(_shape(x)[over], x.dtype)
    pair = (ones, x) if over == 0 else (x, ones)
    total = value.like(registry[np.matmul], *pair)
    total.shape = (_shape(x)[1 - over],)
    if not value.options.get("keepdims"):
        return total
    return value.like(reshape, total, shape=value.shape)


_FEW_COLUMNS = 64


@functools.cache
def _ones(count: int, dtype: Any) -> Value:
    """Make the one constant of so many ones."""
    ones = np.ones(count, dtype)
    ones.setflags(write=False)
    return Value(ones.shape, ones.dtype, memory=ones, name=f"ones_{count}")


def _made_of_ones(x: Any) -> bool:
    return isinstance(x, Value) and x.ndim == 1 and x is _ones(_shape(x)[0], x.dtype)


def _mean_as_sum(value: Value) -> Any:
    """The mean of all is the sum of all, divided."""
    x = value.inputs[0]
    if not (isinstance(x, Value) and value.shape == () and _size(x)):
        return None
    if value.dtype not in (np.float32, np.float64):
        return None
    total = replace(value.like(_SUM, x), name="")
    return value.like(registry[np.divide], total, _size(x))


def _counted(value: Value) -> Any:
    """The sum of what was true or false, as floats, counts what is true."""
    x = value.inputs[0]
    if value.shape == () and value.dtype == np.float64 and _made_by(x, "astype"):
        is_true = x.inputs[0]
        if isinstance(is_true, Value) and is_true.dtype == np.bool:
            return value.like(_count_nonzero, is_true)
    return None


@primitive
def _count_nonzero(a: Any) -> Any:
    return np.float64(np.count_nonzero(a))


def _converted_twice(value: Value) -> Any:
    """What is true or false is 1 or 0 in every dtype."""
    x = value.inputs[0]
    if _made_by(x, "astype") and isinstance(x.inputs[0], Value) and x.inputs[0].dtype == np.bool:
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None


def _largest_of_two(value: Value) -> Any:
    """The larger of two columns: by far quicker than to reduce each row."""
    x, axis = value.inputs[0], value.options.get("axis")
    if not (isinstance(x, Value) and x.ndim == 2 and axis in (-1, 1) and _shape(x)[1] == 2):
        return None
    getitem = registry["getitem"]
    keeps = value.options.get("keepdims", False)
    columns = [
        value.like(getitem, x, index=(slice(None), slice(i, i + 1) if keeps else i)) for i in (0, 1)
    ]
    for column in columns:
        column.name = ""
    pair = np.maximum if value.primitive.function is np.max else np.minimum  # type: ignore
    return value.like(registry[pair], *columns)


def _sum_of_all(value: Value) -> Any:
    """The sum of sums is the sum of all; the sum of products is a scalar product."""
    x = value.inputs[0]
    if value.shape != () or value.dtype not in (np.float32, np.float64):
        return None
    if _made_by(x, "sum") and x.inputs[0].dtype == value.dtype:
        return value.like(value.primitive, x.inputs[0])  # type: ignore[arg-type]
    if _made_by(x, np.matmul) and x.ndim == 1:
        for ones, y in (x.inputs, x.inputs[::-1]):
            if _made_of_ones(ones):
                return value.like(value.primitive, y)  # type: ignore[arg-type]
    if _made_by(x, "reshape"):
        return value.like(value.primitive, x.inputs[0])  # type: ignore[arg-type]
    if _made_by(x, np.multiply):
        a, b = x.inputs
        if all(_is_same(x, y) and x.ndim for y in (a, b)):
            flat = [y.like(reshape, y, shape=(_size(y),)) if y.ndim > 1 else y for y in (a, b)]
            for y in flat:
                y.shape, y.order = (_size(y),), value.order
            return value.like(registry[np.matmul], *flat)
    return None


def _small_power(value: Value) -> Any:
    x, y = value.inputs
    if isinstance(x, Value) and value.dtype is not None and value.dtype.kind in "fc":
        if _is_number(y, 2) and _is_same(value, x):
            return value.like(registry[np.square], x)
        if _is_number(y, 1) and _is_same(value, x):
            return x
    return None


def _number_last(value: Value) -> Any:
    """A number times x is x times the number."""
    x, y = value.inputs
    if isinstance(x, (int, float)) and isinstance(y, Value):
        return value.like(value.primitive, y, x)  # type: ignore[arg-type]
    return None


def _column_of_product(value: Value) -> Any:
    """The one column of A @ x[..., None] is A @ x."""
    product = value.inputs[0]
    if not (_made_by(product, np.matmul) and _is_last(value, 0) and value.ndim == 1):
        return None
    a, column = product.inputs
    if _made_by(column, "getitem") and _is_last(column, None) and column.inputs[0].ndim == 1:
        return value.like(product.primitive, a, column.inputs[0])
    return None


def _is_last(value: Value, what: int | None) -> bool:
    """Whether a value is ``x[..., what]``."""
    index = value.options["index"]
    return type(index) is tuple and len(index) == 2 and index[0] is ... and index[1] is what


def _folded_factor(value: Value) -> Any:
    """(x * a) * b is x * (a * b), and so on, for numbers a and b."""
    x, b = value.inputs
    if not (isinstance(b, (int, float)) and b and _made_by(x, np.multiply, np.divide)):
        return None
    a = x.inputs[1]
    if not (isinstance(a, (int, float)) and a and isinstance(x.inputs[0], Value)):
        return None
    if not _is_same(value, x) or x.dtype.kind != "f":
        return None
    product = registry[np.multiply]
    factor = (a if x.primitive is product else 1 / a) * (b if value.primitive is product else 1 / b)
    return value.like(product, x.inputs[0], factor) if np.isfinite(factor) else None


def _without_broadcast(value: Value) -> Any:
    """Give an elementwise operation the short operand, where it would repeat it anyway."""
    if not is_elementwise(value.primitive):
        return None
    inputs = list(value.inputs)
    for i, x in enumerate(inputs):
        if _made_by(x, "broadcast_to"):
            short = x.inputs[0]
            others = [_shape(y) for j, y in enumerate(inputs) if j != i]
            if np.broadcast_shapes(_shape(short), *others) == value.shape:
                inputs[i] = short
                return replace(value, inputs=tuple(inputs))
    return None


def _later_broadcast(value: Value) -> Any:
    """Compute with the short operand and repeat the result, where all else is numbers."""
    if not is_elementwise(value.primitive) or not value.shape:
        return None
    arrays = list(values_in(value.inputs))
    if len(arrays) != 1 or not _made_by(arrays[0], "broadcast_to"):
        return None
    x = arrays[0]
    inputs = tuple(x.inputs[0] if y is x else y for y in value.inputs)
    short = replace(value, inputs=inputs, shape=_shape(x.inputs[0]), name="", order=x.order)
    return value.like(arrays[0].primitive, short, shape=value.shape)  # type: ignore[arg-type]


def _constant(value: Value) -> Any:
    """Compute now what is the same at every call."""
    if value.is_effect or value.shape is None:
        return None
    if any(not x.is_constant for x in values_in(value.inputs)):
        return None
    plain = [x.memory if isinstance(x, Value) else x for x in value.inputs]
    found = value.primitive.evaluate(*plain, **value.options)  # type: ignore[union-attr]
    return constant_of(found, value.name, value.order)


def _uniform(value: Value) -> Any:
    """Give an elementwise operation a number for a constant array that repeats it."""
    if not is_elementwise(value.primitive):
        return None
    for i, x in enumerate(value.inputs):
        others = [y for j, y in enumerate(value.inputs) if j != i]
        if (
            isinstance(x, Value)
            and x.is_constant
            and _size(x)
            and x.dtype is not None
            and x.dtype.kind == "f"
            and any(isinstance(y, Value) and y.dtype == x.dtype for y in others)
            and np.broadcast_shapes(*map(_shape, others)) == value.shape
            and bool(np.all(x.memory == x.memory.flat[0]))
        ):
            return replace(
                value, inputs=(*value.inputs[:i], float(x.memory.flat[0]), *value.inputs[i + 1 :])
            )
    return None


def _made_by(x: Any, *what: Any) -> bool:
    return (
        isinstance(x, Value)
        and x.primitive is not None
        and (x.primitive.function in what or x.primitive.name in what)
    )


def _is_number(x: Any, number: float) -> bool:
    return isinstance(x, Number) and bool(x == number)


def _shape(x: Any) -> Any:
    return x.shape if isinstance(x, Value) else np.shape(x)


def _size(x: Any) -> int:
    return math.prod(_shape(x))


def _rules() -> dict[Primitive, tuple[Any, ...]]:
    """Gather the rules of each primitive."""
    of: dict[Primitive, tuple[Any, ...]] = {
        argument: (_first,),
        named: (_first,),
        stop_gradient: (_first,),
        registry["copy"]: (_first,),
        registry[np.positive]: (_unless_changed,),
        registry["astype"]: (_unless_changed, _converted_twice),
        registry["astype_constant"]: (_unless_changed,),
        registry["getitem"]: (_whole_index, _column_of_product),
        reshape: (_unless_changed, _reshaped_twice),
        broadcast_to: (_unless_changed,),
        transpose: (_same_order, _transposed_twice),
        registry[np.multiply]: (
            _number_last,
            _one_is_neutral,
            _without_minus,
            _folded_factor,
            _minus_outwards,
        ),
        registry[np.divide]: (_one_is_neutral, _without_minus, _folded_factor, _minus_outwards),
        _MAX: (_largest_of_two,),
        _MIN: (_largest_of_two,),
        _SUM: (_counted, _minus_outwards, _sum_of_all, _sum_as_product),
        _MEAN: (_mean_as_sum,),
        registry[np.add]: (_without_minus,),
        registry[np.subtract]: (_without_minus,),
        registry[np.negative]: (_minus_minus,),
        registry[np.power]: (_small_power,),
    }
    return of


RULES = _rules()
constant(_count_nonzero)
_count_nonzero.emit = "np.float64(np.count_nonzero({0}))"
GENERAL: tuple[Rule, ...] = (_constant, _uniform, _without_broadcast, _later_broadcast)
