"""Activations: Keras's values, slopes against finite differences, and very large inputs."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
import nn
from nn import activations
from nn.activations import ACTIVATIONS, get, log_softmax, relu, sigmoid, softmax, softplus
from tests.laws.table import examples
from tests.nn.odd_inputs import odd_inputs

OF_ONE_SHAPE = sorted(ACTIVATIONS.keys() - {"glu", "threshold"})  # glu halves an axis
every_activation = pytest.mark.parametrize("name", OF_ONE_SHAPE)
KINKS = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0])

KERAS = {  # the results of Keras 3.15
    "inputs": (-4, -1, -0.25, 0, 0.5, 2, 7),
    "linear": (-4, -1, -0.25, 0, 0.5, 2, 7),
    "relu": (0, 0, 0, 0, 0.5, 2, 7),
    "relu6": (0, 0, 0, 0, 0.5, 2, 6),
    "leaky_relu": (-0.8, -0.2, -0.05, 0, 0.5, 2, 7),
    "elu": (-0.981684, -0.632121, -0.221199, 0, 0.5, 2, 7),
    "celu": (-0.981684, -0.632121, -0.221199, 0, 0.5, 2, 7),
    "selu": (-1.7259, -1.11133, -0.38889, 0, 0.525351, 2.1014, 7.35491),
    "exponential": (0.0183156, 0.367879, 0.778801, 1, 1.64872, 7.38906, 1096.63),
    "softplus": (0.0181499, 0.313262, 0.575939, 0.693147, 0.974077, 2.12693, 7.00091),
    "softsign": (-0.8, -0.5, -0.2, 0, 0.333333, 0.666667, 0.875),
    "tanh": (-0.999329, -0.761594, -0.244919, 0, 0.462117, 0.964028, 0.999998),
    "hard_tanh": (-1, -1, -0.25, 0, 0.5, 1, 1),
    "sigmoid": (0.0179862, 0.268941, 0.437824, 0.5, 0.622459, 0.880797, 0.999089),
    "log_sigmoid": (-4.01815, -1.31326, -0.825939, -0.693147, -0.474077, -0.126928, -0.000911466),
    "hard_sigmoid": (0, 0.333333, 0.458333, 0.5, 0.583333, 0.833333, 1),
    "silu": (-0.0719448, -0.268941, -0.109456, 0, 0.31123, 1.76159, 6.99362),
    "hard_silu": (0, -0.333333, -0.114583, 0, 0.291667, 1.66667, 7),
    "gelu": (-0.000126685, -0.158655, -0.100323, 0, 0.345731, 1.9545, 7),
    "mish": (-0.0725917, -0.303401, -0.129927, 0, 0.375245, 1.94396, 6.99999),
}


@pytest.mark.parametrize("name", [name for name in KERAS if name != "inputs"])
def test_values_are_those_of_keras(name):
    result = get(name)(np.array(KERAS["inputs"], np.float32))
    np.testing.assert_allclose(result, KERAS[name], rtol=1e-5, atol=1e-6)


@every_activation
@examples(25)
@given(data=st.data())
def test_shape_and_dtype_are_kept(name, data):
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    shape = data.draw(array_shapes(max_dims=3, max_side=4))
    x = data.draw(arrays(dtype, shape, elements=st.floats(-50, 50, width=32)))
    before = x.copy()
    result = get(name)(x)
    assert (result.shape, result.dtype) == (x.shape, x.dtype)
    np.testing.assert_array_equal(x, before)


@every_activation
def test_what_is_not_real_numbers_is_refused_and_integers_become_float32(name):
    activation = get(name)
    for value, part in odd_inputs().values():
        with pytest.raises((TypeError, ValueError), match=f"(?s)expected x to.*({part})"):
            activation(value)
    for dtype in (bool, np.int8, np.uint16, np.int64):
        assert activation(np.ones((2, 2), dtype)).dtype == np.float32
    expected = ad.grad(lambda t: activation(np.stack([t, 2 * t])).sum())(0.3)
    assert ad.grad(lambda t: activation([t, 2 * t]).sum())(0.3) == pytest.approx(expected)


@every_activation
@examples(25)
@given(x=arrays(np.float64, (2, 3), elements=st.floats(-8, 8)), seed=st.integers(0, 9))
def test_slopes_are_those_of_finite_differences(name, x, seed):
    x = x + 0.01 * (np.min(np.abs(x[..., None] - KINKS), axis=-1) < 1e-3)
    weights = np.random.default_rng(seed).normal(size=x.shape)

    def weighted(x):
        return np.sum(get(name)(x) * weights)

    slope = ad.grad(weighted)(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = 1e-6
        numeric = (weighted(x + step) - weighted(x - step)) / 2e-6
        assert slope[place] == pytest.approx(numeric, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("name", sorted(set(OF_ONE_SHAPE) - {"exponential"}))
@pytest.mark.parametrize("huge", [88.0, 104.0, 1e4])
def test_very_large_inputs_have_finite_values_and_slopes_in_float32(name, huge):
    x = np.array([[huge, -huge, huge, 0.0]], np.float32)
    weights = np.array([1, 2, 3, 4], np.float32)
    assert np.isfinite(get(name)(x)).all()
    slope = ad.grad(lambda x: np.sum(get(name)(x) * weights))(x)
    assert slope.dtype == np.float32
    assert np.isfinite(slope).all()


@pytest.mark.parametrize(
    ("name", "slope"),
    [("relu", 0.0), ("relu6", 0.0), ("leaky_relu", 0.2), ("elu", 1.0), ("celu", 1.0),
     ("sigmoid", 0.25), ("softplus", 0.5), ("softsign", 1.0), ("silu", 0.5), ("gelu", 0.5)],
)  # fmt: skip
def test_slope_at_zero(name, slope):
    assert ad.elementwise_grad(get(name))(np.zeros(1))[0] == pytest.approx(slope)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"negative_slope": 0.5}, [-2.0, -0.5, 0.0, 1.0, 9.0]),
        ({"max_value": 6.0}, [0.0, 0.0, 0.0, 1.0, 6.0]),
        ({"threshold": 1.0}, [0.0, 0.0, 0.0, 0.0, 9.0]),
        ({"threshold": 1.0, "negative_slope": 0.5}, [-2.5, -1.0, -0.5, 0.0, 9.0]),
        ({"negative_slope": 0.5, "max_value": 6.0}, [-2.0, -0.5, 0.0, 1.0, 6.0]),
    ],
)
def test_options_of_relu(options, expected):
    assert relu(np.array([-4.0, -1.0, 0.0, 1.0, 9.0]), **options).tolist() == expected


def test_approximate_gelu():
    x = np.array([-1.0, 0.5, 2.0])
    approximate = activations.gelu(x, approximate=True)
    np.testing.assert_allclose(approximate, [-0.158808, 0.345714, 1.954598], atol=1e-6)
    np.testing.assert_allclose(approximate, activations.gelu(x), atol=1e-3)


scores = arrays(np.float64, (3, 4), elements=st.floats(-100, 100))


@given(scores, st.floats(-1e3, 1e3))
def test_softmax_returns_probabilities_and_is_invariant_to_a_shift(x, shift):
    p = softmax(x)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1.0)
    np.testing.assert_allclose(softmax(x + shift), p, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(softmax(x.T, axis=0), p.T)


@given(scores)
def test_log_softmax_and_log_sigmoid_are_logarithms(x):
    np.testing.assert_allclose(np.exp(log_softmax(x)), softmax(x), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(np.exp(activations.log_sigmoid(x / 2)), sigmoid(x / 2), rtol=1e-9)


@pytest.mark.parametrize(("dtype", "lowest"), [("f2", -10), ("f4", -87), ("f8", -708)])
@pytest.mark.parametrize("transform", [lambda f: f, ad.jit])
def test_sigmoid_has_correct_digits_down_to_the_smallest_normal_numbers(dtype, lowest, transform):
    x = np.linspace(lowest, 0, 20, dtype=dtype)
    rtol = 20 * np.finfo(dtype).eps
    np.testing.assert_allclose(np.log(transform(sigmoid)(x)), -np.logaddexp(0, -x), rtol=rtol)
    np.testing.assert_array_equal(sigmoid(np.array([10 * lowest], dtype)), sigmoid(x[:1]))


@pytest.mark.parametrize(("dtype", "atol"), [("f8", 1e-300), ("f4", 1e-35), ("f2", 5e-4)])
def test_silu_of_huge_negative_numbers_is_practically_zero(dtype, atol):
    x = np.array([-np.inf, np.finfo(dtype).min, -1e4], dtype)
    for values in (activations.silu(x), ad.elementwise_grad(activations.silu)(x)):
        assert values.dtype == dtype
        np.testing.assert_allclose(values, 0, atol=atol)
    np.testing.assert_array_equal(activations.silu(np.array([np.inf, np.nan])), [np.inf, np.nan])


@pytest.mark.parametrize("name", ["hard_shrink", "soft_shrink", "threshold"])
def test_shrinkage_keeps_nan(name):
    arguments = (1.0, 0.0) if name == "threshold" else ()
    x = np.array([np.nan, 0.25, 3.0], np.float32)
    z = getattr(activations, name)(x, *arguments)
    assert np.isnan(z[0])
    np.testing.assert_array_equal(z[1:], [0, 2.5 if name == "soft_shrink" else 3])


@given(st.floats(-70, 70))
def test_slope_of_softplus_is_sigmoid_and_its_slope_is_s_times_one_minus_s(x):
    s = sigmoid(x)
    assert ad.grad(softplus)(x) == pytest.approx(s)
    assert ad.grad(ad.grad(softplus))(x) == pytest.approx(s * (1 - s), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_pickled_by_name(name):
    function = get(name)
    assert pickle.loads(pickle.dumps(function)) is function is getattr(activations, name)


def test_get_accepts_none_functions_and_aliases():
    assert get(None) is activations.linear
    assert get(np.tanh) is np.tanh
    assert get("swish") is activations.silu


def test_the_error_for_an_unknown_activation_suggests_the_nearest():
    with pytest.raises(ValueError, match=r"got 'rellu'.*'relu'"):
        get("rellu")


@pytest.mark.parametrize("wrong", [3, ["relu"], dict])
def test_other_types_than_activations_are_refused(wrong):
    with pytest.raises(TypeError, match="expected an activation as a name or a function"):
        get(wrong)


GRID = np.array(
    [-9, -3.5, -3, -2.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 2.5, 3, 3.5, 6, 6.5], "f"
)
OPTIONS = [
    ("elu", {"alpha": 0.5}), ("celu", {"alpha": 0.5}), ("leaky_relu", {"negative_slope": 0.3}),
    ("gelu", {"approximate": True}), ("hard_shrink", {}), ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {}), ("soft_shrink", {"threshold": 1.0}), ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.5, "default_value": -2.0}), ("squareplus", {}),
    ("squareplus", {"b": 1.0}), ("sparse_plus", {}), ("sparse_sigmoid", {}), ("glu", {}),
    ("glu", {"axis": 0}), ("softmax", {"axis": 0}),
    ("log_softmax", {}), ("log_softmax", {"axis": 0}),
    ("relu", {"negative_slope": 0.1, "max_value": 3.0, "threshold": 0.5}), ("hard_silu", {}),
    ("hard_sigmoid", {}), ("hard_tanh", {}), ("relu6", {}), ("selu", {}), ("mish", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=[str(each) for each in OPTIONS])
def test_values_with_options_are_those_of_keras(of_keras, name, options):
    x = np.stack([GRID, GRID[::-1] / 2])

    def values(library):
        return np.asarray(getattr(library.activations, name)(x, **options))

    np.testing.assert_allclose(np.ravel(values(nn)), of_keras(values), rtol=1e-5, atol=1e-6)


@given(arrays(np.float64, (3, 4), elements=st.floats(-3, 3)), st.sampled_from([0, 1, -1]))
def test_sparsemax_is_the_nearest_point_with_the_sum_1(x, axis):
    p = activations.sparsemax(x, axis)
    np.testing.assert_allclose(p.sum(axis), 1)
    assert p.min() >= 0
    shifts = np.where(p > 0, x - p, -np.inf)  # one number for all entries above 0, as a projection
    tau = shifts.max(axis, keepdims=True)
    np.testing.assert_allclose(np.where(p > 0, shifts, tau), np.broadcast_to(tau, p.shape))
    assert (x - tau <= p + 1e-9).all()


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0,)])
@pytest.mark.parametrize("axis", [0, -1])
def test_probabilities_of_no_scores_are_none(name, shape, axis):
    function, x = getattr(activations, name), np.zeros(shape, np.float32)
    value, slope = ad.value_and_grad(lambda x: np.sum(function(x, axis)))(x)
    assert (value, slope.shape) == (0, shape)
    assert function(x, axis).dtype == np.float32
