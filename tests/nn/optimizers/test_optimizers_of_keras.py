"""Every optimizer steps as that of Keras, with every option."""

import numpy as np
import pytest

from nn import optimizers
from nn.layers.weight import Weight
from nn.optimizers.variables import named_values, state_of

COMMON = [
    {},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.5},
    {"use_ema": True},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3, "clipnorm": 0.5, "weight_decay": 0.1},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.5},
    {
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "ema_momentum": 0.5,
        "ema_overwrite_frequency": 3,
    },
]
CASES = [
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adagrad", {}),
    ("Adadelta", {}),
    ("Adafactor", {}),
    ("Adafactor", {"beta_2_decay": -0.5, "epsilon_1": 1e-3, "epsilon_2": 0.5}),
    ("Adafactor", {"clip_threshold": 0.5, "relative_step": False}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Lion", {}),
    ("Lamb", {}),
    ("Muon", {}),
    ("Muon", {"nesterov": False, "rms_rate": None, "exclude_layers": ["other"]}),
    ("Muon", {"exclude_layers": ["ker"], "adam_lr_ratio": 0.5, "adam_weight_decay": 0.2}),
    ("Ftrl", {"l1_regularization_strength": 0.01, "l2_regularization_strength": 0.1, "beta": 0.2}),
]
SHAPES = [("kernel", (3, 2)), ("bias", (2,)), ("scale", (1,)), ("filters", (2, 3, 2))]


# Keras converts its variables in a way that NumPy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def starts():
    random = np.random.default_rng(1)
    return [random.normal(size=shape).astype(np.float32) for _, shape in SHAPES]


def gradients():
    random = np.random.default_rng(2)
    return [[random.normal(size=shape).astype(np.float32) for _, shape in SHAPES] for _ in range(9)]


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def few(steps, weights):
    """Return the weights after the third and the eighth step, and at the end."""
    return np.concatenate([steps[2], steps[7], weights])


def ours(optimizer):
    weights = [Weight(x, name=name) for (name, _), x in zip(SHAPES, starts(), strict=True)]
    found = []
    for row in gradients():
        optimizer.apply(row, weights)
        found.append(flat([weight.numpy() for weight in weights]))
    optimizer.finalize_variable_values(weights)
    return few(found, flat([weight.numpy() for weight in weights]))


def theirs(keras, optimizer):
    variables = [keras.Variable(x, name=n) for (n, _), x in zip(SHAPES, starts(), strict=True)]
    found = []
    for row in gradients():
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in row], variables)
        found.append(flat(map(keras.ops.convert_to_numpy, variables)))
    optimizer.finalize_variable_values(variables)
    return few(found, flat(map(keras.ops.convert_to_numpy, variables)))


@pytest.mark.parametrize("options", COMMON, ids=str)
@pytest.mark.parametrize(("name", "own"), CASES, ids=[str(case) for case in CASES])
def test_steps_are_those_of_keras(of_keras, name, own, options):
    mine = ours(getattr(optimizers, name)(0.05, **own, **options))
    other = of_keras(
        lambda keras: theirs(keras, getattr(keras.optimizers, name)(0.05, **own, **options))
    )
    np.testing.assert_allclose(mine, other, rtol=2e-4, atol=2e-6)


def test_excluded_weights_are_those_of_keras(of_keras):
    def decayed(library):
        optimizer = library.AdamW(0.05, 0.5)
        optimizer.exclude_from_weight_decay(var_names=["bias", "sc.le"])
        return optimizer

    other = of_keras(lambda keras: theirs(keras, decayed(keras.optimizers)))
    np.testing.assert_allclose(ours(decayed(optimizers)), other, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("steps", [None, 2])
@pytest.mark.parametrize("name", ["SGD", "Muon"])
def test_a_schedule_counts_as_keras_counts(of_keras, name, steps):
    def scheduled(library):
        schedule = library.schedules.ExponentialDecay(0.5, 1, 0.5)
        optimizer = getattr(library, name)
        return optimizer(schedule, gradient_accumulation_steps=steps, weight_decay=0.2)

    other = of_keras(lambda keras: theirs(keras, scheduled(keras.optimizers)))
    np.testing.assert_allclose(ours(scheduled(optimizers)), other, rtol=1e-4, atol=1e-6)


STATES = [
    {}, {"gradient_accumulation_steps": 3, "use_ema": True, "ema_momentum": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("options", STATES, ids=str)
@pytest.mark.parametrize(("name", "own"), CASES, ids=[str(case) for case in CASES])
def test_variables_are_those_of_keras(of_keras, name, own, options):
    """Their order, units and values, as files hold them."""
    mine = getattr(optimizers, name)(0.05, **own, **options)
    weights = [Weight(x, name=name) for (name, _), x in zip(SHAPES, starts(), strict=True)]
    for row in gradients()[:5]:
        mine.apply(row, weights)

    def theirs(keras):
        other = getattr(keras.optimizers, name)(0.05, **own, **options)
        variables = [keras.Variable(x, name=n) for (n, _), x in zip(SHAPES, starts(), strict=True)]
        for row in gradients()[:5]:
            other.apply([keras.ops.convert_to_tensor(g) for g in row], variables)
        return flat(map(keras.ops.convert_to_numpy, other.variables))

    values = list(named_values(mine).values())
    np.testing.assert_allclose(flat(values), of_keras(theirs), rtol=2e-4, atol=2e-6)

    again = getattr(optimizers, name)(0.5, **own, **options)
    again.build(weights)
    state = state_of(again, values)
    assert state.keys() == mine.get_state().keys()
    for key, value in mine.get_state().items():
        np.testing.assert_array_equal(state[key], value, err_msg=key)
    assert state_of(again, values[:-1]) is None
    assert state_of(again, [*values, np.zeros(3)]) is None
    heads = state_of(again, values[:2])  # of an optimizer that wasn't built
    assert (heads["learning_rate"], heads["iterations"]) == (0.05, state["iterations"])
    if len(values) > 3:
        without_rate = state_of(again, [values[0], *values[2:]])
        assert without_rate["learning_rate"] == 0.5
    rate = optimizers.schedules.ExponentialDecay(0.05, 10, 0.5)  # there is no variable for it
    scheduled = getattr(optimizers, name)(rate, **own, **options)
    scheduled.build(weights)
    assert len(named_values(scheduled)) == len(values) - 1
    for count, expected in ((1, scheduled.get_state()), (len(values), state)):
        found = state_of(scheduled, [values[0], *values[2:]][:count])
        assert found.keys() == scheduled.get_state().keys()
        for slot in scheduled.slots:
            np.testing.assert_array_equal(found[slot], expected[slot], err_msg=slot)
