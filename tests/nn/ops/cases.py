"""Arguments for each operation: functions of a generator, which return them."""

from __future__ import annotations

from typing import Any

import numpy as np

FLOAT, INT, BOOL, BYTE = "float32", "int32", "bool", "uint8"


class Call:
    """The arguments of one call."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.args, self.options = args, options


def array(rng, shape=(2, 3), dtype=FLOAT, low=-3, high=3):
    """Return an array without ties or numbers near a half, where functions may have corners."""
    if dtype == BOOL:
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in (INT, BYTE):
        return rng.integers(max(low, 0) if dtype == BYTE else low, high + 1, shape).astype(dtype)
    count = int(np.prod(shape))
    steps = rng.permutation(count) + rng.uniform(0.2, 0.45, count)
    return (low + (high - low) * steps / max(count, 1)).reshape(shape).astype(dtype)


def shape(rng):
    return tuple(rng.integers(1, 4, rng.integers(0, 4)).tolist())


def of(*dtypes, low=-3, high=3):
    """Draw an array of any shape and one of these dtypes."""
    return lambda rng: Call(array(rng, shape(rng), rng.choice(dtypes), low, high))


def pair(*dtypes, low=-3, high=3, low2=None):
    """Draw two arrays that broadcast, of any of these dtypes each; or an array and a number."""

    def draw(rng):
        lengths = shape(rng)
        first = array(rng, lengths, rng.choice(dtypes), low, high)
        kind = rng.integers(3)
        if kind == 0:
            return Call(first, 2)
        if kind == 1 and FLOAT in dtypes:
            return Call(first, 1.5)
        least = low if low2 is None else low2
        return Call(first, array(rng, lengths[1:], rng.choice(dtypes), least, high))

    return draw


def reduced(*dtypes, **more):
    """Draw an array, and maybe an axis."""

    def draw(rng):
        x = array(rng, (2, 3, 4), rng.choice(dtypes))
        options = [{}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": 0}][rng.integers(4)]
        return Call(x, **options, **more)

    return draw


def fixed(*draws):
    """Draw one of some calls."""
    return lambda rng: draws[rng.integers(len(draws))](rng)


def positive_definite(rng, n=3):
    a = rng.normal(size=(2, n, n))
    return (a @ a.swapaxes(1, 2) + n * np.eye(n)).astype(FLOAT)


def call(make):
    """Draw the arguments that a function of the generator returns in a tuple."""
    return lambda rng: Call(*make(rng))


def image(rng):
    return array(rng, (2, 6, 5, 4))


def probabilities(rng, shape):
    p = rng.uniform(0.1, 1, shape)
    return (p / p.sum(-1, keepdims=True)).astype(FLOAT)


NUMBERS = (FLOAT, INT, BYTE, BOOL)
REAL = (FLOAT, INT)

CASES: dict[str, Any] = {}
for name in (
    "cos",
    "sin",
    "tan",
    "cosh",
    "sinh",
    "tanh",
    "exp",
    "exp2",
    "expm1",
    "arctan",
    "arcsinh",
    "ceil",
    "floor",
    "deg2rad",
    "rad2deg",
    "sinc",
    "sigmoid",
    "softplus",
    "softsign",
    "log_sigmoid",
    "angle",
):
    CASES[name] = of(*NUMBERS)
for name in ("log", "log10", "log1p", "log2", "sqrt", "rsqrt", "reciprocal"):
    CASES[name] = of(FLOAT, INT, BYTE, low=1)
for name in ("arccos", "arcsin", "arctanh"):
    CASES[name] = of(FLOAT, low=-0.9, high=0.9)
for name in (
    "relu",
    "relu6",
    "selu",
    "silu",
    "swish",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "sparse_plus",
    "sparse_sigmoid",
    "tanh_shrink",
    "erf",
    "leaky_relu",
    "elu",
    "celu",
    "gelu",
    "hard_shrink",
    "soft_shrink",
    "squareplus",
    "erfc",
    "i0",
    "cbrt",
    "fabs",
):
    CASES[name] = of(FLOAT)
for name in (
    "abs",
    "absolute",
    "negative",
    "sign",
    "square",
    "isfinite",
    "isinf",
    "isnan",
    "trunc",
    "isneginf",
    "isposinf",
    "isreal",
    "real",
    "conj",
    "conjugate",
    "copy",
    "ravel",
    "zeros_like",
    "ones_like",
    "stop_gradient",
):
    CASES[name] = of(*REAL)
CASES |= {
    "arccosh": of(FLOAT, low=1.5),
    "relu": of(FLOAT, INT),
    "erfinv": of(FLOAT, low=-0.9, high=0.9),
    "logical_not": of(*NUMBERS),
    "bitwise_not": of(INT, BYTE, BOOL),
    "bitwise_invert": of(INT, BYTE, BOOL),
    "signbit": of(FLOAT),
    "round": of(FLOAT, INT),
}
for name in (
    "add",
    "multiply",
    "maximum",
    "minimum",
    "equal",
    "not_equal",
    "greater",
    "less",
    "greater_equal",
    "less_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
):
    CASES[name] = pair(*NUMBERS)
for name in ("subtract", "hypot", "arctan2", "logaddexp"):
    CASES[name] = pair(*REAL)
for name in ("divide", "true_divide", "mod", "floor_divide"):
    CASES[name] = pair(FLOAT, INT, BYTE, low2=1)
for name in ("gcd", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor"):
    CASES[name] = lambda rng: Call(array(rng, (3,), INT), array(rng, (3,), INT))
for name in ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift"):
    CASES[name] = lambda rng: Call(array(rng, (3,), INT), array(rng, (3,), INT, low=0))
CASES |= {
    "power": pair(FLOAT, INT, low=1),
    "fmod": call(lambda rng: (array(rng), array(rng, low=1))),
    "fmax": call(lambda rng: (array(rng), array(rng, low=-2.9))),
    "fmin": call(lambda rng: (array(rng), array(rng, low=-2.9))),
    "logaddexp2": call(lambda rng: (array(rng), array(rng, low=-2))),
    "heaviside": call(lambda rng: (array(rng), 0.5)),
    "nextafter": call(lambda rng: (array(rng), array(rng))),
    "ldexp": call(lambda rng: (array(rng), array(rng, dtype=INT))),
    "divide_no_nan": call(lambda rng: (array(rng), array(rng, dtype=INT).astype(FLOAT))),
    "isclose": call(lambda rng: (array(rng), array(rng))),
    "allclose": call(lambda rng: (array(rng), array(rng))),
    "where": fixed(
        lambda rng: Call(array(rng, dtype=BOOL), array(rng, dtype=INT), 0.5),
        lambda rng: Call(array(rng, dtype=BOOL), array(rng), array(rng, (3,))),
        lambda rng: Call(array(rng, dtype=BOOL)),
    ),
    "clip": fixed(
        lambda rng: Call(array(rng), -1, 1.25),
        lambda rng: Call(array(rng, dtype=INT), -1, 1),
        lambda rng: Call(array(rng, dtype=INT), -0.5, 1.5),
    ),
    "nan_to_num": call(lambda rng: (np.array([1, np.nan, 2.5], FLOAT),)),
}
for name in ("sum", "mean", "prod", "max", "min", "amax", "amin", "all", "any"):
    CASES[name] = reduced(*NUMBERS)
for name in (
    "std",
    "var",
    "median",
    "nanmean",
    "nansum",
    "nanmax",
    "nanmin",
    "nanstd",
    "nanvar",
    "nanmedian",
    "nanprod",
    "logsumexp",
    "ptp",
    "argmax",
    "argmin",
    "nanargmax",
    "nanargmin",
    "norm",
):
    CASES[name] = reduced(FLOAT)
del CASES["norm"]
CASES |= {
    "cumsum": fixed(*(lambda rng, d=d: Call(array(rng, dtype=d), axis=1) for d in NUMBERS)),
    "cumprod": fixed(lambda rng: Call(array(rng), axis=0), lambda rng: Call(array(rng))),
    "nancumsum": call(lambda rng: (array(rng), 1)),
    "nancumprod": call(lambda rng: (array(rng), 1)),
    "average": fixed(
        lambda rng: Call(array(rng), 1), lambda rng: Call(array(rng), 1, array(rng, (3,), low=1))
    ),
    "quantile": call(lambda rng: (array(rng), 0.3, 1)),
    "nanquantile": call(lambda rng: (array(rng), [0.3, 0.9], 1)),
    "percentile": call(lambda rng: (array(rng), 30, 1)),
    "nanpercentile": call(lambda rng: (array(rng), 30, 1)),
    "count_nonzero": call(lambda rng: (array(rng, dtype=INT), 1)),
    "moments": call(lambda rng: (array(rng), [0])),
    "diff": call(lambda rng: (array(rng),)),
    "trapezoid": call(lambda rng: (array(rng),)),
    "append": call(lambda rng: (array(rng), array(rng, dtype=INT), 1)),
    "concatenate": call(lambda rng: ([array(rng), array(rng, dtype=INT)], 1)),
    "stack": call(lambda rng: ([array(rng), array(rng, dtype=INT)], 1)),
    "hstack": call(lambda rng: ([array(rng), array(rng)],)),
    "vstack": call(lambda rng: ([array(rng), array(rng)],)),
    "dstack": call(lambda rng: ([array(rng), array(rng)],)),
    "unstack": call(lambda rng: (array(rng),)),
    "split": call(lambda rng: (array(rng), 3, 1)),
    "array_split": call(lambda rng: (array(rng), 2, 1)),
    "hsplit": call(lambda rng: (array(rng), 3)),
    "vsplit": call(lambda rng: (array(rng), 2)),
    "dsplit": call(lambda rng: (array(rng, (2, 2, 4)), 2)),
    "reshape": call(lambda rng: (array(rng), (3, -1))),
    "broadcast_to": call(lambda rng: (array(rng), (2, 2, 3))),
    "expand_dims": call(lambda rng: (array(rng), 1)),
    "squeeze": call(lambda rng: (array(rng, (2, 1, 3)), 1)),
    "transpose": call(lambda rng: (array(rng, (2, 3, 4)), (1, 0, 2))),
    "swapaxes": call(lambda rng: (array(rng, (2, 3, 4)), 0, 2)),
    "moveaxis": call(lambda rng: (array(rng, (2, 3, 4)), 0, 2)),
    "flip": call(lambda rng: (array(rng), 1)),
    "fliplr": call(lambda rng: (array(rng),)),
    "flipud": call(lambda rng: (array(rng),)),
    "roll": call(lambda rng: (array(rng), 1, 1)),
    "rot90": call(lambda rng: (array(rng),)),
    "repeat": call(lambda rng: (array(rng), 2, 1)),
    "tile": call(lambda rng: (array(rng), (2, 1))),
    "pad": fixed(
        lambda rng: Call(array(rng), ((1, 0), (2, 1))),
        lambda rng: Call(array(rng), ((1, 0), (2, 1)), "reflect"),
        lambda rng: Call(array(rng), ((1, 0), (2, 1)), "constant", constant_values=7),
    ),
    "meshgrid": call(lambda rng: (array(rng, (2,)), array(rng, (3,)))),
    "diag": call(lambda rng: (array(rng, (3, 3)), 1)),
    "diagflat": call(lambda rng: (array(rng, (3,)),)),
    "diagonal": call(lambda rng: (array(rng),)),
    "tril": call(lambda rng: (array(rng),)),
    "triu": call(lambda rng: (array(rng), 1)),
    "trace": call(lambda rng: (array(rng),)),
    "depth_to_space": call(lambda rng: (image(rng), 2)),
    "space_to_depth": call(lambda rng: (array(rng, (2, 4, 6, 3)), 2)),
    "zeros": call(lambda rng: ((2, 3),)),
    "ones": call(lambda rng: ((2,), "int32")),
    "full": fixed(lambda rng: Call((2, 3), 1.5), lambda rng: Call((2,), 1)),
    "full_like": call(lambda rng: (array(rng), 2)),
    "array": call(lambda rng: ([1, 2.5],)),
    "arange": fixed(
        lambda rng: Call(5), lambda rng: Call(1, 7, 2), lambda rng: Call(0.0, 1.0, 0.25)
    ),
    "linspace": call(lambda rng: (0.0, 1.0, 5)),
    "logspace": call(lambda rng: (0.0, 1.0, 5)),
    "geomspace": call(lambda rng: (1.0, 8.0, 4)),
    "eye": call(lambda rng: (3, 4, 1)),
    "identity": call(lambda rng: (3,)),
    "tri": call(lambda rng: (3, 4, 1)),
    "bartlett": call(lambda rng: (5,)),
    "blackman": call(lambda rng: (5,)),
    "hamming": call(lambda rng: (5,)),
    "hanning": call(lambda rng: (5,)),
    "kaiser": call(lambda rng: (5, 2.0)),
    "vander": call(lambda rng: (array(rng, (3,)), 4)),
    "take": call(lambda rng: (array(rng), np.array([2, -1, 0]), 1)),
    "take_along_axis": call(lambda rng: (array(rng), array(rng, (2, 2), INT, 0, 2), 1)),
    "get_item": call(lambda rng: (array(rng), (0, slice(1, None)))),
    "argsort": call(lambda rng: (array(rng),)),
    "sort": call(lambda rng: (array(rng), 0)),
    "top_k": call(lambda rng: (array(rng), 2)),
    "in_top_k": call(lambda rng: (array(rng, (3,), INT, 0, 3), array(rng, (3, 4)), 2)),
    "nonzero": call(lambda rng: (array(rng, dtype=INT),)),
    "searchsorted": call(lambda rng: (np.sort(array(rng, (5,))), array(rng))),
    "digitize": call(lambda rng: (array(rng), [-1.0, 0.0, 2.0])),
    "bincount": call(lambda rng: (array(rng, (5,), INT, 0, 3),)),
    "histogram": call(lambda rng: (array(rng, (7,)), 4)),
    "isin": call(lambda rng: (array(rng, dtype=INT), array(rng, (2,), INT))),
    "select": call(
        lambda rng: (
            [array(rng, dtype=BOOL), array(rng, dtype=BOOL)],
            [array(rng), array(rng)],
            7.0,
        )
    ),
    "unique": call(lambda rng: (array(rng, dtype=INT),)),
    "unravel_index": call(lambda rng: (array(rng, (3,), INT, 0, 5), (2, 3))),
    "one_hot": call(lambda rng: (array(rng, (2, 3), INT, 0, 3), 4)),
    "multi_hot": call(lambda rng: (array(rng, (2, 3), INT, 0, 4), 5)),
    "dot": call(lambda rng: (array(rng), array(rng, (3, 2)))),
    "matmul": call(lambda rng: (array(rng, (2, 2, 3)), array(rng, (3, 2)))),
    "inner": call(lambda rng: (array(rng, (3,)), array(rng, (3,)))),
    "outer": call(lambda rng: (array(rng, (3,)), array(rng, (2,)))),
    "vdot": call(lambda rng: (array(rng, (3,)), array(rng, (3,)))),
    "kron": call(lambda rng: (array(rng), array(rng, (2, 2)))),
    "tensordot": call(lambda rng: (array(rng, (2, 3, 4)), array(rng, (3, 4, 2)), 2)),
    "einsum": call(lambda rng: ("bij,jk->bik", array(rng, (2, 2, 3)), array(rng, (3, 2)))),
    "cross": call(lambda rng: (array(rng), array(rng))),
    "correlate": call(lambda rng: (array(rng, (5,)), array(rng, (3,)), "valid")),
    "corrcoef": call(lambda rng: (array(rng, (3, 5)),)),
    "cdist": call(lambda rng: (array(rng), array(rng, (4, 3), low=-2))),
    "cholesky": call(lambda rng: (positive_definite(rng),)),
    "cholesky_inverse": call(lambda rng: (np.linalg.cholesky(positive_definite(rng)),)),
    "det": call(lambda rng: (positive_definite(rng),)),
    "slogdet": call(lambda rng: (positive_definite(rng),)),
    "logdet": call(lambda rng: (positive_definite(rng),)),
    "inv": call(lambda rng: (positive_definite(rng),)),
    "pinv": call(lambda rng: (positive_definite(rng),)),
    "solve": call(lambda rng: (positive_definite(rng), array(rng, (2, 3, 2)))),
    "solve_triangular": lambda rng: Call(
        np.linalg.cholesky(positive_definite(rng)), array(rng, (2, 3, 2)), lower=True
    ),
    "lstsq": call(lambda rng: (array(rng, (5, 2)) ** 2, array(rng, (5, 3)))),
    "matrix_rank": call(lambda rng: (positive_definite(rng)[0],)),
    "norm": fixed(
        lambda rng: Call(array(rng)),
        lambda rng: Call(array(rng), 1, -1),
        lambda rng: Call(array(rng), "fro", (0, 1)),
        lambda rng: Call(array(rng), np.inf, 1, keepdims=True),
    ),
    "normalize": call(lambda rng: (array(rng),)),
    "fft": call(lambda rng: ((array(rng), array(rng)),)),
    "fft2": call(lambda rng: ((array(rng), array(rng)),)),
    "ifft2": call(lambda rng: ((array(rng), array(rng)),)),
    "rfft": call(lambda rng: (array(rng, (2, 6)),)),
    "irfft": call(lambda rng: ((array(rng, (2, 4)), array(rng, (2, 4))), 6)),
    "extract_sequences": call(lambda rng: (array(rng, (2, 9)), 4, 2)),
    "stft": fixed(
        lambda rng: Call(array(rng, (2, 16)), 6, 3, 8),
        lambda rng: Call(array(rng, (2, 16)), 8, 3, 8, window=None, center=False),
    ),
    "cast": call(lambda rng: (array(rng), "int32")),
    "saturate_cast": call(lambda rng: (array(rng, low=-300, high=300), "uint8")),
    "convert_to_tensor": fixed(lambda rng: Call([1, 2]), lambda rng: Call(2.5)),
    "shape": call(lambda rng: (array(rng),)),
    "ndim": call(lambda rng: (array(rng),)),
    "size": call(lambda rng: (array(rng),)),
    "scatter": call(lambda rng: (array(rng, (4, 1), INT, 0, 2), array(rng, (4, 2)), (3, 2))),
    "scatter_update": fixed(
        lambda rng: Call(array(rng), np.array([[0, 1], [1, 2]]), array(rng, (2,))),
        lambda rng: Call(array(rng), np.array([[0, 1], [1, 2]]), array(rng, (2,)), "add"),
    ),
    "slice": call(lambda rng: (array(rng), (0, 1), (2, 2))),
    "slice_update": call(lambda rng: (array(rng), (0, 1), array(rng, (2, 2)))),
    "segment_sum": call(lambda rng: (array(rng, (5, 2)), array(rng, (5,), INT, 0, 2), 4)),
    "segment_max": call(lambda rng: (array(rng, (5, 2)), array(rng, (5,), INT, 0, 2), 3)),
    "glu": call(lambda rng: (array(rng, (2, 4)),)),
    "threshold": call(lambda rng: (array(rng), 0.5, -1.0)),
    "sparsemax": call(lambda rng: (array(rng),)),
    "softmax": fixed(
        lambda rng: Call(array(rng)),
        lambda rng: Call(array(rng), 0),
        lambda rng: Call(array(rng), None),
        lambda rng: Call(array(rng, (2, 3, 2)), (0, 2)),
    ),
    "log_softmax": fixed(lambda rng: Call(array(rng)), lambda rng: Call(array(rng), 0)),
    "conv": fixed(
        lambda rng: Call(image(rng), array(rng, (3, 2, 4, 5)), 2, "same"),
        lambda rng: Call(image(rng), array(rng, (3, 2, 2, 6)), 1, "valid"),
        lambda rng: Call(array(rng, (2, 7, 3)), array(rng, (3, 3, 4)), dilation_rate=2),
        lambda rng: Call(
            array(rng, (2, 3, 7)), array(rng, (3, 3, 4)), data_format="channels_first"
        ),
    ),
    "depthwise_conv": call(lambda rng: (image(rng), array(rng, (3, 2, 4, 2)), 1, "same")),
    "separable_conv": call(
        lambda rng: (image(rng), array(rng, (2, 2, 4, 2)), array(rng, (1, 1, 8, 3)))
    ),
    "conv_transpose": fixed(
        lambda rng: Call(image(rng), array(rng, (3, 3, 2, 4)), 2, "same"),
        lambda rng: Call(image(rng), array(rng, (3, 2, 2, 4)), 1, "valid"),
    ),
    "max_pool": fixed(
        lambda rng: Call(image(rng), 2), lambda rng: Call(image(rng), (3, 2), 2, "same")
    ),
    "average_pool": fixed(
        lambda rng: Call(image(rng), 2), lambda rng: Call(image(rng), (3, 2), 2, "valid")
    ),
    "adaptive_max_pool": call(lambda rng: (image(rng), (4, 2))),
    "adaptive_average_pool": call(lambda rng: (image(rng), (4, 2))),
    "unfold": call(lambda rng: (array(rng, (2, 3, 6, 5)), (2, 3), 1, 1, 2)),
    "fold": call(lambda rng: (array(rng, (2, 12, 20)), (5, 6), 2)),
    "batch_normalization": call(
        lambda rng: (
            image(rng),
            array(rng, (4,)),
            array(rng, (4,), low=1),
            -1,
            array(rng, (4,)),
            array(rng, (4,)),
        )
    ),
    "layer_normalization": fixed(
        lambda rng: Call(image(rng), array(rng, (4,)), array(rng, (4,))),
        lambda rng: Call(image(rng), axis=(2, 3), epsilon=1e-3),
    ),
    "rms_normalization": call(lambda rng: (image(rng), array(rng, (4,)))),
    "dot_product_attention": fixed(
        lambda rng: Call(
            array(rng, (2, 3, 4, 5)), array(rng, (2, 6, 4, 5)), array(rng, (2, 6, 4, 5))
        ),
        lambda rng: Call(
            array(rng, (2, 3, 4, 5)),
            array(rng, (2, 3, 2, 5)),
            array(rng, (2, 3, 2, 5)),
            is_causal=True,
        ),
        lambda rng: Call(
            array(rng, (2, 3, 4, 5)),
            array(rng, (2, 6, 4, 5)),
            array(rng, (2, 6, 4, 5)),
            mask=np.tri(3, 6, 2, dtype=bool),
            scale=0.5,
        ),
    ),
    "binary_crossentropy": fixed(
        lambda rng: Call(array(rng, dtype=BOOL).astype(FLOAT), array(rng, low=0.1, high=0.9)),
        lambda rng: Call(array(rng, dtype=BOOL).astype(FLOAT), array(rng), from_logits=True),
    ),
    "categorical_crossentropy": fixed(
        lambda rng: Call(probabilities(rng, (2, 3)), probabilities(rng, (2, 3))),
        lambda rng: Call(probabilities(rng, (2, 3)), array(rng), from_logits=True),
    ),
    "sparse_categorical_crossentropy": fixed(
        lambda rng: Call(array(rng, (2,), INT, 0, 2), probabilities(rng, (2, 3))),
        lambda rng: Call(array(rng, (2,), INT, 0, 2), array(rng), from_logits=True),
    ),
    "ctc_loss": call(
        lambda rng: (
            array(rng, (2, 2), INT, 1, 3),
            array(rng, (2, 5, 4)),
            np.array([2, 1], np.int32),
            np.array([5, 4], np.int32),
        )
    ),
    "ctc_decode": call(lambda rng: (array(rng, (2, 5, 3)), np.array([5, 3], np.int32))),
    "psnr": call(lambda rng: (array(rng), array(rng), 3.0)),
}
