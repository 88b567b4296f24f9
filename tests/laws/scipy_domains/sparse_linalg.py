"""How to draw calls of ``scipy.sparse.linalg``: systems that converge in a few steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import linalg as plain

from autodiff.scipy import sparse
from autodiff.scipy.sparse import linalg
from autodiff.scipy.sparse.linalg import functions, solvers
from tests.laws.drawing import CONJUGATING, Call, Domain, Draw
from tests.laws.scipy_domains.sparse import matrix, structure

SYMMETRIC = ("cg", "minres")


def precise(x: Any) -> float:
    return 200 * float(np.finfo(x.dtype).eps)


def system(function: Any, symmetric: bool = False) -> Any:
    """Draw a system with a strong diagonal; symmetric ones stay so in the direction of slopes."""

    def draw(d: Draw) -> Call:
        places = sparse.csr_array(structure(d, 3, 3) + np.eye(3))
        data = (places + 9 * sparse.eye_array(3)).tocsr().data

        def run(data: Any, b: Any) -> Any:
            a = matrix(data, places)
            return function(a + a.T if symmetric else a, b)

        return Call(
            (data + d.random.uniform(-0.3, 0.3, data.shape), d.random.uniform(0.5, 2, 3)), {}, run
        )

    return draw


def iterative(name: str) -> Domain:
    function = getattr(linalg, name)
    options = {} if name == "minres" else {"atol": 0.0}

    def run(a: Any, b: Any) -> Any:
        return function(a, b, rtol=precise(b), **options)[0]

    return Domain(system(run, name in SYMMETRIC), takes_complex=False)


def norm(d: Draw) -> Call:
    """Draw the norm of a matrix, of its columns or of its rows."""
    places = structure(d, 2, 3)
    axis = d.choice(None, None, 0, 1, -1)
    order = d.choice(None, "fro", "f", 1, np.inf) if axis is None else d.choice(None, 1, 2, np.inf)

    def run(data: Any) -> Any:
        return linalg.norm(matrix(data, places), order, axis)

    return Call((d.distinct((places.nnz,)) + 4.0,), {}, run)


def exponential(d: Draw) -> Call:
    places = structure(d, 3, 3)
    return Call((d.reals((3, *d.choice((), (2,)))),), {}, lambda b: linalg.expm_multiply(places, b))


DOMAINS: dict[Any, Domain] = {
    plain.spsolve: Domain(system(linalg.spsolve), through=(solvers.solved,)),
    **{
        getattr(plain, name): iterative(name)
        for name in (
            *SYMMETRIC,
            "bicg",
            "bicgstab",
            "cgs",
            "gmres",
            "gcrotmk",
            "lgmres",
            "qmr",
            "tfqmr",
        )
    },
    solvers.iterated: iterative("gmres"),
    plain.norm: Domain(norm, **CONJUGATING),
    plain.expm_multiply: Domain(exponential, through=(functions.exponential_times,)),
}
