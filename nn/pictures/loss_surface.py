"""A loss over a plane through its parameters, with the path of a descent on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn.argument_checks import keywords_checked
from nn.pictures.curves import figure_of, places_for
from nn.pictures.style import COLORS, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["loss_surface"]

_MARGIN = 0.25  # around the path, of its size
_LEVELS = 18
_RATIO = 100.0  # between the losses, from which on the levels are logarithmic


@keywords_checked
@styled
def loss_surface(
    f: Callable[[Any], Any],
    w: Any,
    directions: Sequence[Any] | None = None,
    path: Sequence[Any] | None = None,
    span: float | None = None,
    points: int = 41,
    seed: int = 0,
    ax: Axes | None = None,
) -> Figure:
    """Draw the levels of ``f(w + a · d₁ + b · d₂)`` over a and b, and return the figure.

    Without directions, they are those in which the path is longest, the first two principal
    components (Li et al. 2018, section 7.2); without a path as well, two random ones.

    Args:
        f: returns a number.
        w: the parameters in the middle: an array, or a structure of arrays.
        directions: two, each like ``w``.
        path: the parameters at the steps of a descent, each like ``w``; drawn on the plane.
        span: how far a and b go in each direction; by default as far as the path, or 1.
        points: in each direction.
        seed: of random directions.
        ax: the axes to draw on; new ones by default.

    Raises:
        ModuleNotFoundError: matplotlib isn't installed.
        ValueError: there aren't two directions, or they point the same way.

    >>> import numpy as np, autodiff as ad, nn
    >>> f = lambda w: w[0] ** 2 + 10 * w[1] ** 2
    >>> path = [np.array([3.0, 1.0])]
    >>> for _ in range(20):
    ...     path.append(path[-1] - 0.08 * ad.grad(f)(path[-1]))
    >>> figure = nn.pictures.loss_surface(f, path[-1], [np.array([1, 0]), np.array([0, 1])], path)
    >>> figure.axes[0].get_title()
    'the loss on a plane, which holds 100% of the path'
    """
    middle, restore = ad.ravel(w)
    middle = np.asarray(middle, float)
    steps = np.array([_vector(step) for step in path]) if path is not None else None
    plane = _plane(middle, directions, steps, seed)
    places = (
        None if steps is None else np.linalg.lstsq(plane.T, (steps - middle).T, rcond=None)[0].T
    )
    (first_low, first_high), (second_low, second_high) = _ends(places, span)
    first = np.linspace(first_low, first_high, points)
    second = np.linspace(second_low, second_high, points)
    with np.errstate(all="ignore"):
        losses = [
            [_loss(f, restore, middle + np.array([a, b]) @ plane) for a in first] for b in second
        ]
    (axes,) = drawn = places_for(1, ax)
    _draw_levels(axes, first, second, np.array(losses, float))
    title = "the loss on a plane"
    if steps is not None and places is not None:
        axes.plot(*places.T, color=COLORS[1], marker="o", markersize=3, label="path")
        axes.plot(*places[0], color=COLORS[1], marker="s", markersize=8)
        title += f", which holds {_share(steps - middle, places @ plane):.0%} of the path"
    axes.set_title(title)
    axes.set_xlabel("along the first direction")
    axes.set_ylabel("along the second direction")
    axes.grid(visible=False)
    return figure_of(drawn)


def _vector(value: Any) -> np.ndarray:
    return np.asarray(ad.ravel(value)[0], float)


def _loss(f: Callable[[Any], Any], restore: Callable[[Any], Any], vector: np.ndarray) -> float:
    return float(np.asarray(f(restore(vector))))


def _plane(
    middle: np.ndarray, directions: Sequence[Any] | None, steps: np.ndarray | None, seed: int
) -> np.ndarray:
    """Return two directions, one a row."""
    if directions is not None:
        plane = np.array([_vector(direction) for direction in directions])
    elif steps is not None and len(steps) > 2:
        plane = np.linalg.svd(steps - middle, full_matrices=False)[2][:2]
    else:
        plane = np.random.default_rng(seed).normal(size=(2, middle.size))
        plane /= np.linalg.norm(plane, axis=1, keepdims=True)
    if plane.shape != (2, middle.size) or np.linalg.matrix_rank(plane) < 2:
        raise ValueError(
            f"expected two directions of {middle.size} numbers that don't point the same way, "
            f"got {len(plane)} of shape {plane.shape[1:]}. Pass directions=[d1, d2], each like w, "
            "of at least two numbers."
        )
    return plane


def _ends(places: np.ndarray | None, span: float | None) -> list[tuple[float, float]]:
    """Return the lowest and highest coefficient of each direction."""
    if span is not None or places is None:
        size = 1.0 if span is None else float(span)
        return [(-size, size)] * 2
    around = np.vstack([places, np.zeros(2)])
    low, high = around.min(0), around.max(0)
    margin = _MARGIN * max(float(np.max(high - low)), 1e-6)
    return [(float(a - margin), float(b + margin)) for a, b in zip(low, high, strict=True)]


def _draw_levels(axes: Axes, first: np.ndarray, second: np.ndarray, losses: np.ndarray) -> None:
    """Draw the levels, logarithmic ones if losses differ much and are positive."""
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        raise ValueError(
            "expected finite losses on the plane, got none. Pass a smaller span, or other weights."
        )
    low, high = float(finite.min()), float(finite.max())
    is_log = low > 0 and high > _RATIO * low
    levels = np.geomspace(low, high, _LEVELS) if is_log else np.linspace(low, high, _LEVELS)
    if high == low:
        levels = np.array([low - 1, low + 1])
    shown = np.ma.masked_invalid(losses)
    filled = axes.contourf(first, second, shown, levels=levels, extend="both")
    bar = axes.figure.colorbar(filled, ax=axes, format="%.3g")
    bar.set_label("loss")


def _share(offsets: np.ndarray, projected: np.ndarray) -> float:
    """Return the part of the squared lengths that lies in the plane."""
    whole = float(np.sum(offsets**2))
    return float(np.sum(projected**2)) / whole if whole else 1.0
