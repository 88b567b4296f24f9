"""Ask for the slopes of a function, and judge the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.display.deferred import Deferred
from autodiff.display.page.html_page import HtmlPage
from autodiff.display.page.quiz import quiz_of
from autodiff.display.working.working import Working, check_subject, of_tensor

__all__ = ["quiz"]


@overload
def quiz(subject: Tensor, argnums: None = None) -> HtmlPage: ...
@overload
def quiz(
    subject: Function, argnums: int | Sequence[int] | None = None
) -> Callable[..., HtmlPage]: ...
def quiz(
    subject: Function | Tensor, argnums: int | Sequence[int] | None = None
) -> HtmlPage | Callable[..., HtmlPage]:
    """Return a page that asks for the slopes of a computation, from the result backward.

    It shows the values, and hides the slopes until they are found. Answers are numbers or formulas
    of the values' names. A wrong one is judged as by :func:`autodiff.check_slope`: a factor that is
    missing, a flipped sign, a term left out. Hints come one step at a time, and cost points.

    Args:
        subject: a function of plain NumPy code: ``ad.quiz(loss)(weights, x)`` runs it. Or a Tensor
            computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes, as for :func:`autodiff.draw`.

    Returns:
        A page, which notebooks display; ``.show()`` opens it in the browser, ``.save("quiz.html")``
        writes a file. For a function, a function that returns it.

    Raises:
        TypeError: not a function or Tensor, or a value in it isn't numeric.
        ValueError: there are no slopes to ask for, or too many values to show.

    >>> import numpy as np, autodiff as ad
    >>> def loss(weights, x, target):
    ...     error = (weights * x).sum() - target
    ...     return error ** 2
    >>> ad.quiz(loss)(np.array([0, 2, 1]), np.array([1, 2, 3]), 0)
    <quiz about loss: .save('page.html') writes it to a file, .show() opens it>
    """
    check_subject(subject, "quiz")
    if isinstance(subject, Tensor):
        return _page(of_tensor(subject))
    return Deferred("quiz", subject, argnums, _page)


def _page(working: Working) -> HtmlPage:
    text = quiz_of(working)
    return HtmlPage(f"quiz about {working.subject}", lambda: text)
