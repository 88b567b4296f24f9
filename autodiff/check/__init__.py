"""Is a slope right? Independent witnesses, and what holds slopes against them.

Read :mod:`numeric` (the witnesses), then :mod:`grads` (is the engine right?) and :mod:`slope`
(is a slope derived by hand right?).
"""

from autodiff.check.grads import check_grads
from autodiff.check.numeric import Estimate, complex_step, numerical_slope
from autodiff.check.slope import SlopeCheck, check_slope

__all__ = [
    "Estimate",
    "SlopeCheck",
    "check_grads",
    "check_slope",
    "complex_step",
    "numerical_slope",
]
