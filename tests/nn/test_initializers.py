"""Distributions, fans, seeds, and the ways to specify an initializer."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from nn import initializers
from nn.random import set_seed

NAMES = [
    "zeros",
    "ones",
    "constant",
    "identity",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "orthogonal",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
]
RANDOM = [name for name in NAMES if name not in ("zeros", "ones", "constant", "identity")]

# The variance of each, times fan_in, for a kernel with fan_in = fan_out.
VARIANCES = {
    "glorot_uniform": 1,
    "glorot_normal": 1,
    "he_uniform": 2,
    "he_normal": 2,
    "lecun_uniform": 1,
    "lecun_normal": 1,
}


@given(array_shapes(min_dims=2, max_dims=2, min_side=0), st.sampled_from(NAMES))
def test_shape_and_dtype_are_those_of_the_arguments(shape, name):
    for dtype in ("float32", "float64", "float16"):
        values = initializers.get(name)(shape, dtype=dtype)
        assert values.shape == shape
        assert values.dtype == dtype
    assert initializers.get(name)(list(shape)).dtype == np.float32


@given(st.integers(0, 2**64), st.sampled_from(RANDOM))
def test_a_seed_and_the_global_seed_make_values_repeatable(seed, name):
    seeded = type(initializers.get(name))(seed=seed)
    assert np.array_equal(seeded((4, 3)), seeded((4, 3)))
    set_seed(seed)
    first = [initializers.get(name)((4, 3)) for _ in range(2)]
    set_seed(seed)
    second = [initializers.get(name)((4, 3)) for _ in range(2)]
    assert np.array_equal(first, second)
    assert not np.array_equal(*first)


@pytest.mark.parametrize("name", RANDOM)
def test_initial_weights_are_the_same_in_every_dtype(name):
    initializer = type(initializers.get(name))(seed=1)
    wide = initializer((5, 4), "float64")
    assert np.array_equal(initializer((5, 4), "float32"), wide.astype("float32"))


@pytest.mark.parametrize(("name", "variance"), VARIANCES.items())
@pytest.mark.parametrize("shape", [(200, 200), (2, 2, 50, 50)])
def test_variances_are_those_of_the_papers(name, variance, shape):
    values = type(initializers.get(name))(seed=0)(shape)
    assert values.var() * 200 == pytest.approx(variance, rel=0.06)
    assert values.mean() == pytest.approx(0, abs=0.002)


def test_modes_use_their_fans():
    for mode, fan in (("fan_in", 30), ("fan_out", 60), ("fan_avg", 45)):
        uniform = initializers.VarianceScaling(2.0, mode, "uniform", seed=0)((30, 60))
        limit = math.sqrt(3 * 2 / fan)
        assert 0.98 * limit < np.abs(uniform).max() <= limit * 1.0001


def test_a_truncated_normal_stays_within_two_deviations():
    values = initializers.TruncatedNormal(1.0, 0.5, seed=0)((100, 100))
    assert np.abs(values - 1).max() <= 1
    assert values.std() == pytest.approx(0.5 * 0.8796, rel=0.02)
    untruncated = initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal", seed=0)
    assert np.abs(untruncated((100, 100))).max() > 0.3


@given(array_shapes(min_dims=2, max_dims=3), st.floats(0.5, 2))
def test_orthogonal_rows_or_columns(shape, gain):
    matrix = initializers.Orthogonal(gain, seed=0)(shape, "float64").reshape(-1, shape[-1])
    product = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    assert np.allclose(product, gain**2 * np.eye(len(product)))


def test_constants():
    assert np.array_equal(initializers.Constant([1, 2])((3, 2)), [[1, 2]] * 3)
    assert np.array_equal(initializers.Identity(2)((2, 3)), [[2, 0, 0], [0, 2, 0]])


@given(array_shapes(min_dims=0, max_dims=5, min_side=0))
def test_fans_are_products_of_axes(shape):
    fan_in, fan_out = initializers.compute_fans(shape)
    if len(shape) < 2:
        assert fan_in == fan_out == math.prod(shape)
    else:
        assert fan_in * shape[-1] == fan_out * shape[-2] == math.prod(shape)
        assert initializers.compute_fans(shape, input_axes=[0]) == (fan_in, fan_out)
        assert initializers.compute_fans(shape, output_axes=[0]) == (fan_in, fan_out)
        assert initializers.compute_fans(shape, [0], [1]) == shape[:2]


def test_get_accepts_classes_functions_configs_and_none():
    assert isinstance(initializers.get(initializers.HeNormal), initializers.HeNormal)
    assert initializers.get(np.zeros) is np.zeros
    seeded = initializers.get({"class_name": "RandomNormal", "config": {"stddev": 2, "seed": 3}})
    assert seeded.get_config() == {"mean": 0.0, "stddev": 2, "seed": 3}
    assert isinstance(initializers.get(None), initializers.GlorotUniform)
    assert initializers.glorot_uniform(seed=3).get_config()["seed"] == 3
    with pytest.raises(ValueError, match=r"got 'glorot_unifrom'\. Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: initializers.RandomNormal(stddev=-1),
            "stddev to be a finite number of at least 0, got -1",
        ),
        (
            lambda: initializers.TruncatedNormal(stddev=-1),
            "stddev to be a finite number of at least 0, got -1",
        ),
        (lambda: initializers.RandomUniform(1, 0), "minval to be at most maxval, got 1 and 0"),
        (lambda: initializers.VarianceScaling(0), "scale to be a finite number above 0, got 0"),
        (
            lambda: initializers.VarianceScaling(mode="in"),
            "to be 'fan_in', 'fan_out' or 'fan_avg', got",
        ),
        (lambda: initializers.VarianceScaling(distribution="x"), "truncated_normal.*got 'x'"),
        (lambda: initializers.Orthogonal()((3,)), r"at least 2 axes, got \(3,\)"),
        (lambda: initializers.Identity()((3,)), r"shape of 2 axes, got \(3,\)"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "scale", "mode", "shape_of_draws"),
    [
        ("GlorotUniform", 1, "fan_avg", "uniform"),
        ("GlorotNormal", 1, "fan_avg", "truncated"),
        ("HeUniform", 2, "fan_in", "uniform"),
        ("HeNormal", 2, "fan_in", "truncated"),
        ("LecunUniform", 1, "fan_in", "uniform"),
        ("LecunNormal", 1, "fan_in", "truncated"),
    ],
)
def test_fans_that_differ_and_the_ends_of_the_draws(name, scale, mode, shape_of_draws):
    for axes, fans in (({}, (60, 240)), ({"input_axes": [1], "output_axes": [0]}, (240, 60))):
        values = getattr(initializers, name)(seed=0, **axes)((60, 240))
        fan = fans[0] if mode == "fan_in" else sum(fans) / 2
        variance = scale / fan
        assert values.var() == pytest.approx(variance, rel=0.03)
        end = math.sqrt(3 if shape_of_draws == "uniform" else (2 / 0.87962566) ** 2)
        assert np.abs(values).max() == pytest.approx(end * math.sqrt(variance), rel=0.01)


@pytest.mark.parametrize(
    ("initializer", "mean", "deviation"),
    [
        (initializers.RandomNormal(seed=0), 0, 0.05),
        (initializers.RandomNormal(2.0, 0.5, seed=0), 2, 0.5),
        (initializers.TruncatedNormal(seed=0), 0, 0.05 * 0.87962566),
        (initializers.RandomUniform(seed=0), 0, 0.1 / math.sqrt(12)),
        (initializers.RandomUniform(1.0, 3.0, seed=0), 2, 2 / math.sqrt(12)),
        (initializers.VarianceScaling(seed=0), 0, 0.1),
        (initializers.VarianceScaling(4.0, distribution="untruncated_normal", seed=0), 0, 0.2),
        (initializers.VarianceScaling(distribution="NORMAL", seed=0), 0, 0.1),
    ],
    ids=repr,
)
def test_means_and_deviations(initializer, mean, deviation):
    values = initializer((100, 400))
    assert values.mean() == pytest.approx(mean, abs=0.03 * deviation)
    assert values.std() == pytest.approx(deviation, rel=0.02)


def test_rotations_are_in_any_direction():
    corners = [initializers.Orthogonal(seed=seed)((2, 2))[0, 0] for seed in range(100)]
    assert 30 < np.sum(np.array(corners) > 0) < 70
    assert np.std(corners) > 0.5
    with pytest.raises(ValueError, match="at least 2 axes, got"):
        initializers.Orthogonal()((5,))


def test_draws_are_independent_of_each_other():
    values = initializers.RandomNormal(seed=0)((200, 200), "float64") / 0.05
    product = values.T @ values / 200
    assert np.abs(product - np.eye(200)).max() < 0.45
    truncated = initializers.TruncatedNormal(stddev=1.0, seed=0)((50_000,), "float64")
    assert np.histogram(truncated, [-2, -1, 0, 1, 2])[0] / 50_000 == pytest.approx(
        [0.1424, 0.3576, 0.3576, 0.1424], abs=0.01
    )


def test_only_scaled_initializers_without_axes_get_those_of_a_kernel():
    given = initializers.HeNormal(seed=1)
    found = initializers.over_axes(given, [0], [1, 2])
    assert found is not given
    assert (found.input_axes, found.output_axes, given.input_axes) == ([0], [1, 2], None)
    assert initializers.over_axes(found, [1], [0]) is found
    zeros = initializers.Zeros()
    assert initializers.over_axes(zeros, [0], [1]) is zeros


def test_an_own_initializer_without_a_call_is_named():
    class Own(initializers.Initializer):
        pass

    with pytest.raises(NotImplementedError, match=r"expected Own to define __call__\(self, shape"):
        Own()((2,))
