"""``scipy.integrate`` with slopes."""

import scipy.integrate

from autodiff.scipy.face import Face
from autodiff.scipy.integrate import samples as _samples
from autodiff.scipy.integrate.iterated import dblquad as dblquad
from autodiff.scipy.integrate.iterated import nquad as nquad
from autodiff.scipy.integrate.iterated import tplquad as tplquad
from autodiff.scipy.integrate.odes import odeint as odeint
from autodiff.scipy.integrate.odes import solve_ivp as solve_ivp
from autodiff.scipy.integrate.quadrature import fixed_quad as fixed_quad
from autodiff.scipy.integrate.quadrature import quad as quad
from autodiff.scipy.integrate.quadrature import quad_vec as quad_vec

del _samples

_CURES = {
    "Use solve_ivp, whose solution has slopes.": """
        BDF DOP853 DenseOutput LSODA OdeSolution OdeSolver RK23 RK45 Radau complex_ode ode""",
    "Solve for the free initial values with optimize.root over solve_ivp: both have slopes.": """
        solve_bvp""",
    "Use quad, or nquad for several variables: their results have slopes.": "qmc_quad tanhsinh",
    "Use nquad, or quad_vec for a vector function: their results have slopes.": "cubature",
    "Sum the terms, np.sum(f(np.arange(a, b))), which has slopes.": "nsum",
    "It takes counts, which are plain: pass t.numpy().": "lebedev_rule newton_cotes",
    "It reports a problem: don't pass traced values.": "IntegrationWarning ODEintWarning",
}

_face = Face(scipy.integrate, {name: cure for cure in _CURES for name in _CURES[cure].split()})
__getattr__, __dir__ = _face.get, _face.names
