"""Algebra: build a formula from formulas, as a person would write it.

``1 · g`` is ``g``, ``−(−x)`` is ``x``, ``x ** 1`` is ``x``, ``g · 2 · x`` is ``2 · x · g``: numbers
come first, then data, arguments, and computed values, which is the order of most derivations by
hand. Every simplification keeps the value; what would divide by zero is left as it is, and so are
numbers whose product would overflow or underflow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import Formula, identity_of, number, ones

__all__ = [
    "ONE", "ZERO", "add", "combined", "divide", "index", "matmul", "negate", "opposite",
    "outer", "placed", "power", "product", "relation", "replaced", "stack", "total", "transpose",
    "where", "without", "without_ones",
]  # fmt: skip

ZERO, ONE = number(0), number(1)
_SMALLEST = np.finfo(float).tiny  # below, numbers lose digits
_OPPOSITE = {"<": "≥", "≥": "<", ">": "≤", "≤": ">", "=": "≠", "≠": "="}


def product(*factors: Formula) -> Formula:
    """Multiply elementwise: numbers first, equal factors as a power."""
    shape = _shape(factors)
    above: list[Array] = []
    below: list[Array] = []
    exponents: dict[tuple[Formula, bool], int] = {}
    for factor in _flatten("product", factors):
        base, exponent = _as_power(factor)
        if base.kind == "number" and exponent == 1:
            above.append(base.label)
        elif base.kind == "number" and exponent == -1:
            below.append(base.label)
        elif base.kind != "ones":
            key = (base, exponent > 0)
            exponents[key] = exponents.get(key, 0) + exponent
    if 0 in above and 0 not in below and np.isfinite(above).all():
        return ZERO
    top, bottom = _quotient(_multiply_numbers(above), _multiply_numbers(below))
    rest = [_power(base, exponent) for (base, _), exponent in exponents.items()]
    rest.sort(key=lambda factor: factor.order)
    if shape and _shape(rest) != shape:
        rest.append(ones(shape))
    rest[:0] = [*map(number, top), *(_power(number(x), -1) for x in bottom)]
    return _build("product", rest or [ONE], shape)


def add(*terms: Formula) -> Formula:
    """Add terms: numbers together, equal terms as a multiple, common factors in front."""
    shape = _shape(terms)
    counts: dict[Formula, Array] = {}
    for term in _flatten("sum", terms):
        times, rest = _split_coefficient(term)
        counts[rest] = counts.get(rest, 0) + times
    kept = [product(number(times), rest) for rest, times in counts.items() if times != 0]
    if not kept:
        return ZERO
    common = _common_factors(kept)
    if len(kept) > 1 and common:
        return product(*common, add(*(_remove_factors(term, common) for term in kept)))
    return _build("sum", kept, shape)


def negate(x: Formula) -> Formula:
    """Return the negative."""
    return product(number(-1), x)


def divide(x: Formula, y: Formula) -> Formula:
    """Divide elementwise."""
    return product(x, power(y, -1))


def power(base: Formula, exponent: float) -> Formula:
    """Raise a formula to a power that is a number."""
    if exponent == 1:
        return base
    if exponent == 0:
        return ones(base.shape)
    if base.kind == "ones":
        return base
    exponent = int(exponent) if float(exponent).is_integer() else exponent
    if base.kind == "number" and exponent > 0:
        value = _raise_number(base.label, exponent)
        return _power(base, exponent) if value is None else number(value)
    if base.kind == "number" and exponent < -1:
        value = _raise_number(base.label, -exponent)
        return _power(base, exponent) if value is None else _power(number(value), -1)
    if (
        base.kind == "product"
        and isinstance(exponent, int)
        and all(_can_be_raised(part, exponent) for part in base.parts)
    ):
        return product(*(power(part, exponent) for part in base.parts))
    if base.kind == "power" and isinstance(exponent, int) and isinstance(base.label, int):
        return power(base.parts[0], base.label * exponent)
    return _power(base, exponent)


def matmul(x: Formula, y: Formula, shape: tuple[int, ...]) -> Formula:
    """Multiply matrices; scalar factors move to the front."""
    if ZERO in (x, y):
        return ZERO
    (a, x), (b, y) = _split_scalars(x), _split_scalars(y)
    return product(*a, *b, Formula("matmul", (x, y), shape=shape, order=_order((x, y))))


def transpose(x: Formula, shape: tuple[int, ...]) -> Formula:
    """Transpose a formula; transposing a transpose returns the original."""
    if x == ZERO:
        return x
    scale, x = _split_scalars(x)
    transposed = (
        x.parts[0] if x.kind == "transpose" else _build("transpose", [x], shape, alone=True)
    )
    return product(*scale, transposed)


def total(x: Formula, axis: str, shape: tuple[int, ...]) -> Formula:
    """Sum entries, all (axis "") or along an axis; scalar factors move out of the sum."""
    if x.shape == shape or x == ZERO:
        return x
    scale, x = _split_scalars(x)
    if x.kind == "ones" and shape == ():
        return product(*scale, number(int(np.prod(x.shape))))
    inner = Formula("total", (x,), axis, shape, order=x.order)
    return product(*scale, inner)


def index(x: Formula, key: Any, words: str, shape: tuple[int, ...]) -> Formula:
    """Index a formula: the factors of a product, the terms of a sum, or one part of a stack."""
    if x.kind == "stack" and type(key) is int:
        return x.parts[key]
    if x.shape == () and _is_new_axes(key):
        return product(x, ones(shape))
    if x.kind == "ones" or x == ZERO:
        return ones(shape) if x.kind == "ones" else x
    if x.kind in ("product", "sum", "power") and all(
        part.shape in ((), x.shape) for part in x.parts
    ):
        parts = [index(part, key, words, shape) if part.shape else part for part in x.parts]
        if x.kind == "power":
            return power(parts[0], x.label)
        return product(*parts, ones(shape)) if x.kind == "product" else add(*parts)
    if x.kind == "matmul" and _ends_with(0, key) and _is_column(x.parts[1]):
        return matmul(x.parts[0], x.parts[1].parts[0], shape)
    several = x.value if isinstance(x.value, tuple) else np.asarray(x.value)
    value = None if x.value is None else several[key]
    return Formula("index", (x,), words, shape, identity_of(key), value, key, x.order)


def placed(x: Formula, key: Any, words: str, shape: tuple[int, ...]) -> Formula:
    """Place a value at an index of an array that is 0 elsewhere; scalar factors move out."""
    if x == ZERO:
        return x
    scale, x = _split_scalars(x)
    return product(*scale, Formula("at", (x,), words, shape, identity_of(key), None, key, x.order))


def replaced(x: Formula, y: Formula, key: Any, words: str) -> Formula:
    """Replace the entries of a formula at an index."""
    order = _order((x, y))
    return Formula("replaced", (x, y), words, x.shape, identity_of(key), None, key, order)


def outer(x: Formula, y: Formula, shape: tuple[int, ...]) -> Formula:
    """Multiply each entry of a vector by each of another; scalar factors move out."""
    if ZERO in (x, y):
        return ZERO
    (a, x), (b, y) = _split_scalars(x), _split_scalars(y)
    return product(*a, *b, Formula("outer", (x, y), shape=shape, order=_order((x, y))))


def where(condition: Formula, x: Formula, y: Formula, shape: tuple[int, ...]) -> Formula:
    """Choose by a condition; common factors move out, and a choice of 0 becomes a product.

    A condition with the same value everywhere is replaced by the branch that it chooses.
    """
    if x == y:
        return product(x, ones(shape))
    known = condition.value
    if known is not None and (np.all(known) or not np.any(known)):
        return product(x if np.all(known) else y, ones(shape))
    if y == ZERO:
        return product(x, condition, ones(shape))
    if x == ZERO:
        return product(y, opposite(condition), ones(shape))
    common = _common_factors([x, y])
    x, y = (without_ones(_remove_factors(choice, common)) for choice in (x, y))
    return product(*common, combined("where", (condition, x, y), ("where", ""), shape))


def relation(sign: str, x: Formula, y: Formula, value: Array) -> Formula:
    """Compare two formulas; as a number, the result is 1 where it holds and 0 elsewhere."""
    return Formula("relation", (x, y), sign, np.shape(value), value=value, order=_order((x, y)))


def stack(parts: Iterable[Formula], shape: tuple[int, ...]) -> Formula:
    """Stack values along a new first axis, as ``np.array([a, b])`` does."""
    return _build("stack", list(parts), shape, alone=True)


def combined(
    kind: str,
    parts: Iterable[Formula],
    label: Any,
    shape: tuple[int, ...],
    identity: Any = None,
) -> Formula:
    """Build any other kind of formula; ``identity`` distinguishes options with the same text."""
    kept = tuple(parts)
    return Formula(kind, kept, label, shape, identity, order=_order(kept))


def without(x: Formula, factor: Formula) -> Formula | None:
    """Divide a formula by a factor that all its terms have; return None if they don't."""
    if x.kind == "sum":
        terms = [without(term, factor) for term in x.parts]
        return None if None in terms else add(*(term for term in terms if term is not None))
    if factor not in _factors(x):
        return ZERO if x == ZERO else None
    rest = _remove_factors(x, [factor])
    return rest if factor not in rest.leaves() else None


def without_ones(x: Formula) -> Formula:
    """Drop factors that are arrays of ones, which only broadcast the others."""
    return product(*(part for part in _factors(x) if part.kind != "ones"))


def _build(kind: str, parts: list[Formula], shape: tuple[int, ...], alone: bool = False) -> Formula:
    if len(parts) == 1 and not alone:
        return parts[0]
    return Formula(kind, tuple(parts), shape=shape, order=_order(parts))


def opposite(x: Formula) -> Formula:
    """Return the formula that is 1 where a condition is 0."""
    sign = _OPPOSITE.get(x.label) if x.kind == "relation" else None
    if sign is None:
        return add(ONE, negate(x))
    return relation(sign, x.parts[0], x.parts[1], np.logical_not(x.value))


def _multiply_numbers(numbers: Iterable[Array]) -> list[Array]:
    """Multiply numbers; keep apart those whose product would overflow or underflow."""
    found: list[Array] = [1.0]
    for x in numbers:
        whole = found[-1] * x
        found[-1:] = [whole] if _is_in_range(whole, found[-1], x) else [found[-1], x]
    return [x for x in found if x != 1]


def _quotient(top: list[Array], bottom: list[Array]) -> tuple[list[Array], list[Array]]:
    """Divide where the quotient is a whole number."""
    if len(top) > 1 or len(bottom) != 1 or bottom == [0] or np.iscomplexobj([*top, *bottom]):
        return top, bottom
    quotient = (top or [1.0])[0] / bottom[0]
    is_even = quotient.is_integer() and quotient != 0
    return ([] if quotient == 1 else [quotient], []) if is_even else (top, bottom)


def _raise_number(x: Array, exponent: float) -> Array:
    """Raise a number to a power; return None if it overflows, underflows or isn't real."""
    with np.errstate(all="ignore"):
        value = np.power(x * 1.0, float(exponent)).item()
    return value if _is_in_range(value, x) else None


def _can_be_raised(x: Formula, exponent: int) -> bool:
    """Return whether a factor can be raised separately: the power of a number is a number."""
    base, times = _as_power(x)
    return base.kind != "number" or _raise_number(base.label, abs(times * exponent)) is not None


def _is_in_range(value: Array, *parts: Array) -> bool:
    """Return whether numbers were combined into ``value`` without overflow or underflow."""
    return _is_normal(value) or not all(map(_is_normal, parts))


def _is_normal(x: Array) -> bool:
    return bool(np.isfinite(x)) and bool(np.abs(x) >= _SMALLEST)


def _power(base: Formula, exponent: float) -> Formula:
    if exponent == 1:
        return base
    return Formula("power", (base,), exponent, base.shape, order=base.order)


def _order(parts: Iterable[Formula]) -> float:
    return max((part.order for part in parts if part.kind != "ones"), default=0)


def _shape(parts: Iterable[Formula]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(part.shape for part in parts))


def _flatten(kind: str, parts: Iterable[Formula]) -> Iterable[Formula]:
    for part in parts:
        if part.kind == kind:
            yield from _flatten(kind, part.parts)
        else:
            yield part


def _as_power(x: Formula) -> tuple[Formula, int]:
    if x.kind == "power" and isinstance(x.label, int):
        return x.parts[0], x.label
    return x, 1


def _factors(x: Formula) -> tuple[Formula, ...]:
    return x.parts if x.kind == "product" else (x,)


def _common_factors(terms: list[Formula]) -> list[Formula]:
    """List the factors that all terms have, as often as all do, except arrays of ones."""
    first, *others = (list(_factors(term)) for term in terms)
    common = []
    for part in first:
        if part.kind != "ones" and all(part in rest for rest in others):
            common.append(part)
            for rest in others:
                rest.remove(part)
    return common


def _remove_factors(x: Formula, factors: list[Formula]) -> Formula:
    """Remove factors from a product."""
    rest = list(_factors(x))
    for factor in factors:
        rest.remove(factor)
    return product(*rest, ones(x.shape)) if rest else ones(x.shape)


def _split_coefficient(x: Formula) -> tuple[Array, Formula]:
    """Split a term into its numeric coefficient and the rest."""
    if x.kind == "number":
        return x.label, ONE
    if x.kind == "product" and x.parts[0].kind == "number":
        return x.parts[0].label, product(*x.parts[1:])
    return 1, x


def _split_scalars(x: Formula) -> tuple[list[Formula], Formula]:
    """Split a product into its scalar factors and the rest, if there is a rest."""
    scale = [part for part in _factors(x) if part.shape == ()]
    rest = [part for part in _factors(x) if part.shape != ()]
    return (scale, product(*rest)) if rest else ([], x)


def _is_new_axes(key: Any) -> bool:
    return type(key) is tuple and all(entry is None for entry in key)


def _is_column(x: Formula) -> bool:
    """Return whether a formula is a vector indexed as a matrix of one column."""
    return x.kind == "index" and len(x.parts[0].shape) == 1 and _ends_with(None, x.key)


def _ends_with(last: Any, key: Any) -> bool:
    """Return whether an index takes all of the first axes, and ``last`` of the last axis."""
    if type(key) is not tuple or type(key[-1]) is not type(last) or key[-1] != last:
        return False
    return all(isinstance(entry, slice) and entry == slice(None) for entry in key[:-1])
