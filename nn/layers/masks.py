"""Masks: which entries of a value count, carried beside the value from layer to layer.

A mask is an array of bools, shape (rows, steps). `Embedding` and `Masking` make one; the layers
that follow, the loss and the metrics read it. It belongs to one array or Tensor and is forgotten
with it: a value that is computed from this one without a layer has no mask, as in Keras.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn import tree
from nn.layers.call_inputs import arrays_in, is_mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.signature import CallSignature

__all__ = ["attach_masks", "mask_of", "masks_for", "masks_of", "set_mask"]

_masks: dict[int, tuple[weakref.ref[Any], Any]] = {}


def set_mask(value: Array, mask: Array | None) -> None:
    """Attach a mask to an array, a Tensor or a Symbol; None removes it."""
    key = id(value)
    if mask is None:
        _masks.pop(key, None)
    else:
        _masks[key] = (weakref.ref(value, lambda _: _masks.pop(key, None)), mask)


def mask_of(value: Array) -> Array | None:
    """Return the mask of a value, or None."""
    found = _masks.get(id(value))
    return found[1] if found is not None and found[0]() is value else None


def masks_of(structure: Any) -> Any:
    """Return the masks of all values in a structure; None if there are none."""
    if not _masks:
        return None
    masks = tree.map_leaves(mask_of, structure)
    return masks if any(mask is not None for mask in tree.leaves(masks)) else None


def masks_for(
    signature: CallSignature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the masks of a call's arguments, by the names of the parameters that take them.

    The parameter ``mask`` takes the mask of the only argument that is an array; ``query_mask``
    takes that of the argument ``query``. A mask that the caller passes isn't replaced.
    """
    names = signature.names
    if not _masks or not any(map(is_mask, names)):
        return {}
    arrays = arrays_in(signature.named(args, kwargs))
    wanted = {f"{name}_mask": value for name, value in arrays.items()}
    if len(arrays) == 1:
        wanted["mask"] = next(iter(arrays.values()))
    masks = {
        name: masks_of(value)
        for name, value in wanted.items()
        if name in names and kwargs.get(name) is None and name not in names[: len(args)]
    }
    return {name: mask for name, mask in masks.items() if mask is not None}


def attach_masks(outputs: Any, masks: Any) -> None:
    """Attach masks to the outputs of a layer: one for each of them, or one for the first."""
    found = tree.leaves(masks) if tree.is_structure(masks) else [masks]
    for value, mask in zip(tree.leaves(outputs), found, strict=False):
        if mask is not None:
            set_mask(value, mask)
