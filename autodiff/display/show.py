"""Show a computation one step at a time: in the browser, or in the cell of a notebook."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import overload

from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.display.deferred import Deferred
from autodiff.display.draw import drawing_of
from autodiff.display.notebook import ShownPage, in_notebook, inline_page
from autodiff.display.page.page import page_of
from autodiff.display.picture.rendering import can_render
from autodiff.display.working.data import of_function_with_data
from autodiff.display.working.working import Working, check_subject, of_tensor

__all__ = ["show"]


@overload
def show(
    subject: Tensor,
    argnums: None = None,
    depth: int | None = None,
    fold: bool | None = None,
) -> Path: ...
@overload
def show(
    subject: Function,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
    fold: bool | None = None,
) -> Callable[..., Path]: ...
def show(
    subject: Function | Tensor,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
    fold: bool | None = None,
) -> Path | Callable[..., Path]:
    """Open a page that steps through a computation: values forward, then slopes backward.

    In a notebook, the page is shown below the cell; otherwise in the browser. Any number among the
    arguments, data as well as weights, can be changed there; the change of the result stands beside
    the one that the slopes predict.

    Args:
        subject: a function of plain NumPy code: ``ad.show(loss)(weights, x)`` runs it. Or a Tensor
            computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes, as for :func:`autodiff.draw`.
        depth: how many levels of scopes (layers) are opened; by default all but layers, unless
            there are more than 200 values, which are folded where they repeat.
        fold: whether the rounds of a loop are shown as one box, at any size, as for
            :func:`autodiff.draw`.

    Returns:
        The path of the page, a single file in the system's temporary folder. For a function, a
        function that returns it. To choose the path: ``ad.draw(loss)(weights, x).save("x.html")``.

    Raises:
        TypeError: not a function or Tensor, or a value in it isn't numeric.

    >>> import autodiff as ad
    >>> def square(x):
    ...     return x**2
    >>> ad.show(square)  # ad.show(square)(3.0) opens the page
    <show of square (...:1), not run yet: write ad.show(square)(x)>
    """
    check_subject(subject, "show")
    if isinstance(subject, Tensor):
        return _open(of_tensor(subject), depth, fold)
    return Deferred(
        "show", subject, argnums, lambda working: _open(working, depth, fold), of_function_with_data
    )


def _open(working: Working, depth: int | None, fold: bool | None) -> Path:
    """Write the page to a file; show it in the notebook's cell, or else in the browser."""
    path = ShownPage(Path(tempfile.mkdtemp(prefix="slopes_")) / "slopes.html")
    page = page_of(working, depth, fold)
    path.write_text(page, encoding="utf-8")
    if in_notebook():
        from IPython.display import display  # the notebook's, so it is there

        image = drawing_of(working, depth, fold).png() if can_render() else None
        words = f"<page of {working.subject}: {path}>"
        display({"text/html": inline_page(page, image), "text/plain": words}, raw=True)
    else:
        webbrowser.open(path.as_uri())
    return path
