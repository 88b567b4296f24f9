"""Clipping by norm, by global norm and by value."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn.optimizers import SGD
from nn.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value

slopes = arrays(np.float64, 7, elements=st.floats(-100, 100))
limits = st.floats(0.01, 200)
SEGMENTS = [slice(0, 3), slice(3, 3), slice(3, 7)]


@given(slopes, limits)
def test_each_variable_keeps_its_direction_with_a_clipped_norm(gradients, limit):
    clipped = gradients.copy()
    clip_by_norm(clipped, SEGMENTS, limit)
    for segment in SEGMENTS:
        norm = np.linalg.norm(gradients[segment])
        assert np.linalg.norm(clipped[segment]) == pytest.approx(min(norm, limit))
        assert np.allclose(clipped[segment] * norm, gradients[segment] * min(norm, limit))


@given(slopes, limits)
def test_the_global_norm_is_that_of_one_variable(gradients, limit):
    one, all_together = gradients.copy(), gradients.copy()
    clip_by_norm(one, [slice(0, 7)], limit)
    clip_by_global_norm(all_together, limit)
    assert np.array_equal(one, all_together)


@given(slopes, limits)
def test_values_stay_in_range(gradients, limit):
    clipped = gradients.copy()
    clip_by_value(clipped, limit)
    assert clipped.tolist() == [max(-limit, min(limit, g)) for g in gradients]


def test_gradients_that_are_not_finite_are_not_hidden():
    gradients = np.array([1.0, math.nan, 2.0])
    clip_by_norm(gradients, [slice(0, 2), slice(2, 3)], 1.0)
    assert np.array_equal(gradients, [math.nan, math.nan, 1.0], equal_nan=True)
    for bad in (math.nan, math.inf):
        gradients = np.array([1.0, bad])
        clip_by_global_norm(gradients, 1.0)
        assert np.isnan(gradients).all()


@pytest.mark.parametrize(
    ("clip", "expected"),
    [
        ({"clipnorm": 1.0}, [-0.6, -0.8, -0.5]),
        ({"clipvalue": 1.0}, [-1.0, -1.0, -0.5]),
        ({"global_clipnorm": 1.0}, np.array([-3, -4, -0.5]) / math.sqrt(25.25)),
        ({}, [-3, -4, -0.5]),
    ],
)
def test_a_step_is_clipped(clip, expected):
    optimizer = SGD(1, **clip)
    optimizer.build_slots(3, [slice(0, 2), slice(2, 3)])
    parameters = np.zeros(3, np.float32)
    optimizer.step(parameters, np.array([3, 4, 0.5], np.float32))
    assert np.allclose(parameters, expected)
