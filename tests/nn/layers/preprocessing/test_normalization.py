"""Normalization: by hand, over drawn data and batches, in models, and beside Keras's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nn
from nn.layers import Dense, Normalization
from tests.laws.table import examples

TABLE = np.array([[0, 7, 4], [2, 9, 6], [0, 7, 4], [2, 9, 6]])


def test_by_hand():
    layer = Normalization()
    assert layer.mean is None
    layer.adapt(TABLE)
    assert layer.mean.tolist() == [[1, 8, 5]]
    assert layer.variance.tolist() == [[1, 1, 1]]
    assert layer([[0, 7, 4]]).tolist() == [[-1, -1, -1]]
    whole = Normalization(axis=None)
    whole.adapt([1.0, 2.0, 3.0, 4.0, 5.0])
    assert whole([3.0, 1.0]).tolist() == pytest.approx([0, -np.sqrt(2)])
    back = Normalization(invert=True)
    back.adapt(TABLE)
    assert back([[1, 2, 3]]).tolist() == [[2, 10, 8]]


def test_given_mean_and_variance():
    layer = Normalization(mean=3.0, variance=2.0)
    assert layer([[1.0], [3.0]]).ravel().tolist() == pytest.approx([-np.sqrt(2), 0])
    assert layer.weights == []
    columns = Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0])
    assert columns([[3.0, 2.0]]).tolist() == [[1, 0]]
    assert Normalization.from_config(columns.get_config())([[3.0, 2.0]]).tolist() == [[1, 0]]
    single = Normalization(mean=[1.0], variance=[4.0])
    assert single([[3.0]]).tolist() == [[1]]


def test_means_of_two_axes_in_any_order():
    x = np.arange(48.0).reshape(4, 2, 3, 2)
    layer, other = Normalization(axis=(1, -1)), Normalization(axis=(3, 1))
    for each in (layer, other):
        each.adapt(x)
        assert np.array_equal(each.mean, x.mean((0, 2), keepdims=True))
        assert each.get_weights()[0].shape == (2, 2)
    assert np.array_equal(other(x), layer(x))


def test_a_constant_column_stays_finite():
    layer = Normalization()
    layer.adapt(np.ones((3, 1)))
    assert layer([[1.0]]).tolist() == [[0]]


shapes = hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=5)
numbers = st.integers(-100, 100).map(lambda n: n / 4)
tables = hnp.arrays(np.float64, shapes, elements=numbers)


@examples(40)
@given(x=tables, data=st.data())
def test_batches_of_any_size_and_an_array_give_the_same(x, data):
    axis = data.draw(st.sampled_from([None, -1, *([1, (1, 2)] if x.ndim == 3 else [])]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(x)), max_size=3)))
    alone, batched = Normalization(axis=axis), Normalization(axis=axis)
    alone.adapt(x)
    batched.adapt(iter([(part, None) for part in np.split(x, cuts)]))
    for mine, other in zip(batched.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-5)
    kept = () if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    rest = tuple(axis for axis in range(x.ndim) if axis not in kept)
    np.testing.assert_allclose(alone.adapt_mean.numpy(), x.mean(rest), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(alone.adapt_variance.numpy(), x.var(rest), rtol=1e-6, atol=1e-6)


@examples(20)
@given(x=tables)
def test_inverting_undoes_it(x):
    there, back = Normalization(), Normalization(invert=True)
    there.adapt(x)
    back.adapt(x)
    np.testing.assert_allclose(back(there(x)), x.astype("f"), rtol=1e-4, atol=1e-3)


def test_adapting_again_changes_a_model_that_is_recorded():
    layer = Normalization()
    layer.adapt(TABLE)
    model = nn.Sequential([layer, Dense(1)])
    model.compile("sgd", "mse")
    model.fit(TABLE, np.ones(4), verbose=0)
    layer.adapt(10 * TABLE)
    np.testing.assert_allclose(model.predict(TABLE, verbose=0), model(TABLE), rtol=1e-5)
    assert model.trainable_weights == model.layers[1].weights


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: Normalization(mean=1.0), "a mean and a variance of one shape, or neither"),
        (lambda: Normalization(mean=[[1.0]], variance=[[1.0]]), "at most 1 axes"),
        (lambda: Normalization(mean=1.0, variance=1.0).adapt(TABLE), "was given"),
        (lambda: Normalization().adapt(iter([])), "got none"),
        (lambda: Normalization().adapt([[np.nan, 1.0], [2.0, 3.0]]), "got NaN or infinity"),
        (lambda: Normalization().adapt([1.0, 2.0]), "Pass axis=None"),
        (lambda: Normalization(axis=5).adapt(TABLE), r"the axes \(5,\)"),
        (lambda: nn.Sequential([nn.Input((None,)), Normalization()]), "known lengths"),
    ],
)
def test_misuse_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


def test_other_columns_than_it_adapted_to_are_refused():
    layer = Normalization()
    layer.adapt(TABLE)
    with pytest.raises(ValueError, match="Check the columns"):
        layer(np.ones((2, 4)))


@pytest.mark.parametrize("axis", [-1, None, (1, 2), 1])
@pytest.mark.parametrize("invert", [False, True])
def test_values_are_those_of_keras(of_keras, axis, invert):
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, (6, 3, 4)).astype("f")
    names = ["mean", "variance", "count"]

    def values(library):
        layer = library.layers.Normalization(axis=axis, invert=invert)
        layer.adapt(x)
        assert [w.name for w in layer.weights] == names
        weights = [np.ravel(value) for value in layer.get_weights()]
        return np.concatenate([[layer.count_params()], *weights, np.ravel(np.asarray(layer(x)))])

    np.testing.assert_allclose(values(nn), of_keras(values), rtol=1e-4, atol=1e-5)
    assert Normalization(axis=axis).compute_output_shape((None, 3, 4)) == (None, 3, 4)


def test_training_is_that_of_keras(keras):
    rng = np.random.default_rng(1)
    x, y = rng.normal(3, 2, (12, 3)).astype("f"), rng.normal(size=(12, 1)).astype("f")

    def model(library):
        layer = library.layers.Normalization()
        layer.adapt(x)
        made = library.Sequential([library.Input((3,)), layer, library.layers.Dense(1)])
        made.compile(library.optimizers.SGD(0.05), "mse")
        return made

    ours, theirs = model(nn), model(keras)
    ours.set_weights(theirs.get_weights())
    for one in (ours, theirs):
        one.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)
