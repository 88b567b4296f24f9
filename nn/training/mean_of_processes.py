"""Means over processes of what a user-defined step computes from the whole batch in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn import tree

if TYPE_CHECKING:
    from nn.distribution import DataParallel

__all__ = ["mean_of_processes"]


def mean_of_processes(values: Any, team: DataParallel | None) -> Any:
    """Return a structure with the mean of each number or array over the processes.

    A user-defined ``train_step`` gets the whole batch in each process, so that these are equal
    unless it draws random numbers; their mean keeps the weights and the scores the same.

    Args:
        values: numbers and arrays, in a structure that is the same in all processes.
        team: the processes; None for one.
    """
    if team is None:
        return values

    def mean(value: Any) -> Any:
        if isinstance(value, ad.Tensor) or np.asarray(value).dtype.kind != "f":
            return value
        array = np.array(value, ndmin=1)
        team.communicator.add_up(array)
        array /= team.size
        return array.reshape(np.shape(value))[()]

    return tree.map_leaves(mean, values)
