"""Each optimizer against its equations, written out in float64 for single scalars."""

import functools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import optimizers
from nn.layers.weight import Weight


def sgd(w, g, s, rate, momentum=0.0, nesterov=False):
    s["v"] = momentum * s.get("v", 0) - rate * g
    return w + (momentum * s["v"] - rate * g if nesterov else s["v"])


def adam(w, g, s, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g**2
    s["max"] = max(s.get("max", 0), s["v"])
    root = math.sqrt(s["max"] if amsgrad else s["v"])
    corrected = rate * math.sqrt(1 - beta_2 ** s["t"]) / (1 - beta_1 ** s["t"])
    return w - corrected * s["m"] / (root + epsilon)


def adamw(w, g, s, rate, weight_decay=0.004, **others):
    return adam(w - rate * weight_decay * w, g, s, rate, **others)


def rmsprop(w, g, s, rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    s["v"] = rho * s.get("v", 0) + (1 - rho) * g**2
    s["a"] = rho * s.get("a", 0) + (1 - rho) * g
    variance = s["v"] - s["a"] ** 2 if centered else s["v"]
    s["step"] = momentum * s.get("step", 0) + rate * g / math.sqrt(variance + epsilon)
    return w - s["step"]


def adagrad(w, g, s, rate, initial_accumulator_value=0.1, epsilon=1e-7):
    s["a"] = s.get("a", initial_accumulator_value) + g**2
    return w - rate * g / math.sqrt(s["a"] + epsilon)


def adadelta(w, g, s, rate, rho=0.95, epsilon=1e-7):
    s["a"] = rho * s.get("a", 0) + (1 - rho) * g**2
    d = math.sqrt(s.get("b", 0) + epsilon) / math.sqrt(s["a"] + epsilon) * g
    s["b"] = rho * s.get("b", 0) + (1 - rho) * d**2
    return w - rate * d


def adamax(w, g, s, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["u"] = max(beta_2 * s.get("u", 0), abs(g))
    return w - rate / (1 - beta_1 ** s["t"]) * s["m"] / (s["u"] + epsilon)


def nadam(w, g, s, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mu = [beta_1 * (1 - 0.5 * 0.96**i) for i in range(1, s["t"] + 2)]
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g**2
    m_hat = mu[-1] * s["m"] / (1 - math.prod(mu)) + (1 - mu[-2]) * g / (1 - math.prod(mu[:-1]))
    return w - rate * m_hat / (math.sqrt(s["v"] / (1 - beta_2 ** s["t"])) + epsilon)


def lion(w, g, s, rate, beta_1=0.9, beta_2=0.99):
    m = s.get("m", 0)
    s["m"] = beta_2 * m + (1 - beta_2) * g
    return w - rate * math.copysign(1, beta_1 * m + (1 - beta_1) * g)


def ftrl(w, g, s, rate, learning_rate_power=-0.5, initial_accumulator_value=0.1, **strengths):
    l1, l2, shrinkage, beta = (
        strengths.get(name, 0.0)
        for name in (
            "l1_regularization_strength",
            "l2_regularization_strength",
            "l2_shrinkage_regularization_strength",
            "beta",
        )
    )
    before = s.get("n", initial_accumulator_value)
    s["n"] = before + g**2
    root, root_before = s["n"] ** -learning_rate_power, before**-learning_rate_power
    s["z"] = s.get("z", 0) + g + 2 * shrinkage * w - (root - root_before) / rate * w
    clipped = min(max(s["z"], -l1), l1)
    return (clipped - s["z"]) / (root / rate + 2 * (l2 + beta / (2 * rate)))


def schedule_free(w, g, s, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0):
    rate *= min(1, s["t"] / warmup_steps) if warmup_steps else 1
    z = s.get("z", w)
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g**2
    average = s.get("x", w)
    s["z"] = z - rate * g / (math.sqrt(s["v"] / (1 - beta_2 ** s["t"])) + epsilon)
    s["x"] = average + (s["z"] - average) / s["t"]
    return (1 - beta_1) * s["z"] + beta_1 * s["x"]


CASES = [
    (optimizers.ScheduleFreeAdamW, schedule_free, {}),
    (optimizers.ScheduleFreeAdamW, schedule_free, {"warmup_steps": 3, "beta_1": 0.5}),
    (optimizers.SGD, sgd, {}),
    (optimizers.SGD, sgd, {"momentum": 0.9}),
    (optimizers.SGD, sgd, {"momentum": 0.9, "nesterov": True}),
    (optimizers.SGD, sgd, {"nesterov": True}),
    (optimizers.Adam, adam, {}),
    (optimizers.Adam, adam, {"amsgrad": True, "beta_2": 0.5}),
    (optimizers.Adam, adam, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    (optimizers.AdamW, adamw, {}),
    (optimizers.AdamW, adamw, {"weight_decay": 0.1, "amsgrad": True, "beta_2": 0.5}),
    (optimizers.RMSprop, rmsprop, {}),
    (optimizers.RMSprop, rmsprop, {"momentum": 0.9, "rho": 0.5}),
    (optimizers.RMSprop, rmsprop, {"centered": True, "epsilon": 1e-2}),
    (optimizers.RMSprop, rmsprop, {"centered": True, "momentum": 0.5, "epsilon": 1e-2}),
    (optimizers.Adagrad, adagrad, {}),
    (optimizers.Adagrad, adagrad, {"initial_accumulator_value": 1.0, "epsilon": 1e-2}),
    (optimizers.Adadelta, adadelta, {}),
    (optimizers.Adadelta, adadelta, {"rho": 0.5, "epsilon": 1e-2}),
    (optimizers.Adamax, adamax, {}),
    (optimizers.Adamax, adamax, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    (optimizers.Nadam, nadam, {}),
    (optimizers.Nadam, nadam, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    (optimizers.Lion, lion, {}),
    (optimizers.Lion, lion, {"beta_1": 0.5, "beta_2": 0.9}),
    (optimizers.Ftrl, ftrl, {}),
    (
        optimizers.Ftrl,
        ftrl,
        {
            "learning_rate_power": -0.8,
            "initial_accumulator_value": 1.0,
            "l1_regularization_strength": 0.1,
            "l2_regularization_strength": 0.2,
            "l2_shrinkage_regularization_strength": 0.3,
            "beta": 0.4,
        },
    ),
]
NAMED = [pytest.param(*case, id=f"{case[0].__name__}-{case[2]}") for case in CASES]


EVERY = [
    pytest.param(functools.partial(cls, **options), id=f"{cls.__name__}-{options}")
    for cls, _, options in [*CASES, (optimizers.Lamb, None, {}), (optimizers.Adafactor, None, {})]
]


def run(optimizer, start, gradients):
    parameters = start.copy()
    optimizer.build_slots(start.size, [slice(0, start.size)])
    for row in gradients:
        optimizer.step(parameters, row.copy())
    return parameters


@pytest.mark.parametrize(("cls", "rule", "options"), NAMED)
@given(
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([1e-2, 1, 10]),
    rate=st.sampled_from([1e-3, 1e-2, 0.1]),
)
def test_steps_are_those_of_the_equations(cls, rule, options, seed, scale, rate):
    random = np.random.default_rng(seed)
    start = random.normal(size=3).astype(np.float32)
    gradients = (scale * random.normal(size=(8, 3))).astype(np.float32)
    got = run(cls(rate, **options), start, gradients)
    for column, w in enumerate(start.tolist()):
        state = {}
        for state["t"], g in enumerate(gradients[:, column].tolist(), start=1):
            w = rule(w, g, state, rate, **options)
        assert got[column] == pytest.approx(w, rel=1e-5, abs=1e-5)
    assert got.dtype == np.float32


# The result of three steps from w = 1 with the gradients 1, -0.5, 2 and Keras 3.15's defaults.
KERAS = {
    "sgd": 0.975000024,
    "adam": 0.998075604,
    "adamw": 0.998063624,
    "rmsprop": 0.995493591,
    "adagrad": 0.998612225,
    "adadelta": 0.999997556,
    "adamax": 0.998353839,
    "nadam": 0.998381913,
}


@pytest.mark.parametrize(("name", "expected"), KERAS.items())
def test_steps_are_those_of_keras(name, expected):
    slopes = np.array([[1.0], [-0.5], [2.0]], np.float32)
    got = run(optimizers.get(name), np.ones(1, np.float32), slopes)
    assert got[0] == pytest.approx(expected, abs=2e-7)


@pytest.mark.parametrize("make", EVERY)
def test_a_step_allocates_nothing(make):
    size = 20_000
    optimizer = make(clipnorm=1.0)
    optimizer.build_slots(size, [slice(0, 9_000), slice(9_000, size)])
    parameters, gradients = np.ones((2, size), np.float32)
    optimizer.step(parameters, gradients)
    peaks = []
    for _ in range(3):  # other threads of a test run allocate, too
        tracemalloc.start()
        optimizer.step(parameters, gradients)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert min(peaks) < size  # bytes: far less than one buffer


@pytest.mark.parametrize("make", EVERY)
def test_zero_gradients_and_zero_parameters(make):
    empty = run(make(clipnorm=1.0), np.empty(0, np.float32), np.empty((2, 0), np.float32))
    assert empty.shape == (0,)
    if make.func is optimizers.Ftrl:  # it doesn't depend on the initial weights
        return
    still = run(make(weight_decay=0.0), np.ones(2, np.float32), np.zeros((3, 2), np.float32))
    assert np.array_equal(still, [1, 1])


def test_a_step_of_lamb_is_the_rate_times_the_norm_of_each_variable():
    optimizer = optimizers.Lamb(0.1)
    optimizer.build_slots(5, [slice(0, 2), slice(2, 4), slice(4, 5)])
    parameters = np.array([3, 4, 0, 0, 5], np.float32)
    before = parameters.copy()
    optimizer.step(parameters, np.array([1, -1, 1, 1, 0], np.float32))
    moved = before - parameters
    # Adam's first step is the sign of the slope: lengths of sqrt(2), and ratios of 5/sqrt(2) and 1.
    expected = np.array([1, -1]) * 0.1 * 5 / math.sqrt(2)
    assert moved[:2] == pytest.approx(expected, rel=1e-4)
    assert moved[2:4] == pytest.approx([0.1, 0.1], rel=1e-4)  # the norm of these weights is 0


def test_a_step_of_adafactor_by_hand():
    optimizer = optimizers.Adafactor(0.1, clip_threshold=0.5)
    kernel, bias = Weight([[1.0, 1.0], [1.0, 1.0]], name="kernel"), Weight([0.0], name="bias")
    optimizer.apply([np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([3.0])], [kernel, bias])
    # The squares are the product of their means by row and column, so that u is 1 everywhere,
    # and 0.5 after it is clipped; a weight of 0 counts as 0.001.
    np.testing.assert_allclose(kernel.numpy(), 1 - 0.1 * 0.5, rtol=1e-6)
    np.testing.assert_allclose(bias.numpy(), -0.1 * 0.001 * 0.5, rtol=1e-6)
    np.testing.assert_allclose(optimizer.slots["rows"], [2.5, 10, 0])
    np.testing.assert_allclose(optimizer.slots["columns"], [2.5, 10, 0])


def test_adafactor_keeps_one_number_for_each_row_and_column():
    optimizer = optimizers.Adafactor()
    shapes = [(5, 7), (3, 2, 4), (6,)]
    weights = [Weight(np.zeros(shape), name="w") for shape in shapes]
    optimizer.apply([np.ones(shape) for shape in shapes], weights)
    sizes = {slot: buffer.size for slot, buffer in optimizer.slots.items()}
    assert sizes == {"rows": 5 + 6 + 1, "columns": 7 + 12 + 1, "velocity": 35 + 24 + 6}
