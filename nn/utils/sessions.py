"""Sessions, which in Keras hold the names of layers."""

from __future__ import annotations

from nn.naming import reset_names

__all__ = ["clear_session"]


def clear_session() -> None:
    """Reset the names of layers: the next Dense is called ``'dense'`` again.

    >>> clear_session()
    """
    reset_names()
