"""Substitution: replace the leaves of a formula by other formulas."""

from __future__ import annotations

from collections.abc import Mapping

from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula, ones

__all__ = ["rebuilt", "substitute"]


def substitute(x: Formula, values: Mapping[Formula, Formula], *, numbers: bool = False) -> Formula:
    """Replace leaves by formulas, and simplify.

    With ``numbers``, comparisons of single numbers that hold are replaced by 1; those that don't
    hold are kept, to show where a 0 comes from.
    """
    if not x.parts:
        return values.get(x, x)
    if numbers and x.kind == "relation" and x.shape == () and x.value:
        return algebra.ONE
    parts = [substitute(part, values, numbers=numbers) for part in x.parts]
    is_same = all(new is old for new, old in zip(parts, x.parts, strict=True))
    return x if is_same else rebuilt(x, parts)


def _shape(x: Formula, parts: list[Formula]) -> tuple[int, ...]:
    """Return the shape of a product: its own, unless its parts have other dimensions now."""
    same = len(parts) == len(x.parts) and all(
        new.shape in ((), old.shape) for new, old in zip(parts, x.parts, strict=True)
    )
    return x.shape if same else ()


def rebuilt(x: Formula, parts: list[Formula]) -> Formula:
    """Rebuild a formula from other parts, and simplify it."""
    first = parts[0]
    match x.kind:
        case "product":
            return algebra.product(*parts, ones(_shape(x, parts)))
        case "sum":
            return algebra.add(*parts)
        case "power":
            return algebra.power(first, x.label)
        case "matmul":
            return algebra.matmul(first, parts[1], x.shape)
        case "outer":
            return algebra.outer(first, parts[1], x.shape)
        case "at":
            return algebra.placed(first, x.key, x.label, x.shape)
        case "replaced":
            return algebra.replaced(first, parts[1], x.key, x.label)
        case "transpose":
            return algebra.transpose(first, x.shape)
        case "total":
            return algebra.total(first, x.label, x.shape)
        case "index":
            return algebra.index(first, x.key, x.label, x.shape)
        case "relation":
            return algebra.relation(x.label, first, parts[1], x.value)
        case "stack":
            return algebra.stack(parts, x.shape)
        case "where":
            return algebra.where(first, parts[1], parts[2], x.shape)
    return algebra.combined(x.kind, parts, x.label, x.shape, x.identity)
