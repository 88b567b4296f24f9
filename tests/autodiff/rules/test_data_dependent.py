"""Results whose shape or dtype depends on the numbers: other ones than jit recorded are refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
TALL, SINGULAR = np.eye(3, 2), np.ones((3, 2))


@pytest.mark.parametrize(("f", "first", "second", "found"), [
    (np.argwhere, [1.0, 0, 1], [0.0, 0, 1], r"shape \(1, 1\)"),
    (np.flatnonzero, [1.0, 0, 1], [0.0, 0, 1], r"shape \(1,\)"),
    (np.bincount, [0, 1, 2], [0, 1, 5], r"shape \(6,\)"),
    (np.roots, [1.0, 2, 1], [0.0, 2, 1], r"shape \(1,\)"),
    (np.roots, [1.0, 2, 1], [1.0, 2, 5], "dtype complex128"),
    (np.linalg.eigvals, np.eye(2), TURN, "dtype complex128"),
    (np.linalg.eig, np.eye(2), TURN, "dtype complex128"),
    (np.poly, np.eye(2), TURN, "dtype complex128"),
    (lambda a: np.linalg.lstsq(a, np.arange(3.0))[1], TALL, SINGULAR, r"shape \(0,\)"),
    (lambda a: [len(np.linalg.lstsq(a, np.arange(3.0))[1])], TALL, SINGULAR, r"shape \(0,\)"),
])  # fmt: skip
def test_another_kind_of_result_than_recorded_is_refused(f, first, second, found):
    always = np.iscomplexobj(np.linalg.eigvals(np.eye(2)))
    if always and "complex" in found and f is not np.roots:
        pytest.skip("this NumPy has complex eigenvalues whatever the numbers are")
    jitted = ad.jit(lambda x: f(x)[0] * 2)  # a use of the result would go wrong
    first, second = np.asarray(first), np.asarray(second)
    assert_array_equal(jitted(first), f(first)[0] * 2)
    with pytest.raises(TypeError, match=rf"at test_data_dependent\.py:\d+.*got .*{found}.*outside"):
        jitted(second)


def test_a_result_that_is_not_used_may_change():
    def solution(a):
        x, _, rank, _ = np.linalg.lstsq(a, np.arange(3.0))
        return x, rank

    jitted = ad.jit(solution)
    for a in (TALL, SINGULAR):
        for our, their in zip(jitted(a), solution(a), strict=True):
            assert_allclose(our, their)


@pytest.mark.slow
@pytest.mark.parametrize("a", [np.array([[2.0, 1.0], [0.5, -1.0]]), TURN + np.diag([0.5, 0.0])])
def test_slopes_through_such_a_result(a):
    def loss(a):
        w, v = np.linalg.eig(a)
        return np.sum(np.abs(w) ** 2 * np.array([1.0, 3.0])) + np.sum(np.abs(v) ** 4)

    assert_allclose(ad.jit(ad.grad(loss))(a), ad.grad(loss)(a))
    assert_allclose(ad.jit(ad.hessian(loss))(a), ad.hessian(loss)(a), atol=1e-12)
