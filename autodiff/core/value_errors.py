"""What NumPy's error about an operation's values says to the user: where, and what to do."""

from __future__ import annotations

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function

__all__ = ["explained"]


def explained(
    name: str,
    function: Function,
    values: list[Array],
    error: ValueError | TypeError | ArithmeticError | IndexError | RuntimeError,
) -> Exception:
    """Add the user's line to NumPy's message, and what to do."""
    is_known = isinstance(error, (ValueError, TypeError, OverflowError))
    if not is_known or hasattr(error, "__notes__"):  # of a function of the user, which say it
        return error
    if isinstance(error, TypeError):
        return _of_dtypes(name, error)
    shapes = [np.shape(value) for value in values]
    text = f"{name} at {user_line()}: {error}"
    if "read-only" in text:
        return ValueError(f"{text}. An operation may not edit its inputs. Copy them: x = x.copy().")
    if isinstance(error, (np.linalg.LinAlgError, np.exceptions.AxisError, OverflowError)):
        return type(error)(text)
    if function is np.matmul:
        return ValueError(
            f"{text}. Expected the last axis of the left and the last but one of the right to have "
            f"equal length, got shapes {' and '.join(map(str, shapes))}. Transpose one (x.T)?"
        )
    if "negative integer powers" in text:
        return ValueError(f"{text} Convert one of them to floats, as in x.astype(float) ** y.")
    if isinstance(function, np.ufunc):
        return ValueError(
            f"{text.strip()}. Expected shapes that broadcast: aligned at the right, each pair of "
            f"lengths is equal or one of them is 1. Reshape one, or add an axis (x[:, None])."
        )
    return ValueError(text)


def _of_dtypes(name: str, error: TypeError) -> TypeError:
    """Add the user's line where NumPy's linear algebra doesn't compute in a dtype."""
    if "unsupported in linalg" in str(error):
        return TypeError(
            f"{name} at {user_line()}: {error}. NumPy computes it in float64 at most: convert its "
            f"arguments with x.astype(float)."
        )
    return error
