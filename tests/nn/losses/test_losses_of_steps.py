"""The losses of steps, along an axis between rows and classes, are those of each step."""

import numpy as np
import pytest

from nn import losses
from tests.nn.losses.test_every_loss import CASES

OF_STEPS = [
    (name, data, options)
    for name, cases in CASES.items()
    for data, options in cases
    if "axis" not in options and data[1].ndim == 2
]


@pytest.mark.parametrize(("name", "data", "options"), OF_STEPS, ids=lambda x: str(x)[:20])
def test_steps_have_their_own_losses(name, data, options):
    loss = getattr(losses, name)(reduction=None, **options)
    first, second = data, tuple(x[::-1].copy() for x in data)
    together = loss(*(np.stack(pair, axis=1) for pair in zip(first, second, strict=True)))
    assert together.shape == (len(data[0]), 2)
    np.testing.assert_allclose(together[:, 0], loss(*first), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(together[:, 1], loss(*second), rtol=1e-5, atol=1e-6)
