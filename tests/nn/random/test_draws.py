"""Draws: their distribution, their dtype, their seeds, and recorded steps."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import random
from nn.random import SeedGenerator, set_seed
from tests.laws.table import examples

COUNT = 20_000
MOMENTS = {  # the arguments, the mean and the variance
    "normal": ((2.0, 3.0), 2, 9),
    "truncated_normal": ((2.0, 3.0), 2, 9 * 0.87962566**2),
    "uniform": ((-1.0, 2.0), 0.5, 9 / 12),
    "randint": ((0, 4), 1.5, 15 / 12),
    "gamma": ((3.0,), 3, 3),
    "beta": ((2.0, 3.0), 0.4, 0.04),
    "binomial": ((10.0, 0.3), 3, 2.1),
}
NAMES = [name for name in random.__all__ if name not in ("generator", "set_seed")]


@pytest.mark.parametrize("name", MOMENTS)
def test_means_and_variances(name):
    args, mean, variance = MOMENTS[name]
    x = getattr(random, name)((COUNT,), *args, seed=1)
    assert x.dtype == ("int32" if name == "randint" else "float32")
    assert abs(x.mean() - mean) < 5 * np.sqrt(variance / COUNT)
    assert x.var() == pytest.approx(variance, rel=0.06)


@given(st.integers(0, 4), st.lists(st.integers(0, 3), max_size=3))
@examples(20)
def test_shapes(seed, shape):
    for name, (args, *_) in MOMENTS.items():
        assert np.shape(getattr(random, name)(shape, *args, seed=seed)) == tuple(shape)


def test_truncated_draws_are_inside():
    assert np.abs(random.truncated_normal((1000,), seed=0)).max() <= 2


def test_classes_have_the_probabilities_of_the_softmax():
    logits = np.log(np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 1e-9]], np.float32))
    drawn = random.categorical(logits, COUNT, seed=0)
    assert drawn.shape == (2, COUNT)
    assert drawn.dtype == np.int32
    shares = [np.bincount(row, minlength=3) / COUNT for row in drawn]
    np.testing.assert_allclose(shares, [[0.1, 0.2, 0.7], [0.5, 0.5, 0]], atol=0.015)


def test_dropout_keeps_the_mean():
    x = random.dropout(np.ones((COUNT,), np.float32), 0.25, seed=0)
    np.testing.assert_allclose(np.unique(x), [0, 4 / 3], rtol=1e-6)
    assert x.mean() == pytest.approx(1, abs=0.02)
    shared = random.dropout(np.ones((4, 5), np.float32), 0.5, noise_shape=(None, 1), seed=0)
    assert (shared == shared[:, :1]).all()
    assert random.dropout([1.0, 2.0], 0).tolist() == [1, 2]
    assert random.dropout([1.0, 2.0], 1).tolist() == [0, 0]


@given(st.integers(0, 9), st.sampled_from([0, 1]))
@examples(20)
def test_shuffles_keep_the_entries(seed, axis):
    x = np.arange(12).reshape(3, 4)
    shuffled = random.shuffle(x, axis, seed)
    np.testing.assert_array_equal(np.sort(shuffled, axis), x)


def test_whole_seeds_repeat_and_sources_go_on():
    assert (random.normal((3,), seed=1) == random.normal((3,), seed=1)).all()
    first, second = SeedGenerator(1), SeedGenerator(1)
    once, again = random.normal((3,), seed=first), random.normal((3,), seed=first)
    assert (once != again).all()
    assert (random.normal((3,), seed=second) == once).all()
    assert SeedGenerator.from_config(first.get_config()).seed == 1


def test_the_shared_source_follows_the_global_seed_but_is_no_child():
    set_seed(3)
    expected, weights = random.normal((3,)), random.generator().random()
    set_seed(3)
    assert random.generator().random() == weights
    assert (random.normal((3,)) == expected).all()


@pytest.mark.parametrize("seed", [None, "source"])
def test_recorded_draws_go_on_as_unrecorded_ones_do(seed):
    def draws(record):
        set_seed(5)
        source = SeedGenerator(2) if seed else None
        step = record(lambda x: x + random.normal((2,), seed=source))
        return [step(np.zeros(2, np.float32)) for _ in range(3)]

    recorded, plain = draws(ad.jit), draws(lambda f: f)
    np.testing.assert_array_equal(recorded, plain)
    assert (recorded[0] != recorded[1]).all()


def test_slopes_flow_through_the_mean_and_the_deviation():
    z = random.normal((4,), seed=0)
    slopes = ad.grad(lambda m, s: random.normal((4,), m, s, seed=0).sum(), argnums=(0, 1))(1.0, 2.0)
    np.testing.assert_allclose(slopes, [4, z.sum()], rtol=1e-6)


@pytest.mark.slow
def test_a_sampling_layer_trains():
    class Sampling(nn.layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.seed_generator = random.SeedGenerator(7)

        def call(self, inputs):
            mean, log_variance = inputs
            noise = random.normal(nn.ops.shape(mean), seed=self.seed_generator)
            return mean + nn.ops.exp(0.5 * log_variance) * noise

    x = nn.Input(shape=(3,))
    dense = nn.layers.Dense(2)
    model = nn.Model(x, Sampling()([dense(x), dense(x)]))
    model.compile("sgd", "mse")
    data = np.ones((8, 3), np.float32)
    history = model.fit(data, np.zeros((8, 2)), epochs=3, verbose=0).history["loss"]
    assert len(set(history)) == 3
    assert (model.predict(data, verbose=0) != model.predict(data, verbose=0)).any()


def test_misuse_is_refused():
    with pytest.raises(ValueError, match=r"Use nn\.random\.randint"):
        random.normal((2,), dtype="int32")
    with pytest.raises(TypeError, match="whole number as a seed"):
        random.normal((2,), seed=1.5)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_keras(keras, name):
    def parameters(function):
        found = inspect.signature(function).parameters.values()
        return [(p.name, p.default) for p in found if p.name != "kwargs"]

    assert parameters(getattr(random, name)) == parameters(getattr(keras.random, name))


@pytest.mark.parametrize("dtype", [None, "float16", "float32", np.float64])
@pytest.mark.parametrize("name", [name for name in MOMENTS if name != "randint"])
def test_draws_have_the_dtype_that_is_named(name, dtype):
    args, *_ = MOMENTS[name]
    found = getattr(random, name)((5,), *args, dtype=dtype, seed=1)
    assert found.dtype == ("float32" if dtype is None else dtype)
    plain = getattr(random, name)((5,), *args, seed=1)
    np.testing.assert_allclose(found, plain, rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", np.int32])
def test_whole_numbers_are_from_the_first_to_the_last_but_one(dtype):
    for draw in (random.randint, random.uniform):
        found = draw((200,), 2, 5, dtype=dtype, seed=0)
        assert found.dtype == dtype
        assert set(found.tolist()) == {2, 3, 4}
    assert random.categorical(np.zeros((1, 3)), 2, dtype, seed=0).dtype == dtype


def test_parameters_may_be_arrays():
    mean, deviation = np.array([[0.0], [100.0]], np.float32), np.array([0.0, 1.0], np.float32)
    for draw in (random.normal, random.truncated_normal):
        found = draw((2, 2), mean, deviation, seed=1)
        assert found[:, 0].tolist() == [0, 100]
        assert (np.abs(found[:, 1] - [0, 100]) < 10).all()
        assert (found[:, 1] != [0, 100]).all()
    low, high = np.array([0.0, 10.0]), np.array([1.0, 10.5])
    found = random.uniform((50, 2), low, high, seed=1)
    assert (found >= low).all()
    assert (found < high).all()
    assert random.binomial((3,), np.array([1.0, 5.0, 9.0]), 1.0, seed=1).tolist() == [1, 5, 9]
    assert random.gamma((2,), np.array([1e-6, 1e6]), seed=1)[1] > 1e5
    assert random.beta((2,), np.array([1e6, 1.0]), np.array([1.0, 1e6]), seed=1)[0] > 0.9


@pytest.mark.parametrize("noise_shape", [(3, 1), (None, 1), (1, 4), (1, None), (3, 4), None])
def test_the_shape_of_the_noise_of_dropout(noise_shape):
    x = np.arange(1.0, 13.0, dtype=np.float32).reshape(3, 4)
    kept = random.dropout(x, 0.5, noise_shape, seed=3) / (2 * x)
    lengths = [n if m is None else m for n, m in zip(x.shape, noise_shape or x.shape, strict=True)]
    for axis, length in enumerate(lengths):
        assert length == x.shape[axis] or (kept == np.take(kept, [0], axis)).all()
    assert set(kept.ravel().tolist()) <= {0.0, 1.0}
    expected = np.random.default_rng(3).random(lengths, dtype=np.float32) >= 0.5
    np.testing.assert_array_equal(kept, np.broadcast_to(expected, x.shape))
    with pytest.raises(ValueError, match="zip"):
        random.dropout(x, 0.5, (3,), seed=3)


def test_a_source_has_a_name_and_its_seed():
    source = SeedGenerator(5, name="noise")
    assert (source.seed, source.name) == (5, "noise")
    assert source.get_config() == {"seed": 5}
    first, second = SeedGenerator(), SeedGenerator()
    assert first.generator.random() != second.generator.random()


@pytest.mark.parametrize(
    "draw",
    [
        lambda seed: random.uniform((20,), 0, 1000, "int32", seed),
        lambda seed: random.uniform((20,), 0, 1000, "float16", seed),
        lambda seed: random.randint((20,), 0, 1000, "int64", seed),
        lambda seed: random.normal((20,), 0, 1000, "float16", seed),
        lambda seed: random.truncated_normal((20,), 0, 1000, "float64", seed),
        lambda seed: random.categorical(np.zeros((1, 9)), 20, "int64", seed),
        lambda seed: random.shuffle(np.arange(20), 0, seed),
        lambda seed: random.gamma((20,), 3.0, "float64", seed),
        lambda seed: random.beta((20,), 3.0, 2.0, "float64", seed),
        lambda seed: random.binomial((20,), 90.0, 0.5, "float64", seed),
        lambda seed: random.dropout(np.ones(20), 0.5, None, seed),
    ],
)
def test_the_seed_determines_draws_of_every_dtype(draw):
    assert np.array_equal(draw(3), draw(3))
    assert not np.array_equal(draw(3), draw(4))
