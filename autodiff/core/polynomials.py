"""What the code of ``np.polynomial`` needs, which doesn't take a Tensor for an array.

Its functions are written in Python, and call nothing on the way that could be replaced.
"""

from __future__ import annotations

from types import FrameType

from autodiff.core.errors import user_line
from autodiff.core.typing import Array

__all__ = ["beside_roots", "check_no_trimming"]


def beside_roots(caller: FrameType, x: Array, roots: Array) -> Array:
    """Return roots in the shape to subtract from x, if the caller is ``polyvalfromroots``.

    It gives them an axis for each axis of x, but only of an ``np.ndarray``.
    """
    is_of_roots = (
        caller.f_code.co_name == "polyvalfromroots"
        and caller.f_globals["__name__"] == "numpy.polynomial.polynomial"
        and caller.f_locals["tensor"]
    )
    return roots.reshape(roots.shape + (1,) * x.ndim) if is_of_roots else roots


def check_no_trimming(caller: FrameType) -> None:
    """Raise a NotImplementedError if the caller is NumPy's code that drops coefficients of 0."""
    if (
        caller.f_code.co_name == "trimseq"
        and caller.f_globals["__name__"] == "numpy.polynomial.polyutils"
        and len(caller.f_locals["seq"]) > 1  # of a single one, nothing is dropped
    ):
        raise NotImplementedError(
            f"functions of np.polynomial drop the last coefficients that are 0, also of series on "
            f"the way, and with them the slopes of a traced value at {user_line()}. Multiply "
            f"polynomials by np.convolve; to evaluate a series, or to fit one, coefficients may "
            f"be 0 (legval, chebval, polyval)."
        )
