"""``scipy.interpolate`` with slopes.

Its classes are SciPy's, with slopes where they are built from traced values or evaluated at them.
"""

import scipy.interpolate

from autodiff.scipy.face import Face
from autodiff.scipy.interpolate import fitpack
from autodiff.scipy.interpolate.bsplines import BSpline
from autodiff.scipy.interpolate.cubic import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
)
from autodiff.scipy.interpolate.grids import RegularGridInterpolator, interpn
from autodiff.scipy.interpolate.lines import interp1d
from autodiff.scipy.interpolate.piecewise import PPoly
from autodiff.scipy.interpolate.polynomials import BarycentricInterpolator
from autodiff.scipy.interpolate.refused import REFUSED as _REFUSED
from autodiff.scipy.interpolate.scattered import (
    LinearNDInterpolator,
    NearestNDInterpolator,
    griddata,
)
from autodiff.scipy.interpolate.smoothing import make_lsq_spline, make_smoothing_spline
from autodiff.scipy.interpolate.through_points import make_interp_spline

__all__ = [
    "Akima1DInterpolator",
    "BSpline",
    "BarycentricInterpolator",
    "CubicHermiteSpline",
    "CubicSpline",
    "LinearNDInterpolator",
    "NearestNDInterpolator",
    "PPoly",
    "PchipInterpolator",
    "RegularGridInterpolator",
    "griddata",
    "interp1d",
    "interpn",
    "make_interp_spline",
    "make_lsq_spline",
    "make_smoothing_spline",
]

pchip = PchipInterpolator  # SciPy's older name

_face = Face(scipy.interpolate, _REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del fitpack
