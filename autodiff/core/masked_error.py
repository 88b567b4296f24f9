"""An error of the engine that NumPy masks: some loops over objects continue after an error.

``np.argmax`` and ``np.dot`` of an array of objects do so. The next operation then raises a
SystemError, whose cause is the original error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autodiff.core.graph import RecordingError
from autodiff.core.narrow_sums import NarrowSumError

__all__ = ["masked_by", "unmasked"]


def masked_by(error: BaseException | None) -> BaseException | None:
    """Return the engine's error that caused a SystemError, if any."""
    if isinstance(error, SystemError):
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, (RecordingError, NarrowSumError)):
                return cause
            cause = cause.__cause__
    return None


@contextmanager
def unmasked() -> Iterator[None]:
    """Raise the error that caused a SystemError instead of it."""
    try:
        yield
    except SystemError as error:
        cause = masked_by(error)
        if cause is None:
            raise
        raise cause from None
