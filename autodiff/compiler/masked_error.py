"""An error that NumPy masks where it compares objects and continues after an error.

``np.argmax`` of an array of objects does so. The next comparison then raises a SystemError, whose
cause is the original error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autodiff.core.graph import RecordingError

__all__ = ["unmasked"]


@contextmanager
def unmasked() -> Iterator[None]:
    """Raise the RecordingError that caused a SystemError instead of it."""
    try:
        yield
    except SystemError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, RecordingError):
            cause = cause.__cause__
        if cause is None:
            raise
        raise cause from None
