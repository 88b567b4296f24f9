"""Schedules against Keras's numbers and their own properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.optimizers import schedules
from nn.saving import serialize_keras_object as serialize

STEPS = (0, 1, 4, 5, 9, 10, 30)

# The results of Keras 3.15 at STEPS.
KERAS = [
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6},
        [0.1, 0.0929624, 0.0746843, 0.06942832, 0.05185205, 0.04820291, 0.01120004],
    ),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6, "staircase": True},
        [0.1, 0.1, 0.1, 0.1, 0.06, 0.06, 0.01296],
    ),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6},
        [0.1, 0.09210526, 0.07446808, 0.07, 0.05645161, 0.05384615, 0.028],
    ),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6, "staircase": True},
        [0.1, 0.1, 0.1, 0.1, 0.0625, 0.0625, 0.02941176],
    ),
    (
        "PiecewiseConstantDecay",
        {"boundaries": [4, 9], "values": [0.1, 0.05, 0.01]},
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.01, 0.01],
    ),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "power": 2.0},
        [0.1, 0.08111111, 0.03777778, 0.02777778, 0.01, 0.01, 0.01],
    ),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 4, "cycle": True},
        [0.1, 0.075025, 0.0001, 0.0375625, 0.025075, 0.01675, 0.00634375],
    ),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 9, "alpha": 0.1},
        [0.1, 0.09728617, 0.06281417, 0.04718583, 0.01, 0.01, 0.01],
    ),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 9,
            "alpha": 0.1,
            "warmup_target": 0.5,
            "warmup_steps": 5,
        },
        [0.1, 0.18, 0.42, 0.5, 0.3140708, 0.2359291, 0.05],
    ),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 9, "warmup_target": 0.5},
        [0.5, 0.4849232, 0.293412, 0.2065879, 0.0, 0.0, 0.0],
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 3},
        [0.1, 0.075, 0.09330127, 0.075, 0.1, 0.09829629, 0.06913417],
    ),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 3,
            "t_mul": 1.0,
            "m_mul": 0.8,
            "alpha": 0.1,
        },
        [0.1, 0.0775, 0.064, 0.028, 0.05608, 0.04456001, 0.01966368],
    ),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 3,
            "t_mul": 1.5,
            "m_mul": 0.8,
            "alpha": 0.1,
        },
        [0.1, 0.0775, 0.0735776, 0.05225134, 0.06086208, 0.0502071, 0.03573254],
    ),
]

steps = st.integers(0, 10_000)
rates = st.floats(1e-3, 10)
spans = st.integers(1, 1000)


@pytest.mark.parametrize(("name", "config", "expected"), KERAS)
def test_rates_are_those_of_keras(name, config, expected):
    schedule = getattr(schedules, name)(**config)
    assert [schedule(step) for step in STEPS] == pytest.approx(expected, rel=2e-6, abs=1e-8)
    assert all(type(schedule(step)) is float for step in STEPS)
    assert schedules.get(serialize(schedule)).get_config() == schedule.get_config()
    renamed = {"CosineDecayRestarts": "SGDRDecay", "PiecewiseConstantDecay": "PiecewiseConstant"}
    assert schedule.name == renamed.get(name, name)
    assert getattr(schedules, name)(**config, name="mine").name == "mine"


@given(rates, spans, st.floats(0, 1), steps)
def test_a_staircase_equals_the_smooth_decay_at_its_last_edge(rate, span, decay, step):
    for cls in (schedules.ExponentialDecay, schedules.InverseTimeDecay):
        smooth, staircase = cls(rate, span, decay), cls(rate, span, decay, staircase=True)
        assert staircase(step) == pytest.approx(smooth(step // span * span))


@given(rates, spans, st.floats(0, 1), steps)
def test_decays_decrease_and_stay_in_range(rate, span, low, step):
    for schedule in (
        schedules.CosineDecay(rate, span, low),
        schedules.PolynomialDecay(rate, span, low * rate, power=2),
    ):
        assert schedule(0) == pytest.approx(rate)
        assert schedule(step + 1) <= schedule(step) * (1 + 1e-12)
        assert schedule(span + step) == pytest.approx(low * rate)


@given(st.integers(1, 50), st.sampled_from([1, 2, 3, 10]), st.integers(0, 3))
def test_every_restart_begins_at_its_maximum(first, t_mul, periods):
    schedule = schedules.CosineDecayRestarts(1.0, first, t_mul, m_mul=0.5)
    restart = first * sum(t_mul**period for period in range(periods))
    assert schedule(restart) == pytest.approx(0.5**periods)


@given(st.lists(st.integers(0, 99), min_size=1, unique=True).map(sorted), st.integers(0, 120))
def test_pieces_change_after_their_boundaries(boundaries, step):
    schedule = schedules.PiecewiseConstantDecay(boundaries, range(len(boundaries) + 1))
    assert schedule(step) == np.sum(step > np.array(boundaries))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.CosineDecay(0.1, 0), "decay_steps to be a finite number above 0, got 0"),
        (lambda: schedules.ExponentialDecay(-1, 9, 0.5), "initial_learning_rate to be .* got -1"),
        (lambda: schedules.CosineDecayRestarts(1, 9, t_mul=0.5), "t_mul to be at least 1, got 0.5"),
        (
            lambda: schedules.PiecewiseConstantDecay([1], [1]),
            "one more value than boundaries, got 1 values and 1 boundaries",
        ),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), "increase, got .2, 1."),
        (lambda: schedules.get("cosine_decai"), "a schedule that exists, got 'cosine_decai'"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
