"""Batch renormalization, beside the formulas of Ioffe (2017) over several batches."""

import numpy as np
import pytest

from nn.layers import BatchNormalization

EPSILON, MOMENTUM, SLOWER = 0.01, 0.7, 0.6
STATES = ("mean", "stddev", "renorm_mean", "renorm_stddev", "variance")


def outputs_by_hand(batches, bounds, start):
    """Yield the outputs of each batch in training, and then the averages after it."""
    stddev = np.sqrt(start)
    mean, slow, slow_stddev = np.zeros(3), np.zeros(3), stddev
    for x in batches:
        now, deviation = x.mean((0, 1)), np.sqrt(x.var((0, 1)) + EPSILON)
        past = np.maximum(slow_stddev, np.sqrt(EPSILON))
        r = np.clip(deviation / past, bounds.get("rmin", 0), bounds.get("rmax", np.inf))
        most = bounds.get("dmax", np.inf)
        d = np.clip((now - slow) / past, -most, most)
        outputs = (x - now) / deviation * r + d
        slow = slow * SLOWER + now * (1 - SLOWER)
        slow_stddev = slow_stddev * SLOWER + deviation * (1 - SLOWER)
        mean = mean * MOMENTUM + now * (1 - MOMENTUM)
        stddev = stddev * MOMENTUM + deviation * (1 - MOMENTUM)
        yield outputs, (mean, stddev, slow, slow_stddev, np.maximum(stddev**2 - EPSILON, 0))


@pytest.mark.parametrize(
    "bounds",
    [{}, {"rmin": 1.2}, {"rmax": 0.8}, {"dmax": 0.5}, {"rmin": 0.5, "rmax": 1.5, "dmax": 0.1}],
    ids=str,
)
@pytest.mark.parametrize(("start", "scaling"), [(1.0, (True, True)), (0.0, (False, True)),
                                               (1.0, (True, False))])  # fmt: skip
def test_outputs_and_averages_over_several_batches(bounds, start, scaling):
    rng = np.random.default_rng(0)
    batches = [rng.normal(k - 1, [0.5, 1, 2], (4, 5, 3)).astype(np.float32) for k in range(4)]
    layer = BatchNormalization(
        momentum=MOMENTUM,
        epsilon=EPSILON,
        moving_variance_initializer="ones" if start else "zeros",
        renorm=True,
        renorm_clipping=bounds,
        renorm_momentum=SLOWER,
        scale=scaling[0],
        center=scaling[1],
    )
    layer.build((None, 5, 3))
    gamma, beta = np.float32([0.5, 2, 3]), np.float32([1, -1, 0.5])
    for weight, value in ((layer.gamma, gamma), (layer.beta, beta)):
        if weight is not None:
            weight.assign(value)
    gamma, beta = np.where(scaling[0], gamma, 1), np.where(scaling[1], beta, 0)
    for x, (outputs, averages) in zip(
        batches, outputs_by_hand(batches, bounds, np.full(3, start)), strict=True
    ):
        expected = outputs * gamma + beta
        np.testing.assert_allclose(layer(x, training=True), expected, rtol=2e-4, atol=2e-5)
        found = (
            layer.moving_mean, layer.moving_stddev, layer.renorm_mean, layer.renorm_stddev,
            layer.moving_variance,
        )  # fmt: skip
        for name, weight, average in zip(STATES, found, averages, strict=True):
            np.testing.assert_allclose(weight, average, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("bounds", "is_sound"),
    [
        ({"rmin": 0.5}, True),
        ({"rmax": 0.0}, True),
        ({"rmin": 1.0, "rmax": 1.0, "dmax": 0.0}, True),
        ({"rmax": -0.1}, False),
        ({"rmin": 1.1, "rmax": 1.0, "dmax": 1.0}, False),
        ({"rmin": 0.5, "dmax": -0.1}, False),
    ],
)
def test_bounds_that_leave_nothing_between_them(bounds, is_sound):
    if is_sound:
        assert BatchNormalization(renorm=True, renorm_clipping=bounds).renorm_clipping == bounds
        return
    with pytest.raises(ValueError, match="rmin up to rmax and dmax of at least 0"):
        BatchNormalization(renorm=True, renorm_clipping=bounds)
