"""The argument ``save_freq`` of callbacks that save: after each epoch, or after some batches."""

from __future__ import annotations

from typing import Any

__all__ = ["checked_frequency"]


def checked_frequency(callback: Any, save_freq: str | int) -> str | int:
    """Return ``save_freq``.

    Raises:
        ValueError: it is neither 'epoch' nor a number of batches.
    """
    is_count = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq >= 1
    if save_freq != "epoch" and not is_count:
        raise ValueError(
            f"{type(callback).__name__} expects save_freq to be 'epoch' or a number of batches, "
            f"got {save_freq!r}. Pass one of these."
        )
    return save_freq
