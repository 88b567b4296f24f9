"""NumPy's functions of one entry, or of two, under Keras's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.ops.arrays import as_array, floats, promoted
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES: list[str] = []


def _unary(name: str, prepared: Callable[[Any], Array] = as_array, of: Any = None) -> Any:
    function = of or getattr(np, name)

    def call(x: Array) -> Array:
        return function(prepared(x))

    return named(name, call, f"Apply `numpy.{function.__name__}` to each entry.")


def _of_floats(name: str) -> Any:
    return _unary(name, floats)


def _binary(name: str, as_float: bool = False, of: Any = None) -> Any:
    function = of or getattr(np, name)

    def call(x1: Array, x2: Array) -> Array:
        return function(*promoted(x1, x2, as_float=as_float))

    return named(name, call, f"Apply `numpy.{function.__name__}` to pairs of entries.")


def _of_pairs_of_floats(name: str) -> Any:
    return _binary(name, as_float=True)


def _bitwise(name: str, of: Any) -> Any:
    def call(x: Array, y: Array) -> Array:
        return of(*promoted(x, y))

    return named(name, call, f"Apply `numpy.{of.__name__}` to pairs of integers.")


def _truncated(x: Array) -> Array:
    return np.array(x) if x.dtype.kind in "biu" else np.trunc(x)  # NumPy 2.0 returns floats


_truncated.__name__ = "trunc"

# fmt: off
conj        = _unary("conj")
conjugate   = _unary("conjugate")
imag        = _unary("imag")
isfinite    = _unary("isfinite")
isinf       = _unary("isinf")
isnan       = _unary("isnan")
isneginf    = _unary("isneginf")
isposinf    = _unary("isposinf")
isreal      = _unary("isreal")
logical_not = _unary("logical_not")
negative    = _unary("negative")
real        = _unary("real")
sign        = _unary("sign")
signbit     = _unary("signbit")
trunc       = _unary("trunc", of=_truncated)
absolute    = _unary("absolute")
abs         = _unary("abs", of=np.absolute)
bitwise_not = _unary("bitwise_not", of=np.invert)
bitwise_invert = _unary("bitwise_invert", of=np.invert)

angle       = _of_floats("angle")
arccos      = _of_floats("arccos")
arccosh     = _of_floats("arccosh")
arcsin      = _of_floats("arcsin")
arcsinh     = _of_floats("arcsinh")
arctan      = _of_floats("arctan")
arctanh     = _of_floats("arctanh")
cbrt        = _of_floats("cbrt")
ceil        = _of_floats("ceil")
cos         = _of_floats("cos")
cosh        = _of_floats("cosh")
deg2rad     = _of_floats("deg2rad")
exp         = _of_floats("exp")
exp2        = _of_floats("exp2")
expm1       = _of_floats("expm1")
fabs        = _of_floats("fabs")
floor       = _of_floats("floor")
i0          = _of_floats("i0")
log         = _of_floats("log")
log10       = _of_floats("log10")
log1p       = _of_floats("log1p")
log2        = _of_floats("log2")
rad2deg     = _of_floats("rad2deg")
reciprocal  = _of_floats("reciprocal")
sin         = _of_floats("sin")
sinc        = _of_floats("sinc")
sinh        = _of_floats("sinh")
sqrt        = _of_floats("sqrt")
tan         = _of_floats("tan")
tanh        = _of_floats("tanh")

add           = _binary("add")
equal         = _binary("equal")
floor_divide  = _binary("floor_divide")
fmax          = _binary("fmax")
fmin          = _binary("fmin")
fmod          = _binary("fmod")
gcd           = _binary("gcd")
greater       = _binary("greater")
greater_equal = _binary("greater_equal")
lcm           = _binary("lcm")
less          = _binary("less")
less_equal    = _binary("less_equal")
logical_and   = _binary("logical_and")
logical_or    = _binary("logical_or")
logical_xor   = _binary("logical_xor")
maximum       = _binary("maximum")
minimum       = _binary("minimum")
mod           = _binary("mod")
multiply      = _binary("multiply")
not_equal     = _binary("not_equal")
power         = _binary("power")
subtract      = _binary("subtract")

arctan2       = _of_pairs_of_floats("arctan2")
divide        = _of_pairs_of_floats("divide")
heaviside     = _of_pairs_of_floats("heaviside")
hypot         = _of_pairs_of_floats("hypot")
logaddexp     = _of_pairs_of_floats("logaddexp")
logaddexp2    = _of_pairs_of_floats("logaddexp2")
nextafter     = _of_pairs_of_floats("nextafter")
true_divide   = _binary("true_divide", as_float=True, of=np.divide)

bitwise_and         = _bitwise("bitwise_and", np.bitwise_and)
bitwise_or          = _bitwise("bitwise_or", np.bitwise_or)
bitwise_xor         = _bitwise("bitwise_xor", np.bitwise_xor)
bitwise_left_shift  = _bitwise("bitwise_left_shift", np.left_shift)
bitwise_right_shift = _bitwise("bitwise_right_shift", np.right_shift)
left_shift          = _bitwise("left_shift", np.left_shift)
right_shift         = _bitwise("right_shift", np.right_shift)
# fmt: on


@operation
def square(x: Array) -> Array:
    """Return x²; bools count as int32."""
    x = as_array(x)
    return np.square(x.astype(np.int32) if x.dtype.kind == "b" else x)


@operation
def rsqrt(x: Array) -> Array:
    """Return 1 / √x."""
    return 1.0 / np.sqrt(floats(x))


@operation
def round(x: Array, decimals: int = 0) -> Array:
    """Round to a number of decimals, halves to the even neighbor."""
    return np.round(as_array(x), decimals)


@operation
def clip(x: Array, x_min: Array, x_max: Array) -> Array:
    """Limit the entries to a range; fractional limits make integers float32."""
    x = as_array(x)
    x, low, high = promoted(x.astype(np.int32) if x.dtype.kind == "b" else x, x_min, x_max)
    return np.clip(x, low, high)


@operation
def nan_to_num(
    x: Array, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Array:
    """Replace NaN by 0, and infinities by the largest and smallest numbers, by default."""
    return np.nan_to_num(as_array(x), nan=nan, posinf=posinf, neginf=neginf)


@operation
def divide_no_nan(x1: Array, x2: Array) -> Array:
    """Return x1 / x2, and 0 where x2 is 0."""
    x1, x2 = promoted(x1, x2, as_float=True)
    x2 = x2 if hasattr(x2, "dtype") else as_array(x2, x1.dtype)
    is_zero = x2 == 0
    return np.where(is_zero, 0.0, x1 / np.where(is_zero, 1.0, x2))


@operation
def ldexp(x1: Array, x2: Array) -> Array:
    """Return x1 · 2^x2, for whole numbers x2."""
    return np.ldexp(floats(x1), as_array(x2))


@operation
def isclose(
    x1: Array, x2: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Return whether pairs of entries differ by at most ``atol + rtol * |x2|``."""
    x1, x2 = promoted(x1, x2, as_float=True)
    return np.isclose(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan)


@operation
def allclose(
    x1: Array, x2: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Return whether all pairs of entries are close; see `isclose`."""
    return np.all(isclose(x1, x2, rtol, atol, equal_nan))


@operation
def where(condition: Array, x1: Array | None = None, x2: Array | None = None) -> Any:
    """Return entries of x1 where the condition holds, else of x2; without both, the indices."""
    condition = as_array(condition)
    if x1 is None and x2 is None:
        return np.nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError(
            "where expects both x1 and x2, or none of them, got one. Write where(condition, x, 0)."
        )
    return np.where(condition, *promoted(x1, x2))


@operation
def stop_gradient(variable: Array) -> Array:
    """Return the value as a constant for differentiation."""
    return ad.stop_gradient(as_array(variable))
