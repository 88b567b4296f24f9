"""The functions of ``interpolate`` that take no traced values, each with what to use instead."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It chooses knots by the numbers. Use make_smoothing_spline with lam=, make_lsq_spline with "
    "knots that a plain call has chosen, or make_interp_spline.": """
        UnivariateSpline generate_knots make_splprep make_splrep splprep""",
    "Use make_interp_spline.": "InterpolatedUnivariateSpline",
    "Use make_lsq_spline.": "LSQUnivariateSpline",
    "Use RegularGridInterpolator with method='cubic'.": """
        BivariateSpline LSQBivariateSpline LSQSphereBivariateSpline RectBivariateSpline
        RectSphereBivariateSpline SmoothBivariateSpline SmoothSphereBivariateSpline bisplev bisplrep
        interp2d NdBSpline""",
    "Use LinearNDInterpolator, or RegularGridInterpolator on a grid.": "CloughTocher2DInterpolator",
    "Write it with NumPy: np.linalg.solve(kernel(x, x), y), and kernel(new, x) @ coefficients.": """
        RBFInterpolator Rbf""",
    "Use BarycentricInterpolator, or CubicHermiteSpline where slopes are given.": """
        KroghInterpolator krogh_interpolate AAA FloaterHormannInterpolator""",
    "Use PPoly, which has slopes in its coefficients.": "BPoly NdPPoly",
    "Use the coefficients in an array, np.polyval, and BarycentricInterpolator.": """
        approximate_taylor_polynomial lagrange pade""",
    "Use splev and splder, or BSpline and its derivative.": "insert spalde",
    "Find the root with autodiff.scipy.optimize.brentq, which has a slope.": "sproot",
}

REFUSED = {name: cure for cure, names in _CURES.items() for name in names.split()}
