"""Steps outside of ``fit``: gradients and weights in pairs, constraints, and what is refused."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.constraints import NonNeg
from nn.layers import Weight
from nn.optimizers import SGD, AdamW, Ftrl, Muon


def weights():
    return [Weight([1.0, 2.0], name="a"), Weight([[3.0]], name="b")]


SLOPES = [np.array([2.0, -2.0]), np.array([[4.0]])]


def values(found):
    return [weight.numpy().tolist() for weight in found]


def test_gradients_come_with_weights_or_in_pairs():
    first, second = weights(), weights()
    one, other = SGD(0.5, momentum=0.5), SGD(0.5, momentum=0.5)
    one.apply(SLOPES, first)
    one.apply(SLOPES)  # to the same weights
    for _ in range(2):
        other.apply_gradients(zip(SLOPES, second, strict=True))
    assert values(first) == values(second) == [[-1.5, 4.5], [[-2.0]]]
    assert one.iterations == other.iterations == 2


def test_constraints_hold_after_a_step():
    weight = Weight([1.0, 2.0], name="a", constraint=NonNeg())
    SGD(1.0).apply([np.array([3.0, 1.0])], [weight])
    assert weight.numpy().tolist() == [0, 1]


def test_gradients_that_do_not_fit_are_refused():
    optimizer, found = SGD(0.5), weights()
    for slopes, message in (
        (SLOPES[:1], "a gradient for each weight, got 1 for 2"),
        ([SLOPES[0], None], r"shape \(1, 1\) for 'b', got None"),
        ([SLOPES[0], np.ones(1)], r"shape \(1, 1\) for 'b', got shape \(1,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.apply(slopes, found)
    traced = nn.layers.weight.bound(found[:1], [ad.tensor([1.0, 2.0])])
    with traced, pytest.raises(TypeError, match="'a' while bound to a traced value"):
        optimizer.apply(SLOPES, found)
    assert values(found) == values(weights())
    optimizer.apply(SLOPES, found)
    with pytest.raises(ValueError, match="the 3 parameters that 'sgd' was built for, got 2 others"):
        optimizer.apply(SLOPES[:1], found[:1])
    with pytest.raises(ValueError, match="got 3 others"):
        optimizer.apply(SLOPES, weights())


def test_buffers_that_do_not_fit_are_refused():
    optimizer = SGD(0.5)
    three = np.zeros(3, np.float32)
    with pytest.raises(RuntimeError, match="'sgd' to be built before its first step"):
        optimizer.step(three, three)
    optimizer.build_slots(3, [slice(0, 3)])
    optimizer.build_slots(3, [slice(0, 3)])
    for parameters, gradients in ((three[:2], three), (three, three[:2])):
        with pytest.raises(ValueError, match=r"parameters and gradients of shape \(3,\), got"):
            optimizer.step(parameters, gradients)
    with pytest.raises(ValueError, match="the 3 parameters"):
        optimizer.build_slots(3, [slice(0, 2), slice(2, 3)])


def test_a_rate_of_0_changes_nothing_of_ftrl():
    found = weights()
    optimizer = Ftrl(0.0)
    optimizer.apply(SLOPES, found)
    assert values(found) == values(weights())
    assert not optimizer.slots["linear"].any()


@pytest.mark.parametrize("kind", [AdamW, Muon])
def test_weights_that_are_excluded_do_not_decay(kind):
    decays = {"weight_decay": 0.5} | ({"adam_weight_decay": 0.25} if kind is Muon else {})
    optimizer = kind(0.1, **decays)
    found = [Weight(np.ones((2, 2)), name="kernel"), Weight(np.ones(2), name="bias")]
    optimizer.exclude_from_weight_decay(found[:1])
    optimizer.apply([np.zeros((2, 2)), np.zeros(2)], found)
    factor = 1 - 0.1 * (0.25 if kind is Muon else 0.5)
    np.testing.assert_allclose(found[0].numpy(), 1)
    np.testing.assert_allclose(found[1].numpy(), factor)


@pytest.mark.parametrize("options", [{"weight_decay": None}, {"adam_weight_decay": None}])
def test_muon_has_two_decays(options):
    found = [Weight(np.ones((2, 2)), name="kernel"), Weight(np.ones(2), name="bias")]
    optimizer = Muon(0.1, **{"weight_decay": 0.5, "adam_weight_decay": 0.25, **options})
    optimizer.apply([np.zeros((2, 2)), np.zeros(2)], found)
    kernel, bias = (weight.numpy().flat[0] for weight in found)
    assert kernel == pytest.approx(1 if "weight_decay" in options else 0.95)
    assert bias == pytest.approx(1 if "adam_weight_decay" in options else 0.975)


def test_the_rate_is_a_number_a_schedule_a_config_or_a_function():
    schedule = nn.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    config = nn.optimizers.schedules.serialize(schedule)
    for rate, expected in ((schedule, 0.25), (config, 0.25), (lambda: 0.125, 0.125), (0.5, 0.5)):
        optimizer = SGD(rate)
        optimizer.iterations = 1
        assert optimizer.learning_rate == optimizer.lr == expected
        assert ("learning_rate" in optimizer.get_state()) == (rate == 0.5)
    optimizer = SGD(schedule)
    with pytest.raises(TypeError, match="a schedule or a function as the learning rate"):
        optimizer.learning_rate = 0.5
    optimizer.learning_rate = lambda: 0.75
    assert optimizer.learning_rate == 0.75
    plain = SGD(0.5)
    plain.lr = 0.25
    assert plain.learning_rate == 0.25
    plain.learning_rate = config
    assert plain.learning_rate == 0.5


def test_which_steps_are_an_update_alone():
    assert SGD(0.5).is_plain
    for options in (
        {"clipnorm": 1.0}, {"clipvalue": 1.0}, {"global_clipnorm": 1.0}, {"weight_decay": 0.1},
        {"use_ema": True}, {"gradient_accumulation_steps": 2},
    ):  # fmt: skip
        assert not SGD(0.5, **options).is_plain
