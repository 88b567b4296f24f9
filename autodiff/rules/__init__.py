"""The derivatives of NumPy's functions, by topic. Importing a file registers its rules."""

from autodiff.rules import constants, elementwise, index, linalg, reduce, sampled, shape, statistics

__all__ = [
    "constants",
    "elementwise",
    "index",
    "linalg",
    "reduce",
    "sampled",
    "shape",
    "statistics",
]
