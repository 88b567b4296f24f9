"""Operands of a universal function are broadcast to the shape of out=, as in NumPy."""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.table import results

CALLS = {
    "one operand": lambda a, d: np.sin(d, out=a),
    "two operands": lambda a, d: np.add(d, 1, out=a),
    "a number": lambda a, d: np.multiply(d[1], 2, out=a),
    "a column": lambda a, d: np.exp(d[:2, None], out=a),
    "bools": lambda a, d: np.logical_not(d, out=a),
    "some entries": lambda a, d: np.multiply(d, 2, out=a, where=d > 1),
    "into a view": lambda a, d: np.sqrt(d[:1], out=a[:, ::2]),
    "outer": lambda a, d: np.add.outer(d[:1], d[:1], out=a),
    "two results": lambda a, d: np.divmod(d, 2, out=(a, a * 1)),
    "the first result": lambda a, d: np.divmod(d, 2, out=(a, None)),
    "the second result": lambda a, d: np.modf(d, out=(None, a)),
    "as wide": lambda a, d: np.add(a, d, out=a),
}


@pytest.mark.parametrize("name", CALLS)
def test_operands_are_broadcast_to_out(name):
    def called(a, d):
        return CALLS[name](a, d), a * 1

    a, d = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.5, 3.0])
    expected = results(called(a.copy(), d))
    tensors = ad.tensor(a), ad.tensor(d)
    for found in (called(*tensors), called(ad.tensor(a), d), ad.jit(called)(a.copy(), d)):
        for ours, theirs in zip(results(found), expected, strict=True):
            assert np.shape(ours) == np.shape(theirs)
            np.testing.assert_allclose(getattr(ours, "numpy", lambda ours=ours: ours)(), theirs)


@pytest.mark.parametrize("call", [
    lambda a, d: np.add(d[:2], 1, out=a),
    lambda a, d: np.add(a, 1, out=d),
    lambda a, d: np.divmod(d[:2], 1, out=(a, None)),
])  # fmt: skip
def test_what_does_not_broadcast_to_out_is_refused(call):
    with pytest.raises(ValueError, match=r"change the shape|be broadcast together"):
        call(ad.tensor(np.ones((2, 3))), ad.tensor(np.ones(3)))


def test_slopes_of_broadcast_results_are_sums():
    def f(d):
        return np.sum(np.sin(d, out=ad.tensor(np.zeros((2, 3)))))

    d = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ad.grad(f)(d), 2 * np.cos(d))
