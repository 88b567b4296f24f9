"""The derivatives of NumPy's functions, by topic. Importing a file registers its rules."""

from autodiff.rules import (
    constants,
    elementwise,
    fourier,
    index,
    linalg,
    masked,
    methods,
    norms,
    reduce,
    sampled,
    shape,
    solving,
    spectral,
    statistics,
)

__all__ = [
    "constants",
    "elementwise",
    "fourier",
    "index",
    "linalg",
    "masked",
    "methods",
    "norms",
    "reduce",
    "sampled",
    "shape",
    "solving",
    "spectral",
    "statistics",
]
