"""Moving averages of parameters, accumulated gradients, and exclusion from weight decay."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Sequential
from nn.layers import Dense, Weight
from nn.optimizers import SGD, Adam, AdamW, Nadam, RMSprop
from nn.optimizers.schedules import PiecewiseConstantDecay

X = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
Y = X @ np.array([[1.0], [-2.0], [0.5]], np.float32)


def linear(optimizer, **options):
    model = Sequential([Dense(1, input_shape=(3,), kernel_initializer="ones")])
    model.compile(optimizer, "mse", **options)
    return model


def built(optimizer, size=1):
    optimizer.build_slots(size, [slice(0, size)])
    return optimizer


def steps(optimizer, start, slopes):
    """Take a step for each slope, and return the parameter after each."""
    built(optimizer)
    parameters = np.array([start], np.float32)
    found = []
    for slope in slopes:
        optimizer.step(parameters, np.array([slope], np.float32))
        found.append(float(parameters[0]))
    return found


def test_the_average_by_hand():
    # The weight is 1, 0, -1 after the steps; with a momentum of 3/4 the average is 1, 0.75, 0.3125.
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.75)
    weight, other = Weight([2.0], name="w"), Weight([7.0], name="other")
    found = []
    for _ in range(3):
        optimizer.apply([np.ones(1)], [weight])
        found += weight.numpy().tolist()
    assert found == [1.0, 0.0, -1.0]
    optimizer.finalize_variable_values([weight, other])
    assert (weight[0], other[0]) == (0.75 * 0.75 - 0.25, 7.0)


def test_the_average_replaces_the_parameters_every_so_many_steps():
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
    # Step 2 ends with the average of 1 and 0, 0.5; step 3 continues from it.
    assert steps(optimizer, 2.0, [1, 1, 1]) == [1.0, 0.5, -0.5]


@pytest.mark.parametrize("eagerly", [False, True])
def test_fit_ends_with_the_average(eagerly):
    model = linear(SGD(0.1, use_ema=True, ema_momentum=0.5), run_eagerly=eagerly)
    twin = linear(SGD(0.1))
    average = None
    for _ in range(3):
        twin.train_on_batch(X, Y)
        now = twin.get_weights()[0]
        average = now if average is None else 0.5 * average + 0.5 * now
    model.fit(X, Y, batch_size=24, epochs=3, shuffle=False, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], average, rtol=1e-5)


def test_nothing_is_averaged_before_the_first_step():
    model = linear(SGD(0.1, use_ema=True))
    model.fit(X, Y, epochs=0, verbose=0)
    assert np.array_equal(model.get_weights()[0], np.ones((3, 1)))


def test_gradients_are_accumulated_by_hand():
    optimizer = SGD(1.0, gradient_accumulation_steps=2)
    assert steps(optimizer, 10.0, [1, 3, 2, 6, 100]) == [10.0, 8.0, 8.0, 4.0, 4.0]
    assert optimizer.iterations == 2


def test_a_schedule_counts_the_batches_that_are_accumulated():
    schedule = PiecewiseConstantDecay([1, 3, 4], [8.0, 4.0, 2.0, 1.0])
    optimizer = built(SGD(schedule, gradient_accumulation_steps=2))
    rates = []
    for _ in range(6):
        rates.append(optimizer.learning_rate)
        optimizer.step(np.zeros(1, np.float32), np.zeros(1, np.float32))
    assert rates == [8.0, 8.0, 4.0, 4.0, 2.0, 1.0]


@given(st.integers(2, 5), st.sampled_from([SGD, Adam, Nadam, AdamW]))
def test_a_step_of_accumulated_gradients_is_one_of_their_mean(count, kind):
    slopes = np.random.default_rng(count).normal(size=(3, count))
    one = steps(kind(0.1, gradient_accumulation_steps=count, clipnorm=0.5), 1.0, slopes.ravel())
    other = steps(kind(0.1, clipnorm=0.5), 1.0, slopes.mean(axis=1))
    assert one[count - 1 :: count] == pytest.approx(other, rel=1e-5)


def test_accumulating_all_batches_is_a_step_on_all_rows():
    pieces, whole = linear(Adam(0.1, gradient_accumulation_steps=3)), linear(Adam(0.1))
    pieces.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0)
    whole.fit(X, Y, batch_size=24, epochs=4, shuffle=False, verbose=0)
    np.testing.assert_allclose(pieces.get_weights()[0], whole.get_weights()[0], rtol=1e-4)


def test_excluded_weights_do_not_decay():
    model = Sequential([Dense(2, input_shape=(3,), bias_initializer="ones"), Dense(1)])
    optimizer = SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay([model.layers[1].kernel], ["bias"])
    model.compile(optimizer, "mse")
    before = model.get_weights()
    model.store.gradients[:] = 0
    model.optimizer.step(model.store.parameters, model.store.gradients)
    after = model.get_weights()
    np.testing.assert_allclose(after[0], 0.95 * before[0], rtol=1e-6)
    for one, other in zip(after[1:], before[1:], strict=True):
        assert np.array_equal(one, other)


def test_weights_are_excluded_before_training():
    optimizer = built(SGD(0.1))
    with pytest.raises(ValueError, match=r"before 'sgd' was built.*before model\.fit"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])


OPTIONS = {
    "use_ema": True,
    "ema_momentum": 0.5,
    "ema_overwrite_frequency": 3,
    "gradient_accumulation_steps": 2,
}


@given(st.integers(1, 6))
def test_a_restored_state_continues_identically(before):
    slopes = np.random.default_rng(before).normal(size=(12, 4)).astype(np.float32)
    one, other = (built(Adam(0.1, **OPTIONS), 4) for _ in range(2))
    parameters = np.ones(4, np.float32)
    for slope in slopes[:before]:
        one.step(parameters, slope.copy())
    other.set_state(one.get_state())
    twin = parameters.copy()
    for slope in slopes[before:]:
        one.step(parameters, slope.copy())
        other.step(twin, slope.copy())
    assert np.array_equal(parameters, twin)


def test_the_options_are_part_of_the_config():
    config = Adam(**OPTIONS).get_config()
    assert config.items() >= OPTIONS.items()
    assert repr(Adam.from_config(config)) == repr(Adam(**OPTIONS))


def test_the_listing_shows_the_whole_step():
    model = linear(SGD(0.1, gradient_accumulation_steps=2))
    model.fit(X, Y, verbose=0)
    assert "self._accumulator.completes(gradients)" in model.train_source()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps .* at least 2, got 1"),
        ({"gradient_accumulation_steps": 2.5}, "gradient_accumulation_steps .* got 2.5"),
        ({"ema_overwrite_frequency": 0}, "ema_overwrite_frequency .* at least 1, got 0"),
        ({"ema_momentum": 1.5}, "ema_momentum to be a number from 0 to 1, got 1.5"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        SGD(**options)


def test_the_rate_is_assigned_to_as_a_variable_of_keras():
    optimizer = SGD(0.5)
    optimizer.learning_rate.assign(0.25)
    assert optimizer.learning_rate == 0.25
    assert optimizer.learning_rate.numpy() == np.float32(0.25)
    assert type(copy.deepcopy(optimizer.learning_rate)) is float
    with pytest.raises(ValueError, match="learning_rate"):
        optimizer.learning_rate.assign(-1)
    scheduled = SGD(PiecewiseConstantDecay([5], [0.5, 0.1]))
    with pytest.raises(TypeError, match="a schedule or a function"):
        scheduled.learning_rate.assign(0.1)


@pytest.mark.parametrize(
    ("optimizer", "option"),
    [(SGD, {"momentum": 0.5}), (RMSprop, {"momentum": 0.5}), (RMSprop, {"centered": True})],
)
@pytest.mark.parametrize("eager", [False, True])
def test_an_option_that_needs_a_state_from_the_first_step_on_is_refused(optimizer, option, eager):
    model = linear(optimizer(0.01), run_eagerly=eager)
    model.fit(X, Y, verbose=0)
    for name, value in option.items():
        setattr(model.optimizer, name, value)
    weights = model.get_weights()
    with pytest.raises(ValueError, match="Create a new optimizer with that option"):
        model.fit(X, Y, verbose=0)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
