"""Draw a computation: every value, every slope, and the operations between them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, overload

import numpy as np

from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.display.deferred import Deferred
from autodiff.display.picture.drawing import Drawing
from autodiff.display.picture.folding import outline
from autodiff.display.picture.images import Images
from autodiff.display.picture.picture import picture
from autodiff.display.picture.terminal import text_of
from autodiff.display.slides.steps import Steps
from autodiff.display.working.data import of_function_with_data
from autodiff.display.working.noise import without_noise
from autodiff.display.working.working import Working, check_subject, of_tensor

__all__ = ["Drawn", "draw", "drawing_of"]

_OTHER_RESULT = ("The data", "another run of your code gave another result")


class Drawn(Deferred[Drawing]):
    """A function with the same arguments as ``f`` that returns its Drawing."""

    def __init__(
        self,
        f: Function,
        argnums: int | Sequence[int] | None,
        depth: int | None,
        images: Mapping[str, Images],
        fold: bool | None,
    ) -> None:
        super().__init__(
            "draw", f, argnums, lambda working: drawing_of(working, depth, fold, images)
        )
        self._depth, self._images, self._fold = depth, images, fold

    def __call__(self, /, *args: Any, **kwargs: Any) -> Drawing:
        """Run the function and draw its computation; a page of it runs it once more."""
        working = self._run(args, kwargs)

        def page() -> str:
            again = of_function_with_data(self._f, self._argnums, args, kwargs)
            if not _agree(again, working):
                again = dataclasses.replace(working, held=[_OTHER_RESULT])
            return _page(again, self._depth, self._fold)

        shown = without_noise(working)
        steps = functools.partial(_steps, shown, self._depth, self._fold)
        return picture(shown, self._depth, page, steps, self._images, self._fold)

    def text(self, /, *args: Any, **kwargs: Any) -> str:
        """Draw as plain text, for a terminal."""
        working = without_noise(self._run(args, kwargs))
        return text_of(working, outline(working, self._depth, fold=self._fold))


@overload
def draw(
    subject: Tensor,
    argnums: None = None,
    depth: int | None = None,
    images: Mapping[str, Images] | None = None,
    fold: bool | None = None,
) -> Drawing: ...
@overload
def draw(
    subject: Function,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
    images: Mapping[str, Images] | None = None,
    fold: bool | None = None,
) -> Drawn: ...
def draw(
    subject: Function | Tensor,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
    images: Mapping[str, Images] | None = None,
    fold: bool | None = None,
) -> Drawing | Drawn:
    """Draw the computation of a function on its arguments, or of a Tensor.

    Args:
        subject: a function of plain NumPy code: ``ad.draw(loss)(weights, x)`` runs it. Or a Tensor
            computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes; by default the first one, and every
            other that holds floats. (Integers may be sizes or indices, so they stay integers.)
        depth: how many levels of scopes (layers) are opened; by default the innermost are closed,
            those made with ``folded=True`` too, and more than 200 values are folded where they
            repeat. (A page, ``.save("page.html")``, opens all but layers by default.)
        images: from the names of values to functions that return them as images, of shape (number,
            height, width): these values, and their slopes, are shown as small images.
        fold: whether the rounds of a loop are shown as one box, at any size; by default only where
            there are more than 200 values. False folds nothing.

    Returns:
        A :class:`Drawing`, which notebooks display and ``.save("picture.svg")`` writes to a file;
        its ``.steps()`` are pictures of one step each, for slides.
        For a function, a function that returns it, whose ``.text(...)`` returns plain text. If the
        result isn't a single number, the slopes are those of the sum of its entries.

    Raises:
        TypeError: not a function or Tensor, or a value in it isn't numeric.
        ValueError: there is too much to show.

    >>> import numpy as np, autodiff as ad
    >>> ad.draw(lambda x, y: x * y + np.sin(x))(2.0, 3.0)
    <Drawing of result = 6.909: .save('picture.svg') writes it to a file>
    >>> print(ad.draw(lambda x, y: x * y).text(2.0, 3.0))
    result = 6
    slope: how much result changes per unit change of the value
    <BLANKLINE>
    x              = 2  slope +3
    y              = 3  slope +2
    result = x · y = 6  slope +1
        ∂result/∂x = y = 3
        ∂result/∂y = x = 2
    """
    check_subject(subject, "draw")
    if isinstance(subject, Tensor):
        return drawing_of(of_tensor(subject), depth, fold, images or {})
    return Drawn(subject, argnums, depth, images or {}, fold)


def drawing_of(
    working: Working,
    depth: int | None,
    fold: bool | None = None,
    images: Mapping[str, Images] = MappingProxyType({}),
) -> Drawing:
    """Draw a computation that was recorded."""
    shown = without_noise(working)
    page = functools.partial(_page, working, depth, fold)
    steps = functools.partial(_steps, shown, depth, fold)
    return picture(shown, depth, page, steps, images, fold)


def _agree(again: Working, working: Working) -> bool:
    """Return whether two runs had the same results; random draws and edited arguments change."""
    both = [[node.value for node in run.results] for run in (again, working)]
    return len(both[0]) == len(both[1]) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-5, equal_nan=True)
        for a, b in zip(*both, strict=True)
    )


def _steps(working: Working, depth: int | None, fold: bool | None) -> Steps:
    from autodiff.display.slides.staging import scene_of  # rarely needed

    return Steps(scene_of(working, depth, fold))


def _page(working: Working, depth: int | None, fold: bool | None) -> str:
    from autodiff.display.page.page import page_of  # rarely needed

    return page_of(working, depth, fold)
