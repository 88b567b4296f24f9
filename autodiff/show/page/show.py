"""Show a computation in the browser, one step at a time."""

from __future__ import annotations

import functools
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, overload

from autodiff.show.page.page import page_of
from autodiff.show.working import Working, check_subject, of_function, of_tensor
from autodiff.tensor import Tensor

__all__ = ["show"]


@overload
def show(subject: Tensor, argnums: None = None, depth: int | None = None) -> Path: ...
@overload
def show(
    subject: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
) -> Callable[..., Path]: ...
def show(
    subject: Callable[..., Any] | Tensor,
    argnums: int | Sequence[int] | None = None,
    depth: int | None = None,
) -> Path | Callable[..., Path]:
    """Open a page that steps through a computation: values forward, then slopes backward.

    Args:
        subject: a function of plain NumPy code: ``ad.show(loss)(weights, x)`` runs it. Or a Tensor
            computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes, as for :func:`autodiff.draw`.
        depth: how many levels of scopes (layers) are opened; by default all, unless there are more
            than 200 values, which are folded where they repeat.

    Returns:
        The path of the page, a single file in the system's folder for such; for a function, the
        function that makes it. To choose the place: ``ad.draw(loss)(weights, x).save("x.html")``.

    Raises:
        TypeError: not a function or Tensor, or something in it isn't numeric.
    """
    check_subject(subject, "show")
    if isinstance(subject, Tensor):
        return _opened(of_tensor(subject), depth)

    @functools.wraps(subject)
    def shown(*args: Any, **kwargs: Any) -> Path:
        return _opened(of_function(subject, argnums, args, kwargs), depth)

    return shown


def _opened(working: Working, depth: int | None) -> Path:
    path = Path(tempfile.mkdtemp(prefix="slopes_")) / "slopes.html"
    path.write_text(page_of(working, depth), encoding="utf-8")
    webbrowser.open(path.as_uri())
    return path
