"""Algebra: build a formula from formulas, as a person would write it.

``1 · g`` is ``g``, ``−(−x)`` is ``x``, ``x ** 1`` is ``x``, ``g · 2 · x`` is ``2 · x · g``: numbers
come first, then data, arguments, and what was computed, which is the order of most derivations by
hand. Everything done here keeps the value; what would divide by zero is left as it is, and so are
numbers that would overflow or underflow if they were put together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.show.formula import Formula, identity_of, number, ones

__all__ = [
    "ONE", "ZERO", "add", "combined", "divide", "index", "matmul", "negate", "power", "product",
    "relation", "stack", "total", "transpose", "where", "without", "without_ones",
]  # fmt: skip

ZERO, ONE = number(0), number(1)
_SMALLEST = np.finfo(float).tiny  # below, numbers lose digits
_OPPOSITE = {"<": "≥", "≥": "<", ">": "≤", "≤": ">", "=": "≠", "≠": "="}


def product(*factors: Formula) -> Formula:
    """Multiply entry by entry: numbers first, equal factors as a power."""
    shape = _shape(factors)
    above: list[Any] = []
    below: list[Any] = []
    exponents: dict[tuple[Formula, bool], int] = {}
    for factor in _flat("product", factors):
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
    top, bottom = _quotient(_multiplied(above), _multiplied(below))
    rest = [_power(base, exponent) for (base, _), exponent in exponents.items()]
    rest.sort(key=lambda factor: factor.order)
    if shape and _shape(rest) != shape:
        rest.append(ones(shape))
    rest[:0] = [*map(number, top), *(_power(number(x), -1) for x in bottom)]
    return _node("product", rest or [ONE], shape)


def add(*terms: Formula) -> Formula:
    """Add up: numbers together, equal terms as a multiple, common factors in front."""
    shape = _shape(terms)
    counts: dict[Formula, Any] = {}
    for term in _flat("sum", terms):
        times, rest = _multiple(term)
        counts[rest] = counts.get(rest, 0) + times
    kept = [product(number(times), rest) for rest, times in counts.items() if times != 0]
    if not kept:
        return ZERO
    common = _common(kept)
    if len(kept) > 1 and common:
        return product(*common, add(*(_less(term, common) for term in kept)))
    return _node("sum", kept, shape)


def negate(x: Formula) -> Formula:
    """The negative."""
    return product(number(-1), x)


def divide(x: Formula, y: Formula) -> Formula:
    """The quotient, entry by entry."""
    return product(x, power(y, -1))


def power(base: Formula, exponent: float) -> Formula:
    """Raise to a power that is a number."""
    if exponent == 1:
        return base
    if exponent == 0:
        return ones(base.shape)
    if base.kind == "ones":
        return base
    exponent = int(exponent) if float(exponent).is_integer() else exponent
    if base.kind == "number" and exponent > 0:
        value = _raised(base.label, exponent)
        return _power(base, exponent) if value is None else number(value)
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
    """The product of matrices; numbers in it come to the front."""
    if ZERO in (x, y):
        return ZERO
    (a, x), (b, y) = _scaled(x), _scaled(y)
    return product(*a, *b, Formula("matmul", (x, y), shape=shape, order=_order((x, y))))


def transpose(x: Formula, shape: tuple[int, ...]) -> Formula:
    """The transpose; twice is not at all."""
    if x == ZERO:
        return x
    scale, x = _scaled(x)
    turned = x.parts[0] if x.kind == "transpose" else _node("transpose", [x], shape, alone=True)
    return product(*scale, turned)


def total(x: Formula, axis: str, shape: tuple[int, ...]) -> Formula:
    """The sum of entries, of all (axis "") or along some; what all have in common comes out."""
    if x.shape == shape or x == ZERO:
        return x
    scale, x = _scaled(x)
    if x.kind == "ones" and shape == ():
        return product(*scale, number(int(np.prod(x.shape))))
    inner = Formula("total", (x,), axis, shape, order=x.order)
    return product(*scale, inner)


def index(x: Formula, key: Any, words: str, shape: tuple[int, ...]) -> Formula:
    """Pick entries: of a product's factors, of a sum's terms, of a stack its part."""
    if x.kind == "stack" and type(key) is int:
        return x.parts[key]
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
    value = None if x.value is None else np.asarray(x.value)[key]
    return Formula("index", (x,), words, shape, identity_of(key), value, key, x.order)


def where(condition: Formula, x: Formula, y: Formula, shape: tuple[int, ...]) -> Formula:
    """Choose; what both choices have in common comes out, and a choice of 0 is a product.

    A condition that has the same answer everywhere has been decided.
    """
    if x == y:
        return product(x, ones(shape))
    known = condition.value
    if known is not None and (np.all(known) or not np.any(known)):
        return product(x if np.all(known) else y, ones(shape))
    if y == ZERO:
        return product(x, condition, ones(shape))
    if x == ZERO:
        return product(y, _opposite(condition), ones(shape))
    common = _common([x, y])
    x, y = (without_ones(_less(choice, common)) for choice in (x, y))
    return product(*common, combined("where", (condition, x, y), ("where", ""), shape))


def relation(sign: str, x: Formula, y: Formula, value: Any) -> Formula:
    """A comparison; as a number, 1 where it holds and 0 elsewhere."""
    return Formula("relation", (x, y), sign, np.shape(value), value=value, order=_order((x, y)))


def stack(parts: Iterable[Formula], shape: tuple[int, ...]) -> Formula:
    """Put values side by side, as ``np.array([a, b])`` does."""
    return _node("stack", list(parts), shape, alone=True)


def combined(
    kind: str,
    parts: Iterable[Formula],
    label: Any,
    shape: tuple[int, ...],
    identity: Any = None,
) -> Formula:
    """Anything else; ``identity`` tells options apart that are written alike."""
    kept = tuple(parts)
    return Formula(kind, kept, label, shape, identity, order=_order(kept))


def without(x: Formula, factor: Formula) -> Formula | None:
    """Divide a formula by a factor that all its terms have; None if they don't."""
    if x.kind == "sum":
        terms = [without(term, factor) for term in x.parts]
        return None if None in terms else add(*(term for term in terms if term is not None))
    if factor not in _factors(x):
        return ZERO if x == ZERO else None
    rest = _less(x, [factor])
    return rest if factor not in rest.leaves() else None


def without_ones(x: Formula) -> Formula:
    """Leave away the ones that only repeat what stands beside them."""
    return product(*(part for part in _factors(x) if part.kind != "ones"))


def _node(kind: str, parts: list[Formula], shape: tuple[int, ...], alone: bool = False) -> Formula:
    if len(parts) == 1 and not alone:
        return parts[0]
    return Formula(kind, tuple(parts), shape=shape, order=_order(parts))


def _opposite(x: Formula) -> Formula:
    """What holds where a condition doesn't."""
    sign = _OPPOSITE.get(x.label) if x.kind == "relation" else None
    if sign is None:
        return add(ONE, negate(x))
    return relation(sign, x.parts[0], x.parts[1], np.logical_not(x.value))


def _multiplied(numbers: Iterable[Any]) -> list[Any]:
    """Multiply numbers, each with those before it unless that would overflow or underflow."""
    found: list[Any] = [1.0]
    for x in numbers:
        whole = found[-1] * x
        found[-1:] = [whole] if _stands_for(whole, found[-1], x) else [found[-1], x]
    return [x for x in found if x != 1]


def _quotient(top: list[Any], bottom: list[Any]) -> tuple[list[Any], list[Any]]:
    """Divide where it comes out even."""
    if len(top) > 1 or len(bottom) != 1 or bottom == [0] or np.iscomplexobj([*top, *bottom]):
        return top, bottom
    quotient = (top or [1.0])[0] / bottom[0]
    is_even = quotient.is_integer() and quotient != 0
    return ([quotient], []) if is_even else (top, bottom)


def _raised(x: Any, exponent: float) -> Any:
    """Raise a number to a power; None where it would overflow or underflow, or isn't real."""
    with np.errstate(all="ignore"):
        value = np.power(x * 1.0, float(exponent)).item()
    return value if _stands_for(value, x) else None


def _can_be_raised(x: Formula, exponent: int) -> bool:
    """Whether a factor may be raised on its own: if it's a number, it stays one."""
    base, times = _as_power(x)
    return base.kind != "number" or _raised(base.label, abs(times * exponent)) is not None


def _stands_for(value: Any, *parts: Any) -> bool:
    """Whether numbers have come to another one without overflow or underflow."""
    return _is_normal(value) or not all(map(_is_normal, parts))


def _is_normal(x: Any) -> bool:
    return bool(np.isfinite(x)) and bool(np.abs(x) >= _SMALLEST)


def _power(base: Formula, exponent: float) -> Formula:
    if exponent == 1:
        return base
    return Formula("power", (base,), exponent, base.shape, order=base.order)


def _order(parts: Iterable[Formula]) -> float:
    return max((part.order for part in parts if part.kind != "ones"), default=0)


def _shape(parts: Iterable[Formula]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(part.shape for part in parts))


def _flat(kind: str, parts: Iterable[Formula]) -> Iterable[Formula]:
    for part in parts:
        if part.kind == kind:
            yield from _flat(kind, part.parts)
        else:
            yield part


def _as_power(x: Formula) -> tuple[Formula, int]:
    if x.kind == "power" and isinstance(x.label, int):
        return x.parts[0], x.label
    return x, 1


def _factors(x: Formula) -> tuple[Formula, ...]:
    return x.parts if x.kind == "product" else (x,)


def _common(terms: list[Formula]) -> list[Formula]:
    """List the factors that all terms have, but for ones, which are nothing but a shape."""
    first, *others = terms
    return [
        part
        for part in _factors(first)
        if part.kind != "ones" and all(part in _factors(term) for term in others)
    ]


def _less(x: Formula, factors: list[Formula]) -> Formula:
    """Take factors out of a product."""
    rest = list(_factors(x))
    for factor in factors:
        rest.remove(factor)
    return product(*rest, ones(x.shape)) if rest else ones(x.shape)


def _multiple(x: Formula) -> tuple[Any, Formula]:
    """Split off the number that a term is a multiple of."""
    if x.kind == "number":
        return x.label, ONE
    if x.kind == "product" and x.parts[0].kind == "number":
        return x.parts[0].label, product(*x.parts[1:])
    return 1, x


def _scaled(x: Formula) -> tuple[list[Formula], Formula]:
    """Split off the factors that are single numbers, where something else is left."""
    scale = [part for part in _factors(x) if part.shape == ()]
    rest = [part for part in _factors(x) if part.shape != ()]
    return (scale, product(*rest)) if rest else ([], x)


def _is_column(x: Formula) -> bool:
    """Whether a vector was made a matrix of one column."""
    return x.kind == "index" and len(x.parts[0].shape) == 1 and _ends_with(None, x.key)


def _ends_with(last: Any, key: Any) -> bool:
    """Whether an index takes all of the first axes, and this of the last one."""
    if type(key) is not tuple or type(key[-1]) is not type(last) or key[-1] != last:
        return False
    return all(isinstance(entry, slice) and entry == slice(None) for entry in key[:-1])
