"""Calls that give each optional argument of each operation another value than its default."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.nn.ops.cases import (
    BOOL,
    FLOAT,
    INT,
    Call,
    array,
    image,
    positive_definite,
    probabilities,
)

HALF = "float16"
FIRST = {"data_format": "channels_first"}


def volume(rng):
    """Return images with different numbers of channels, rows and columns, channels first."""
    return array(rng, (2, 4, 6, 5))


def axes(rng):
    return array(rng, (2, 3, 4))


def by_columns(rng):
    """Return probabilities that add up to 1 along axis 1."""
    return np.moveaxis(probabilities(rng, (2, 4, 3)), -1, 1)


def with_nan(rng):
    x = array(rng)
    x[0, 1], x[1, 0], x[1, 2] = np.nan, np.inf, -np.inf
    return x


OPTIONS: dict[str, list[Any]] = {
    "adaptive_average_pool": [lambda rng: Call(volume(rng), (4, 2), **FIRST)],
    "adaptive_max_pool": [lambda rng: Call(volume(rng), (4, 2), **FIRST)],
    "allclose": [
        lambda rng: Call(np.full(3, 1.0, FLOAT), np.full(3, 1.01, FLOAT), rtol=0.02),
        lambda rng: Call(np.full(3, 1.0, FLOAT), np.full(3, 1.01, FLOAT), rtol=0.0, atol=0.02),
        lambda rng: Call(with_nan(rng), with_nan(rng), equal_nan=True),
    ],
    "arange": [lambda rng: Call(4, dtype=HALF)],
    "argsort": [lambda rng: Call(axes(rng), axis=1)],
    "array": [lambda rng: Call([1, 2], HALF)],
    "average_pool": [
        lambda rng: Call(image(rng), (3, 2), 2, "same"),
        lambda rng: Call(volume(rng), 2, **FIRST),
    ],
    "batch_normalization": [
        lambda rng: Call(
            array(rng, (2, 3, 4)), array(rng, (3,)), array(rng, (3,), low=1), 1, epsilon=0.5
        ),
    ],
    "bincount": [
        lambda rng: Call(np.array([0, 2, 2], INT), array(rng, (3,))),
        lambda rng: Call(np.array([0, 2, 2], INT), minlength=6),
        lambda rng: Call(np.array([[0, 2, 2], [1, 1, 0]], INT), array(rng, (2, 3))),
        lambda rng: Call(np.array([[0, 2, 2], [1, 1, 0]], INT), minlength=5),
    ],
    "categorical_crossentropy": [
        lambda rng: Call(by_columns(rng), by_columns(rng), axis=1),
        lambda rng: Call(by_columns(rng), array(rng, (2, 3, 4)), from_logits=True, axis=1),
    ],
    "celu": [lambda rng: Call(array(rng), 2.0)],
    "cholesky": [lambda rng: Call(positive_definite(rng), upper=True)],
    "cholesky_inverse": [
        lambda rng: Call(
            np.linalg.cholesky(positive_definite(rng)).swapaxes(1, 2).copy(), upper=True
        )
    ],
    "conv": [
        lambda rng: Call(image(rng), array(rng, (2, 2, 4, 3)), (2, 1), "valid"),
        lambda rng: Call(array(rng, (2, 7, 3)), array(rng, (3, 3, 4)), padding="same"),
        lambda rng: Call(image(rng), array(rng, (2, 2, 4, 3)), dilation_rate=(2, 1)),
    ],
    "conv_transpose": [
        lambda rng: Call(array(rng, (2, 4, 5, 3)), array(rng, (3, 2, 2, 4)), 2, **FIRST),
        lambda rng: Call(array(rng, (2, 5, 4)), array(rng, (3, 2, 4)), 2, output_padding=1),
        lambda rng: Call(array(rng, (2, 5, 4)), array(rng, (3, 2, 4)), dilation_rate=2),
    ],
    "convert_to_tensor": [lambda rng: Call([1, 2], HALF)],
    "correlate": [
        lambda rng: Call(array(rng, (5,)), array(rng, (3,)), "same"),
        lambda rng: Call(array(rng, (5,)), array(rng, (3,)), "full"),
    ],
    "cross": [
        lambda rng: Call(array(rng, (3, 4)), array(rng, (4, 3)), axisa=0),
        lambda rng: Call(array(rng, (4, 3)), array(rng, (3, 4)), axisb=0),
        lambda rng: Call(array(rng, (4, 3)), array(rng, (4, 3)), axisc=0),
        lambda rng: Call(array(rng, (3, 4)), array(rng, (3, 4)), axis=0),
    ],
    "ctc_decode": [
        lambda rng: Call(array(rng, (2, 6, 3)), np.array([6, 4], INT), merge_repeated=False),
        lambda rng: Call(array(rng, (2, 6, 3)), np.array([6, 4], INT), mask_index=2),
    ],
    "ctc_loss": [
        lambda rng: Call(
            array(rng, (2, 2), INT, 0, 2), array(rng, (2, 5, 4)), np.array([2, 1], INT),
            np.array([5, 4], INT), 3,
        )
    ],
    "cumprod": [lambda rng: Call(array(rng), 1, HALF)],
    "cumsum": [lambda rng: Call(array(rng), 1, HALF)],
    "nancumprod": [lambda rng: Call(array(rng), 1, HALF)],
    "nancumsum": [lambda rng: Call(array(rng), 1, HALF)],
    "depth_to_space": [lambda rng: Call(array(rng, (2, 8, 3, 2)), 2, "channels_first")],
    "space_to_depth": [lambda rng: Call(array(rng, (2, 3, 4, 6)), 2, "channels_first")],
    "depthwise_conv": [
        lambda rng: Call(image(rng), array(rng, (3, 2, 4, 2)), 2),
        lambda rng: Call(image(rng), array(rng, (2, 2, 4, 1)), dilation_rate=2),
        lambda rng: Call(volume(rng), array(rng, (3, 2, 4, 2)), **FIRST),
    ],
    "diagflat": [lambda rng: Call(array(rng, (3,)), 1)],
    "diagonal": [
        lambda rng: Call(axes(rng), 1),
        lambda rng: Call(axes(rng), 0, 1, 2),
        lambda rng: Call(axes(rng), 0, 0, 2),
        lambda rng: Call(axes(rng), -1, 2, 1),
    ],
    "diff": [lambda rng: Call(axes(rng), 2), lambda rng: Call(axes(rng), axis=1)],
    "dot_product_attention": [
        lambda rng: Call(
            array(rng, (2, 3, 4, 5)), array(rng, (2, 6, 4, 5)), array(rng, (2, 6, 4, 5)),
            array(rng, (2, 4, 3, 6)),
        ),
        lambda rng: Call(
            array(rng, (2, 3, 4, 5)), array(rng, (2, 3, 4, 5)), array(rng, (2, 3, 4, 5)),
            mask=np.array([[1, 0, 1], [1, 1, 0], [1, 1, 1]], bool), is_causal=True,
        ),
    ],
    "elu": [lambda rng: Call(array(rng), 2.0)],
    "eye": [lambda rng: Call(3, dtype=INT), lambda rng: Call(3, 2)],
    "fold": [
        lambda rng: Call(array(rng, (2, 12, 12)), (5, 6), 2, dilation=2),
        lambda rng: Call(array(rng, (2, 12, 30)), (4, 5), 2, padding=1),
        lambda rng: Call(array(rng, (2, 12, 6)), (4, 6), 2, stride=2),
    ],
    "full": [lambda rng: Call((2,), 1.5, INT)],
    "full_like": [lambda rng: Call(array(rng), 2.5, INT)],
    "gelu": [lambda rng: Call(array(rng), approximate=False)],
    "geomspace": [
        lambda rng: Call(1.0, 8.0, 4, endpoint=False),
        lambda rng: Call(1.0, 8.0, 4, dtype=HALF),
        lambda rng: Call(np.ones(2, FLOAT), np.full(2, 8.0, FLOAT), 4, axis=1),
    ],
    "glu": [lambda rng: Call(array(rng, (4, 3)), 0)],
    "hard_shrink": [lambda rng: Call(array(rng), 1.0)],
    "histogram": [lambda rng: Call(array(rng, (7,)), 4, (-1, 2))],
    "identity": [lambda rng: Call(3, INT)],
    "isclose": [
        lambda rng: Call(np.full(3, 1.0, FLOAT), np.full(3, 1.01, FLOAT), 0.02),
        lambda rng: Call(np.full(3, 1.0, FLOAT), np.full(3, 1.01, FLOAT), 0.0, 0.02),
        lambda rng: Call(with_nan(rng), with_nan(rng), equal_nan=True),
    ],
    "isin": [
        lambda rng: Call(np.array([1, 2, 3], INT), np.array([3, 5], INT), assume_unique=True),
        lambda rng: Call(array(rng, dtype=INT), array(rng, (2,), INT), invert=True),
    ],
    "layer_normalization": [lambda rng: Call(image(rng), array(rng, (5,)), axis=2, epsilon=0.5)],
    "leaky_relu": [lambda rng: Call(array(rng), 0.5)],
    "linspace": [
        lambda rng: Call(0.0, 1.0, 5, endpoint=False),
        lambda rng: Call(0.0, 1.0, 5, retstep=True),
        lambda rng: Call(0.0, 4.0, 5, dtype=INT),
        lambda rng: Call(np.zeros(2, FLOAT), np.ones(2, FLOAT), 4, axis=1),
    ],
    "logspace": [
        lambda rng: Call(0.0, 1.0, 5, endpoint=False),
        lambda rng: Call(0.0, 1.0, 5, base=2),
        lambda rng: Call(0.0, 1.0, 5, dtype=HALF),
        lambda rng: Call(np.zeros(2, FLOAT), np.ones(2, FLOAT), 4, axis=1),
    ],
    "lstsq": [lambda rng: Call(np.diag([1.0, 1e-3]).astype(FLOAT), np.ones((2, 1), FLOAT), 0.1)],
    "matrix_rank": [lambda rng: Call(np.diag([1.0, 0.5, 0.2]).astype(FLOAT), 0.3)],
    "max": [lambda rng: Call(array(rng), 1, initial=1.0)],
    "max_pool": [lambda rng: Call(volume(rng), 2, **FIRST), lambda rng: Call(image(rng), 2, 1)],
    "meshgrid": [lambda rng: Call(array(rng, (2,)), array(rng, (3,)), indexing="ij")],
    "min": [lambda rng: Call(array(rng), 1, initial=-1.0)],
    "moments": [
        lambda rng: Call(axes(rng), [0, 2], keepdims=True),
        lambda rng: Call(axes(rng), [1], synchronized=True),
    ],
    "multi_hot": [
        lambda rng: Call(array(rng, (2, 3), INT, 0, 4), 5, dtype=HALF),
        lambda rng: Call(array(rng, (3,), INT, 0, 4), 5),
        lambda rng: Call(array(rng, (2, 3), INT, 0, 4), 5, 2),
    ],
    "nan_to_num": [
        lambda rng: Call(with_nan(rng), nan=7.0),
        lambda rng: Call(with_nan(rng), posinf=8.0),
        lambda rng: Call(with_nan(rng), neginf=-8.0),
    ],
    "nanpercentile": [
        lambda rng: Call(with_nan(rng)[:, :2], 30, 0, method="nearest"),
        lambda rng: Call(array(rng), 30, 1, keepdims=True),
    ],
    "nanquantile": [
        lambda rng: Call(array(rng), 0.3, 1, method="nearest"),
        lambda rng: Call(array(rng), 0.3, 1, keepdims=True),
    ],
    "percentile": [
        lambda rng: Call(array(rng), 30, 1, method="lower"),
        lambda rng: Call(array(rng), 30, 1, keepdims=True),
    ],
    "quantile": [
        lambda rng: Call(array(rng), 0.3, 1, method="higher"),
        lambda rng: Call(array(rng), 0.3, 1, keepdims=True),
    ],
    "normalize": [
        lambda rng: Call(array(rng), 0),
        lambda rng: Call(array(rng), order=1),
        lambda rng: Call(array(rng), epsilon=5.0),
    ],
    "one_hot": [
        lambda rng: Call(array(rng, (2, 3), INT, 0, 3), 4, 1),
        lambda rng: Call(array(rng, (2, 3), INT, 0, 3), 4, dtype=INT),
        lambda rng: Call(np.array([0, -1, 4], INT), 4),
    ],
    "ones": [lambda rng: Call(3)],
    "ones_like": [lambda rng: Call(array(rng), INT)],
    "pinv": [lambda rng: Call(np.diag([1.0, 0.05]).astype(FLOAT), 0.1)],
    "prod": [lambda rng: Call(array(rng), 1, dtype=HALF)],
    "rfft": [lambda rng: Call(array(rng, (2, 6)), 8), lambda rng: Call(array(rng, (2, 6)), 4)],
    "rms_normalization": [
        lambda rng: Call(image(rng), axis=1),
        lambda rng: Call(image(rng), array(rng, (5, 4)), (2, -1)),
        lambda rng: Call(image(rng), epsilon=0.5),
    ],
    "rot90": [lambda rng: Call(array(rng), 2), lambda rng: Call(axes(rng), 1, (1, 2))],
    "round": [lambda rng: Call(array(rng), 1)],
    "searchsorted": [
        lambda rng: Call(np.array([1, 2, 2, 3], FLOAT), np.array([2, 3], FLOAT), "right")
    ],
    "separable_conv": [
        lambda rng: Call(
            image(rng), array(rng, (2, 2, 4, 2)), array(rng, (1, 1, 8, 3)), 2, "same"
        ),
        lambda rng: Call(
            image(rng), array(rng, (2, 2, 4, 1)), array(rng, (1, 1, 4, 3)), dilation_rate=2
        ),
        lambda rng: Call(
            volume(rng), array(rng, (2, 2, 4, 1)), array(rng, (1, 1, 4, 3)), **FIRST
        ),
    ],
    "soft_shrink": [lambda rng: Call(array(rng), 1.0)],
    "sparse_categorical_crossentropy": [
        lambda rng: Call(
            array(rng, (2, 4), INT, 0, 2), by_columns(rng), axis=1,
        ),
    ],
    "sparsemax": [lambda rng: Call(array(rng), 0)],
    "squareplus": [lambda rng: Call(array(rng), 1)],
    "tensordot": [
        lambda rng: Call(array(rng, (2, 3)), array(rng, (3, 4)), 1),
        lambda rng: Call(array(rng, (2, 3)), array(rng, (4, 2)), ([0], [1])),
    ],
    "trace": [
        lambda rng: Call(axes(rng), 1),
        lambda rng: Call(axes(rng), 0, 1, 2),
        lambda rng: Call(axes(rng), 0, 0, 2),
        lambda rng: Call(array(rng, (3, 3), BOOL)),
    ],
    "trapezoid": [
        lambda rng: Call(array(rng), np.array([0, 1, 3], FLOAT)),
        lambda rng: Call(array(rng), dx=2.0),
        lambda rng: Call(array(rng), axis=0),
    ],
    "tri": [lambda rng: Call(3, dtype=INT)],
    "tril": [lambda rng: Call(array(rng), 1)],
    "unfold": [lambda rng: Call(array(rng, (2, 3, 6, 5)), 2, 2)],
    "unique": [
        lambda rng: Call(np.array([3, 1, 3], INT), return_index=True),
        lambda rng: Call(np.array([3, 1, 3], INT), return_inverse=True),
        lambda rng: Call(np.array([3, 1, 3], INT), return_counts=True),
        lambda rng: Call(np.array([[3, 3, 1], [1, 1, 2]], INT), axis=1),
    ],
    "unstack": [lambda rng: Call(array(rng), 3, 1), lambda rng: Call(array(rng), axis=-1)],
    "vander": [lambda rng: Call(array(rng, (3,)), increasing=True)],
    "zeros": [lambda rng: Call((2, 3), INT)],
    "zeros_like": [lambda rng: Call(array(rng), INT)],
}  # fmt: skip
for name in (
    "all", "amax", "amin", "any", "argmax", "argmin", "logsumexp", "max", "mean", "median", "min",
    "nanargmax", "nanargmin", "nanmax", "nanmean", "nanmedian", "nanmin", "nanprod", "nanstd",
    "nansum", "nanvar", "prod", "ptp", "std", "sum", "var",
):  # fmt: skip
    OPTIONS.setdefault(name, []).append(lambda rng: Call(axes(rng), axis=1, keepdims=True))
NOT_GIVEN = {
    "sparse": "True is refused",
    "ragged": "True is refused",
    "flash_attention": "True is refused",
    "strategy": "the other one is refused",
    "beam_width": "without effect here",
    "top_paths": "without effect here",
    "sorted": "without effect here",
    "size": "others are refused",
    "fill_value": "others are refused, but for ops.full and ops.image",
    "attn_logits_soft_cap": "Keras has it on JAX alone",
}
UNLIKE_KERAS = {  # on PyTorch
    "average_pool": "the padding counts",
    "bincount": "rows of several lengths are an error",
    "cross": "each array has the same axis",
    "depth_to_space": "channels that come first are in another order",
    "geomspace": "halves are rounded otherwise",
    "layer_normalization": "only the last axes are normalized",
    "linspace": "the step is in float64",
    "logspace": "numbers are along the first axis",
    "one_hot": "classes that are out of range are an error",
    "rms_normalization": "only the last axes are normalized",
    "space_to_depth": "channels that come first are in another order",
    "unique": "indices are in int64",
}
"""The calls above that give these options are compared with NumPy's or by hand alone."""
