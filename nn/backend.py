"""Keras's settings, which are fixed here: NumPy, float32, channels last; and the names of dtypes.

>>> floatx(), epsilon(), image_data_format(), backend()
('float32', 1e-07, 'channels_last', 'numpy')
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from nn.dtypes import FLOATX, is_float_dtype, is_int_dtype, result_type, standardize_dtype
from nn.numbers import EPSILON
from nn.utils.sessions import clear_session
from nn.utils.symbols import is_keras_tensor

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]

_FORMAT = "channels_last"
_counts: Counter[str] = Counter()


def backend() -> str:
    """Return the name of the library that computes: ``'numpy'``.

    >>> backend()
    'numpy'
    """
    return "numpy"


def floatx() -> str:
    """Return the dtype of weights and of what layers compute: ``'float32'``.

    >>> floatx()
    'float32'
    """
    return FLOATX


def set_floatx(value: str) -> None:
    """Accept ``'float32'``, the only dtype of layers.

    Raises:
        ValueError: it is another one.

    >>> set_floatx("float32")
    """
    _require("set_floatx", value, FLOATX, "Leave it out: layers compute in float32.")


def epsilon() -> float:
    """Return the small number that is added, or clipped to, where a number must not be 0: 1e-7.

    >>> epsilon()
    1e-07
    """
    return EPSILON


def set_epsilon(value: float) -> None:
    """Accept 1e-7, which losses and metrics use.

    Raises:
        ValueError: it is another one.

    >>> set_epsilon(1e-7)
    """
    _require("set_epsilon", value, EPSILON, "Pass epsilon= to the layers and optimizers.")


def image_data_format() -> str:
    """Return where images have their channels by default: ``'channels_last'``.

    >>> image_data_format()
    'channels_last'
    """
    return _FORMAT


def set_image_data_format(data_format: str) -> None:
    """Accept ``'channels_last'``, the default of layers.

    Raises:
        ValueError: it is another one.

    >>> set_image_data_format("channels_last")
    """
    cure = "Pass data_format='channels_first' to the layers, or use np.moveaxis(x, 1, -1)."
    _require("set_image_data_format", data_format, _FORMAT, cure)


def get_uid(prefix: str = "") -> int:
    """Return how often this function was called with this prefix.

    >>> first = get_uid("block")
    >>> get_uid("block") - first
    1
    """
    _counts[prefix] += 1
    return _counts[prefix]


def _require(name: str, value: Any, only: Any, cure: str) -> None:
    if value != only:
        raise ValueError(f"{name} expects {only!r}, the only one there is, got {value!r}. {cure}")
