"""Complex numbers: a slope is passed back by the conjugate of the local slope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.conjugates import conjugate
from autodiff.display.mathematics.formula import leaf, number
from autodiff.display.mathematics.symbols import local_slopes
from autodiff.display.mathematics.writing import text
from tests.autodiff.display.evaluating import evaluate
from tests.laws.table import examples

Z, W = np.complex128(1 + 2j), np.complex128(2 - 1j)
CHOICE = leaf("choice", np.array([True, False]), 3)
LEAVES = [leaf("z", Z, 0), leaf("w", W, 1), leaf("x", np.float64(1.5), 2), number(3), number(2j)]


def formulas():
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.one_of(
            st.builds(algebra.product, inner, inner),
            st.builds(algebra.add, inner, inner),
            st.builds(algebra.negate, inner),
            st.builds(lambda x: algebra.power(x, 2), inner),
            st.builds(lambda x: algebra.combined("call", [x], ("exp", ""), x.shape), inner),
            st.builds(lambda x, y: algebra.where(CHOICE, x, y, (2,)), inner, inner),
        ),
        max_leaves=5,
    )


@examples(60)
@given(formulas())
def test_a_conjugate_has_the_conjugate_value(x):
    np.testing.assert_allclose(evaluate(conjugate(x)), np.conjugate(evaluate(x)), rtol=1e-9)


def test_real_parts_are_left_alone():
    z, _, x, *_ = LEAVES
    assert conjugate(x) == x
    assert text(conjugate(algebra.product(x, z))) == "x · conj(z)" or (
        text(conjugate(algebra.product(x, z))) == "conj(z) · x"
    )
    assert conjugate(conjugate(z)) == z


@pytest.mark.parametrize(
    "f", [lambda z: z * W, lambda z: z**2, np.exp, np.conjugate, lambda z: W / z, np.abs]
)
def test_the_slope_after_times_the_local_slope_is_the_slope_before(f):
    def result(z):
        return np.abs(f(z)) ** 2 if f is not np.abs else f(z) ** 2

    start = ad.tensor(Z)
    out = f(start)
    slope_before, slope_after = ad.grad(result)(Z), ad.grad(lambda y: np.abs(y) ** 2)(out.numpy())
    (local,) = local_slopes(out.node, {0: "z"}).values()
    if local.is_plain and f is not np.conjugate:
        np.testing.assert_allclose(slope_after * local.value, slope_before, rtol=1e-9)


def test_displays_write_the_conjugate():
    written = ad.draw(lambda z, w: np.abs(z * w) ** 2).text(Z, W)
    assert "∂(z · w)/∂z = conj(w) = 2 + 1i" in written
    assert "(1 + 2i) · " not in written


def test_a_sum_over_the_conjugate_of_one_number_is_explained():
    def ratio(x):
        variance = np.cov(x)
        return np.sum(variance / variance)

    assert "np.cov(x)" in str(ad.explain(ratio)(np.array([0.23, 0.75])))
