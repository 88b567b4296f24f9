"""How to draw calls of ``scipy.optimize``; its solvers have tests of their own."""

import scipy.optimize as o

from tests.laws.drawing import Domain, Draw, call


def points(d: Draw):
    return d.reals((d.integer(2, 4), *d.shape(0, 1)))


def vector(d: Draw):
    return d.reals((d.integer(2, 4),))


DOMAINS = {
    o.rosen: Domain(lambda d: call(points(d))),
    o.rosen_der: Domain(lambda d: call(vector(d))),
    o.rosen_hess: Domain(lambda d: call(vector(d))),
    o.rosen_hess_prod: Domain(lambda d: call(x := vector(d), d.reals(x.shape))),
}
