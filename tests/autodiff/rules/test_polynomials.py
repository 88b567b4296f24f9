"""Polynomials are arrays of coefficients; np.poly1d has an arithmetic of its own."""

import numpy as np
import pytest

import autodiff as ad

P = np.poly1d([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda: ad.jit(lambda p, x: np.polyval(p * p, x))(P, 2.0),
        lambda: ad.grad(lambda p: p(2.0))(P),
        lambda: ad.vjp(lambda parts: parts["p"][0], {"p": P}),
        lambda: np.polyval(ad.tensor([1.0, 2.0]), P),
        lambda: np.polymul(ad.tensor([1.0, 2.0]), P),
        lambda: np.polyadd(P, ad.tensor([1.0, 2.0])),
        lambda: np.polysub(P, ad.tensor([1.0, 2.0])),
        lambda: np.polydiv(P, ad.tensor([1.0, 2.0])),
    ],
)
def test_a_poly1d_whose_arithmetic_would_be_another_is_refused(f):
    with pytest.raises(TypeError, match=r"got a np\.poly1d \(at test_polynomials.py.*p\.coeffs"):
        f()


def test_the_value_and_the_slope_of_a_poly1d_are_those_of_its_coefficients():
    assert P(2.0) == np.polyval(P, ad.tensor(2.0)).item() == 11
    assert ad.grad(P)(2.0) == ad.grad(lambda x, p: p(x))(2.0, P) == 6
    assert ad.jit(lambda x: (P * P)(x))(2.0) == 121


@pytest.mark.parametrize("combine", [np.polyadd, np.polysub, np.polymul])
def test_polynomials_of_different_lengths_are_combined_as_in_numpy(combine):
    a, b = np.array([2.0, 3.0]), np.array([5.0, 7.0, 11.0])
    for first, second in ((a, b), (b, a), (3.0, b), (a, [1.0])):
        np.testing.assert_array_equal(
            ad.jit(lambda x, y: combine(x * 1.0, y))(np.array(first), np.array(second)),
            combine(first, second),
        )
        ad.check_grads(combine, np.array(first), np.array(second))
