"""Elementwise functions: z has one entry for each entry of x (and y).

Constants are Python floats, which keep float32 narrow where a NumPy scalar would widen it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.primitive import composite, constant, derivative, primitive
from autodiff.registry import registry
from autodiff.tensor import Tensor, plain

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180


def _is_complex(x: Any) -> bool:
    dtype = getattr(x, "dtype", None)
    return isinstance(x, complex) if dtype is None else dtype.kind == "c"


def _nonzero(x: Any) -> Any:
    """Replace zeros by ones, to divide by where the quotient is then multiplied by zero."""
    return np.where(x == 0, 1, x)


def _abs_slope(g: Any, z: Any, x: Any) -> Any:
    """The slope of abs: the sign, and 0 at 0."""
    return g * np.conjugate(x) / _nonzero(z) if _is_complex(x) else g * np.sign(x)


def _base_slope(g: Any, z: Any, x: Any, y: Any) -> Any:
    """The slope of x**y in x, y * x**(y - 1): 0 where both are 0."""
    del z
    if isinstance(y, (int, float)):
        return g * (y * x ** (y - 1)) if y else g * 0
    return g * (y * x ** np.where((x == 0) & (y == 0), 1, y - 1))


def _exponent_slope(g: Any, z: Any, x: Any, y: Any) -> Any:
    """The slope of x**y in y, x**y * log(x): 0 where x is 0."""
    del y
    return g * (z * np.log(_nonzero(x)))


def _winner(g: Any, z: Any, x: Any, y: Any) -> Any:
    """The share of x in max(x, y) or min(x, y): all where it is the one, half at a tie."""
    tied = x == y
    if isinstance(tied, Tensor) or np.count_nonzero(tied):  # rare in plain numbers, and slow
        g = np.where(tied, 0.5 * g, g)
    return g * (z == x)


@primitive
def where(condition: Any, x: Any, y: Any) -> Any:
    """``np.where``."""
    return np.where(condition, x, y)


# fmt: off
derivative(np.add,        x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: g)
derivative(np.subtract,   x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: -g)
derivative(np.multiply,   x=lambda g, z, x, y: g * y,
                          y=lambda g, z, x, y: g * x)
derivative(np.divide,     x=lambda g, z, x, y: g / y,
                          y=lambda g, z, x, y: -g * z / y)
derivative(np.power,      x=_base_slope, y=_exponent_slope)
derivative(np.float_power, x=_base_slope, y=_exponent_slope)
derivative(np.remainder,  x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: -g * np.floor(x / y))
derivative(np.fmod,       x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: -g * np.trunc(x / y))
derivative(np.maximum,    x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.minimum,    x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.fmax,       x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.fmin,       x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.logaddexp,  x=lambda g, z, x, y: g * np.exp(x - z),
                          y=lambda g, z, x, y: g * np.exp(y - z))
derivative(np.logaddexp2, x=lambda g, z, x, y: g * np.exp2(x - z),
                          y=lambda g, z, x, y: g * np.exp2(y - z))
derivative(np.hypot,      x=lambda g, z, x, y: g * x / _nonzero(z),
                          y=lambda g, z, x, y: g * y / _nonzero(z))
# arctan2(y, x), NumPy's x1 and x2
derivative(np.arctan2,    x1=lambda g, z, x1, x2: g * x2 / (x1 * x1 + x2 * x2),
                          x2=lambda g, z, x1, x2: -g * x1 / (x1 * x1 + x2 * x2))
derivative(np.copysign,   x=lambda g, z, x, y: g * np.sign(x) * np.copysign(1, y), y=None)

derivative(np.positive,   x=lambda g, z, x: g)
derivative(np.negative,   x=lambda g, z, x: -g)
derivative(np.absolute,   x=_abs_slope)
derivative(np.fabs,       x=lambda g, z, x: g * np.sign(x))
derivative(np.conjugate,  x=lambda g, z, x: np.conjugate(g))
derivative(np.square,     x=lambda g, z, x: g * (2 * x))
derivative(np.sqrt,       x=lambda g, z, x: g / (2 * z))
derivative(np.cbrt,       x=lambda g, z, x: g / (3 * z * z))
derivative(np.reciprocal, x=lambda g, z, x: -g * z * z)
derivative(np.exp,        x=lambda g, z, x: g * z)
derivative(np.exp2,       x=lambda g, z, x: g * z * LN2)
derivative(np.expm1,      x=lambda g, z, x: g * (z + 1))
derivative(np.log,        x=lambda g, z, x: g / x)
derivative(np.log2,       x=lambda g, z, x: g / (x * LN2))
derivative(np.log10,      x=lambda g, z, x: g / (x * LN10))
derivative(np.log1p,      x=lambda g, z, x: g / (x + 1))
derivative(np.sin,        x=lambda g, z, x: g * np.cos(x))
derivative(np.cos,        x=lambda g, z, x: -g * np.sin(x))
derivative(np.tan,        x=lambda g, z, x: g * (1 + z * z))
derivative(np.arcsin,     x=lambda g, z, x: g / np.sqrt(1 - x * x))
derivative(np.arccos,     x=lambda g, z, x: -g / np.sqrt(1 - x * x))
derivative(np.arctan,     x=lambda g, z, x: g / (1 + x * x))
derivative(np.sinh,       x=lambda g, z, x: g * np.cosh(x))
derivative(np.cosh,       x=lambda g, z, x: g * np.sinh(x))
derivative(np.tanh,       x=lambda g, z, x: g * (1 - z * z))
derivative(np.arcsinh,    x=lambda g, z, x: g / np.sqrt(x * x + 1))
derivative(np.arccosh,    x=lambda g, z, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)))
derivative(np.arctanh,    x=lambda g, z, x: g / (1 - x * x))
derivative(np.degrees,    x=lambda g, z, x: g / DEGREE)
derivative(np.radians,    x=lambda g, z, x: g * DEGREE)
derivative(np.rad2deg,    x=lambda g, z, x: g / DEGREE)
derivative(np.deg2rad,    x=lambda g, z, x: g * DEGREE)
derivative(np.real,       val=lambda g, z, val: g)
derivative(np.imag,       val=lambda g, z, val: -1j * g if _is_complex(val) else g * 0)
derivative(np.modf,       x=lambda g, z, x: g[0])
derivative(np.ldexp,      x1=lambda g, z, x1, x2: np.ldexp(g, x2), x2=None)
derivative(np.nextafter,  x=lambda g, z, x, y: g, y=None)
derivative(np.i0,         x=lambda g, z, x: g * bessel(x))
derivative(where,         elementwise=True,
                          condition=None,
                          x=lambda g, z, condition, x, y: np.where(condition, g, 0),
                          y=lambda g, z, condition, x, y: np.where(condition, 0, g))
# fmt: on

registry[np.real].is_view = registry[np.imag].is_view = "read-only"


@composite(np.where)
def where_front(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Choose entries of x and y; with a condition alone, give the positions where it holds."""
    if x is None and y is None:
        return np.nonzero(condition)
    if x is None or y is None:
        raise ValueError("where takes either both x and y, or neither")
    return where.apply((condition, x, y), {})


constant(
    np.floor, np.ceil, np.trunc, np.rint, np.sign, np.floor_divide, np.heaviside, np.round,
    np.spacing, np.fix,
)  # fmt: skip


@composite(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    """Limit to an interval; at its ends, where both sides tie, half of the slope passes."""
    low, high = options.pop("min", a_min), options.pop("max", a_max)
    if options.pop("out", None) is not None or options:
        raise NotImplementedError(f"clip of a traced value takes only its limits, got {options}")
    if low is not None and low is not np._NoValue:
        a = np.maximum(a, low)
    if high is not None and high is not np._NoValue:
        a = np.minimum(a, high)
    return a


@composite(np.sinc)
def sinc(x: Any) -> Any:
    """The quotient sin(y) / y of y = πx, and its series at 0, for all derivatives there."""
    y = x * math.pi
    squared = y * y
    return np.where(y == 0, 1 - squared / 6 + squared * squared / 120, np.sin(y) / _nonzero(y))


@composite(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Replace what isn't a number; the slope is zero there."""
    if not copy:
        raise NotImplementedError("nan_to_num of a traced value makes a copy: leave copy= away")
    return np.where(
        np.isfinite(x), x, np.nan_to_num(plain(x), nan=nan, posinf=posinf, neginf=neginf)
    )


@composite(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """For each entry the first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select needs one choice per condition, got {len(condlist)} and {len(choicelist)}"
        )
    result = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = np.where(condition, choice, result)
    return result


@composite(np.divmod)
def divmod_front(x: Any, y: Any) -> tuple[Any, Any]:
    """The quotient, rounded down, and the remainder."""
    return np.floor_divide(x, y), np.remainder(x, y)


@primitive
def exponent(x: Any) -> Any:
    """The power of two in x, as ``np.frexp`` has it."""
    return np.frexp(x)[1]


constant(exponent)


@composite(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    """A number between 1/2 and 1, and the power of two that makes x of it."""
    power = exponent(x)
    return np.ldexp(x, -power), power


def bessel(x: Any) -> Any:
    """The slope of i0, the modified Bessel function of order 1, also for a Tensor.

    The mean of sinh(x cos t) cos t over a quarter turn (Abramowitz and Stegun 9.6.19); the midpoint
    rule is exact to rounding once its points are dense for the largest x.
    """
    value = plain(x)
    points = 8 + int(4 * math.sqrt(float(np.max(np.abs(value), initial=9.0))))
    cosines = np.cos((np.arange(points) + 0.5) * (math.pi / 2 / points)).astype(value.dtype)
    return np.mean(np.sinh(x[..., None] * cosines) * cosines, axis=-1)


@composite(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """The angle of a complex number from the positive reals."""
    turned = np.arctan2(np.imag(z), np.real(z))
    return turned * (180 / math.pi) if deg else turned


@composite(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * math.pi) -> Any:
    """Take the jumps of a period out; how many there are is constant."""
    if isinstance(period, Tensor):
        raise NotImplementedError("unwrap needs a plain period, got a traced one: period.item()")
    numbers = plain(p)
    return p + (np.unwrap(numbers, discont, axis, period=period) - numbers)


@composite(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part, where all imaginary parts are next to nothing."""
    is_real = np.real_if_close(plain(a), tol).dtype.kind != "c"
    return np.real(a) if a.dtype.kind == "c" and is_real else a


@composite(np.astype)
def astype_front(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Any:
    """``np.astype``, as the method."""
    del device
    return x.astype(dtype, copy=copy)


registry[np.around] = registry[np.round]
