"""Connectionist temporal classification: losses of sequences that aren't aligned with their labels.

A network returns scores for each step: of each label, and of a *blank*. An alignment is a label or
a blank for each step; repetitions are merged and then blanks dropped, which leaves the labels. The
loss is −log of the total probability of all alignments that leave the true labels, added up step
by step (Graves et al. 2006, equations 6 and 7).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import primitives
from nn.losses.base import BuiltInLoss
from nn.losses.shapes import Shape, as_arrays, describe

__all__ = ["CTC", "ctc", "ctc_losses"]

_NEVER = -1e30  # the logarithm of a probability of 0; finite, so that slopes are


def ctc(y_true: Array, y_pred: Array) -> Array:
    """Compute −log of the probability of the labels, for each row.

    Args:
        y_true: labels from 1 on, shape (rows, longest); zeros fill up shorter rows.
        y_pred: scores before the softmax, shape (rows, steps, classes); class 0 is the blank.

    >>> scores = np.log([[[0.1, 0.9], [0.4, 0.6]]])
    >>> np.exp(-ctc([[1]], scores)).round(3)  # 1 1, blank 1, 1 blank: 0.54 + 0.06 + 0.36
    array([0.96])
    """
    y_true, y_pred = as_arrays(y_true, y_pred)
    lengths = np.sum(y_true != 0, axis=-1)
    return ctc_losses(y_true, y_pred, lengths, np.full(y_pred.shape[0], y_pred.shape[1]))


def ctc_losses(
    labels: Array, scores: Array, label_lengths: Array, lengths: Array, blank: int = 0
) -> Array:
    """Return −log of the probability of labels, for each row; infinity where there are too many.

    Args:
        labels: shape (rows, longest), whole numbers.
        scores: before the softmax, shape (rows, steps, classes).
        label_lengths: the number of labels in each row.
        lengths: the number of steps in each row.
        blank: the number of the class that stands for no label.
    """
    rows, steps = scores.shape[:2]
    labels, label_lengths = labels.astype(np.int64), label_lengths.astype(np.int64)
    blanks = np.full((rows, 1), blank)
    pairs = np.stack([np.broadcast_to(blanks, labels.shape), labels], axis=-1)
    places = np.concatenate([pairs.reshape(rows, -1), blanks], axis=1)  # blank, label, blank, …
    wanted = np.broadcast_to(places[:, np.newaxis], (rows, steps, places.shape[1]))
    emitted = np.take_along_axis(primitives.log_softmax(scores, axis=-1), wanted, axis=2)
    differs = (places[:, 2:] != places[:, :-2]) & (places[:, 2:] != blank)
    never = np.full((rows, 2), _NEVER, scores.dtype)
    skipping = np.where(differs, 0.0, _NEVER).astype(scores.dtype)  # over a blank
    within = np.arange(steps)[:, np.newaxis, np.newaxis] < lengths[np.newaxis, :, np.newaxis]

    def step(before: Array, entry: Any) -> tuple[Array, Array]:
        moved = np.concatenate([never[:, :1], before[:, :-1]], axis=1)
        skipped = np.concatenate([never, before[:, :-2] + skipping], axis=1)
        reached = entry["emitted"] + np.logaddexp(np.logaddexp(before, moved), skipped)
        after = np.where(entry["within"], reached, before)
        return after, after[:, :1]

    start = np.full((rows, places.shape[1]), _NEVER, scores.dtype)
    start[:, 0] = 0.0
    sequences = {"emitted": np.swapaxes(emitted, 0, 1), "within": within}
    end, _ = ad.scan(step, start, sequences)
    last = 2 * label_lengths[:, np.newaxis]
    in_blank = np.take_along_axis(end, last, axis=1)
    in_label = np.take_along_axis(end, np.maximum(last - 1, 0), axis=1)
    in_label = np.where(last > 0, in_label, _NEVER)
    total = -np.logaddexp(in_blank, in_label)[:, 0]
    return np.where(total > -0.1 * _NEVER, np.inf, total)


class CTC(BuiltInLoss):
    """The loss of `ctc`, for sequences of labels that aren't aligned with the steps.

    >>> CTC()([[1, 0], [1, 2]], np.zeros((2, 5, 3))).round(4)
    np.float64(2.3614)
    """

    rowwise = staticmethod(ctc)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "ctc"
    ) -> None:
        super().__init__(reduction, name)

    def check_shapes(self, target: Shape, output: Shape) -> None:
        """Check that there are labels for each row, and scores for each step.

        Raises:
            ValueError: the shapes are others.
        """
        if len(target) != 2 or len(output) != 3:
            raise ValueError(
                f"{self.name} expects labels of shape (rows, longest) and scores of shape (rows, "
                f"steps, classes), got y of shape {describe(target)} and predictions of shape "
                f"{describe(output)}. Pad the labels by nn.utils.pad_sequences(y, padding='post'), "
                "and return the outputs of all steps: return_sequences=True."
            )

    def validate(self, y_true: np.ndarray, output_shape: Shape) -> None:
        """Check all targets, once before training.

        Raises:
            ValueError: the shapes don't fit, or a label is out of range.
        """
        super().validate(y_true, output_shape)
        classes = output_shape[-1]
        if y_true.size and classes is not None and not 0 <= y_true.min() <= y_true.max() < classes:
            raise ValueError(
                f"{self.name} expects labels from 1 to {classes - 1}, and zeros to fill up rows, "
                f"got {y_true.min():g} to {y_true.max():g}. Give the last layer a unit for each "
                "label and one for the blank, which is class 0."
            )
