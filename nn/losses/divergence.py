"""Losses that compare distributions and counts: Kullback-Leibler and Poisson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched

if TYPE_CHECKING:
    from nn.losses.shapes import Array

EPSILON = 1e-7


def kl_divergence(y_true: Array, y_pred: Array) -> Array:
    """The sum of y_true · log(y_true / y_pred) over the last axis; both are kept within [1e-7, 1].

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(4)
    array([0.1438])
    """
    y_true, y_pred = matched("kl_divergence", y_true, y_pred)
    y_true = np.clip(y_true, EPSILON, 1.0)
    y_pred = np.clip(y_pred, EPSILON, 1.0)
    return np.sum(y_true * np.log(y_true / y_pred), axis=-1)


def poisson(y_true: Array, y_pred: Array) -> Array:
    """The mean of y_pred − y_true · log y_pred: for counts, whose mean the model predicts."""
    y_true, y_pred = matched("poisson", y_true, y_pred)
    return np.mean(y_pred - y_true * np.log(y_pred + EPSILON), axis=-1)


class KLDivergence(BuiltInLoss):
    """The loss of `kl_divergence`."""

    rowwise = staticmethod(kl_divergence)


class Poisson(BuiltInLoss):
    """The loss of `poisson`."""

    rowwise = staticmethod(poisson)
