"""How to draw calls of ``scipy.linalg``: matrices for each function, and what is unique of results.

A decomposition may choose phases of complex vectors, and vectors that fill the space; functions
around it then look at what doesn't depend on that choice.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy
import scipy.linalg as plain

from autodiff.scipy import linalg
from autodiff.scipy.linalg import (
    cholesky_factors,
    diagonals,
    functions,
    logarithms,
    lu_factors,
    narrow_spectra,
    orthogonal,
    polar_factors,
    powers,
    spectra,
)
from tests.laws.drawing import CONJUGATING, REAL, Call, Domain, Draw, call, distinct
from tests.laws.forms_linalg import columns, positive, products, rectangular, regular, span

HERMITIAN = {"holomorphic": False}
TAKES_BATCHES = tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 16)


def stack(d: Draw) -> tuple[int, ...]:
    return d.choice((), (2,)) if TAKES_BATCHES else ()


def matrix(d: Draw, n: int | None = None) -> Any:
    """Draw matrices whose eigenvalues are real, distinct, and not opposite to each other."""
    n = n or d.integer(1, 3)
    spread = np.diag(np.array([1.0, 2.5, 4.5])[:n])
    return spread + d.random.uniform(-0.3, 0.3, (*stack(d), n, n))


def right_side(d: Draw, n: int) -> Any:
    return d.choice(d.reals((n,)), d.reals((n, 2)))


def tupled(function: Any) -> Any:
    """Return a function with its results in a tuple, which SciPy has in a list for batches."""
    return lambda *args, **options: tuple(function(*args, **options))


def quiet(function: Any) -> Any:
    """Return a function without its warnings: logm warns of any number in float32."""

    def run(*args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return function(*args, **options)

    return run


def of(function: Any) -> Any:
    """Return a function of one matrix as a domain's drawing."""
    return lambda d: Call((matrix(d),), {}, function)


def assuming(d: Draw, *structures: str) -> dict[str, Any]:
    return {"assume_a": d.choice("gen", *structures), **d.options(lower=[True, False])}


def solve(d: Draw) -> Call:
    a = matrix(d, d.integer(2, 3))
    transposed = d.options(transposed=[False])
    return call(a, right_side(d, a.shape[-1]), **assuming(d, "sym", "pos"), **transposed)


def solve_triangular(d: Draw) -> Call:
    a = matrix(d)
    options = d.options(trans=[0, 1, 2, "T", "C"], lower=[True], unit_diagonal=[True])
    return call(a, right_side(d, a.shape[-1]), **options)


def cholesky(d: Draw) -> Call:
    drawn = positive(d)
    a = drawn.args[0] if TAKES_BATCHES else drawn.args[0].reshape(-1, *drawn.args[0].shape[-2:])[0]
    return call(a, lower=not drawn.options)


def cho_factor(d: Draw) -> Call:
    drawn = cholesky(d)
    return Call(drawn.args, drawn.options, lambda a, lower: linalg.cho_factor(a, lower)[0])


def cho_solve(d: Draw) -> Call:
    c, lower = matrix(d), d.coin()
    return Call((c, right_side(d, c.shape[-1])), {}, lambda c, b: linalg.cho_solve((c, lower), b))


def lu(d: Draw) -> Call:
    a = regular(d, 3)[:, : d.integer(1, 3)]
    a = d.choice(a, a.T, matrix(d))
    return d.choice(
        Call((a,), {"permute_l": True}, linalg.lu),
        Call((a,), {}, lambda a: linalg.lu(a)[1:]),
        Call((a,), {"p_indices": True}, lambda a, **options: linalg.lu(a, **options)[1:]),
    )


def lu_factor(d: Draw) -> Call:
    return Call((matrix(d)[..., ::-1],), {}, lambda a: linalg.lu_factor(a)[0])


def order_of_rows(d: Draw) -> Call:
    a = matrix(d)
    n = a.shape[-1]
    return Call((a,), {}, lambda a: lu_factors.order_of(linalg.lu_factor(a)[1], rows=n))


def lu_solve(d: Draw) -> Call:
    a, trans = matrix(d), d.integer(0, 2)
    b = right_side(d, a.shape[-1])
    return Call((a, b), {}, lambda a, b: linalg.lu_solve(linalg.lu_factor(a), b, trans))


def hermitian_part(a: Any) -> Any:
    return (a + np.conj(a.mT)) / 2


def ldl(d: Draw) -> Call:
    """Draw matrices of which some get a block of two rows."""
    a = matrix(d)
    if d.coin():
        a = a * (1 - np.eye(a.shape[-1])) + np.eye(a.shape[-1]) * 0.1 + 0.5
    options = {"lower": d.coin()}
    return Call((a,), {}, lambda a: tuple(linalg.ldl(hermitian_part(a), **options)[:2]))


def band(d: Draw, count: int, main: int) -> Any:
    ab = d.random.uniform(-0.5, 0.5, (count, 4))
    ab[main] += [3.0, 4.0, 5.0, 6.0]
    return ab


def solve_banded(d: Draw) -> Call:
    below, above = d.integer(0, 2), d.integer(0, 2)
    ab = band(d, below + above + 1, above)
    return Call(
        (ab, right_side(d, 4)), {}, lambda ab, b: linalg.solve_banded((below, above), ab, b)
    )


def half_band(d: Draw) -> tuple[Any, dict[str, bool]]:
    count, lower = d.integer(1, 3), d.coin()
    return band(d, count, 0 if lower else count - 1), {"lower": lower}


def solveh_banded(d: Draw) -> Call:
    ab, options = half_band(d)
    return call(ab, right_side(d, 4), **options)


def solve_toeplitz(d: Draw) -> Call:
    c, r = d.reals((4,)) + np.array([15, 0, 0, 0]), d.reals((4,))
    return d.choice(
        Call((c, r, right_side(d, 4)), {}, lambda c, r, b: linalg.solve_toeplitz((c, r), b)),
        call(c, right_side(d, 4)),
    )


def matmul_toeplitz(d: Draw) -> Call:
    c, r = d.reals((3,)), d.reals((4,))
    return d.choice(
        Call((c, r, right_side(d, 4)), {}, lambda c, r, x: linalg.matmul_toeplitz((c, r), x)),
        call(r, right_side(d, 4)),
    )


def solve_circulant(d: Draw) -> Call:
    c = d.reals((3,)) + np.array([10, 0, 0])
    stacked = {"baxis": -1, "outaxis": -1}
    return d.choice(call(c, right_side(d, 3)), call(c[None], d.reals((2, 3)), **stacked))


def sylvester(d: Draw) -> Call:
    a, b = matrix(d), matrix(d)
    return call(a, b, d.reals((a.shape[-1], b.shape[-1])))


def lyapunov(d: Draw) -> Call:
    a = matrix(d)
    return call(a, d.reals((a.shape[-1],) * 2))


def discrete_lyapunov(d: Draw) -> Call:
    a, q = lyapunov(d).args
    return call(a * 0.15, q, **d.options(method=["direct", "bilinear"]))


RICCATI = {**CONJUGATING, "close": 1e-7}  # solutions of 1e6 lose digits


def riccati(function: Any) -> Any:
    """Draw a loop whose weights stay symmetric."""

    def draw(d: Draw) -> Call:
        a, b = regular(d, 2), regular(d, 2)[:, : d.integer(1, 2)]
        q, r = regular(d, 2) * 0.1, regular(d, b.shape[1]) * 0.1

        def run(a: Any, b: Any, q: Any, r: Any) -> Any:
            return function(a, b, *(np.eye(len(x)) + hermitian_part(x) for x in (q, r)))

        return Call((a, b, q, r), {}, run)

    return draw


def frechet(d: Draw) -> Call:
    a = matrix(d)
    options = d.options(compute_expm=[False])

    def look(a: Any, e: Any) -> Any:
        return tuple(linalg.expm_frechet(a, e, **options))

    return Call((a * 0.3, d.reals(a.shape[-2:])), {}, look)


def power(d: Draw) -> Call:
    a = matrix(d)
    return d.choice(
        call(a, 0.3), call(a, -1.5), call(a, 2), Call((a, np.float64(0.7)), {}, real_power)
    )


def real_power(a: Any, t: Any) -> Any:
    return linalg.fractional_matrix_power(a, np.real(t))


def frechet_power(d: Draw) -> Call:
    a = regular(d, d.integer(1, 2)) + 4 * np.eye(1)
    args = (a, d.reals(a.shape), np.float64(0.7))
    angle = np.zeros((1, 1))
    return Call(args, {}, lambda a, e, t: powers.frechet_power(a, e, np.real(t), angle))


def frechet_logm(d: Draw) -> Call:
    a = regular(d, d.integer(1, 2)) + 4 * np.eye(1)
    run = quiet(lambda a, e: logarithms.frechet_logm(a, e, np.zeros((1, 1))))
    return Call((a, d.reals(a.shape)), {}, run)


def funm(d: Draw) -> Call:
    return Call((matrix(d),), {}, lambda A: linalg.funm(A, np.sin))


# Eigenvalues.


def pencil(d: Draw) -> tuple[Any, ...]:
    a = matrix(d)
    b = np.eye(a.shape[-1]) + d.random.uniform(-0.1, 0.1, a.shape[-2:])
    return d.choice((a,), (a, b @ b.T))


def eigh(d: Draw) -> Call:
    args = pencil(d)
    n = args[0].shape[-1]
    options = d.options(lower=[False], subset_by_index=[[0, n - 1], [n - 1, n - 1], [0, 0]])

    def look(*args: Any) -> Any:
        w, v = linalg.eigh(*args, **options)
        return w, products(v)

    return d.choice(
        Call(args, {}, look), Call(args, {"eigvals_only": True, **options}, linalg.eigh)
    )


def eig(d: Draw) -> Call:
    def look(*args: Any) -> Any:
        w, v = linalg.eig(*args)
        return w, products(v)

    return Call(pencil(d), {}, look)


def eigh_tridiagonal(d: Draw) -> Call:
    def look(diagonal: Any, e: Any) -> Any:
        w, v = linalg.eigh_tridiagonal(diagonal, e)
        return w, products(v)

    return Call((np.arange(4) + d.random.uniform(0, 0.4, 4), d.reals((3,))), {}, look)


def tridiagonal(d: Draw) -> Call:
    return call(*eigh_tridiagonal(d).args)


def eig_banded(d: Draw) -> Call:
    ab, options = half_band(d)

    def look(ab: Any) -> Any:
        w, v = linalg.eig_banded(ab, **options)
        return w, products(v)

    return Call((ab,), {}, look)


def eigvals_banded(d: Draw) -> Call:
    ab, options = half_band(d)
    return call(ab, **options)


# Orthogonal factors.


def tall_or_wide(d: Draw) -> Any:
    a = rectangular(d)
    return a if TAKES_BATCHES else a.reshape(-1, *a.shape[-2:])[0]


def svd(d: Draw) -> Call:
    a, full = tall_or_wide(d), d.coin()

    def look(a: Any) -> Any:
        u, s, vh = linalg.svd(a, full_matrices=full)
        count = s.shape[-1]
        v = np.conjugate(vh.mT)
        both = np.concatenate([u[..., :count], v[..., :count]], axis=-2)
        return s, products(both), span(u[..., count:]), span(v[..., count:])

    return d.choice(Call((a,), {}, look), Call((a,), {"compute_uv": False}, linalg.svd))


def only(found: Any) -> Any:
    """Return R, which SciPy has in a tuple, but for a batch."""
    return found[0] if isinstance(found, (tuple, list)) else found


def qr(d: Draw) -> Call:
    a, options = tall_or_wide(d), d.options(pivoting=[True])

    def look(a: Any, **more: Any) -> Any:
        return linalg.qr(a, **more, **options)[:2]

    whole = Call((a,), d.options(mode=["full", "economic"]), columns(look))
    return d.choice(whole, Call((a,), {}, lambda a: only(linalg.qr(a, mode="r", **options))))


def qr_multiply(d: Draw) -> Call:
    a = tall_or_wide(d)[..., :, :]
    a = a.reshape(-1, *a.shape[-2:])[0]
    mode = d.choice("left", "right")
    count = min(a.shape) if mode == "left" else a.shape[0]
    c = d.reals(d.choice((count,), (count, 2) if mode == "left" else (2, count)))
    options = d.options(pivoting=[True], conjugate=[True])

    def look(a: Any, c: Any) -> Any:
        return linalg.qr_multiply(a, c, mode, **options)[:2]

    return Call((a, c), {}, look)


def rsf2csf(d: Draw) -> Call:
    T = np.array([[1.0, 0.7, -0.4], [-1.3, 1.0, 0.9], [0.0, 0.0, 2.0]])
    T = d.choice(T, T[::-1, ::-1].T.copy()) + d.random.uniform(-0.2, 0.2, (3, 3))
    is_kept = np.abs(np.where(np.abs(T) > 0.25, T, 0)) + np.triu(np.ones((3, 3))) > 0

    def look(T: Any, Z: Any) -> Any:
        return linalg.rsf2csf(np.where(is_kept, T, 0.0), Z)

    return Call((T, d.random.normal(size=(3, 3))), {}, look)


def rq(d: Draw) -> Call:
    a = tall_or_wide(d)
    return d.choice(Call((a,), {"mode": "economic"}, tupled(linalg.rq)), call(a, mode="r"))


def polar(d: Draw) -> Call:
    return Call((tall_or_wide(d),), d.options(side=["left", "right"]), tupled(linalg.polar))


def procrustes(d: Draw) -> Call:
    return call(regular(d, 3)[:, :2], regular(d, 3)[:, :2])


def lstsq(d: Draw) -> Call:
    a = regular(d, 3)[: d.integer(1, 3), : d.integer(1, 3)]

    def look(a: Any, b: Any) -> Any:
        x, residuals, _, values = linalg.lstsq(a, b)
        return x, residuals, values

    return Call((a, right_side(d, len(a))), {}, look)


def any_norm(d: Draw) -> Call:
    x = distinct(d, (3, 2))
    return d.choice(call(x), call(x, 1, axis=0), call(x, 2), call(x, axis=1, keepdims=True))


# Placement.


def blocks(d: Draw) -> Call:
    return call(*(d.reals(d.shape(0, 2)) for _ in range(d.integer(1, 3))))


def vector(d: Draw) -> Call:
    return call(d.reals((d.integer(2, 4),)))


def column_and_row(d: Draw) -> Call:
    c = d.reals((d.integer(1, 3),))
    return d.choice(call(c), call(c, d.reals((d.integer(1, 3),))))


def convolution(d: Draw) -> Call:
    return call(d.reals((d.integer(1, 4),)), 5, **d.options(mode=["full", "same", "valid"]))


def polynomial(d: Draw) -> Call:
    return call(np.concatenate([[2.0], d.reals((d.integer(2, 3),))]))


# fmt: off
DOMAINS: dict[Any, Domain] = {
    plain.solve:           Domain(solve, **HERMITIAN),
    plain.inv:             Domain(of(linalg.inv)),
    plain.det:             Domain(of(linalg.det)),
    plain.solve_triangular: Domain(solve_triangular, **HERMITIAN),
    plain.cholesky:        Domain(cholesky, **CONJUGATING),
    plain.cho_factor:      Domain(cho_factor, **CONJUGATING,
                           through=(cholesky_factors.cholesky_factor,)),
    plain.cho_solve:       Domain(cho_solve, **CONJUGATING, through=(cholesky_factors.solved,)),
    plain.lu:              Domain(lu, through=(lu_factors.decomposed,)),
    plain.lu_factor:       Domain(lu_factor, through=(lu_factors.factored,)),
    plain.lu_solve:        Domain(lu_solve, **HERMITIAN,
                           through=(lu_factors.solved, lu_factors.factored)),
    lu_factors.order_of:   Domain(order_of_rows),
    plain.ldl:             Domain(ldl, **CONJUGATING),
    plain.solve_banded:    Domain(solve_banded),
    plain.solveh_banded:   Domain(solveh_banded, **CONJUGATING),
    plain.solve_toeplitz:  Domain(solve_toeplitz, **HERMITIAN, through=(diagonals.solved,)),
    plain.matmul_toeplitz: Domain(matmul_toeplitz, **HERMITIAN, through=(diagonals.product,)),
    plain.solve_circulant: Domain(solve_circulant),
    plain.solve_sylvester: Domain(sylvester),
    plain.solve_lyapunov:  Domain(lyapunov, **CONJUGATING),
    plain.solve_continuous_lyapunov: Domain(lyapunov, **CONJUGATING),
    plain.solve_discrete_lyapunov: Domain(discrete_lyapunov, **CONJUGATING),
    plain.solve_continuous_are: Domain(riccati(linalg.solve_continuous_are), **RICCATI),
    plain.solve_discrete_are: Domain(riccati(linalg.solve_discrete_are), **RICCATI),
    plain.expm:            Domain(of(linalg.expm)),
    plain.expm_frechet:    Domain(frechet, through=(functions.frechet_expm,)),
    plain.logm:            Domain(of(quiet(linalg.logm)), through=(logarithms.logm,)),
    logarithms.frechet_logm: Domain(frechet_logm, **HERMITIAN),
    logarithms.angle_from_cut: Domain(lambda d: call(d.reals((d.integer(1, 3),) * 2) + 0.1)),
    plain.sqrtm:           Domain(of(linalg.sqrtm)),
    plain.signm:           Domain(lambda d: call(regular(d, d.integer(1, 3)))),
    plain.sinm:            Domain(of(linalg.sinm)),
    plain.cosm:            Domain(of(linalg.cosm)),
    plain.tanm:            Domain(lambda d: call(matrix(d) * 0.2)),
    plain.sinhm:           Domain(of(linalg.sinhm)),
    plain.coshm:           Domain(of(linalg.coshm)),
    plain.tanhm:           Domain(of(linalg.tanhm)),
    plain.fractional_matrix_power: Domain(power, **HERMITIAN,
                           through=(powers.fractional_matrix_power,)),
    powers.frechet_power:  Domain(frechet_power, **HERMITIAN),
    plain.funm:            Domain(funm),
    plain.eigh:            Domain(eigh, **CONJUGATING, through=(spectra.pairs,)),
    plain.eigvalsh:        Domain(lambda d: call(*pencil(d), **d.options(lower=[False])),
                           **CONJUGATING),
    plain.eig:             Domain(eig, **CONJUGATING),
    plain.eigvals:         Domain(lambda d: call(*pencil(d))),
    plain.eigh_tridiagonal: Domain(eigh_tridiagonal, **REAL,
                           through=(narrow_spectra.pairs_of_tridiagonal,)),
    plain.eigvalsh_tridiagonal: Domain(tridiagonal, **REAL),
    plain.eig_banded:      Domain(eig_banded, **CONJUGATING,
                           through=(narrow_spectra.pairs_of_banded,)),
    plain.eigvals_banded:  Domain(eigvals_banded, **CONJUGATING),
    plain.svd:             Domain(svd, **CONJUGATING, through=(orthogonal.decomposed,)),
    plain.svdvals:         Domain(lambda d: call(tall_or_wide(d)), **CONJUGATING),
    plain.qr_multiply:     Domain(qr_multiply, **CONJUGATING, through=(orthogonal.factored,)),
    plain.rsf2csf:         Domain(rsf2csf, **REAL),
    plain.qr:              Domain(qr, **CONJUGATING, through=(orthogonal.factored,)),
    plain.rq:              Domain(rq, **CONJUGATING, through=(orthogonal.factored_backwards,)),
    plain.polar:           Domain(polar, **CONJUGATING, through=(polar_factors.factored,)),
    plain.orthogonal_procrustes: Domain(procrustes, **REAL),
    plain.pinv:            Domain(lambda d: call(tall_or_wide(d)), **CONJUGATING),
    plain.pinvh:           Domain(lambda d: call(matrix(d), **d.options(lower=[False])),
                           **CONJUGATING),
    plain.lstsq:           Domain(lstsq, **CONJUGATING),
    plain.norm:            Domain(any_norm, **CONJUGATING),
    plain.block_diag:      Domain(blocks),
    plain.circulant:       Domain(vector),
    plain.toeplitz:        Domain(column_and_row, **CONJUGATING),
    plain.hankel:          Domain(column_and_row),
    plain.convolution_matrix: Domain(convolution),
    plain.leslie:          Domain(lambda d: call(d.reals((3,)), d.reals((2,)))),
    plain.diagsvd:         Domain(lambda d: call(d.reals((2,)), d.integer(2, 3), 2)),
    plain.companion:       Domain(polynomial),
    plain.fiedler_companion: Domain(polynomial),
    plain.fiedler:         Domain(lambda d: call(distinct(d, (3,))), **REAL),
    plain.khatri_rao:      Domain(lambda d: call(d.reals((2, 3)), d.reals((1, 3)))),
}
# fmt: on

ASKING = {plain.bandwidth, plain.ishermitian, plain.issymmetric}
