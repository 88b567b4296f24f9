"""A Tensor as the index of a plain array, ``X[i]``: NumPy lets nobody handle it, so it is refused.

NumPy asks for ``__index__``, drops what that raises, and asks for an array at once: then it is told
what to write instead.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from autodiff.errors import user_line

__all__ = ["noting", "refuse_positions"]

_tried = threading.local()  # place: where a Tensor was last tried as an index


def noting(refuse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make an ``__index__`` that refuses, and notes where it was asked for."""

    def tried(t: Any) -> Any:
        _tried.place = _place_of(t)
        return refuse(t)

    return tried


def refuse_positions(t: Any) -> Any:
    """Answer for ``__array_struct__``: there is none.

    Raises:
        TypeError: NumPy asks as it has just tried to index a plain array.
        AttributeError: anybody else asks.
    """
    if getattr(_tried, "place", None) != _place_of(t):
        raise AttributeError("a Tensor gives no memory away")
    _tried.place = None
    raise TypeError(
        f"a traced value as an index of a plain array at {user_line()}: NumPy takes plain ones "
        f"only. Index a Tensor, ad.tensor(X)[i], or in a jitted function ad.live(X)[i], which "
        f"keeps integers; for np.eye(n)[y] write y[:, None] == np.arange(n). Where nothing is "
        f"recorded and no slope is wanted, X[i.numpy()]."
    )


def _place_of(t: Any) -> tuple[int, int, int]:
    """Tell the instruction that asks for something of a Tensor."""
    frame = sys._getframe(2)
    return id(frame), frame.f_lasti, id(t.node)
