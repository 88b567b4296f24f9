"""Conjugates: the slopes of complex numbers are passed back by the conjugates of local slopes."""

from __future__ import annotations

import numpy as np

from autodiff.display.mathematics.algebra import combined
from autodiff.display.mathematics.formula import Formula, number
from autodiff.display.mathematics.substitution import rebuilt

__all__ = ["conjugate"]

_CONJ = ("conj", "")
_THROUGH = {
    "sum", "product", "matmul", "outer", "transpose", "total", "index", "at", "stack", "replaced",
}  # fmt: skip


def conjugate(x: Formula, kept: Formula | None = None) -> Formula:
    """Return the conjugate of a formula; real parts, and ``kept``, stay as they are."""
    if x == kept or x.kind in ("ones", "relation") or _is_real(x):
        return x
    if x.kind == "number":
        return number(np.conjugate(x.label).item())
    if x.kind == "call" and x.label in (_CONJ, ("conjugate", "")):
        return x.parts[0]
    if x.kind == "power" and isinstance(x.label, int):
        return rebuilt(x, [conjugate(x.parts[0], kept)])
    if x.kind == "where":
        condition, *choices = x.parts
        return rebuilt(x, [condition, *(conjugate(choice, kept) for choice in choices)])
    if x.kind in _THROUGH:
        return rebuilt(x, [conjugate(part, kept) for part in x.parts])
    return combined("call", [x], _CONJ, x.shape)


def _is_real(x: Formula) -> bool:
    if x.kind == "number":
        return not isinstance(x.label, complex)
    if x.value is not None:
        return not np.iscomplexobj(x.value)
    return bool(x.parts) and x.kind in _THROUGH and all(map(_is_real, x.parts))
