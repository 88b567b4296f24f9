"""Everyday functions at their edges, with slopes that can be checked by hand."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

FOUR = np.array([4.0, 1.0, 3.0, 2.0])
HOLED = np.array([4.0, np.nan, 1.0])


def test_a_guarded_logarithm_has_slope_zero_when_its_argument_is_guarded_too():
    def guarded(x):
        positive = x > 0
        return np.where(positive, np.log(np.where(positive, x, 1.0)), 0.0).sum()

    assert_array_equal(ad.grad(guarded)(np.array([0.0, -1.0, 2.0])), [0, 0, 0.5])


def test_quantiles_share_their_slope_between_two_neighbors():
    assert_allclose(ad.grad(np.quantile)(FOUR, 0.5), [0, 0, 0.5, 0.5])
    assert_allclose(ad.grad(lambda x: np.percentile(x, 10))(FOUR), [0, 0.7, 0, 0.3])
    assert_allclose(ad.grad(lambda q: np.quantile(FOUR, q))(0.4), 3.0)  # the line is 1 + 3 q
    assert_array_equal(ad.grad(lambda x: np.quantile(x, 0.4, method="lower"))(FOUR), [0, 0, 0, 1])


def test_nan_is_ignored_with_slope_zero():
    assert_array_equal(ad.grad(np.nansum)(HOLED), [1, 0, 1])
    assert_array_equal(ad.grad(np.nanmax)(HOLED), [1, 0, 0])
    assert_array_equal(ad.grad(np.nanmean)(HOLED), [0.5, 0, 0.5])
    assert_array_equal(ad.grad(np.nanmedian)(HOLED), [0.5, 0, 0.5])
    assert_array_equal(ad.grad(np.nanprod)(HOLED), [1, 0, 4])
    assert_array_equal(ad.grad(np.nanvar)(HOLED), [1.5, 0, -1.5])


def test_the_median_of_nan_is_nan():
    assert np.isnan(np.median(ad.tensor(HOLED)).item())


def test_a_sum_under_a_mask():
    mask = np.array([True, False, True, True])
    assert_array_equal(ad.grad(lambda x: np.sum(x, where=mask, initial=2.0))(FOUR), [1, 0, 1, 1])
    assert_array_equal(ad.grad(lambda start: np.max(0 * start + FOUR, initial=start))(5.0), 1)


def test_the_slope_of_a_simple_root():
    # x**2 - 3x + 2 has the roots 2 and 1: dr/dc = -1 / (2r - 3)
    slopes = ad.jacobian(np.roots)(np.array([1.0, -3.0, 2.0]))
    assert_allclose(slopes, [[-4, -2, -1], [1, 1, 1]], atol=1e-12)


def test_a_bessel_function_for_small_and_large_arguments():
    assert ad.grad(np.i0)(0.0) == 0
    assert ad.grad(ad.grad(np.i0))(0.0) == pytest.approx(0.5)
    assert ad.grad(np.i0)(1.0) == pytest.approx(0.5651591039924851, rel=1e-14)
    assert ad.grad(np.i0)(100.0) == pytest.approx(1.0683693903381624e42, rel=1e-12)


def test_unique_values_have_the_slope_of_their_first_place():
    x = np.array([2.0, 1.0, 2.0])
    assert_array_equal(ad.grad(lambda x: (np.unique(x) * [1.0, 10.0]).sum())(x), [10, 1, 0])


def test_put_copyto_and_place_edit_a_tensor():
    def edited(x):
        t = x * 1
        np.put(t, [0, 0], [x[1], x[2]])  # the last write stays
        np.copyto(t, 7.0, where=np.array([False, False, False, True]))
        return (t * [1.0, 10.0, 100.0, 1000.0]).sum()

    assert_array_equal(ad.grad(edited)(FOUR), [0, 10, 101, 0])
    with pytest.raises(TypeError, match=r"copyto .*ad\.tensor"):
        np.copyto(np.zeros(4), ad.tensor(FOUR))


def test_replacements_of_nan_have_their_slope():
    x = np.array([np.nan, 1.0, np.inf])
    assert_allclose(
        ad.grad(lambda t: np.sum(np.nan_to_num(x + 0 * t, nan=t, posinf=3 * t)))(2.0), 4
    )


def test_the_diagonal_of_a_matrix_that_is_not_square_is_refused_by_einsum():
    t = ad.tensor(np.ones((1, 3)))
    for spelled in (("ii->i", t), ("ii", t), ("jj,j->j", t, FOUR[:1]), (t, [0, 0])):
        with pytest.raises(ValueError, match=r"diagonal .*\(1, 3\) \(at test_everyday\.py:\d+\)"):
            np.einsum(*spelled)


@pytest.mark.parametrize("label", [-1, 52])
def test_numbers_of_axes_that_einsum_has_no_letters_for_are_refused(label):
    with pytest.raises(ValueError, match=rf"in 0 to 51, got {label} at test_everyday\.py:\d+"):
        np.einsum(ad.tensor(np.ones((2, 3))), [label, 5], np.ones((3, 2)), [5, 2], [label, 2])


def test_points_of_interp_that_do_not_increase_are_refused():
    with pytest.raises(ValueError, match=r"xp that increase \(at test_everyday\.py:"):
        np.interp(ad.tensor(1.5), [3.0, 2.0, 1.0], [1.0, 2.0, 3.0])
    z = np.interp(ad.tensor(1.5), [3.0, 2.0, 1.0], [1.0, 2.0, 3.0], period=4)
    assert_allclose(z.numpy(), 2.5)


POINTS = st.lists(
    st.sampled_from([-np.inf, -1e308, -1.0, 0.0, 0.3, 1e308, np.inf, np.nan]),
    min_size=1,
    max_size=4,
)
RANGE = st.sampled_from([-np.inf, -1e308, -1.0, 0.0, 0.1, 1e20, 1e308, np.inf, np.nan])


@given(POINTS.map(np.sort), st.lists(RANGE, min_size=4, max_size=4))
def test_the_line_of_interp_is_that_of_numpy_beside_special_numbers(xp, values):
    x, fp = np.append(xp, [-0.5, 0.2, 1.0, 1e300, np.nan]), np.array(values[: len(xp)])
    traced = ad.vjp(np.interp, x, xp, fp)[0]
    assert_allclose(traced, np.interp(x, xp, fp), rtol=1e-12, atol=0)


@given(POINTS.map(np.sort), st.lists(RANGE, min_size=4, max_size=4), st.lists(RANGE, min_size=4))
def test_the_parts_of_complex_values_of_interp_do_not_spoil_each_other(xp, real, imag):
    x = np.append(xp, [-0.5, 0.2, 1.0, 1e300, np.nan])
    fp = np.array(list(map(complex, real, imag))[: len(xp)])
    expected = np.interp(x, xp, fp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        traced, jitted = ad.vjp(np.interp, x, xp, fp)[0], ad.jit(np.interp)(x, xp, fp)
    for part in (np.real, np.imag):
        near = 1e-14 * np.abs(part(fp), where=np.isfinite(part(fp)), out=np.zeros(len(fp))).max()
        assert_allclose(part(traced), part(expected), rtol=1e-12, atol=near)
        assert_allclose(part(jitted), part(expected), rtol=1e-12, atol=near)


@pytest.mark.parametrize("x", [-3.0, -0.5, 0.5, 2.0])
@pytest.mark.parametrize("xp", [(-2, 0, 0), (0, 0, 1), (-1, 0, 0, 1), (0, 0), (-1, 0, 0, 0, 1)])
def test_a_step_between_equal_points_of_interp_has_the_slopes_of_each_side(x, xp):
    xp, fp = np.array(xp, float), np.arange(len(xp)) ** 2.0
    ad.check_grads(np.interp, x, xp, fp, argnums=(0, 2))
    assert np.isfinite(ad.grad(np.interp, 1)(x, xp, fp)).all()


COUNTS = {
    "diag": lambda v, k: np.diag(v, k),
    "diagflat": lambda v, k: np.diagflat(v, k),
    "roll": lambda v, k: np.roll(v, k),
    "rot90": lambda v, k: np.rot90(np.outer(v, v), k),
    "trace": lambda v, k: np.trace(np.outer(v, v), k),
    "diff": lambda v, k: np.diff(v, k),
    "vander": lambda v, k: np.vander(v, k),
    "repeat": lambda v, k: np.repeat(v, k),
    "pad": lambda v, k: np.pad(v, k, mode="reflect"),
    "cumsum": lambda v, k: np.cumsum(np.outer(v, v), axis=k),
    "fft": lambda v, k: np.abs(np.fft.fft(np.outer(v, v), axis=k)),
}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("k", [np.uint8(1), np.uint64(1), np.int8(-1)])
def test_counts_of_narrow_and_unsigned_integers(name, k):
    v = np.array([0.5, -1.0, 2.0])
    try:
        expected = COUNTS[name](v, k)
    except (ValueError, TypeError, IndexError, RuntimeWarning):
        return  # NumPy doesn't take it, either
    z, pullback = ad.vjp(lambda v: COUNTS[name](v, k), v)
    assert_array_equal(z, expected)
    g = np.cos(np.arange(z.size)).reshape(z.shape)
    assert_allclose(pullback(g)[0], ad.vjp(lambda v: COUNTS[name](v, int(k)), v)[1](g)[0])


@pytest.mark.parametrize("labels", [[True, True], [False, True], [1, 1], [0, 2]])
@pytest.mark.parametrize("dtype", [None, bool, np.uint8])
def test_the_weights_of_a_bincount_have_the_slopes_of_their_bins(labels, dtype):
    labels = np.array(labels, dtype)
    g = np.cos(np.arange(labels.max() + 1))

    def slopes(labels, weights):
        return ad.vjp(lambda w: np.bincount(labels, w), weights)[1](g)[0]

    expected = g[labels.astype(int)]
    for run in (slopes, ad.jit(slopes)):
        assert_allclose(run(labels, np.array([0.5, 2.0])), expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64", "float64"])
@pytest.mark.parametrize("spacing", [2, 0.5, np.float64(0.5), np.array([0.0, 1.0, 3.0, 4.0])])
def test_differences_of_samples_have_their_dtype(dtype, spacing):
    x = FOUR.astype(dtype)
    expected = np.gradient(x, spacing)
    found = np.gradient(ad.tensor(x), spacing)
    assert found.dtype == expected.dtype == x.dtype
    assert_allclose(found.numpy(), expected, rtol=1e-3 if dtype == "float16" else 1e-6)


@pytest.mark.parametrize(
    ("of_integers", "slope"),
    [
        (lambda k, x: np.average([x[0], x[1]], weights=k), [0.25, 0.75]),
        (lambda k, x: np.average(k, weights=[x[0], x[1]]), [-4 / 9, 2 / 9]),
        (lambda k, x: np.interp(k, [1, 2, 3], [x[0], x[1], x[0]]).sum(), [2, 0]),
        (lambda k, x: np.polyval([x[0], x[1]], k).sum(), [4, 2]),
    ],
)
def test_lists_of_traced_numbers_beside_traced_integers_have_slopes(of_integers, slope):
    k = ad.tensor(np.array([1, 3]))
    found = ad.grad(lambda x: of_integers(k, x))(np.array([1.0, 2.0]))
    assert_allclose(found.numpy(), slope, atol=1e-12)  # a Tensor: it also depends on k


@pytest.mark.parametrize("optimize", [False, True, "greedy"])
@pytest.mark.parametrize("subscripts", ["i,j->", "i,j->i", "i,i->", "ij,j->i", "ij,k->i"])
@pytest.mark.filterwarnings("ignore:invalid")
def test_products_of_infinite_numbers_are_summed_in_numpys_order(subscripts, optimize):
    a, b = np.array([1.0, -np.inf, -2.0]), np.array([-np.inf, 1.0, 3.0])
    first = np.stack([a, b]) if subscripts[1] == "j" else a

    def eager(a, b):
        return np.einsum(subscripts, a, b, optimize=optimize)

    expected = eager(first, b)
    for f in (eager, ad.jit(eager)):
        np.testing.assert_array_equal(f(first, b), expected)
        np.testing.assert_array_equal(ad.vjp(f, first, b)[0], expected)
    ad.check_grads(
        eager,
        np.cos(np.arange(float(first.size))).reshape(first.shape),
        np.array([0.5, -1.0, 2.0]),
    )


def test_narrow_sums_of_optimized_einsum_are_refused():
    x = np.ones(2)
    for others in ((np.array([True] * 3),), (np.full(3, 100, np.int8),)):
        for order in (False, True):

            def f(x, others=others, order=order):
                return np.einsum("i,k->i", x, *others, optimize=order)

            if order:
                with pytest.raises(NotImplementedError, match=r"overflow .* Convert them"):
                    ad.vjp(f, x)
            else:
                np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))
    mask = np.array([True, False])
    for subscripts in ("i,i->", "i,i->i", "i,k->ik"):
        value, pull_back = ad.vjp(lambda x, s=subscripts: np.einsum(s, x, mask, optimize=True), x)
        np.testing.assert_array_equal(value, np.einsum(subscripts, x, mask))
        assert pull_back(np.ones_like(value))[0].tolist() == (
            [1, 1] if "ik" in subscripts else [1, 0]
        )


def test_the_imaginary_part_of_real_numbers_has_the_slope_0_beside_nan():
    def f(a):
        return np.imag(np.sqrt(a)).sum()

    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(ad.grad(f)(np.array([-1.0, 2.0])), [0, 0])
        np.testing.assert_array_equal(ad.jit(ad.grad(f))(np.array([-1.0, 2.0])), [0, 0])


@pytest.mark.parametrize("transform", [ad.grad, ad.jit])
def test_shapes_that_numpy_refuses_are_refused(transform):
    square = np.ones((2, 2))
    with pytest.raises(ValueError, match="flatten the positions"):
        transform(lambda x: np.take_along_axis(x, np.eye(2, dtype=int), None).sum())(square)
    for shape in ((2, 2), (0, 2)):
        with pytest.raises(ValueError, match=r"expected vectors of coefficients.*p\.ravel"):
            transform(lambda x: np.polymul(np.ones(2), x).sum())(np.ones(shape))


def test_axes_to_apply_over_are_whole_numbers():
    def scaled(t, factor):
        return factor * t

    def f(factors):
        return np.apply_over_axes(scaled, 1.0 * factors, factors).sum()

    with pytest.raises(TypeError, match="takes whole numbers as axes, got traced float64"):
        ad.grad(f)(np.array([0.5, 1.5]))
