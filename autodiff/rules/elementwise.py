"""Elementwise functions: z has one entry for each entry of x (and y).

Constants are Python floats, which keep float32 narrow where a NumPy scalar would widen it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.precision import widened
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array
from autodiff.core.view import View, laid_out_like
from autodiff.rules.branches import arccos_slope, arccosh_slope, arcsin_slope, arcsinh_slope
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype, weak

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180


def _is_complex(x: Array) -> bool:
    dtype = getattr(x, "dtype", None)
    return isinstance(x, complex) if dtype is None else dtype.kind == "c"


def _nonzero(x: Array) -> Array:
    """Replace zeros with ones in a divisor whose quotient is then multiplied by zero."""
    return np.where(x == 0, 1, x)


def _abs_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of abs: the sign, and 0 at 0."""
    return g * np.conjugate(x) / _nonzero(z) if _is_complex(x) else g * np.sign(x)


def _base_slope(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of x**y in x, y * x**(y - 1): 0 where both are 0."""
    if isinstance(y, (int, float)):
        return g * (y * x ** (y - 1)) if y else g * 0
    y = widened(y, z)
    return g * (y * x ** np.where((x == 0) & (y == 0), 1, y - 1))


def _exponent_slope(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of x**y in y, x**y * log(x): 0 where x is 0."""
    del y
    x = widened(x, z)
    base = _nonzero(x) + 0j if _is_complex(z) and not _is_complex(x) else _nonzero(x)
    return g * (z * np.log(base))


def _winner(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of max(x, y) or min(x, y) in x: g where x is the result, half at a tie."""
    return _shared(g, x, y) * (z == x)


def _winner_beside_nan(g: Array, z: Array, x: Array, y: Array) -> Array:
    """Return the slope of fmax(x, y) or fmin(x, y) in x; a NaN that is skipped may have any."""
    return np.where(z == x, _shared(g, x, y), 0)


def _shared(g: Array, x: Array, y: Array) -> Array:
    """Return g, halved where x and y tie."""
    tied = x == y
    if isinstance(tied, Tensor) or np.count_nonzero(tied):  # rare in plain numbers, and slow
        return np.where(tied, 0.5 * g, g)
    return g


def _per_square(x: Array, length: Array) -> Array:
    """Divide by a length twice: its square may overflow."""
    return x / length / length


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
# the integer quotient, also where x / y rounds up to the next integer
derivative(np.remainder,  x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: -g * np.floor_divide(x, y))
derivative(np.fmod,       x=lambda g, z, x, y: g,
                          y=lambda g, z, x, y: -g * np.rint((x - z) / y))
derivative(np.maximum,    x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.minimum,    x=_winner,
                          y=lambda g, z, x, y: _winner(g, z, y, x))
derivative(np.fmax,       x=_winner_beside_nan,
                          y=lambda g, z, x, y: _winner_beside_nan(g, z, y, x))
derivative(np.fmin,       x=_winner_beside_nan,
                          y=lambda g, z, x, y: _winner_beside_nan(g, z, y, x))
derivative(np.hypot,      x=lambda g, z, x, y: g * (x / _nonzero(z)),
                          y=lambda g, z, x, y: g * (y / _nonzero(z)))
# arctan2(y, x), NumPy's x1 and x2
derivative(np.arctan2,    x1=lambda g, z, x1, x2: g * _per_square(x2, np.hypot(x1, x2)),
                          x2=lambda g, z, x1, x2: -g * _per_square(x1, np.hypot(x1, x2)))
derivative(np.heaviside,  x1=None, x2=lambda g, z, x1, x2: g * (x1 == 0))
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
derivative(np.expm1,      x=lambda g, z, x: g * np.exp(x))
derivative(np.log,        x=lambda g, z, x: g / x)
derivative(np.log2,       x=lambda g, z, x: g / (x * LN2))
derivative(np.log10,      x=lambda g, z, x: g / (x * LN10))
derivative(np.log1p,      x=lambda g, z, x: g / (x + 1))
derivative(np.sin,        x=lambda g, z, x: g * np.cos(x))
derivative(np.cos,        x=lambda g, z, x: -g * np.sin(x))
derivative(np.tan,        x=lambda g, z, x: g * (1 + z * z))
derivative(np.arcsin,     x=arcsin_slope)
derivative(np.arccos,     x=arccos_slope)
derivative(np.arctan,     x=lambda g, z, x: g / (1 + x * x))
derivative(np.sinh,       x=lambda g, z, x: g * np.cosh(x))
derivative(np.cosh,       x=lambda g, z, x: g * np.sinh(x))
derivative(np.tanh,       x=lambda g, z, x: g * (1 - z * z))
derivative(np.arcsinh,    x=arcsinh_slope)
derivative(np.arccosh,    x=arccosh_slope)
derivative(np.arctanh,    x=lambda g, z, x: g / (1 - x * x))
derivative(np.degrees,    x=lambda g, z, x: g / DEGREE)
derivative(np.radians,    x=lambda g, z, x: g * DEGREE)
derivative(np.rad2deg,    x=lambda g, z, x: g / DEGREE)
derivative(np.deg2rad,    x=lambda g, z, x: g * DEGREE)
derivative(np.real,       val=lambda g, z, val: g)
derivative(np.imag,       val=lambda g, z, val: -1j * g)
derivative(np.modf,       x=lambda g, z, x: g[0])
derivative(np.ldexp,      x1=lambda g, z, x1, x2: np.ldexp(g, x2), x2=None)
derivative(np.nextafter,  x=lambda g, z, x, y: g, y=None)
derivative(np.sinc,       elementwise=True,
                          x=lambda g, z, x: g * sinc_slope(x))
derivative(np.i0,         x=lambda g, z, x: g * bessel(x))
# fmt: on

real, imag = registry[np.real], registry[np.imag]
real.is_view = imag.is_view = "read-only"


@composite(np.real, exact=True)
def real_front(val: Array) -> Array:
    """Return the real part; of a real array the array itself."""
    is_real = isinstance(val, Tensor) and val.dtype.kind != "c"
    return val if is_real else real(val)


@composite(np.imag, exact=True)
def imag_front(val: Array) -> Array:
    """Return the imaginary part; of a real array read-only zeros, which have no slope."""
    if not isinstance(val, Tensor) or val.dtype.kind == "c":
        return imag(val)
    zeros: Any = _zeros_like(val)
    return View(zeros.node, val, _zeros_like, writable=False) if val.ndim else zeros


def _zeros_like(val: Array) -> Array:
    return np.zeros_like(val, order="A")


constant(
    np.floor, np.ceil, np.trunc, np.rint, np.floor_divide, np.round, np.spacing,
    np.fix,
)  # fmt: skip


_CLIP_OF_METHOD = np._core.umath.clip  # type: ignore[attr-defined] # what x.clip calls


@composite(np.clip)
def clip_front(
    a: Array, a_min: Array | None = np._NoValue, a_max: Array | None = np._NoValue, **options: Any
) -> Array:
    """Limit to an interval; a number of Python is an array of its own dtype."""
    if (a_min is np._NoValue) != (a_max is np._NoValue):
        raise TypeError(
            f"np.clip needs both limits, got one at {user_line()}. Pass None for the other one."
        )
    return clip(a if hasattr(a, "dtype") else np.asarray(a)[()], a_min, a_max, **options)


@composite(_CLIP_OF_METHOD)
def clip(
    a: Array, a_min: Array | None = np._NoValue, a_max: Array | None = np._NoValue, **options: Any
) -> Array:
    """Limit to an interval; at its ends, where both sides tie, half of the slope passes."""
    named = options.keys() & {"min", "max"}
    if named and (a_min is not np._NoValue or a_max is not np._NoValue):
        raise ValueError(
            f"clip needs its limits by position, as a_min= and a_max=, or as min= and max=, got "
            f"{named} beside others at {user_line()}. Leave out one of them."
        )
    low, high = options.pop("min", a_min), options.pop("max", a_max)
    nothing = {"dtype": None, "where": True, "casting": "same_kind", "order": "K", "subok": True}
    options = {n: x for n, x in options.items() if n not in nothing or x is not nothing[n]}
    if options.pop("out", None) is not None or options:
        raise NotImplementedError(
            f"clip of a traced value takes only its limits, got {options} at {user_line()}. Leave "
            f"them and out= out, and convert the arguments and the result with astype."
        )
    low, high = (None if limit is np._NoValue else limit for limit in (low, high))
    dtype = np.asarray(peek(a)).dtype
    if dtype.kind in "iu":  # as in NumPy, a Python number that limits nothing is dropped
        low = None if type(low) is int and low <= np.iinfo(dtype).min else low
        high = None if type(high) is int and high >= np.iinfo(dtype).max else high
    kind = np.result_type(dtype, *(weak(x) for x in (low, high) if x is not None))
    a = a if dtype == kind else in_dtype(a, kind)  # at once: NumPy has one dtype for all three
    if low is None:
        return np.positive(a) if high is None else np.minimum(a, high)
    if high is None:
        return np.maximum(a, low)
    a = np.maximum(a, _within(np.greater, a, low))
    return np.minimum(a, _within(np.less, a, high))


def _within(compare: Any, a: Array, limit: Array) -> Array:
    """Return a limit; of complex ones that are NaN, the entry itself where its real part keeps it.

    That is what NumPy does where there are two limits; np.maximum and np.minimum return the NaN.
    """
    if not np.iscomplexobj(limit) or not (isinstance(limit, Tensor) or np.isnan(limit).any()):
        return limit
    return np.where(np.isnan(limit) & compare(np.real(a), np.real(limit)), a, limit)


@composite(np.nan_to_num, exact=True)
def nan_to_num(
    x: Array,
    copy: bool = True,
    nan: Array = 0.0,
    posinf: Array | None = None,
    neginf: Array | None = None,
) -> Array:
    """Replace NaN and infinities; the slope is that of the replacement."""
    x = as_array(x)
    if not copy and not x.ndim:
        raise ValueError(
            f"nan_to_num with copy=False needs at least one axis, got a single number at "
            f"{user_line()}. Give the name a new value: x = np.nan_to_num(x)."
        )
    if x.dtype.kind not in "fc":
        return x.copy("K") if copy else x
    for name, value in (("nan", nan), ("posinf", posinf), ("neginf", neginf)):
        if value is not None and np.iscomplexobj(value):
            raise TypeError(
                f"expected a real number {name} for nan_to_num, which replaces real and imaginary "
                f"parts on their own, got a complex one at {user_line()}. Write "
                f"np.where(np.isnan(x), z, x)."
            )
    largest = np.finfo(x.dtype).max
    if x.dtype.kind == "c":
        parts = (np.real(x), np.imag(x))
        real, imag = (nan_to_num(part, nan=nan, posinf=posinf, neginf=neginf) for part in parts)
        is_kept = np.isfinite(parts[0]) & np.isfinite(parts[1])  # with the sign of each zero
        z = np.where(is_kept, x, real + 1j * imag)
    else:
        z = np.where(np.isnan(x), in_dtype(nan, x.dtype), x)
        high, low = largest if posinf is None else posinf, -largest if neginf is None else neginf
        z = np.where(x == math.inf, in_dtype(high, x.dtype), z)
        z = np.where(x == -math.inf, in_dtype(low, x.dtype), z)
    if np.shape(z) != np.shape(x):  # because a replacement has more axes, of length 1
        z = np.reshape(z, np.shape(x))
    if copy:  # which keeps the byte order
        return laid_out_like(z if z.dtype == x.dtype else z.astype(x.dtype), peek(x))
    x._take(z)
    return x


@composite(np.divmod)
def divmod_front(x: Array, y: Array) -> tuple[Array, Array]:
    """Return the quotient, rounded down, and the remainder."""
    return np.floor_divide(x, y), np.remainder(x, y)


@primitive
def exponent(x: Array) -> Array:
    """Return the power of two in x, as ``np.frexp`` has it."""
    return np.frexp(x)[1]


constant(exponent)


@composite(np.frexp)
def frexp(x: Array) -> tuple[Array, Array]:
    """Return a mantissa between 1/2 and 1, and the exponent of the power of two."""
    power = exponent(x)
    return np.ldexp(x, -power), power


def sinc_slope(x: Array) -> Array:
    """Return the slope of sinc, where sinc(x) = sin(y) / y and y = πx.

    Near 0, where the quotient's terms cancel, it is the series of ``d/dy sin(y)/y``, the sum of
    ``(-1)^k 2k y^(2k - 1) / (2k + 1)!``, so all its derivatives are accurate too.
    """
    y = x * math.pi
    is_small = np.abs(y) < 1
    small, large = np.where(is_small, y, 0), np.where(is_small, 1, y)
    series: Array = 0.0
    for coefficient in _SINC_SERIES:
        series = series * (small * small) + coefficient
    quotient = (np.cos(large) - np.sin(large) / large) / large
    return math.pi * np.where(is_small, series * small, quotient)


_SINC_SERIES = [(-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(11, 0, -1)]


_OVERFLOWS = 12000.0  # exp of it is infinite, in longdouble too


def bessel(x: Array) -> Array:
    """Return the slope of i0, the modified Bessel function of order 1, also for a Tensor.

    The mean of sinh(x cos t) cos t over a quarter turn (Abramowitz and Stegun 9.6.19); the midpoint
    rule is exact to rounding once its points are dense for the largest x.
    """
    value = plain(x)
    largest = min(float(np.max(np.abs(value), initial=9.0, where=~np.isnan(value))), _OVERFLOWS)
    points = 8 + int(4 * math.sqrt(largest))
    cosines = np.cos((np.arange(points) + 0.5) * (math.pi / 2 / points)).astype(value.dtype)
    return np.sum(np.sinh(x[..., None] * cosines) * (cosines / len(cosines)), axis=-1)


@composite(np.angle)
def angle(z: Array, deg: bool = False) -> Array:
    """Return the angle of a complex number from the positive reals; that of a real one is fixed."""
    if _is_complex(z):
        turned = np.arctan2(np.imag(z), np.real(z))
    else:
        turned = np.arctan2(0.0, np.where(z == 0, np.copysign(1.0, z), z))
    return turned * (180 / math.pi) if deg else turned


@composite(np.unwrap)
def unwrap(
    p: Array, discont: Array | None = None, axis: int = -1, *, period: Array = 2 * math.pi
) -> Array:
    """Remove jumps of a period; their number is constant."""
    if isinstance(period, Tensor):
        raise NotImplementedError(
            f"unwrap needs a plain period, got a traced one at {user_line()}. Unwrap what doesn't "
            f"depend on it: np.unwrap(p / period, period=1) * period."
        )
    numbers = plain(p)
    unwrapped = np.unwrap(numbers, discont, axis, period=period)
    nothing = np.copysign(0.0, unwrapped)  # which keeps the sign of a zero
    return p + np.where(unwrapped == numbers, nothing, unwrapped - numbers)


@composite(np.real_if_close, exact=True)
def real_if_close(a: Array, tol: float = 100) -> Array:
    """Return the real part if all imaginary parts are close to zero."""
    if a.dtype.kind != "c":
        return a
    is_real = np.real_if_close(plain(a), tol).dtype.kind != "c"
    return np.real(a) if is_real else a


@composite(np.astype, exact=True)
def astype_front(
    x: Array, dtype: DTypeLike, /, *, copy: bool = True, device: str | None = None
) -> Array:
    """Return the same as ``np.astype``, as the method."""
    del device
    return x.astype(dtype, copy=copy)


registry[np.around] = registry[np.round]
