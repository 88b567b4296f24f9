"""Checks of slopes against independent measurements.

Measurements: :mod:`finite_differences` (along a line), :mod:`numeric` (every entry of an argument)
and :mod:`point` (larger arguments, along random directions). Checks: :mod:`grads` (of the
engine's slopes) and :mod:`slope` (of a slope derived by hand). Explanations of a disagreement:
:mod:`remeasurement` and :mod:`noise` (an inaccurate measurement), :mod:`linearity` (a rule without
its cotangent), :mod:`diagnosis` (there is no slope), :mod:`likely_mistakes`, :mod:`mutants`.
"""

from autodiff.check.grads import UnmeasurableWarning, check_grads
from autodiff.check.numeric import Estimate, complex_step, numerical_slope
from autodiff.check.slope import SlopeCheck, check_slope

__all__ = [
    "Estimate",
    "SlopeCheck",
    "UnmeasurableWarning",
    "check_grads",
    "check_slope",
    "complex_step",
    "numerical_slope",
]
