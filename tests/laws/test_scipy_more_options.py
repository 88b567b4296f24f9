"""Options of functions of matrices, whose tables draw other functions of them.

As in ``test_scipy_options.py``, each means what it means in SciPy, or is refused by the call.
"""

import itertools
import re
import warnings
from inspect import signature

import numpy as np
import pytest

import autodiff as ad
from tests.laws.drawing import Call
from tests.laws.table import along_a_line, projected, real, tensors
from tests.laws.test_scipy_options import CUTOFFS, REFUSALS, STEP, is_smooth, outcome
from tests.laws.test_values import assert_same

library = pytest.importorskip("scipy.linalg")
from autodiff.scipy import linalg  # noqa: E402 - SciPy may be missing

RANDOM = np.random.default_rng(0)
M = RANDOM.normal(size=(3, 3)) + np.diag([3.0, 5.0, 7.0])
WIDE, TALL = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(4, 3))
SYMMETRIC = M + M.T
POSITIVE = SYMMETRIC @ SYMMETRIC + np.eye(3)
OTHER = np.diag([1.0, 2.0, 3.0]) + 0.1
BANDS = np.array([[0.0, 0.4, 0.3], [2.0, 5.0, 9.0]])
D, E, B = np.array([1.0, 4.0, 9.0]), np.array([0.3, 0.5]), np.array([1.0, -2.0, 0.5])
INDICES = [{"select": "i", "select_range": (0, 1)}, {"select": "v", "select_range": (0.0, 6.0)}]

CALLS = {
    "eigh": ((SYMMETRIC,), [
        {"lower": False}, {"eigvals_only": True}, {"subset_by_index": [0, 1]},
        {"subset_by_value": [0.0, 12.0]}, {"driver": "ev"}, {"driver": "evr"}, {"b": POSITIVE},
        {"b": POSITIVE, "type": 2}, {"b": POSITIVE, "type": 3}, {"b": POSITIVE, "driver": "gvd"},
    ]),
    "eigvalsh": ((SYMMETRIC,), [
        {"lower": False}, {"subset_by_index": [1, 2]}, {"b": POSITIVE}, {"b": POSITIVE, "type": 2},
    ]),
    "eig": ((M,), [
        {"left": True}, {"left": True, "right": False}, {"right": False}, {"b": OTHER},
        {"homogeneous_eigvals": True}, {"b": OTHER, "homogeneous_eigvals": True},
    ]),
    "eigvals": ((M,), [{"b": OTHER}, {"homogeneous_eigvals": True}]),
    "eig_banded": ((BANDS,), [{"lower": True}, {"eigvals_only": True}, *INDICES]),
    "eigvals_banded": ((BANDS,), [{"lower": True}, *INDICES]),
    "eigh_tridiagonal": ((D, E), [
        {"eigvals_only": True}, {"lapack_driver": "stebz"}, {"lapack_driver": "stev"}, *INDICES,
    ]),
    "eigvalsh_tridiagonal": ((D, E), [{"lapack_driver": "stemr"}, *INDICES]),
    "svd": ((WIDE,), [
        {"full_matrices": False}, {"compute_uv": False}, {"lapack_driver": "gesvd"},
    ]),
    "qr": ((TALL,), [
        {"mode": "r"}, {"mode": "economic"}, {"mode": "raw"}, {"pivoting": True},
        {"mode": "economic", "pivoting": True}, {"lwork": 64},
    ]),
    "rq": ((WIDE,), [{"mode": "r"}, {"mode": "economic"}, {"lwork": 64}]),
    "qr_multiply": ((TALL, B), [
        {"mode": "left"}, {"pivoting": True}, {"conjugate": True}, {"mode": "right"},
    ]),
    "lu": ((TALL,), [{"permute_l": True}, {"p_indices": True}]),
    "lu_factor": ((M,), [{"check_finite": False}, {"overwrite_a": True}]),
    "cholesky": ((POSITIVE,), [{"lower": True}]),
    "cho_factor": ((POSITIVE,), [{"lower": True}]),
    "ldl": ((SYMMETRIC,), [{"lower": False}, {"hermitian": False}]),
    "polar": ((M,), [{"side": "left"}]),
    "schur": ((M,), [{"output": "complex"}, {"sort": "lhp"}, {"sort": "rhp"}]),
    "hessenberg": ((M,), [{"calc_q": True}]),
    "inv": ((M,), [{"assume_a": "general"}, {"assume_a": "upper triangular"}]),
    "det": ((M,), [{"check_finite": False}]),
    "lstsq": ((TALL, RANDOM.normal(size=4)), [
        {"cond": 0.3}, {"lapack_driver": "gelss"}, {"lapack_driver": "gelsy"},
    ]),
    "pinv": ((WIDE,), [{"return_rank": True}, {"atol": 0.1}, {"rtol": 0.1}]),
    "pinvh": ((SYMMETRIC,), [{"return_rank": True}, {"lower": False}]),
    "sqrtm": ((POSITIVE,), [{"disp": False}, {"blocksize": 2}]),
    "logm": ((POSITIVE,), [{"disp": False}]),
    "signm": ((M,), [{"disp": False}]),
    "expm_frechet": ((M / 9, OTHER), [{"method": "blockEnlarge"}, {"compute_expm": False}]),
    "solve_banded": (((1, 1), np.stack([B, 9 + B, B]), B), [{"check_finite": False}]),
    "solve_circulant": ((D, B), [{"baxis": 0}, {"outaxis": 0}, {"tol": 1e-9}]),
    "solve_toeplitz": ((D[::-1].copy(), B), [{"check_finite": False}]),
    "matmul_toeplitz": ((D, B), [{"check_finite": False}, {"workers": 1}]),
    "solve_discrete_lyapunov": ((M / 30, POSITIVE), [{"method": "bilinear"}, {"method": "direct"}]),
    "solve_continuous_are": ((M, OTHER, POSITIVE, POSITIVE), [
        {"e": OTHER}, {"s": OTHER / 9}, {"balanced": False},
    ]),
    "solve_discrete_are": ((M / 9, OTHER, POSITIVE, POSITIVE), [
        {"e": OTHER}, {"s": OTHER / 9}, {"balanced": False},
    ]),
    "orth": ((M,), [{"rcond": 0.2}]),
    "null_space": ((WIDE,), [{"rcond": 0.2}]),
    "norm": ((M,), [
        {"ord": o, "axis": a, "keepdims": k}
        for o, a in ((None, None), ("fro", None), (1, None), (2, 0), (np.inf, (0, 1)), (3, 1))
        for k in (False, True)
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_an_option_means_what_it_means_in_scipy(name):
    args, several = CALLS[name]
    for options in several:
        call = Call(args, options, getattr(linalg, name))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = outcome(Call(args, options, getattr(library, name)), call.arrays)
            traced = outcome(call, tensors(call))
        if isinstance(plain, Exception):
            assert isinstance(traced, Exception), f"{options}: SciPy alone refuses it: {plain!r}"
        elif isinstance(traced, Exception):
            assert isinstance(traced, REFUSALS), f"{options} isn't refused in words: {traced!r}"
            assert re.search(r"\w\.py:\d+", str(traced)), f"{options}: no line: {traced!r}"
        else:
            check(traced, plain, options)


@pytest.mark.parametrize("name", [name for name in CALLS if not name.endswith("_are")])
def test_slopes_are_those_of_the_option(name):
    args, several = CALLS[name]
    for options in several:
        call = Call(args, options, getattr(linalg, name))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if options.keys() & set(CUTOFFS) or not is_smooth(call):
                continue
            on_line = along_a_line(real(projected(call.run, call.arrays)), call.arrays)
            after, before = on_line(STEP), on_line(-STEP)
            if not np.isclose(on_line(0.0), (after + before) / 2, atol=1e-6):
                continue  # LAPACK returns vectors of the other sign beside this point
            measured = (after - before) / (2 * STEP)
            slope = ad.grad(on_line)(0.0)
        np.testing.assert_allclose(slope, measured, rtol=1e-5, atol=1e-5, err_msg=repr(options))


FACTORS = {
    "cho_solve": ((POSITIVE, B), lambda m, a, b: m.cho_solve((a, False), b)),
    "lu_solve": ((M, B), lambda m, a, b: m.lu_solve((a, np.arange(3)), b)),
    "solve": ((M, B), lambda m, a, b: m.solve(a, b)),
    "solve_triangular": ((M, B), lambda m, a, b: m.solve_triangular(a, b)),
    "solveh_banded": ((BANDS, B), lambda m, a, b: m.solveh_banded(a, b)),
    **{
        name: (args, lambda m, *args, name=name: getattr(m, name)(*args))
        for name, (args, _) in CALLS.items()
        if name not in ("solve_banded", "schur", "hessenberg", "null_space")
        and "check_finite" in signature(getattr(library, name)).parameters
    },
}


@pytest.mark.parametrize("name", FACTORS)
def test_nan_and_infinity_are_refused_as_in_scipy(name):
    args, f = FACTORS[name]
    jitted = ad.jit(lambda *args: f(linalg, *args))
    jitted(*args)
    for i, bad in itertools.product(range(len(args)), (np.nan, np.inf)):
        wrong = [x.copy() for x in args]
        wrong[i].flat[-1] = bad  # on the diagonal
        plain = outcome(Call(wrong, {}, lambda *args: f(library, *args)), wrong)
        if isinstance(plain, ValueError):
            for run in (jitted, lambda *args: f(linalg, *map(ad.tensor, args))):
                assert isinstance(outcome(Call(wrong, {}, run), wrong), ValueError), (i, bad)


def check(traced, plain, options):
    """Compare results, of which whole numbers, texts and flags may be plain."""
    several = isinstance(plain, tuple)
    assert not several or len(traced) == len(plain), options
    for ours, theirs in zip(*((traced, plain) if several else ((traced,), (plain,))), strict=True):
        if isinstance(theirs, (np.ndarray, np.generic)) and theirs.dtype.kind in "fc":
            assert_same(ours, theirs)
        else:
            np.testing.assert_array_equal(getattr(ours, "numpy", lambda x=ours: x)(), theirs)
