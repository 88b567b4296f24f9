"""Keras's settings under the names of ``keras.config``; see `nn.backend`."""

from __future__ import annotations

from typing import Any

from nn.backend import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from nn.configs.dtype_policy import DTypePolicy

__all__ = [
    "backend",
    "dtype_policy",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]


def dtype_policy() -> DTypePolicy:
    """Return the dtype of layers: float32.

    >>> dtype_policy()
    DTypePolicy()
    """
    return DTypePolicy()


def set_dtype_policy(policy: Any) -> None:
    """Accept float32, as a name or a policy.

    Raises:
        ValueError: it is another one.

    >>> set_dtype_policy("float32")
    """
    if not isinstance(policy, DTypePolicy):
        DTypePolicy(policy)
