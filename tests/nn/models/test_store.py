import copy

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from nn import Sequential
from nn.layers import Dense
from nn.layers.weight import Weight
from nn.models.store import Store

shapes = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), max_size=5)


def make_weights(shapes):
    rng = np.random.default_rng(0)
    return [Weight(rng.normal(size=shape), name=f"w{i}") for i, shape in enumerate(shapes)]


@given(shapes, shapes)
def test_moving_in_keeps_the_numbers_and_lays_them_end_to_end(trainable, other):
    trainable, other = make_weights(trainable), make_weights(other)
    before = [weight.numpy() for weight in trainable + other]
    store = Store(trainable, other)
    assert all(map(np.array_equal, before, [weight.numpy() for weight in trainable + other]))
    flat = [weight.numpy().ravel() for weight in trainable]
    assert np.array_equal(store.parameters, np.concatenate([*flat, []]))
    assert store.state.size == sum(weight.size for weight in other)
    assert store.parameters.dtype == store.gradients.dtype == store.state.dtype == np.float32
    for weight, segment in zip(trainable, store.segments, strict=True):
        assert np.array_equal(store.parameters[segment], weight.numpy().ravel())


@given(shapes)
def test_slopes_are_collected_in_the_same_layout(shapes):
    store = Store(make_weights(shapes), [])
    slopes = [np.full(shape, i + 1.0) for i, shape in enumerate(shapes)]
    store.collect(slopes)
    assert np.array_equal(store.gradients, np.concatenate([*map(np.ravel, slopes), []]))


def test_an_update_of_the_buffer_is_an_update_of_the_weights():
    weights = make_weights([(2, 2), (3,)])
    store = Store(weights, [])
    store.parameters += 1
    assert np.shares_memory(weights[1].value, store.parameters)
    assert np.array_equal(weights[1].numpy(), store.parameters[4:])


def test_a_store_knows_whether_it_still_holds_the_weights():
    weights = make_weights([(2,), (3,)])
    store = Store(weights, [])
    assert store.holds(weights, [])
    assert not store.holds(weights[::-1], [])
    assert not store.holds(weights[:1], weights[1:])
    Store(weights[:1], [])  # moved to another model
    assert not store.holds(weights, [])


def compiled(layers):
    model = Sequential(layers)
    model.compile("sgd", "mse")
    return model


X, Y = np.eye(3), np.ones((3, 1))


def test_a_layer_shared_by_two_models_is_trained_by_both():
    shared = Dense(2, input_dim=3)
    first, second = compiled([shared, Dense(1)]), compiled([shared, Dense(1)])
    for model in (first, second, first):
        before = shared.kernel.numpy()
        model.train_on_batch(X, Y)
        assert not np.array_equal(before, shared.kernel.numpy())
        assert np.array_equal(first.get_weights()[0], second.get_weights()[0])


def test_a_copy_of_a_model_is_trained_by_itself():
    model = compiled([Dense(1, input_dim=3)])
    model.train_on_batch(X, Y)
    other = copy.deepcopy(model)
    before = model.get_weights()[0]
    other.train_on_batch(X, Y)
    assert np.array_equal(model.get_weights()[0], before)
    assert not np.array_equal(other.get_weights()[0], before)
