import copy

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from nn import Sequential
from nn.layers import Dense
from nn.layers.weight import Weight
from nn.optimizers import SGD
from nn.optimizers.store import Store

shapes = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), max_size=5)


def make_weights(shapes):
    rng = np.random.default_rng(0)
    return [Weight(rng.normal(size=shape), name=f"w{i}") for i, shape in enumerate(shapes)]


@given(shapes, shapes)
def test_a_store_keeps_the_values_and_packs_them_end_to_end(trainable, other):
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


def test_updating_the_buffer_updates_the_weights():
    weights = make_weights([(2, 2), (3,)])
    store = Store(weights, [])
    store.parameters += 1
    assert np.shares_memory(weights[1].value, store.parameters)
    assert np.array_equal(weights[1].numpy(), store.parameters[4:])


def test_holds_returns_whether_the_weights_are_still_in_the_store():
    weights = make_weights([(2,), (3,)])
    store = Store(weights, [])
    assert store.holds(weights, [])
    assert not store.holds(weights[::-1], [])
    assert not store.holds(weights[:1], weights[1:])
    weights[0].value = weights[0].numpy()  # moved elsewhere
    assert not store.holds(weights, [])


def test_weights_of_another_store_are_not_moved():
    weights = make_weights([(2,), (3,), (4,)])
    home = Store(weights[:2], [])
    guest = Store(weights[1:], weights[:1])
    assert home.holds(weights[:2], [])
    assert guest.holds(weights[1:], weights[:1])
    assert np.shares_memory(weights[2].value, guest.parameters)
    before = [weight.numpy() for weight in weights]
    for store in (guest, home, guest):
        store.gradients[:] = 1
        optimizer = SGD(0.5)
        optimizer.build_slots(store.parameters.size, store.segments)
        store.update(optimizer.step)
    steps = [weight.numpy() - old for weight, old in zip(weights, before, strict=True)]
    for step, count in zip(steps, [1, 3, 2], strict=True):
        np.testing.assert_allclose(step, -0.5 * count, rtol=1e-5)


def test_a_store_that_replaces_another_moves_its_weights():
    weights = make_weights([(2,), (3,)])
    first = Store(weights, [])
    second = Store(weights[::-1], [], instead_of=first)
    assert all(np.shares_memory(weight.value, second.parameters) for weight in weights)


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


def test_training_a_copy_of_a_model_does_not_change_the_original():
    model = compiled([Dense(1, input_dim=3)])
    model.train_on_batch(X, Y)
    other = copy.deepcopy(model)
    before = model.get_weights()[0]
    other.train_on_batch(X, Y)
    assert np.array_equal(model.get_weights()[0], before)
    assert not np.array_equal(other.get_weights()[0], before)
