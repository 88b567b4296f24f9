"""Checks of the arguments and the vocabulary of layers that look up tokens.

The layers are written as ``Any``, because their files import this one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["check_together", "check_tokens"]


def check_together(layer: Any, vocabulary: Any, idf_weights: Any) -> None:
    """Raise a ValueError for arguments of a layer that exclude each other."""
    mode, method = layer.output_mode, layer.oov_method
    pads_to_none = layer.pad_to_max_tokens and layer.max_tokens is None
    has_unused_salt = (
        layer.salt is not None and layer.key_dtype.kind == "i" and method != "farmhash"
    )
    checks = [
        (pads_to_none, "max_tokens to pad to", "none"),
        (layer.invert and mode != "int", "output_mode 'int' with invert=True", repr(mode)),
        (idf_weights is not None and vocabulary is None, "a vocabulary with idf_weights", "none"),
        (
            method not in ("floormod", "farmhash"),
            "oov_method 'floormod' or 'farmhash'",
            repr(method),
        ),
        (has_unused_salt, "oov_method 'farmhash' with a salt", repr(method)),
    ]
    for is_wrong, expected, got in checks:
        if is_wrong:
            raise ValueError(
                f"{type(layer).__name__} expects {expected}, got {got}. Pass it, or leave out the "
                "other argument."
            )


def check_tokens(layer: Any, tokens: np.ndarray) -> None:
    """Raise a ValueError unless tokens, without the special ones, fit a layer."""
    different, numbers = np.unique(tokens, return_counts=True)
    if not len(tokens) or (numbers > 1).any():
        got = f"{different[numbers > 1].tolist()} twice" if len(tokens) else "none"
        raise ValueError(
            f"layer {layer.name!r} expects tokens that are all different in its vocabulary, got "
            f"{got}. Write dict.fromkeys(tokens)."
        )
    for token in (layer.mask_token, layer.oov_token if layer.invert else None):
        if token is not None and token in different:
            raise ValueError(
                f"layer {layer.name!r} expects a vocabulary without {token!r}, or one that begins "
                f"with {layer.special_tokens()}, got it at another index. Leave it out."
            )
    first = len(layer.special_tokens())
    if layer.max_tokens is not None and first + len(tokens) > layer.max_tokens:
        raise ValueError(
            f"layer {layer.name!r} expects at most max_tokens={layer.max_tokens} indices, got "
            f"{first + len(tokens)}, {first} of them for special tokens. Shorten the vocabulary."
        )
