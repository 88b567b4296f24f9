"""Sums of products by Einstein's notation: ``np.einsum``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.core.view import View, laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype


@primitive
def einsum(*operands: Array, subscripts: str, optimize: bool = False) -> Array:
    """Return the same as ``np.einsum`` with explicit subscripts: ``ij,jk->ik``."""
    return np.einsum(subscripts, *operands, optimize=optimize or len(operands) > 2)


def _einsum_slope(
    g: Array, z: Array, *operands: Array, argnum: int, subscripts: str, optimize: bool = False
) -> Array:
    """Return the einsum of the cotangent with the other operands, to this operand's labels.

    A label of this operand alone was summed over: an operand of ones repeats it. A label that
    occurs twice in it took the diagonal: an identity matrix restores it.
    """
    del z, optimize
    terms, result = subscripts.split("->")
    labels = terms.split(",")
    unused = (c for c in _letters() if c not in subscripts)
    own, shape = labels[argnum], np.shape(operands[argnum])
    dtype = operands[argnum].dtype
    inputs: list[tuple[str, Array]] = [(result, g)]
    inputs += [(labels[i], x) for i, x in enumerate(operands) if i != argnum]
    known = set("".join(term for term, _ in inputs))
    target = ""
    for label, n in zip(own, shape, strict=True):
        if label in target:
            twin = next(unused)
            inputs.append((label + twin, np.eye(n, dtype=dtype)))
            label = twin
        elif label not in known:
            inputs.append((label, np.ones(n, dtype)))
        target += label
    spelled = ",".join(term for term, _ in inputs) + "->" + target
    return np.einsum(spelled, *(x for _, x in inputs))


derivative(einsum, operands=_einsum_slope)


def _letters() -> str:
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@composite(np.einsum, exact=True)
def einsum_front(
    *operands: Any, out: Array | None = None, optimize: Any = False, **options: Any
) -> Array:
    """Return the same as ``np.einsum`` in all its forms."""
    if out is not None or options:
        raise NotImplementedError(
            f"einsum of a traced value takes no out= or {options} ({user_line()}). Leave them out, "
            f"and convert the operands with astype."
        )
    if not isinstance(operands[0], str):
        operands = _spelled(operands)
    subscripts, *arrays = operands
    arrays = [as_array(a) for a in arrays]
    explicit = _explicit(subscripts.replace(" ", ""), [np.ndim(a) for a in arrays])
    _check_diagonals(explicit, arrays)
    if optimize is not False:
        _refuse_narrow_sums(explicit, arrays, optimize)
    options = {"subscripts": explicit}
    if len(arrays) == 2 and optimize is not False:
        options["optimize"] = True  # sums an axis of one operand alone first
    if len(arrays) > 2 and optimize is False:  # products of two in a narrower dtype may overflow
        kind = np.result_type(*map(peek, arrays))
        result = einsum.apply(tuple(in_dtype(a, kind) for a in arrays), options)
    else:
        result = einsum.apply(tuple(arrays), options)
    if len(arrays) > 2 or (len(arrays) == 2 and optimize is not False):
        return laid_out_like(result, _memory(explicit, arrays, optimize, result.shape))
    if len(arrays) == 2:
        return result
    whole = arrays[0]
    if not np.may_share_memory(result.node.value, whole.node.value):
        return result
    return View(result.node, whole, lambda new: einsum.apply((new,), options), writable=True)


def _refuse_narrow_sums(subscripts: str, arrays: Sequence[Array], optimize: Any) -> None:
    """Raise where NumPy sums bools or narrow integers by themselves, in their own dtype.

    There True + True is True, and numbers overflow, which has no slope.
    """
    terms, _, result = subscripts.partition("->")
    whole = [np.asarray(peek(a)) for a in arrays]
    if np.result_type(*whole).kind not in "fc":
        return
    left = [
        (set(term), a.dtype.kind == "b" or (a.dtype.kind in "iu" and a.dtype.itemsize < 8))
        for term, a in zip(terms.split(","), whole, strict=True)
    ]
    for step in np.einsum_path(subscripts, *whole, optimize=optimize)[0][1:]:
        parts = [left.pop(i) for i in sorted(step, reverse=True)]
        kept = set(result).union(*(labels for labels, _ in left))
        is_alone = any(
            is_narrow and labels - kept.union(*(x for x, _ in parts if x is not labels))
            for labels, is_narrow in parts
        )
        is_narrow = all(narrow for _, narrow in parts)
        if is_alone or (is_narrow and len(parts) > 1):
            raise NotImplementedError(
                f"einsum {subscripts!r} with optimize= sums bools or narrow integers by "
                f"themselves in NumPy, in their own dtype, where they overflow (at "
                f"{user_line()}). Convert them with astype(float), or leave optimize= out."
            )
        left.append((set().union(*(labels for labels, _ in parts)) & kept, is_narrow))


def _memory(
    subscripts: str, arrays: Sequence[Array], optimize: Any, shape: tuple[int, ...]
) -> Array:
    """Return an empty array in the memory layout of NumPy's result, found by a few entries.

    NumPy sorts the axes of products in between by their lengths, so the order of these is kept.
    """
    whole = [np.asarray(peek(a)) for a in arrays]
    lengths = sorted({n for a in whole for n in a.shape if n > 1})
    rank = {n: i for i, n in enumerate(lengths, 2)}
    parts = [a[tuple(slice(rank.get(n, n)) for n in a.shape)] for a in whole]
    if optimize is not False and len(whole) > 2:
        optimize = np.einsum_path(subscripts, *whole, optimize=optimize)[0]
    few = np.einsum(subscripts, *parts, optimize=optimize)
    order = sorted(range(few.ndim), key=lambda i: -few.strides[i])
    return np.empty([shape[i] for i in order]).transpose(np.argsort(order))


def _check_diagonals(subscripts: str, arrays: Sequence[Array]) -> None:
    """Raise where a label of axes of different lengths repeats: NumPy reads beyond the array."""
    for labels, a in zip(subscripts.partition("->")[0].split(","), arrays, strict=True):
        if len(set(zip(labels, np.shape(a), strict=False))) > len(set(labels)):
            raise ValueError(
                f"einsum {subscripts!r} takes the diagonal of an array of shape {np.shape(a)} (at "
                f"{user_line()}). Make these axes equally long."
            )


def _spelled(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Convert ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` to subscripts and operands."""
    arrays = operands[0 : len(operands) - len(operands) % 2 : 2]
    lists = list(operands[1::2]) + ([operands[-1]] if len(operands) % 2 else [])
    letters = _letters()
    outside = [i for part in lists for i in part if i is not Ellipsis and not 0 <= i < len(letters)]
    if outside:
        raise ValueError(
            f"einsum needs numbers of axes in 0 to {len(letters) - 1}, got {outside[0]} at "
            f"{user_line()}. Number them from 0."
        )
    if len(operands) % 2 == 0:  # the result has what occurs once, in the order of the numbers
        every = [i for part in lists for i in part]
        once = sorted(i for i in every if i is not Ellipsis and every.count(i) == 1)
        lists.append([Ellipsis, *once] if Ellipsis in every else once)
    *inputs, result = (
        "".join("..." if i is Ellipsis else letters[i] for i in part) for part in lists
    )
    return (",".join(inputs) + "->" + result, *arrays)


def _explicit(subscripts: str, ndims: list[int]) -> str:
    """Return explicit subscripts, with labels for ellipses and for an implied result."""
    terms, arrow, result = subscripts.partition("->")
    labels = terms.split(",")
    if len(labels) != len(ndims):
        raise ValueError(
            f"einsum {subscripts!r} names {len(labels)} operands, got {len(ndims)}. Pass one array "
            f"for each."
        )
    unused = [c for c in _letters() if c not in subscripts]
    wide = max(
        (n - len(term.replace("...", "")) for term, n in zip(labels, ndims, strict=True)
         if "..." in term), default=0,
    )  # fmt: skip
    dots = "".join(unused[:wide])

    def spelled(term: str, ndim: int) -> str:
        width = ndim - len(term.replace("...", ""))
        return term.replace("...", dots[len(dots) - width :] if width else "")

    labels = [spelled(term, ndim) for term, ndim in zip(labels, ndims, strict=True)]
    if arrow:
        if dots and "..." not in result:
            raise ValueError(
                f"einsum {subscripts!r} has axes of an ellipsis that its result lacks (at "
                f"{user_line()}). Write '->...' for them, or sum the result."
            )
        result = result.replace("...", dots)
    else:
        joined = "".join(labels)
        named = sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots)
        result = dots + "".join(named)
    return ",".join(labels) + "->" + result
