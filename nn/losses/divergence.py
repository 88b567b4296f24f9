"""Losses that compare distributions and counts: Kullback-Leibler and Poisson."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import matched
from nn.numbers import EPSILON
from nn.primitives import within


def kl_divergence(y_true: Array, y_pred: Array) -> Array:
    """Compute Σ y_true · log(y_true / y_pred) over the last axis; both are clipped to [1e-7, 1].

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(4)
    array([0.1438])
    """
    y_true, y_pred = matched("kl_divergence", y_true, y_pred)
    y_true, y_pred = (within(y, low=EPSILON, high=1.0) for y in (y_true, y_pred))
    return np.sum(y_true * np.log(y_true / y_pred), axis=-1)


def poisson(y_true: Array, y_pred: Array) -> Array:
    """Compute the mean of y_pred − y_true · log y_pred, for counts whose mean is predicted.

    >>> poisson([[1.0, 2.0]], [[1.0, 2.0]]).round(4)
    array([0.8069])
    """
    y_true, y_pred = matched("poisson", y_true, y_pred)
    return np.mean(y_pred - y_true * np.log(y_pred + EPSILON), axis=-1)


class KLDivergence(BuiltInLoss):
    """The loss of `kl_divergence`.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    rowwise = staticmethod(kl_divergence)


class Poisson(BuiltInLoss):
    """The loss of `poisson`.

    >>> round(float(Poisson()([[1.0, 2.0]], [[1.0, 2.0]])), 4)
    0.8069
    """

    rowwise = staticmethod(poisson)
