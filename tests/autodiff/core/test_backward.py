"""The reverse sweep: what backward() leaves behind, broadcasting undone, complex values."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

THREE = np.array([1.0, 2.0, 3.0])


def test_backward_sets_the_slope_of_every_intermediate_tensor():
    x = ad.tensor(3.0)
    y = x * x
    z = y * 2 + x
    z.backward()
    assert (z.grad, y.grad, x.grad) == (1.0, 2.0, 13.0)


def test_it_sets_and_never_adds_up():
    x = ad.tensor(3.0)
    y, z = x * x, x * 5
    y.backward()
    y.backward()
    assert x.grad == 6.0
    z.backward()
    assert x.grad == 5.0


def test_without_a_backward_there_is_no_slope():
    x, other = ad.tensor(3.0), ad.tensor(2.0)
    assert x.grad is None
    (x * 2).backward()
    assert other.grad is None


def test_a_cotangent_weighs_the_entries():
    x = ad.tensor(THREE)
    (x * x).backward([1.0, 0, 2])
    assert_array_equal(x.grad, [2, 0, 12])


def test_detach_starts_another_graph():
    x = ad.tensor(3.0)
    u = x.detach()
    (u * x).backward()
    assert (x.grad, u.grad) == (3.0, 3.0)


def test_edits_of_returned_slopes_change_nothing_else():
    x, y = ad.tensor(THREE), ad.tensor(THREE)
    total = (x + y).sum()
    total.backward()
    x.numpy()[:] = 9
    x.grad[:] = 77
    assert_array_equal(y.grad, [1, 1, 1])
    total.backward()
    assert_array_equal(x.grad, [1, 1, 1])
    assert_array_equal(x.numpy(), THREE)


def test_slopes_of_views_share_no_memory():
    x = ad.tensor(np.ones((2, 2)))
    row = x.reshape(4)
    (row * 1).sum().backward()
    x.grad[:] = 7
    assert_array_equal(row.grad, [1, 1, 1, 1])


def test_a_training_loop_with_an_update_in_place():
    w = ad.tensor([1.0, 2.0])
    for _ in range(3):
        (w * w).sum().backward()
        w -= 0.1 * w.grad
    assert_allclose(w.numpy(), [0.8**3, 2 * 0.8**3])


@pytest.mark.parametrize(
    ("call", "kind", "parts"),
    [
        (lambda x: x.backward(), ValueError, ["scalar", "(3,)", "test_backward.py:", ".sum()"]),
        (lambda x: x.backward(np.ones(2)), ValueError, ["shape (3,)", "(2,)", "test_backward.py"]),
        (lambda x: (x > 2).any().backward(), TypeError, ["real", "bool", "test_backward.py:"]),
    ],
)
def test_errors_say_what_to_do(call, kind, parts):
    with pytest.raises(kind) as caught:
        call(ad.tensor(THREE))
    for part in parts:
        assert part in str(caught.value)


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3))
def test_broadcasting_is_undone(shapes):
    a, b = (np.random.default_rng(0).normal(size=shape) for shape in shapes.input_shapes)
    weights = np.random.default_rng(1).normal(size=shapes.result_shape)
    slopes = ad.grad(lambda a, b: (weights * (a * 2 + b)).sum(), (0, 1))(a, b)
    for slope, x, factor in zip(slopes, (a, b), (2, 1), strict=True):
        assert np.shape(slope) == x.shape
        # the sum over all copies of an entry, found by counting positions
        copies = np.broadcast_to(np.arange(x.size).reshape(x.shape), weights.shape)
        total = np.bincount(copies.ravel(), weights.ravel(), minlength=x.size)[: x.size]
        assert_allclose(np.ravel(slope), factor * total, atol=1e-12)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (1, 3), (2, 3), (1, 1, 1), (1, 2, 3)])
def test_the_slope_of_a_value_written_to_a_part_has_its_shape(shape):
    """NumPy drops leading axes of length 1 from a value that is written."""
    weights = np.arange(1.0, 7.0).reshape(2, 3)

    def loss(value):
        array = np.zeros((2, 3)) + 0 * np.sum(value)
        array[:] = value
        return (array * weights).sum()

    slope = ad.grad(loss)(np.ones(shape))
    assert np.shape(slope) == shape
    lengths = (1, 1, *shape)[-2:]
    repeated = tuple(axis for axis in (0, 1) if lengths[axis] == 1)
    assert_array_equal(slope, weights.sum(repeated, keepdims=True).reshape(shape))


@given(st.lists(st.integers(-3, 2), min_size=1, max_size=8))
def test_an_entry_read_many_times_gets_the_sum(positions):
    slope = ad.grad(lambda x: sum(x[p] * (i + 1) for i, p in enumerate(positions)))(THREE)
    expected = np.zeros(3)
    np.add.at(expected, positions, np.arange(1.0, len(positions) + 1))
    assert_array_equal(slope, expected)
    assert_array_equal(
        ad.grad(lambda x: x[positions] @ np.arange(1, len(positions) + 1))(THREE), expected
    )


Z = np.array([0.3 - 0.7j, 1.2 + 0.4j])
W = np.array([1.1 + 0.2j, -0.3 + 0.6j])
FROM_PYTORCH = [
    (lambda z: np.abs(z).sum(), [0.3939192986 - 0.91914503j, 0.9486832981 + 0.316227766j]),
    (lambda z: (z * W).real.sum(), [1.1 - 0.2j, -0.3 - 0.6j]),
    (lambda z: (z * W).imag.sum(), [0.2 + 1.1j, 0.6 - 0.3j]),
    (lambda z: np.abs(z / W).sum(), [0.3523321317 - 0.8221083073j, 1.414213562 + 0.4714045208j]),
    (lambda z: (z**2 * W).imag.sum(), [-1.42 + 0.94j, 1.2 - 1.2j]),
    (
        lambda z: (np.exp(z * W)).imag.sum(),
        [-0.9045483538 + 1.543298107j, 0.1788075656 - 0.3218155525j],
    ),
    (
        lambda z: np.abs(np.log(z)).sum(),
        [-1.292917689 - 0.2291326677j, 0.2404760565 + 0.7531077388j],
    ),
    (
        lambda z: (np.sin(z) * W).real.sum(),
        [1.274184264 - 0.4864162438j, 0.1121818463 - 0.3498921409j],
    ),
    (
        lambda z: (np.sqrt(z) * W).imag.sum(),
        [0.4426048576 + 0.4630696953j, 0.2846612541 - 0.08892147995j],
    ),
    (lambda z: (np.conj(z) * W).imag.sum(), [0.2 - 1.1j, 0.6 + 0.3j]),
    (lambda z: (z**W).real.sum(), [1.373658598 - 0.01207522092j, -0.07550112175 - 0.4004063122j]),
    (
        lambda z: (np.tanh(z) * W).real.sum(),
        [1.302158891 - 1.012876894j, 0.04557976489 - 0.2096393418j],
    ),
    (lambda z: np.abs(np.prod(z + W)), [1.266984163 - 0.4524943439j, 0.994487569 + 1.104986188j]),
    (
        lambda z: np.abs(z - z[0]).sum(),
        [-0.6332377903 - 0.7739572992j, 0.6332377903 + 0.7739572992j],
    ),
]


@pytest.mark.parametrize(("f", "slope"), FROM_PYTORCH)
def test_complex_slopes_follow_pytorchs_convention(f, slope):
    assert_allclose(ad.grad(f)(Z), slope, rtol=1e-8)


def test_a_step_against_a_complex_slope_descends():
    def height(z):
        return (np.abs(z * z - 1j) ** 2).sum()

    z = Z
    heights = [height(z)]
    for _ in range(60):
        z = z - 0.05 * ad.grad(height)(z)
        heights.append(height(z))
    assert all(later < earlier for earlier, later in pairwise(heights))
    assert heights[-1] < 1e-3
    assert ad.grad(lambda z: abs(z) ** 2)(3 + 4j) == 6 + 8j


def test_a_complex_python_number_is_a_slope_of_a_real_value_by_its_real_part():
    @ad.primitive
    def rotate(x):
        return x * (3 + 4j)

    ad.derivative(rotate, x=lambda g, z, x: 3 + 4j)
    slope = ad.grad(lambda x: np.real(rotate(x)))(2.0)
    assert slope == 3
    assert np.isrealobj(slope)


def test_a_real_argument_among_complex_values_has_a_real_slope():
    # |e^(i r) w + r|^2, differentiated by hand
    r = np.array([0.5, -1.2])
    slope = ad.grad(lambda r: (np.abs(np.exp(1j * r) * W + r) ** 2).sum())(r)
    inner = np.exp(1j * r) * W + r
    assert slope.dtype == np.float64
    assert_allclose(slope, 2 * (inner.conj() * (1j * np.exp(1j * r) * W + 1)).real)


@pytest.mark.parametrize(
    "f",
    [
        lambda t: np.linalg.eigh(t + t.T)[0].sum(),
        lambda t: np.modf(t)[0].sum(),
        lambda t: ad.checkpoint(np.sin)(t).sum(),
    ],
)
def test_backward_through_functions_with_several_results(f):
    x = np.array([[2.25, 1.0], [1.0, 3.5]])
    t = ad.tensor(x)
    f(t).backward()
    assert np.allclose(t.grad, ad.grad(f)(x))


@pytest.mark.parametrize("f", [np.floor, np.sign, lambda t: t * 0 + np.round(t)])
def test_the_slope_of_what_the_result_does_not_vary_with_is_zero(f):
    t, other = ad.tensor(np.array([1.5, 2.5])), ad.tensor(2.0)
    (f(t).sum() * other).backward()
    assert t.grad.tolist() == [0, 0]
    assert other.grad == f(t.numpy()).sum()


def test_a_complex_cotangent_is_that_of_a_pullback():
    z, cotangent = np.array([1 + 2j, -0.5j]), np.array([2 - 1j, 3j])
    t = ad.tensor(z)
    (t * t * (1 + 1j)).backward(cotangent)
    (expected,) = ad.vjp(lambda z: z * z * (1 + 1j), z)[1](cotangent)
    assert_allclose(t.grad, expected)


def test_slopes_of_entries_are_added_to_those_of_the_whole_in_any_order():
    parts = [lambda x: x[0] * 3, lambda x: (x * 2).sum(), lambda x: (x * x).sum(), lambda x: x[1]]
    x = np.array([1.0, 2.0])
    for order in permutations(parts):
        slope = ad.grad(lambda x, order=order: sum(part(x) for part in order))(x)
        assert_allclose(slope, [3 + 2 + 2, 2 + 4 + 1])
