"""Functions without a slope: tests of the structure of a matrix."""

from __future__ import annotations

import scipy.linalg

from autodiff.core.registry import registry
from autodiff.rules.constants import on_plain_values

__all__: list[str] = []

for _function in (scipy.linalg.bandwidth, scipy.linalg.ishermitian, scipy.linalg.issymmetric):
    registry[_function] = on_plain_values(_function, "plain")
