"""Say where the first NaN or infinity of a computation came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.typing import Function
from autodiff.display.deferred import Deferred
from autodiff.display.working.origin import origin_of_nonfinite
from autodiff.display.working.working import Working, of_function
from autodiff.transforms.gradients import check_callable

__all__ = ["first_nonfinite"]


def first_nonfinite(f: Function, argnums: int | Sequence[int] | None = None) -> Callable[..., str]:
    """Return a function that runs f and says where its first NaN or infinity came from.

    It looks at the values in order, then at the slopes, which are computed backward.

    Args:
        f: a function of plain NumPy code.
        argnums: the positions of the arguments that get slopes, as for :func:`autodiff.draw`.

    Returns:
        A function of the same arguments. It returns a sentence that names the operation, its
        numbers and the line; "" if all values and slopes are finite.

    Raises:
        TypeError: not a function, or a value in it isn't numeric.
        ValueError: there are too many values.

    >>> import numpy as np, autodiff as ad
    >>> ad.first_nonfinite(lambda x: np.sqrt(x - 3).sum())(np.array([4.0, 2.0]))
    'The first NaN is sqrt(−1) at ..., entry [1].'
    """
    check_callable(f, "first_nonfinite")
    return Deferred("first_nonfinite", f, argnums, origin_of_nonfinite, _quietly)


def _quietly(*call: Any) -> Working:
    """Record a function without NumPy's warnings of what is to be found."""
    with np.errstate(all="ignore"):
        return of_function(*call)
