"""Is a slope right? Independent witnesses, and what holds slopes against them.

The witnesses come first: read :mod:`richardson` (differences along a line), :mod:`numeric` (every
entry of an argument) and :mod:`point` (arguments too large for that). Then what asks them:
:mod:`grads` (is the engine right?) and :mod:`slope` (is a slope derived by hand right?), with what
explains a disagreement: :mod:`trouble` (there is no slope to measure), :mod:`slips` and
:mod:`mutants` (the usual mistakes).
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
