"""The dtype that NumPy computes in where ``out=`` has another one than the result would have.

Sums and products are computed in the common one: float32 is added into float64 in float64, and
uint8 into int64 without overflow. Means and what is like them change between two dtypes on the way,
so they are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function

__all__ = [
    "EXTREMES",
    "check_casting",
    "check_integers",
    "check_method",
    "check_out_dtypes",
    "dtype_of_out",
    "dtype_of_out_of_method",
]

_PLACE_OF_DTYPE: dict[Function, int] = {
    np.sum: 2, np.prod: 2, np.cumsum: 2, np.cumprod: 2, np.nansum: 2, np.nanprod: 2,
    np.nancumsum: 2, np.nancumprod: 2, np.trace: 4,
    **{getattr(np, n): 1 for n in ("cumulative_sum", "cumulative_prod") if hasattr(np, n)},
}  # fmt: skip
_MEANS = (np.mean, np.var, np.std, np.nanmean, np.nanvar, np.nanstd)
"""Which of float16 are computed in float32, and rounded between the sum and the division."""
_IN_STEPS = {
    *_MEANS, np.ptp, np.median, np.nanmedian, np.quantile, np.nanquantile, np.percentile,
    np.nanpercentile, np.round, np.around, np.einsum, np.dot, np.linalg.multi_dot,
    np.fft.irfft, np.fft.hfft, np.fft.irfft2, np.fft.irfftn, np.fft.fft, np.fft.ifft, np.fft.rfft,
    np.fft.ihfft,
}  # fmt: skip
EXTREMES = {np.max, np.amax, np.min, np.amin, np.nanmax, np.nanmin}
_OF_BITS = {np.add, np.subtract, np.multiply, np.bitwise_and, np.bitwise_or, np.bitwise_xor}
"""Whose last bits don't depend on the others: they may be cut off at the end."""
_OF_TRUTH = {
    np.logical_and, np.logical_or, np.logical_xor, np.less, np.less_equal, np.greater,
    np.greater_equal, np.equal, np.not_equal,
}  # fmt: skip


def dtype_of_out(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any = None
) -> tuple[Any, ...]:
    """Add the dtype of ``out=`` to the options of a sum or product; return the other arguments."""
    place = _PLACE_OF_DTYPE.get(function)
    if place is None or any(given is not None for given in (kwargs.get("dtype"), *args[place:])):
        return args
    _add(kwargs, (args[0] if args else kwargs.get("a")), out)
    return args[:place]


def dtype_of_out_of_method(
    ufunc: np.ufunc, method: str, array: Array, kwargs: dict[str, Any], out: Sequence[Any]
) -> None:
    """Add the dtype of ``out=`` to the options of a reduction by a universal function."""
    is_of_numbers = method in ("reduce", "accumulate", "reduceat") and ufunc not in _OF_TRUTH
    if not is_of_numbers or kwargs.get("dtype") is not None:
        return
    _add(kwargs, array, out[0])
    both = kwargs.get("dtype")
    if (
        both is not None
        and (both.kind in "biu" or ufunc is np.float_power)
        and f"{both.char * 2}->{both.char}" not in ufunc.types
    ):
        del kwargs["dtype"]  # as in a quotient, which is of floats, and in float_power, of doubles


def _add(kwargs: dict[str, Any], array: Any, out: Any) -> None:
    if not hasattr(out, "dtype"):
        return
    own = array.dtype if hasattr(array, "dtype") else np.asarray(array).dtype
    both = np.result_type(own, out.dtype)
    if own != both or own.kind not in "fc":
        kwargs["dtype"] = both


def check_out_dtypes(function: Function, results: Any, out: Sequence[Any]) -> None:
    """Raise a NotImplementedError if NumPy would round this result in another way into ``out=``."""
    if function in EXTREMES:
        check_integers(function, results, out[0])
    if function not in _IN_STEPS:
        return
    results = results if isinstance(results, tuple) else (results,)
    for result, target in zip(results, out, strict=False):  # _write counts them
        dtypes = result.dtype, getattr(target, "dtype", result.dtype)
        kept = len({dtype.newbyteorder("=") for dtype in dtypes}) == 1
        is_exact = function is np.einsum and result.dtype in (np.int64, np.uint64)
        if not (kept or is_exact) or (result.dtype == np.float16 and function in _MEANS):
            _refuse(function, result, target)


def check_integers(function: Function, result: Any, target: Any) -> None:
    """Raise a NotImplementedError if NumPy would cut off bits of integers on the way to ``out=``.

    Args:
        function: a universal function whose method is computed, or NumPy's function.
        result: the result.
        target: ``out=``.
    """
    cuts = isinstance(function, np.ufunc) and function not in _OF_BITS
    if cuts or function in EXTREMES:
        dtype = getattr(target, "dtype", result.dtype)
        if result.dtype.kind in "iu" and not np.can_cast(result.dtype, dtype):
            _refuse(function, result, target)


def check_casting(result: Any, out: tuple[Any, ...], casting: Any) -> None:
    """Raise a TypeError where a rule excludes the conversion of a result to the dtype of ``out=``.

    Args:
        result: of a universal function, or a tuple of these.
        out: a target for each, or None.
        casting: the rule.
    """
    results = result if isinstance(result, tuple) else (result,)
    for made, target in zip(results, out, strict=False):
        if target is not None and not np.can_cast(made.dtype, target.dtype, casting):
            raise TypeError(
                f"can't cast a result of {made.dtype} to out= of {target.dtype} by the rule "
                f"{casting!r} (at {user_line()}). Leave casting= out, or pass out= of that dtype."
            )


def check_method(caller: FrameType) -> None:
    """Raise a TypeError where a mean or variance of a plain array adds up into a traced ``out=``.

    The array's method divides the sum afterwards, but not in place. NumPy's function is traced.
    """
    if caller.f_globals.get("__name__") == "numpy._core._methods":
        names = [f.f_code.co_name[1:] for f in (caller.f_back, caller) if f is not None]
        name = next((name for name in names if name in ("std", "mean", "var")), None)
        if name is not None:
            raise TypeError(
                f"{name} of a plain array with out= of a traced value isn't written into it, at "
                f"{user_line()}. Write np.{name}(x, axis=0, out=t), or t[...] = x.{name}(axis=0)."
            )


def _refuse(function: Function, result: Any, target: Any) -> NoReturn:
    raise NotImplementedError(
        f"np.{function.__name__} of {result.dtype} with out= of {target.dtype} isn't rounded as in "
        f"NumPy (at {user_line()}). Leave out= out, and convert the result: "
        f'z.astype("{target.dtype}").'
    )
