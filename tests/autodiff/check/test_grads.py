"""check_grads finds wrong rules, in both orders, and passes right ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check import numerical_slope


def cube_with(slope):
    cube = ad.primitive(lambda x: x**3)
    ad.derivative(cube, x=lambda g, z, x: g * slope(x))
    return cube


def test_right_slopes_pass_over_structures():
    def f(p, q):
        return {"a": np.sin(p["x"]) @ q, "b": [p["y"] * 2]}

    ad.check_grads(f, {"x": np.full((2, 3), 0.3, np.float32), "y": 3}, [1, 2, 3])


def test_right_slopes_of_a_complex_argument_pass():
    ad.check_grads(lambda z: np.exp(z) * np.abs(z), np.array([1 + 2j, -0.5j]))


@pytest.mark.slow
@given(st.floats(0.5, 2), st.floats(1.001, 3))
def test_a_wrong_factor_is_found(x, factor):
    ad.check_grads(cube_with(lambda x: 3 * x * x), x)
    with pytest.raises(AssertionError, match="the slope disagrees with the measured one in 1 of 1"):
        ad.check_grads(cube_with(lambda x: 3 * factor * x * x), x)


def test_a_slope_that_can_not_be_differentiated_again_is_found():
    frozen = cube_with(lambda x: 3 * ad.stop_gradient(x) ** 2)
    ad.check_grads(frozen, 1.5, order=1)
    with pytest.raises(AssertionError, match="the second derivative disagrees"):
        ad.check_grads(frozen, 1.5)


def test_the_table_names_argument_and_entry():
    def f(a, b):
        return a + ad.stop_gradient(b["w"])

    with pytest.raises(AssertionError, match=r"b\['w'\] +\[1\] .* no slope arrives") as caught:
        ad.check_grads(f, np.ones(2), {"w": np.ones(2)})
    assert "  a " not in str(caught.value)
    ad.check_grads(f, np.ones(2), {"w": np.ones(2)}, argnums=0)


def test_a_point_without_finite_values_does_not_pass():
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match="nan"):
        ad.check_grads(np.sqrt, -1.0)


def test_a_list_of_numbers_is_one_array_in_every_run():
    ad.check_grads(lambda x: x, [np.float64(0.0), np.float64(1.0)])
    ad.check_grads(lambda x, label: {label: x}, [1.0, 2.0], "x", argnums=0)


def test_a_plain_result_may_be_a_complex_number_of_python():
    def f(x):
        z = np.exp(1j * x)
        return z if isinstance(z, ad.Tensor) else complex(z)

    ad.check_grads(f, 0.7)


@pytest.mark.filterwarnings("always")
def test_functions_that_drop_imaginary_parts_are_measured_without_warnings(recwarn):
    @ad.primitive
    def sine(x):
        return np.sin(np.asarray(x).astype(float))[()]

    ad.derivative(sine, x=lambda g, z, x: g * np.cos(x))
    ad.check_grads(sine, 0.7)
    assert not list(recwarn)


def edits(x, scale):
    """Return a function of its arguments, both of which it edits."""
    scale *= 2
    total = (x * scale).sum()
    x.fill(0)
    scale[:] = scale**2
    return total + scale.sum()


@pytest.mark.slow
def test_functions_that_edit_their_arguments_are_checked_at_one_point():
    x, scale = np.array([1.0, 2.0, -1.0]), np.array([0.5, 1.5, 0.7])
    kept = x.copy(), scale.copy()
    ad.check_grads(edits, x, scale)
    wrong = ad.primitive(lambda x: x * 1.0)
    ad.derivative(wrong, x=lambda g, z, x: g * 0.5)
    with pytest.raises(AssertionError, match="disagrees"):
        ad.check_grads(lambda x, scale: edits(wrong(x), scale), x, scale)
    assert ad.check_slope(lambda x: edits(x, scale.copy()), 2 * scale, x).ok
    np.testing.assert_allclose(numerical_slope(edits, x, scale, argnum=1).slope, 2 * x + 8 * scale)
    np.testing.assert_array_equal((x, scale), kept)


@pytest.mark.slow
def test_slopes_within_their_rounding_along_directions_pass():
    sine = ad.primitive(np.sin)
    ad.derivative(sine, x=lambda g, z, x: g * (np.cos(x) + 1e-10 * (1 + np.sin(1e15 * x))))
    ad.check_grads(lambda x: sine(x).sum(), np.linspace(0, 3, 400), order=1)


def test_the_layout_of_an_argument_is_kept():
    """A write into ravel("K") of entries apart doesn't reach them."""

    def written(x):
        entries = x.ravel("K")
        entries *= 2
        return x.sum()

    apart = np.ones((2, 4))[:, ::2]
    assert ad.check_slope(written, np.ones((2, 2)), apart).ok
    assert ad.check_slope(written, np.full((2, 2), 2.0), apart.copy()).ok
    ad.check_grads(written, apart)
