"""scipy.ndimage with slopes: worked examples, borders, ties, what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad

plain = pytest.importorskip("scipy.ndimage")
from autodiff.scipy import ndimage  # noqa: E402 - SciPy may be missing
from autodiff.scipy.ndimage import ranks  # noqa: E402
from autodiff.scipy.ndimage.sampling import _taps  # noqa: E402
from tests.laws.kinds import LAYOUTS  # noqa: E402
from tests.laws.scipy_domains.ndimage import MODES  # noqa: E402

IMAGE = np.random.default_rng(0).normal(size=(5, 4))


def test_the_slope_of_a_filtered_row_is_its_weights():
    row = np.array([1.0, 2.0, 4.0, 8.0])
    middle = ad.grad(lambda x: ndimage.correlate1d(x, [1.0, 2.0, 3.0])[1])(row)
    np.testing.assert_array_equal(middle, [1, 2, 3, 0])
    first = ad.grad(lambda x: ndimage.correlate1d(x, [1.0, 2.0, 3.0])[0])(row)
    np.testing.assert_array_equal(first, [1 + 2, 3, 0, 0])  # reflected: x[-1] is x[0]
    of_weights = ad.grad(lambda w: ndimage.correlate1d(row, w)[1])(np.ones(3))
    np.testing.assert_array_equal(of_weights, [1, 2, 4])


@pytest.mark.slow
def test_a_weight_reaches_as_far_beyond_the_border_as_it_is_long():
    x, weights = IMAGE[:2], np.arange(1.0, 10.0)
    for mode in MODES:
        ad.check_grads(lambda x, w, m=mode: ndimage.correlate1d(x, w, 0, mode=m), x, weights)


@pytest.mark.slow
def test_the_width_of_a_gaussian_can_be_fitted():
    blurred = plain.gaussian_filter(IMAGE, 1.2, truncate=8)

    def loss(sigma):
        return ((ndimage.gaussian_filter(IMAGE, sigma, truncate=8) - blurred) ** 2).sum()

    sigma = np.float64(0.9)
    for _ in range(30):
        sigma = sigma - ad.grad(loss)(sigma) / ad.hessian(loss)(sigma)
    np.testing.assert_allclose(sigma, 1.2)


def test_ties_of_a_maximum_share_its_slope():
    slope = ad.grad(lambda x: ndimage.maximum_filter(x, 3)[1])(np.array([2.0, 1.0, 2.0, 0.0]))
    np.testing.assert_array_equal(slope, [0.5, 0, 0.5, 0])


def test_a_filter_passes_on_a_slope_beside_nan():
    x = np.array([1.0, np.nan, 0.0, 3.0, 2.0])
    out, pullback = ad.vjp(lambda x: ndimage.maximum_filter1d(x, 3), x)
    np.testing.assert_array_equal(out, plain.maximum_filter1d(x, 3))
    assert np.isfinite(pullback(np.ones(5))[0]).all()


def test_the_gradient_of_a_flat_image_has_slope_zero():
    slope = ad.grad(lambda x: ndimage.gaussian_gradient_magnitude(x, 1.0).sum())(np.ones((3, 3)))
    np.testing.assert_array_equal(slope, np.zeros((3, 3)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", range(6))
def test_the_weights_that_slopes_are_made_of_give_the_values_of_scipy(mode, order):
    random = np.random.default_rng(order)
    for length in (1, 2, 3, 7):
        c = random.normal(size=(length, 3))
        at = random.uniform(-25, 25, (2, 60))
        at[:, :30] = np.round(2 * at[:, :30]) / 2  # at the entries, and between them
        value = plain.map_coordinates(c, at, order=order, mode=mode, prefilter=False)
        ours = sum(c.reshape(-1)[k] * w for k, w in _taps(c.shape, at, order, mode, (0, 0)))
        np.testing.assert_allclose(ours, value, atol=1e-12)


def test_the_slope_at_the_last_entry_is_that_on_its_left():
    grid = np.arange(4.0)[None]
    row = np.array([1.0, 2.0, 4.0, 8.0])
    slope = ad.grad(lambda at: ndimage.map_coordinates(row, at, order=1).sum())(grid)
    np.testing.assert_array_equal(slope, [[1, 2, 4, 4]])


@pytest.mark.slow
def test_a_complex_image_is_transformed_by_parts():
    image, at = IMAGE + 1j * IMAGE**2, np.array([[0.3, 2.2], [1.4, 0.6]])
    ad.check_grads(lambda image: ndimage.map_coordinates(image, at), image)


@pytest.mark.parametrize("name", ["affine_transform", "shift"])
def test_transforms_are_computed_in_float64_and_refuse_complex_numbers(name):
    image, numbers = np.arange(12.0).reshape(3, 4), np.array([0.9, 0.7])
    with pytest.raises(TypeError, match=r"complex ones at .*\.py:\d+"):
        getattr(ndimage, name)(ad.tensor(image), ad.tensor(numbers + 0j))
    found = getattr(ndimage, name)(ad.tensor(image), ad.tensor(numbers.astype(np.longdouble)))
    np.testing.assert_allclose(found.numpy(), getattr(plain, name)(image, numbers), atol=1e-12)


@pytest.mark.slow
def test_an_image_is_registered_by_its_slopes():
    rows, columns = np.mgrid[:12, :12]
    image = np.exp(-((rows - 5) ** 2 + (columns - 6) ** 2) / 8)
    target, moved = plain.shift(image, (0.7, -0.4)), np.zeros(2)

    def difference(distance):
        return np.ravel(ndimage.shift(image, distance) - target)

    for _ in range(8):  # Gauss and Newton's steps
        slopes = [ad.jvp(difference, (moved,), (one,))[1] for one in np.eye(2)]
        moved = moved - np.linalg.lstsq(np.stack(slopes, 1), difference(moved))[0]
    np.testing.assert_allclose(moved, [0.7, -0.4], atol=1e-6)


def test_a_rotation_by_right_angles_moves_entries():
    slope = ad.grad(lambda x: ndimage.rotate(x, 90, order=1)[0, 0])(IMAGE)
    assert slope[0, -1] == 1
    assert np.count_nonzero(slope) == 1
    np.testing.assert_allclose(
        ndimage.rotate(ad.tensor(IMAGE), 90, order=1).numpy(), np.rot90(IMAGE)
    )


def test_measured_regions_have_slopes_and_plain_positions():
    labels = np.array([[0, 1, 1], [2, 2, 0]])
    x = np.array([[9.0, 1.0, 3.0], [5.0, 2.0, 7.0]])
    slope = ad.grad(lambda x: ndimage.mean(x, labels, [1, 2])[1])(x)
    np.testing.assert_array_equal(slope, [[0, 0, 0], [0.5, 0.5, 0]])
    low, high, where_low, where_high = ndimage.extrema(ad.tensor(x), labels, [1, 2])
    assert isinstance(low, ad.Tensor)
    assert isinstance(high, ad.Tensor)
    assert (where_low, where_high) == plain.extrema(x, labels, [1, 2])[2:]


@pytest.mark.slow
@given(st.integers(0, 4), st.sampled_from(["<f4", "<f8", ">f4", ">f8"]), st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_values_are_those_of_scipy_in_every_layout(layout, dtype, seed):
    x = LAYOUTS[layout](np.random.default_rng(seed).normal(size=(4, 6)).astype(dtype))
    for function, arguments in (
        ("gaussian_filter", (0.7,)), ("sobel", ()), ("median_filter", (3,)), ("zoom", (1.4,)),
        ("spline_filter", ()), ("uniform_filter", ()), ("grey_closing", (3,)), ("laplace", ()),
        ("shift", (0.5,)), ("rotate", (30,)), ("affine_transform", (0.9 * np.eye(2),)),
    ):  # fmt: skip
        value = getattr(plain, function)(x, *arguments)
        traced = getattr(ndimage, function)(ad.tensor(x), *arguments)
        assert traced.dtype == value.dtype
        np.testing.assert_allclose(traced.numpy(), value, rtol=1e-6, atol=1e-6)
        assert traced.node.value.strides == value.strides
    at = np.float32([[0.1, 1.3], [2.7, 5.9]])
    value = plain.map_coordinates(x.astype(float), at, mode="nearest")
    traced = ndimage.map_coordinates(ad.tensor(x.astype(float)), at, mode="nearest")
    np.testing.assert_allclose(traced.numpy(), value, rtol=1e-13)


@pytest.mark.parametrize("sigma", [0.3, 0.7, 2.5])
@pytest.mark.parametrize("truncate", [1.0, 2.0, 4.0])
def test_a_gaussian_reaches_as_far_as_that_of_scipy(sigma, truncate):
    image = np.eye(9)
    value = plain.gaussian_filter1d(image, sigma, truncate=truncate)
    traced = ndimage.gaussian_filter1d(ad.tensor(image), sigma, truncate=truncate)
    np.testing.assert_allclose(traced.numpy(), value, rtol=1e-13, atol=1e-15)


def test_integer_images_are_refused_beside_traced_arguments():
    image = np.arange(12).reshape(3, 4)
    for call in (
        lambda t: ndimage.correlate1d(image, t * np.ones(3)),
        lambda t: ndimage.gaussian_filter(image, t),
        lambda t: ndimage.shift(image, t),
        lambda t: ndimage.map_coordinates(image, t * np.ones((2, 3))),
    ):
        with pytest.raises(TypeError, match=r"image of floats .* test_ndimage\.py:\d+.*astype"):
            call(ad.tensor(1.0))


def test_what_has_no_slope_is_refused_at_the_call():
    t = ad.tensor(IMAGE)
    for call, part in (
        (lambda: ndimage.grey_dilation(t, structure=np.ones((3, 3))), "structure="),
        (lambda: ndimage.zoom(IMAGE, ad.tensor(2.0)), "affine_transform"),
        (lambda: ndimage.shift(t, 0.5, np.float32), "astype"),
        (lambda: ndimage.sobel(t, output=np.float32), "output="),
        (lambda: ndimage.uniform_filter(t, 1, output=np.float32), r"output= .*\.py:\d+.*astype"),
        (lambda: ndimage.generic_filter(t, np.sum, 3), "sliding_window_view"),
        (lambda: ndimage.label(t), "sum_labels"),
    ):
        with pytest.raises(NotImplementedError, match=part):
            call()


def test_wrong_arguments_are_refused():
    t = ad.tensor(IMAGE)
    for call, part in (
        (lambda: ndimage.correlate(t, np.ones(3)), "2 axes"),
        (lambda: ndimage.correlate1d(t, [1.0], mode="round"), "mode"),
        (lambda: ndimage.uniform_filter(t, (3, 3, 3)), "size for each of 2 axes"),
        (lambda: ndimage.map_coordinates(t, np.zeros((3, 5))), "one for each axis"),
        (lambda: ndimage.affine_transform(t, np.eye(4)), "matrix of shape"),
        (lambda: ndimage.affine_transform(t, [1.0, 2.0], output_shape=(3,)), "matrix of shape"),
        (lambda: ndimage.spline_filter(t, 6), "order 2 to 5"),
        (lambda: ndimage.shift(t, 1.0, order=7), "order 0 to 5"),
    ):
        with pytest.raises((RuntimeError, ValueError), match=part):
            call()


def test_jit_writes_calls_of_scipy():
    def loss(x):
        return (ndimage.maximum_filter(ndimage.correlate1d(x, [1.0, 2.0]), 3) ** 2).sum()

    source = ad.jit(ad.grad(loss)).source(IMAGE)
    assert "correlate1d" in source
    assert "maximum_filter" in source
    assert "opaque" not in source
    np.testing.assert_array_equal(ad.jit(ad.grad(loss))(IMAGE), ad.grad(loss)(IMAGE))


def test_map_coordinates_agrees_with_jax(jax):
    at = np.random.default_rng(1).uniform(0.1, 2.9, (2, 20))

    def total(module, image, at):
        return (module.map_coordinates(image, at, order=1) ** 2).sum()

    slopes = jax.grad(total, (1, 2))(jax.scipy.ndimage, IMAGE, at)
    for ours, theirs in zip(ad.grad(total, (1, 2))(ndimage, IMAGE, at), slopes, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_standard_deviation_of_0_has_the_slope_0():
    x, labels = np.array([1.0, 3.0, 7.0, 7.0]), np.array([1, 1, 2, 2])
    slope = ad.grad(lambda x: np.sum(ndimage.standard_deviation(x, labels, [1, 2])))(x)
    np.testing.assert_allclose(slope, [-0.5, 0.5, 0.0, 0.0])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("size", "origin"), [(2, 0), (2, -1), (4, 0), (4, 1), (4, -2), (3, 1)])
def test_windows_of_even_lengths_lie_where_scipy_has_them(size, origin, mode):
    options = {"origin": origin, "mode": mode, "axis": 0}
    x = IMAGE[:, 0]
    weights = np.arange(1.0, size + 1)
    for filtered in (
        lambda x: ndimage.uniform_filter1d(x, size, **options),
        lambda x: ndimage.correlate1d(x, weights, **options),
        lambda x: ndimage.convolve1d(x, weights, **options),
    ):
        matrix = np.stack([filtered(row) - filtered(0 * x) for row in np.eye(len(x))], axis=1)
        np.testing.assert_allclose(ad.jacobian(filtered)(x), matrix, atol=1e-12)


@pytest.mark.parametrize(
    "name", ["maximum_filter", "minimum_filter", "median_filter", "grey_dilation", "grey_erosion"]
)
def test_a_number_is_an_image_without_axes(name):
    function = getattr(ndimage, name)
    assert ad.value_and_grad(lambda x: function(x, 3))(4.0) == (4.0, 1.0)
    with pytest.raises(NotImplementedError, match="one axis or more"):
        ad.grad(lambda x: ndimage.correlate(x, 3.0))(4.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gaussian", "uniform", "ellipsoid", "shift"])
def test_filtered_spectra_have_slopes_without_an_option(name):
    spectrum = np.fft.fft2(IMAGE)
    ad.check_grads(lambda x: getattr(ndimage, f"fourier_{name}")(x, 1.5), spectrum)


@pytest.mark.parametrize("index", [[1, 2], [[1, 2, 2], [2, 1, 1]], [[[1], [2]]]])
def test_centers_of_regions_in_any_order_of_labels(index):
    x, labels = np.arange(1.0, 7).reshape(2, 3) ** 2, np.array([[1, 2, 1], [2, 2, 1]])
    expected = plain.center_of_mass(x, labels, index)
    found = ndimage.center_of_mass(ad.tensor(x), labels, index)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.stack(ours).numpy(), np.stack(theirs))


@pytest.mark.parametrize("name", ["sobel", "uniform_filter", "maximum_filter"])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
def test_slopes_of_empty_images_are_empty(name, shape):
    call = getattr(ndimage, name)
    more = (3,) if name == "maximum_filter" else ()
    _, pullback = ad.vjp(lambda x: call(x, *more), np.zeros(shape))
    (slope,) = pullback(np.zeros(shape))
    assert slope.shape == shape


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "name", ["maximum_filter", "minimum_filter", "median_filter", "grey_dilation", "grey_erosion"]
)
def test_zeros_beyond_the_border_have_no_slope(name, sign):
    x = sign * np.array([[0.5, 0.7], [1.0, 0.9]])
    ad.check_grads(lambda x: getattr(ndimage, name)(x, 3, mode="constant"), x, order=1)


@pytest.mark.parametrize(
    ("size", "origin"), [((3, 1), 1), ((3, 1), (-1, 1)), ((1, 2), (1, 0)), ((2, 1), (0, -1))]
)
@pytest.mark.parametrize(
    "name", ["maximum_filter", "minimum_filter", "grey_dilation", "grey_erosion", "white_tophat"]
)
def test_a_window_of_one_pixel_along_an_axis_has_no_origin_there(name, size, origin):
    x = np.random.default_rng(0).normal(size=(4, 5))
    ad.check_grads(lambda x: getattr(ndimage, name)(x, size, origin=origin), x, order=1)


def test_values_that_no_neighbor_has_are_refused():
    """As SciPy 1.17 returns, from memory beyond the vector: median_filter of 1 number, size 5."""
    seen = ranks.window(1, 3, None, "reflect", 0.0, 0, None, turned=False, by_rank=True)
    x, filtered = np.array([1.0, 2.0]), np.array([1.0, 7.9e-322])
    for function in (ranks.shares, ranks.choices):
        with pytest.raises(ValueError, match=r"got others from SciPy at .*Give the vector"):
            function(np.ones(2), x, filtered, window=seen)


@pytest.mark.parametrize("order", [-1, 6])
@pytest.mark.parametrize("f", [ndimage.shift, ndimage.zoom, ndimage.rotate])
def test_a_spline_has_an_order_of_0_to_5(f, order):
    with pytest.raises(RuntimeError, match="order not supported"):
        f(IMAGE, 1.5, order=order)
    with pytest.raises(RuntimeError, match=rf"expected a spline of order 0 to 5, got {order}"):
        f(ad.tensor(IMAGE), 1.5, order=order)


@pytest.mark.parametrize(
    "window", [{"size": (2, 3)}, {"footprint": [[1, 1, 1], [0, 1, 0], [0, 1, 1]]}]
)
@pytest.mark.parametrize("origin", [0, (0, -1)])
@pytest.mark.parametrize("axes", [(0, 2), (2, 0), (-1, 1)])
@pytest.mark.parametrize(
    "name", ["maximum_filter", "median_filter", "grey_erosion", "grey_dilation", "black_tophat"]
)
def test_windows_along_axes_in_any_order(name, axes, origin, window):
    x, *weights = np.random.default_rng(0).normal(size=(3, 3, 4, 5))
    for image, along in ((x, axes), (x[0], [axis - (axis > 0) for axis in axes])):
        given = {**window, "origin": origin, "axes": along}

        def weighed(module, x, given=given):
            return (getattr(module, name)(x, **given) * weights[0][..., : x.shape[-1]]).sum()

        step = 1e-6 * (weights[1] if image is x else weights[1][0])
        measured = (weighed(plain, image + step) - weighed(plain, image - step)) / 2
        slope = ad.grad(lambda x: weighed(ndimage, x))(image)
        assert (slope * step).sum() == pytest.approx(measured, rel=1e-5)


def test_an_error_is_raised_without_a_call_with_other_numbers():
    image, footprint = np.arange(15).reshape(3, 5), np.eye(2, dtype=int)
    refused = ad.jit(ndimage.morphological_gradient)
    with pytest.raises(ValueError, match="invalid origin"):
        refused(image, footprint=footprint, structure=0 * footprint, origin=7)
