"""Matrices as SciPy takes them: numbers for 1 x 1 matrices or for multiples of I, and stacks."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.linalg")
from autodiff.scipy import linalg  # noqa: E402 - SciPy may be missing

A = np.array([[2.0, 0.3], [0.1, 1.0]])
R = np.random.default_rng(0)


def test_a_number_in_sylvesters_equation_is_a_multiple_of_the_identity():
    x = linalg.solve_sylvester(A, A, ad.tensor(1.5)).numpy()
    np.testing.assert_array_equal(x, plain.solve_sylvester(A, A, 1.5))
    np.testing.assert_allclose(A @ x + x @ A, 1.5 * np.eye(2), atol=1e-15)
    slope = ad.grad(lambda q: linalg.solve_sylvester(A, A, q)[0, 1])(1.5)
    assert slope == pytest.approx(x[0, 1] / 1.5)  # X is linear in q
    ad.check_grads(lambda a, q: linalg.solve_sylvester(a, A, q), A, np.array(1.5))


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("solve_continuous_lyapunov", 2), ("solve_continuous_are", 4), ("solve_discrete_are", 4),
        ("expm", 1),
    ],
)  # fmt: skip
def test_numbers_are_matrices_of_one_entry(name, count, shape):
    numbers = [np.full(shape, x) for x in (0.7, 1.3, 0.9, 1.1)][:count]
    function = getattr(linalg, name)
    found, expected = function(*map(ad.tensor, numbers)), getattr(plain, name)(*numbers)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-14)
    assert found.shape == expected.shape
    ad.check_grads(function, *numbers)


@pytest.mark.parametrize("trans", [0, 1])
@pytest.mark.parametrize("of_a", [(3, 3), (2, 3, 3), (1, 3, 3)])
@pytest.mark.parametrize("of_b", [(3,), (3, 2), (1, 3, 3), (2, 3, 1), (4, 1, 3, 2)])
def test_systems_are_solved_with_the_factors_of_stacks(of_a, of_b, trans):
    def solve(module, a, b):
        return module.lu_solve(module.lu_factor(a), b, trans)

    a, b = R.normal(size=of_a), R.normal(size=of_b)
    np.testing.assert_allclose(solve(linalg, ad.tensor(a), b).numpy(), solve(plain, a, b))
    ad.check_grads(lambda a, b: solve(linalg, a, b), a, b)


@pytest.mark.parametrize("shape", [(), (1,), (0,)])
def test_the_factors_of_a_vector_are_refused(shape):
    with pytest.raises(ValueError, match=r"got the shape .* test_matrices\.py:\d+.*atleast_2d"):
        linalg.lu_factor(ad.tensor(np.ones(shape)))
