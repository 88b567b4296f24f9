"""A solution and its change along a random direction."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
from autodiff.scipy.called import Called
from autodiff.scipy.integrate.tangent import Tangent


def test_the_change_is_that_of_the_state_the_arguments_and_what_is_closed_over():
    a, b = ad.tensor([2.0, 3.0]), ad.tensor(0.5)

    def f(t, y, a):
        return a * y + b * t

    t, y, change = 4.0, np.array([1.0, -2.0]), np.array([0.25, 0.125])
    called = Called(f, (a,))
    called(t, y, *called.more)  # which finds b
    tangent = Tangent(f, called, tuple, y, 1e-6, 1e-9)
    (change_of_a,), (change_of_b,) = tangent.directions, tangent.closed.values()
    slope, moved = np.split(tangent(t, np.concatenate([y, change])), 2)
    np.testing.assert_allclose(slope, [4.0, -4.0])
    np.testing.assert_allclose(moved, [2, 3] * change + change_of_a * y + change_of_b * t)
