"""NumPy as the oracle: a call on plain arrays, compared with three kinds of traced calls."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.lift import lift
from autodiff.transforms.pytree import flatten
from tests.laws.aliasing import lies

Array = Any
Function = Callable[..., Any]
Manner = Callable[[Function, list[Array], np.random.Generator], Any]


def as_traced(array: Array) -> ad.Tensor:
    """Return a Tensor of any dtype; of integers and bools, one like np.argsort(x) and x > 0."""
    if array.dtype.kind in "fc":
        return ad.tensor(array)
    return ad.tensor(array.astype(np.longdouble)).astype(array.dtype)


def _beside(arrays: list[Array], random: np.random.Generator) -> list[Any]:
    """Trace at least one of the arrays."""
    chosen = random.random(len(arrays)) < 0.7
    chosen[random.integers(len(arrays))] = True
    return [as_traced(a) if c else a for a, c in zip(arrays, chosen, strict=True)]


def on_tensors(f: Function, arrays: list[Array], random: np.random.Generator) -> Any:
    """Call it on Tensors, or on Tensors and plain arrays."""
    return f(*_beside(arrays, random))


def under_vjp(f: Function, arrays: list[Array], random: np.random.Generator) -> Any:
    """Trace it with its floats as arguments, or an unused one; its integers are made inside."""
    floats = [a for a in arrays if a.dtype.kind in "fc"] or [np.ones(2)]
    inside = _beside(arrays, random)

    def traced(*given: Any) -> Any:
        rest = iter(given)
        kinds = [a.dtype.kind for a in arrays]
        args = [next(rest) if k in "fc" else t for k, t in zip(kinds, inside, strict=True)]
        return f(*args), given[0]

    (out, _), pullback = ad.vjp(traced, *floats)
    _pull(out, floats, pullback)
    return out


def _pull(out: Any, floats: list[Array], pullback: Function) -> None:
    """Run the backward pass: the slopes have the shapes and dtypes of the arguments."""
    leaves, _, rebuild = flatten((out, floats[0]), "out")
    if not all(np.isfinite(a).all() for a in floats):
        return
    ones = [np.ones(np.shape(leaf), np.asarray(leaf).dtype)[()] for leaf in leaves]
    for slope, array in zip(pullback(rebuild(ones)), floats, strict=True):
        is_like = slope.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        assert (np.shape(slope), is_like) == (np.shape(array), True), (
            "a slope isn't like its argument"
        )


def under_jit(f: Function, arrays: list[Array], random: np.random.Generator) -> Any:
    """Record it with all arrays as inputs, for other values where these are valid, and run it."""
    del random
    jitted = ad.jit(f)
    tried(lambda: jitted(*[np.flip(a)[()] for a in arrays]))
    return jitted(*arrays)


MANNERS: dict[str, Manner] = {"tensors": on_tensors, "vjp": under_vjp, "jit": under_jit}

WIDEST = float(np.finfo(float).eps)  # NumPy itself computes places in float64
REFUSALS = (TypeError, NotImplementedError, np.linalg.LinAlgError)


def tried(f: Function) -> tuple[Any, Exception | None]:
    """Return the result of a call, or the error that it raises."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return f(), None
        except Exception as error:
            return None, error


def difference(f: Function, arrays: list[Array], manner: Manner, seed: int) -> str:
    """Return how a traced call differs from NumPy's; "" if it doesn't, or is refused."""
    if manner is on_tensors:
        arrays = [np.array(a)[()] for a in arrays]  # as a Tensor copies it
    kept = [np.array(a, copy=True) for a in arrays]
    plain, wrong = tried(lambda: f(*[a.copy(order="K") for a in arrays]))
    if isinstance(wrong, SystemError):
        raise wrong
    ours, error = tried(lambda: manner(f, arrays, np.random.default_rng(seed)))
    if not all(map(same, kept, arrays)):
        return "an argument was written to"
    if isinstance(error, AssertionError):
        return str(error)
    if wrong is not None:
        if isinstance(wrong, AttributeError) or "keyword argument" in str(wrong):
            return ""  # a Tensor has the methods of all versions, and of scalars
        return "" if error is not None else f"no error, but NumPy has {wrong!r}: {ours!r}"
    if error is not None:
        return "" if is_refusal(error) else f"{type(error).__name__}: {error}"
    return unlike(ours, plain, arrays) or (lies_apart(ours, plain) if manner is on_tensors else "")


def lies_apart(ours: Any, plain: Any) -> str:
    """Compare how results lie in memory."""
    for our, their in zip(leaves_of(ours), leaves_of(plain), strict=True):
        if lies(our) != lies(their):
            return f"strides {our.strides} instead of {their.strides}"
    return ""


def same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def is_refusal(error: Exception) -> bool:
    """Return whether an error is the engine's, which names the user's line and a remedy."""
    errors = (error, error.__cause__)  # NumPy may raise its own because of ours
    return any(isinstance(e, REFUSALS) and re.search(r"\w\.py:\d+", str(e)) for e in errors)


def unlike(ours: Any, plain: Any, arrays: list[Array]) -> str:
    """Compare values, shapes and dtypes, leaf by leaf."""
    found, expected = leaves_of(ours), leaves_of(plain)
    if len(found) != len(expected):
        return f"{len(found)} results instead of {len(expected)}"
    for our, their in zip(found, expected, strict=True):
        if our.shape != their.shape:
            return f"shape {our.shape} instead of {their.shape}"
        if our.dtype != (their.dtype if their.ndim else their.dtype.newbyteorder("=")):
            return f"dtype {our.dtype} instead of {their.dtype}"
        if not is_close(our, their, arrays):
            return f"value {our!r} instead of {their!r}"
    return ""


def leaves_of(out: Any) -> list[Array]:
    if isinstance(out, ad.Tensor):
        return [np.asarray(out.node.value)]
    if isinstance(out, (list, tuple)):
        return [leaf for part in out for leaf in leaves_of(part)]
    if isinstance(out, np.ndarray) and out.dtype == object:  # as np.array([t, 1.0]) makes it
        return leaves_of(lift(out))
    return [np.asarray(out)]


def is_close(our: Array, their: Array, arrays: list[Array]) -> bool:
    """Return whether values are equal, up to the rounding of the narrowest dtype in the call."""
    if their.dtype.kind not in "fc":
        return bool(np.array_equal(our, their))
    if their.dtype.kind == "c":  # what is infinite times complex, no two loops agree on
        finite = np.isfinite(our)
        if not np.array_equal(finite, np.isfinite(their)):
            return False
        our, their = our[finite], their[finite]
    narrow = [np.finfo(a.dtype).eps for a in (*arrays, their) if a.dtype.kind in "fc"]
    wide = np.result_type(their.dtype, np.float64)
    sizes = [np.abs(a[np.isfinite(a)]).max(initial=1) for a in (*arrays, their)]
    close = 200 * max(float(max(narrow)), WIDEST)
    near_0 = close * np.finfo(wide).dtype.type(max(sizes))
    return np.allclose(our.astype(wide), their.astype(wide), close, near_0, equal_nan=True)
