"""Losses on planes: their levels, and paths on them."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import autodiff as ad
from nn.pictures import loss_surface


@pytest.fixture(autouse=True, scope="module")
def without_a_screen():
    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    plt.close("all")
    mpl.use(before)


def bowl(weights):
    return weights["a"] @ weights["a"] + 3 * weights["b"] ** 2


def descent(steps=12):
    weights = {"a": np.array([2.0, -1.0]), "b": 1.0}
    path = [weights]
    for _ in range(steps):
        slopes = ad.grad(bowl)(weights)
        weights = {name: weights[name] - 0.1 * slopes[name] for name in weights}
        path.append(weights)
    return path


def test_a_path_is_drawn_in_the_coefficients_of_the_directions():
    path = descent()
    directions = [{"a": [1.0, 0.0], "b": 0.0}, {"a": [0.0, 0.0], "b": 2.0}]
    axes = loss_surface(bowl, {"a": np.zeros(2), "b": 0.0}, directions, path, points=5).axes[0]
    drawn = np.array(axes.lines[0].get_data()).T
    np.testing.assert_allclose(drawn, [(w["a"][0], w["b"] / 2) for w in path], atol=1e-12)


def test_without_directions_the_plane_holds_the_path():
    path = descent()
    axes = loss_surface(bowl, path[-1], path=path, points=5).axes[0]
    assert axes.get_title().endswith("holds 100% of the path")


def test_what_the_plane_leaves_out_is_told():
    path = [np.array([1.0, 1.0, 1.0]), np.zeros(3)]
    axes = loss_surface(np.sum, np.zeros(3), [[1, 0, 0], [0, 1, 0]], path, points=3).axes[0]
    assert axes.get_title().endswith("holds 67% of the path")


def test_directions_must_span_a_plane():
    with pytest.raises(ValueError, match="expected two directions of 2 numbers"):
        loss_surface(np.sum, np.zeros(2), [[1, 0], [2, 0]])
