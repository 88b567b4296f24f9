"""Losses on planes: their levels, and paths on them."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import autodiff as ad
from nn.pictures import loss_surface


@pytest.fixture(autouse=True)
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


def drawn(*args, **options):
    """Return the levels, and the ends of the plane."""
    axes = loss_surface(*args, **{"points": 5, **options}).axes[0]
    return axes.collections[0].levels, (*axes.get_xlim(), *axes.get_ylim())


def square(w):
    return w @ w


PLANE = [[1, 0], [0, 1]]


@pytest.mark.slow
def test_the_plane_reaches_as_far_as_the_span_or_the_path():
    zero = np.zeros(2)
    assert drawn(square, zero, PLANE)[1] == (-1, 1, -1, 1)
    assert drawn(square, zero, PLANE, span=2.5)[1] == (-2.5, 2.5, -2.5, 2.5)
    path = [np.array([3.0, 1.0]), np.array([-1.0, -1.0])]
    assert drawn(square, zero, PLANE, path)[1] == (-2, 4, -2, 2)  # a quarter of 4 on each side
    assert drawn(square, zero, PLANE, path, span=6)[1] == (-6, 6, -6, 6)
    assert drawn(square, zero, PLANE, [zero])[1] == pytest.approx([-2.5e-7, 2.5e-7] * 2)


@pytest.mark.slow
def test_levels_are_logarithmic_where_losses_differ_much():
    zero = np.zeros(2)
    even = drawn(lambda w: square(w) + 0.0201, zero, PLANE)[0]  # from 0.02 to 2.02
    np.testing.assert_allclose(even, np.geomspace(0.0201, 2.0201, 18)[:, None].ravel())
    np.testing.assert_allclose(drawn(square, zero, PLANE)[0], np.linspace(0, 2, 18))
    below = drawn(lambda w: square(w) + 0.03, zero, PLANE)[0]
    np.testing.assert_allclose(below, np.linspace(0.03, 2.03, 18))
    np.testing.assert_array_equal(drawn(lambda w: 3.0, zero, PLANE)[0], [2, 4])
    assert drawn(lambda w: np.nan if w[0] > 0 else square(w), zero, PLANE)[0][-1] == 2
    with pytest.raises(ValueError, match="expected finite losses"):
        loss_surface(lambda w: np.inf, zero, PLANE, points=3)


@pytest.mark.slow
def test_losses_are_those_at_the_points_of_the_plane():
    seen = []
    loss_surface(lambda w: seen.append(w) or square(w), np.ones(2), [[1, 0], [0, 2]], points=3)
    rows = np.array(seen).tolist()
    assert rows == [[1 + a, 1 + 2 * b] for b in (-1, 0, 1) for a in (-1, 0, 1)]
    seen.clear()
    loss_surface(lambda w: seen.append(w) or square(w), np.ones(2), PLANE)
    assert len(seen) == 41**2


@pytest.mark.slow
def test_directions_are_drawn_from_the_seed_without_a_path_that_is_long_enough():
    def points(**options):
        seen = []
        loss_surface(lambda w: seen.append(w) or square(w), np.zeros(3), points=2, **options)
        return np.array(seen)

    first = points()
    np.testing.assert_array_equal(first, points(seed=0))
    assert not np.allclose(first, points(seed=1))
    steps = (first[1] - first[0], first[2] - first[0])
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 2)  # of unit length, from -1 to 1
    short = points(path=[np.ones(3), np.zeros(3)], span=1)
    np.testing.assert_array_equal(first, short)
    assert not np.allclose(first, points(path=[np.ones(3), np.eye(3)[0], np.zeros(3)], span=1))


def test_levels_are_drawn_on_the_axes_passed():
    own = mpl.figure.Figure().subplots()
    figure = loss_surface(square, np.zeros(2), PLANE, points=3, ax=own)
    assert figure is own.figure
