"""Arguments of Keras that don't exist here, or that had other names, with what to use instead."""

from __future__ import annotations

__all__ = ["cure_of_argument", "newer_name"]

_NO_NUMBERS = "Leave it out: it changes no numbers"
_ONE_BY_ONE = "Leave it out: batches are read one after the other"
_DENSE = "Leave it out, and pass dense arrays: x.toarray() makes one of a sparse matrix"
_PADDED = "Leave it out, and pad the rows to one length: nn.utils.pad_sequences"
_CURES = {
    "auto_scale_loss": "Leave it out: everything is computed in float32",
    "batch_input_shape": "Begin with Input(batch_shape=...)",
    "flash_attention fused implementation use_cudnn": _NO_NUMBERS,
    "input_tensor tensor": "Leave it out, and call the model on the array",
    "lora_alpha lora_rank": "Leave it out: there is no low-rank adaptation",
    "max_queue_size use_multiprocessing workers": _ONE_BY_ONE,
    "quantization_config": "Leave it out: weights are float32",
    "optional": "Leave it out, and pass zeros where there is no input",
    "ragged": _PADDED,
    "sparse": _DENSE,
    "rms_scaling": "Use RMSNormalization",
    "steps_per_execution": "Leave it out: the loop costs little beside a recorded step",
    "time_major": "Leave it out: rows come first; np.swapaxes(x, 0, 1) swaps them with steps",
}

_NEWER = {  # of Keras 1 and 2, which tutorials still have
    "W_regularizer": "kernel_regularizer", "alpha": "negative_slope",
    "b_regularizer": "bias_regularizer", "border_mode": "padding", "dim_ordering": "data_format",
    "init": "kernel_initializer", "nb_epoch": "epochs", "nb_filter": "filters",
    "output_dim": "units", "p": "rate", "subsample": "strides",
}  # fmt: skip


def cure_of_argument(name: str) -> str | None:
    """Return what to use instead of an argument of Keras, or None.

    >>> cure_of_argument("workers")
    'Leave it out: batches are read one after the other'
    """
    return next((cure for names, cure in _CURES.items() if name in names.split()), None)


def newer_name(name: str) -> str:
    """Return the name that an older argument has now; other names as they are.

    >>> newer_name("border_mode"), newer_name("padding")
    ('padding', 'padding')
    """
    return _NEWER.get(name, name)
