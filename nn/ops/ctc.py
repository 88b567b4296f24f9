"""Operations on sequences that aren't aligned with their labels; see `nn.losses.ctc`."""

from __future__ import annotations

import numpy as np

from autodiff import Array
from nn.losses.ctc import ctc_losses
from nn.ops.arrays import as_array, floats
from nn.ops.operation import operation

__all__ = ["ctc_decode", "ctc_loss"]


@operation
def ctc_loss(
    target: Array, output: Array, target_length: Array, output_length: Array, mask_index: int = 0
) -> Array:
    """Return −log of the probability of labels, for each row (Graves et al. 2006).

    Args:
        target: labels, shape (rows, longest).
        output: scores before the softmax, shape (rows, steps, classes).
        target_length: the number of labels in each row.
        output_length: the number of steps in each row.
        mask_index: the class that stands for no label.

    Raises:
        ValueError: not one length for each row.
    """
    lengths = as_array(target_length), as_array(output_length)
    output = as_array(output)
    for name, length in zip(("target_length", "output_length"), lengths, strict=True):
        if length.shape != output.shape[:1]:
            raise ValueError(
                f"ctc_loss expects {name} to be one number for each of the {len(output)} rows, got "
                f"the shape {length.shape}. Repeat it: np.full({len(output)}, length)."
            )
    return ctc_losses(as_array(target), floats(output), *lengths, mask_index)


@operation
def ctc_decode(
    inputs: Array,
    sequence_lengths: Array,
    strategy: str = "greedy",
    beam_width: int = 100,  # noqa: ARG001 - of the other strategy, which is refused
    top_paths: int = 1,  # noqa: ARG001
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Array, Array]:
    """Return the labels of the most probable class in each step, and their negative sums of scores.

    Args:
        inputs: scores before the softmax, shape (rows, steps, classes).
        sequence_lengths: the number of steps in each row.
        strategy: ``'greedy'``, the only one.
        beam_width: not used.
        top_paths: not used.
        merge_repeated: whether a label in two successive steps is one label.
        mask_index: the class that stands for no label.

    Returns:
        The labels, shape (1, rows, steps), filled up by -1; and the sums, shape (rows, 1).

    Raises:
        NotImplementedError: another strategy.
    """
    if strategy != "greedy":
        raise NotImplementedError(
            f"ctc_decode expects strategy='greedy', got {strategy!r}. Leave it out, or pass the "
            "outputs to a beam search, such as that of pyctcdecode."
        )
    scores = floats(inputs)
    rows, steps = scores.shape[:2]
    inside = np.arange(steps) < as_array(sequence_lengths)[:, np.newaxis]
    classes = np.where(inside, np.argmax(scores, axis=-1), mask_index)
    total = -np.sum(np.where(inside, np.max(scores, axis=-1), 0.0), axis=1)[:, np.newaxis]
    is_label = classes != mask_index
    if merge_repeated:
        is_new = np.concatenate([np.ones((rows, 1), bool), classes[:, 1:] != classes[:, :-1]], 1)
        is_label = is_label & is_new
    order = np.argsort(np.logical_not(is_label), axis=1, kind="stable")
    labels = np.take_along_axis(np.where(is_label, classes, -1), order, axis=1)
    return labels.astype(np.int32)[np.newaxis], total
