"""Draw a computation: every value, every slope, and the operations between them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, overload

from autodiff.show.drawing import Drawing
from autodiff.show.folding import outline
from autodiff.show.picture import picture
from autodiff.show.terminal import text_of
from autodiff.show.working import check_subject, of_function, of_tensor
from autodiff.tensor import Tensor

__all__ = ["Drawn", "draw"]


class Drawn:
    """A function that draws what another one does: of the same arguments, answers a Drawing."""

    def __init__(
        self, f: Callable[..., Any], argnums: int | Sequence[int] | None, depth: int | None
    ) -> None:
        functools.update_wrapper(self, f)
        self._f, self._argnums, self._depth = f, argnums, depth

    def __call__(self, *args: Any, **kwargs: Any) -> Drawing:
        """Run the function and draw it."""
        return picture(of_function(self._f, self._argnums, args, kwargs), self._depth)

    def text(self, *args: Any, **kwargs: Any) -> str:
        """Draw with plain text, for a terminal."""
        working = of_function(self._f, self._argnums, args, kwargs)
        return text_of(working, outline(working, self._depth))


@overload
def draw(subject: Tensor, argnums: None = None, depth: int | None = None) -> Drawing: ...
@overload
def draw(
    subject: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
) -> Drawn: ...
def draw(
    subject: Callable[..., Any] | Tensor,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
) -> Drawing | Drawn:
    """Draw what a function does with its arguments, or what a Tensor was computed from.

    Args:
        subject: a function of plain NumPy code: ``ad.draw(loss)(weights, x)`` runs it. Or a Tensor
            computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes; by default the first one, and every
            other that holds floats. (An integer may be a size or an index, so it stays one.)
        depth: how many levels of scopes (layers) are opened; by default the innermost are closed,
            and more than 200 values are folded where they repeat. (A page, ``.save("page.html")``,
            opens all by default.)

    Returns:
        A :class:`Drawing`, which notebooks show and ``.save("picture.svg")`` writes to a file; for
        a function, the function that makes it, whose ``.text(...)`` writes it for a terminal. Where
        the result isn't a single number, the slopes are those of the sum of its entries.

    Raises:
        TypeError: not a function or Tensor, or something in it isn't numeric.
        ValueError: too much to show.

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
        return picture(of_tensor(subject), depth)
    return Drawn(subject, argnums, depth)
