"""``scipy.optimize`` with slopes of the solutions, by the implicit function theorem.

SciPy's solvers accept a gradient of your function as they are: ``scipy.optimize.minimize(f, x0,
jac=autodiff.grad(f))``. This module has slopes of what they find.
"""

import scipy.optimize

from autodiff.scipy.face import Face
from autodiff.scipy.optimize import rosenbrock as _rosenbrock
from autodiff.scipy.optimize.fits import curve_fit as curve_fit
from autodiff.scipy.optimize.fits import least_squares as least_squares
from autodiff.scipy.optimize.minima import minimize as minimize
from autodiff.scipy.optimize.minima import minimize_scalar as minimize_scalar
from autodiff.scipy.optimize.roots import fixed_point as fixed_point
from autodiff.scipy.optimize.roots import fsolve as fsolve
from autodiff.scipy.optimize.roots import root as root
from autodiff.scipy.optimize.scalar_roots import bisect as bisect
from autodiff.scipy.optimize.scalar_roots import brenth as brenth
from autodiff.scipy.optimize.scalar_roots import brentq as brentq
from autodiff.scipy.optimize.scalar_roots import newton as newton
from autodiff.scipy.optimize.scalar_roots import ridder as ridder
from autodiff.scipy.optimize.scalar_roots import root_scalar as root_scalar
from autodiff.scipy.optimize.scalar_roots import toms748 as toms748

del _rosenbrock

_CURES = {
    "Use minimize, whose result has slopes, with the same method.": """
        fmin fmin_bfgs fmin_cg fmin_cobyla fmin_l_bfgs_b fmin_ncg fmin_powell fmin_slsqp
        fmin_tnc""",
    "Use minimize_scalar, whose result has slopes.": "brent bracket fminbound golden",
    "Find the minimum with plain values, and call minimize from there: its result has slopes.": """
        basinhopping brute differential_evolution direct dual_annealing shgo""",
    "Use root, whose result has slopes.": """
        anderson broyden1 broyden2 diagbroyden excitingmixing linearmixing newton_krylov""",
    "Use least_squares, with bounds where there are any: its result has slopes.": """
        leastsq lsq_linear nnls isotonic_regression""",
    "The solution jumps from corner to corner, and has no useful slope. Pass plain values; for a "
    "slope, solve the equations of the active constraints with np.linalg.solve.": """
        linprog milp linear_sum_assignment quadratic_assignment""",
    "Slopes are exact here: use autodiff.grad or autodiff.jacobian.": "approx_fprime",
    "Use autodiff.check_grads, which checks slopes of any order.": "check_grad",
    "It is a step of a solver: use minimize.": "line_search",
    "It prints text: pass plain values.": "show_options linprog_verbose_callback",
    "It holds plain numbers for a solver: pass t.numpy().": """
        BFGS Bounds BroydenFirst HessianUpdateStrategy InverseJacobian KrylovJacobian
        LbfgsInvHessProduct LinearConstraint NonlinearConstraint OptimizeResult RootResults SR1""",
    "It reports a problem: don't pass traced values.": "NoConvergence OptimizeWarning",
}

_face = Face(scipy.optimize, {name: cure for cure in _CURES for name in _CURES[cure].split()})
__getattr__, __dir__ = _face.get, _face.names
