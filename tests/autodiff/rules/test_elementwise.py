"""Elementwise functions at the places that the laws' measurements keep away from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad

EXTREMES = (np.maximum, np.minimum, np.fmax, np.fmin)
whole = st.integers(-2, 2).map(float)
pairs = array_shapes(min_dims=0, max_dims=2, max_side=4).flatmap(
    lambda shape: st.tuples(
        arrays(float, shape, elements=whole), arrays(float, shape, elements=whole)
    )
)


@pytest.mark.parametrize("function", EXTREMES)
@given(pairs)
def test_at_a_tie_both_share_the_slope_equally(function, pair):
    x, y = pair
    for_x, for_y = ad.grad(lambda x, y: np.sum(function(x, y)), (0, 1))(x, y)
    x_wins = x > y if function in (np.maximum, np.fmax) else x < y
    np.testing.assert_array_equal(for_x, np.where(x == y, 0.5, x_wins))
    np.testing.assert_array_equal(for_y, 1 - for_x)
    tied = ad.grad(lambda x: np.sum(function(x, x)))(x)
    np.testing.assert_array_equal(tied, np.ones_like(x))


@pytest.mark.parametrize("function", [np.fmax, np.fmin])
def test_nan_beside_a_number_has_no_slope(function):
    x, y = np.array([np.nan, 1.0, np.nan]), np.array([2.0, np.nan, np.nan])
    for_x, for_y = ad.grad(lambda x, y: np.nansum(function(x, y)), (0, 1))(x, y)
    np.testing.assert_array_equal(for_x, [0, 1, 0])
    np.testing.assert_array_equal(for_y, [1, 0, 0])


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1.0, 1e160, 1e300])
def test_arctan2_far_from_one(scale):
    slopes = ad.grad(np.arctan2, (0, 1))(3 * scale, 4 * scale)
    np.testing.assert_allclose(np.multiply(slopes, scale), [4 / 25, -3 / 25], rtol=1e-12)


quotients = st.integers(-1000, 1000)
divisors = st.floats(1e-3, 1e3).flatmap(lambda y: st.sampled_from((-y, y)))


@pytest.mark.parametrize("function", [np.remainder, np.fmod, lambda x, y: np.divmod(x, y)[1]])
@given(quotients, divisors, st.integers(-3, 3))
def test_the_slope_of_a_remainder_is_the_quotient_that_was_taken(function, quotient, y, steps):
    """Also where x is a multiple of y to rounding, and x / y is rounded to the next quotient."""
    x = np.float64(quotient * y)
    for _ in range(abs(steps)):
        x = np.nextafter(x, np.inf * steps)
    taken = -ad.grad(function, 1)(x, y)
    assert taken == int(taken)
    rounding = 8 * np.finfo(float).eps * (abs(x) + abs(y))
    assert abs(taken * y + function(x, y) - x) <= rounding
    assert ad.grad(function, 0)(x, y) == 1


def test_remainders_by_hand():
    # 0.1 is a little more than a tenth: it goes 9 times into 1, though 1 / 0.1 rounds to 10.
    assert np.remainder(1.0, 0.1) == pytest.approx(0.1)
    assert ad.grad(lambda y: 1.0 % y)(0.1) == -9
    assert ad.grad(lambda y: np.fmod(1.0, y))(0.1) == -9
    assert ad.grad(lambda y: np.fmod(-1.0, y))(0.1) == 9
    assert ad.grad(lambda y: np.floor_divide(1.0, y))(0.1) == 0


def test_the_angle_of_a_real_number_has_the_slope_0():
    x = np.array([-2.0, -0.0, 0.0, 3.0])
    np.testing.assert_array_equal(ad.vjp(np.angle, x)[0], np.angle(x))
    np.testing.assert_array_equal(ad.grad(lambda x: np.angle(x, deg=True).sum())(x), np.zeros(4))


@pytest.mark.parametrize("shape", [(1,), (1, 1)])
def test_replacements_of_nan_keep_the_shape_of_the_argument(shape):
    x, nan = np.array([np.nan, 2.0]), np.full(shape, 5.0)
    for run in (lambda f, x: ad.vjp(f, x)[0], lambda f, x: ad.jit(f)(x)):
        for a in (x, x[0]):
            ours = run(lambda t: np.nan_to_num(t, nan=nan, posinf=nan), a)
            np.testing.assert_array_equal(ours, np.nan_to_num(a, nan=nan), strict=True)


def test_the_sign_of_a_complex_number_turns_with_it():
    x, direction = np.array([3 + 4j, -1j, 0]), np.array([1 - 2j, 2 + 1j, 1])
    value, change = ad.jvp(np.sign, (x,), (direction,))
    np.testing.assert_array_equal(value, np.sign(x))
    step = 1e-6 * direction
    np.testing.assert_allclose(change[:2], ((np.sign(x + step) - np.sign(x)) / 1e-6)[:2], rtol=1e-5)
    assert change[2] == 0
    ad.check_grads(lambda x: np.abs(np.sign(x) - 1j) ** 2, x[:2])


def test_the_slope_of_i0_overflows_as_its_value_does():
    with np.errstate(over="ignore"):
        for x in (800.0, 1e36, -1e300):
            assert ad.grad(np.i0)(x) == np.sign(x) * np.inf


@pytest.mark.parametrize("number", [2.0, 2, 1j, True, np.float64(2.0)])
@pytest.mark.parametrize(
    "limits", [lambda t: (t, 5), lambda t: (-1.0, t), lambda t: (None, t), lambda t: (t, None)]
)
def test_clip_makes_an_array_of_its_first_number(number, limits):
    x = np.ones(3, np.float32)
    expected = np.clip(number, *limits(x))
    for f in (lambda t: np.clip(number, *limits(t)), ad.jit(lambda t: np.clip(number, *limits(t)))):
        found = ad.vjp(f, x)[0] if expected.dtype.kind in "fc" else f(x)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.filterwarnings("ignore:invalid")
def test_a_norm_of_no_order_is_that_of_numpy():
    for x in (np.array([1.0, 0.0]), np.zeros(2), np.array([1.0, 2.0])):
        expected = np.linalg.norm(x, np.nan)
        np.testing.assert_array_equal(ad.vjp(lambda x: np.linalg.norm(x, np.nan), x)[0], expected)
        np.testing.assert_array_equal(ad.jit(np.linalg.norm)(x, np.nan), expected)


def test_a_huge_whole_number_is_computed_in_the_dtype_that_is_asked_for():
    x = np.ones(2, np.float32)
    found = ad.jit(lambda t: np.add(t, 10**20, dtype=np.float32))(x)
    np.testing.assert_array_equal(found, np.add(x, 10**20, dtype=np.float32))
    with pytest.raises(NotImplementedError, match=r"Convert the arguments: np\.multiply"):
        ad.jit(lambda a: np.multiply(a, a, dtype=np.int64))(np.array([100, 1], np.int8))


def test_comparisons_may_name_the_dtype_of_their_results():
    x = np.array([0.5, 0.0, 3.0])
    for f in (
        lambda x: np.less_equal(x, 2.0, dtype=bool),
        lambda x: np.logical_and(x, x[::-1], dtype="?"),
        lambda x: np.isnan(x, dtype=bool),
        lambda x: np.greater.outer(x, x, dtype=bool),
    ):
        np.testing.assert_array_equal(ad.jit(f)(x), f(x))
        np.testing.assert_array_equal(ad.vjp(lambda x, f=f: x * f(x)[..., :3], x)[0], x * f(x))


def test_ranges_of_integers_name_how_numpy_rounds_them():
    x = np.array([-1.0])
    with pytest.raises(TypeError, match=r"got int64 at .*np\.floor\(z\)\.astype"):
        ad.jit(lambda x: np.linspace(x, 0, 3, dtype=np.int64))(x)
    found = ad.jit(lambda x: np.floor(np.linspace(x, 0, 3)).astype(np.int64))(x)
    np.testing.assert_array_equal(found, np.linspace(x, 0, 3, dtype=np.int64))
    with pytest.raises(TypeError, match=r"got bool at .*: z\.astype\(dtype\)"):
        ad.jit(lambda x: np.linspace(x, 0, 3, dtype=bool))(x)


@pytest.mark.parametrize("order", [(-1,), [0, 1], np.array([1.0, 2.0])])
def test_a_norm_has_one_order(order):
    for f in (lambda x: np.linalg.norm(x, order), lambda x: np.linalg.vector_norm(x, ord=order)):
        with pytest.raises(ValueError, match="needs a number as its order"):
            ad.vjp(f, np.array([-0.5, 0.5]))
    with pytest.raises(ValueError, match="needs a number as its order"):
        ad.jit(np.linalg.norm)(np.array([-0.5, 0.5]), [0, 1])


def test_the_ufunc_clip_takes_a_number_of_python_as_one():
    clip = np._core.umath.clip
    low = np.float32(-1.0)
    assert clip(-0.75, ad.tensor(low), 1.0).dtype == clip(-0.75, low, 1.0).dtype == np.float32


@pytest.mark.parametrize("wrapped", [lambda f: f, ad.jit], ids=["eager", "jit"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sin(x, dtype=np.float32),
        lambda x: np.add(x, x, dtype=np.float64),
        lambda x: np.vecdot(x[..., None], np.ones((2, 3, 1))),
        lambda x: np.vecdot(1j * x[..., None], np.ones((2, 3, 1))),
    ],
)
@given(axes=st.sets(st.integers(0, 1)), is_edited=st.booleans())
def test_repeated_entries_have_their_own_slopes(function, wrapped, axes, is_edited):
    def f(x):
        y = function(x)
        if is_edited:
            y[0] = 5.0
        return np.sum((np.real(y) + np.imag(y)) * np.arange(1.0, 7).reshape(2, 3))

    shape = [1 if axis in axes else n for axis, n in enumerate((2, 3))]
    x = np.broadcast_to(0.3, shape).copy()
    slopes = [wrapped(ad.grad(f))(y) for y in (np.broadcast_to(x, (2, 3)), np.full((2, 3), 0.3))]
    np.testing.assert_array_equal(*slopes)


@pytest.mark.parametrize("dtype", [np.int64, np.bool, np.float64])
def test_a_single_number_is_not_edited_by_nan_to_num(dtype):
    f = ad.jit(lambda x: np.nan_to_num(x, copy=False))
    np.testing.assert_array_equal(f(np.ones(2, dtype)), np.ones(2, dtype), strict=True)
    with pytest.raises(ValueError, match="needs at least one axis, got a single number"):
        f(np.ones((), dtype))
