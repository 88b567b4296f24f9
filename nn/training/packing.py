"""Batches as tuples, the argument of ``train_step``, ``test_step`` and ``predict_step``."""

from __future__ import annotations

from typing import Any


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Unpack a batch into inputs, targets and sample weights; None for missing ones.

    >>> unpack_x_y_sample_weight(("x", "y"))
    ('x', 'y', None)
    >>> unpack_x_y_sample_weight("x")
    ('x', None, None)
    """
    if not isinstance(data, list | tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            f"expected a batch as x, (x,), (x, y) or (x, y, sample_weight), got {len(data)} parts. "
            "Pass the data that train_step receives."
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Pack a batch into a tuple; without targets, return ``x`` itself.

    >>> pack_x_y_sample_weight("x"), pack_x_y_sample_weight("x", "y")
    ('x', ('x', 'y'))
    """
    if y is None:
        return (x,) if isinstance(x, list | tuple) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)
