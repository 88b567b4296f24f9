"""The common parts of optimizers: rates, decay, building, state, configs, names, errors."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import optimizers
from nn.optimizers import SGD, Adam, AdamW, Optimizer
from nn.optimizers.schedules import ExponentialDecay, LearningRateSchedule
from nn.saving import serialize_keras_object as serialize

NAMES = [
    "sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adafactor", "adamax",
    "nadam", "ftrl", "lamb", "lion", "muon", "schedulefreeadamw",
]  # fmt: skip
# Muon has another decay for weights of one axis; averages begin before the first decay.
DECAYED_FIRST = [name for name in NAMES if name not in ("muon", "schedulefreeadamw")]


def built(optimizer, size=4):
    optimizer.build_slots(size, [slice(0, size)])
    return optimizer


def train(optimizer, parameters, steps, seed=0):
    random = np.random.default_rng(seed)
    for _ in range(steps):
        optimizer.step(parameters, random.normal(size=parameters.shape).astype(np.float32))


def test_rates_may_be_numbers_schedules_or_functions():
    schedule = ExponentialDecay(0.1, 1, 0.5)
    for rate, first, second in (
        (1, 1.0, 1.0),
        (np.float32(0.5), 0.5, 0.5),
        (schedule, 0.1, 0.05),
        (serialize(schedule), 0.1, 0.05),
        (lambda: 0.25, 0.25, 0.25),
    ):
        optimizer = built(SGD(rate), 1)
        w = np.zeros(1, np.float32)
        assert optimizer.learning_rate == optimizer.lr == first
        optimizer.step(w, np.ones(1, np.float32))
        assert w == np.float32(-first)
        assert optimizer.iterations == 1
        assert optimizer.lr == second


def test_the_older_name_of_the_rate():
    assert SGD(lr=1).learning_rate == 1.0
    optimizer = Adam(lr=0.5)
    optimizer.lr *= 0.5
    assert optimizer.learning_rate == 0.25
    with pytest.raises(ValueError, match=r"one learning rate, got learning_rate=0.5 and lr=0.1"):
        SGD(0.5, lr=0.1)


def test_a_number_does_not_replace_a_schedule_but_a_schedule_replaces_a_number():
    optimizer = SGD(0.5)
    optimizer.learning_rate = ExponentialDecay(0.1, 1, 0.5)
    assert optimizer.learning_rate == 0.1
    with pytest.raises(TypeError, match=r"expected a schedule.*got 0.5. To set numbers"):
        optimizer.learning_rate = 0.5


@given(st.just(0) | st.floats(1e-30, 1), st.floats(0, 0.5), st.sampled_from(DECAYED_FIRST))
def test_decay_comes_before_the_update(rate, decay, name):
    start = np.array([1, -2, 3, 0.5], np.float32)
    options = {"learning_rate": rate, "weight_decay": decay}
    decayed, plain = start.copy(), (start - start * np.float32(decay * rate)).astype(np.float32)
    train(built(optimizers.get({"class_name": name, "config": options})), decayed, 1)
    train(
        built(optimizers.get({"class_name": name, "config": {**options, "weight_decay": 0.0}})),
        plain,
        1,
    )
    assert np.array_equal(decayed, plain)


@pytest.mark.parametrize("name", NAMES)
def test_a_restored_state_continues_identically(name):
    straight, paused = np.ones((2, 4), np.float32)
    train(first := built(optimizers.get(name)), straight, 5)
    train(second := built(optimizers.get(name)), paused, 5)
    second.learning_rate = 0.03
    third = built(optimizers.get(name))
    third.set_state({key: value.copy() for key, value in second.get_state().items()})
    assert third.learning_rate == 0.03
    first.learning_rate = 0.03
    train(first, straight, 5, seed=1)
    train(third, paused, 5, seed=1)
    assert np.array_equal(straight, paused)
    assert third.iterations == 10


def test_a_state_is_a_copy_and_must_match():
    optimizer = built(Adam())
    state = optimizer.get_state()
    train(optimizer, np.ones(4, np.float32), 1)
    assert not state["momentum"].any()
    assert sorted(state) == ["iterations", "learning_rate", "momentum", "velocity"]
    for other in (built(Adam(), 3), built(SGD()), Adam(), built(Adam(amsgrad=True))):
        with pytest.raises(ValueError, match=r"expected the state of .*Build the optimizer"):
            other.set_state(state)


def test_building_twice_keeps_the_slots_and_refuses_another_layout():
    optimizer = built(Adam())
    train(optimizer, np.ones(4, np.float32), 1)
    built(optimizer)
    assert optimizer.slots["momentum"].any()
    with pytest.raises(ValueError, match=r"the 4 parameters that 'adam' was built for, got 5"):
        built(optimizer, 5)


def model_of_two_weights(optimizer):
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(1,))])
    model.compile(optimizer, "mse", run_eagerly=True)
    return model


def trained(model):
    model.fit([[1.0], [2.0]], [1.0, 2.0], verbose=0)
    return model


def test_an_optimizer_of_one_model_is_refused_by_another():
    optimizer = Adam()
    trained(model_of_two_weights(optimizer))
    other = model_of_two_weights(optimizer)
    with pytest.raises(ValueError, match=r"2 parameters that 'adam' was .* got 2 others.*Adam\("):
        trained(other)
    other.compile(Adam.from_config(optimizer.get_config()), "mse")
    trained(other)


def test_an_optimizer_continues_when_its_model_is_compiled_again():
    optimizer = Adam()
    model = trained(model_of_two_weights(optimizer))
    model.compile(optimizer, "mae")
    assert trained(model).optimizer.iterations == 2


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deep", "file"]
)
def test_a_copied_model_has_its_own_optimizer(copied):
    model = trained(model_of_two_weights(Adam()))
    other = copied(model)
    assert trained(other).optimizer.iterations == 2
    assert model.optimizer.iterations == 1
    assert trained(model).optimizer.iterations == 2


def test_a_step_needs_a_built_optimizer_and_its_shape():
    w = np.ones(4, np.float32)
    with pytest.raises(RuntimeError, match=r"expected 'sgd' to be built"):
        SGD().step(w, w)
    with pytest.raises(ValueError, match=r"shape \(4,\), got \(4,\) and \(3,\)"):
        built(SGD()).step(w, w[:3])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rate", [0.25, ExponentialDecay(0.1, 3, 0.5)], ids=["number", "schedule"])
def test_a_config_makes_an_equal_optimizer(name, rate):
    config = {"learning_rate": rate, "clipnorm": 0.5, "weight_decay": 0.1, "epsilon": 1e-3}
    others = {"sgd": "momentum", "lion": "beta_1", "ftrl": "beta", "adafactor": "epsilon_1"}
    if name in others:
        config[others[name]] = config.pop("epsilon")
    optimizer = optimizers.get({"class_name": name, "config": config})
    for twin in (
        type(optimizer).from_config(optimizer.get_config()),
        optimizers.get(serialize(optimizer)),
        copy.deepcopy(optimizer),
    ):
        assert type(twin) is type(optimizer)
        assert twin.get_config() == optimizer.get_config()
        one, other = np.ones((2, 4), np.float32)
        train(built(copy.deepcopy(optimizer)), one, 3)
        train(built(twin), other, 3)
        assert np.array_equal(one, other)


def test_get_accepts_names_classes_and_instances():
    for name in NAMES:
        assert optimizers.get(name).name.replace("_", "") == name
    assert type(optimizers.get("AdamW")) is AdamW
    assert type(optimizers.get(SGD)) is SGD
    optimizer = SGD()
    assert optimizers.get(optimizer) is optimizer
    with pytest.raises(ValueError, match=r"an optimizer that exists, got 'addam'.*'adam'"):
        optimizers.get("addam")
    with pytest.raises(TypeError, match=r"name of an optimizer, got 0.1 of type float"):
        optimizers.get(0.1)
    assert repr(SGD(1, momentum=0.5)) == "SGD(learning_rate=1.0, momentum=0.5)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(-0.1), "learning_rate to be a finite number of at least 0, got -0.1"),
        (lambda: SGD(float("nan")), "learning_rate to be a finite number of at least 0, got nan"),
        (lambda: SGD(momentum=1.5), "momentum to be a number from 0 to 1, got 1.5"),
        (lambda: Adam(beta_1=1.0), "beta_1 to be a number of at least 0 and below 1, got 1.0"),
        (lambda: Adam(epsilon=-1), "epsilon to be a finite number of at least 0, got -1"),
        (lambda: Adam(weight_decay=-1), "weight_decay to be a finite number of at least 0, got -1"),
        (lambda: Adam(clipnorm=0), "clipnorm to be a finite number above 0, got 0"),
        (
            lambda: Adam(clipnorm=1, clipvalue=2),
            "one of clipnorm, clipvalue and global_clipnorm, got clipnorm=1 and clipvalue=2",
        ),
    ],
)
def test_arguments_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", [lambda: SGD("fast"), lambda: AdamW(weight_decay=None)])
def test_arguments_that_are_not_numbers_are_refused(make):
    with pytest.raises(
        TypeError, match=r"got ('fast'|None) of type \w+\. Write (a num|it without)"
    ):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam(learning_rte=0.1), "argument of Adam .* Did you mean 'learning_rate'"),
        (lambda: AdamW(beta1=0.5), "argument of AdamW, got 'beta1'. Did you mean 'beta_1'"),
        (lambda: SGD(speed=1), "argument of SGD .* got 'speed'. Choose 'clipnorm'"),
    ],
)
def test_unknown_arguments_are_refused_with_the_nearest_ones(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_the_older_decay_is_a_schedule():
    with pytest.raises(TypeError, match=r"got decay=0\.5") as error:
        SGD(lr=0.1, decay=0.5, momentum=0.9)
    advice = str(error.value).split("Write ")[1].split(", or leave")[0]
    optimizer = eval(advice, {"nn": nn, "SGD": SGD})
    optimizer.iterations = 4
    assert optimizer.learning_rate == 0.1 / (1 + 0.5 * 4)


def test_an_incomplete_optimizer_or_schedule_is_an_error():
    with pytest.raises(NotImplementedError, match=r"expected Optimizer to define update\(self"):
        built(Optimizer()).step(*np.ones((2, 4), np.float32))
    with pytest.raises(NotImplementedError, match=r"LearningRateSchedule to define __call__"):
        LearningRateSchedule()(0)
