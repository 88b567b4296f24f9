"""Attributes that the tensors of other frameworks have and arrays don't, with what to use instead.

Code of a `Lambda` or of a user-defined layer is called with arrays, Tensors or Symbols.
"""

from __future__ import annotations

import numpy as np

import autodiff as ad

__all__ = ["add_cure", "cure_of_attribute"]

_CURES = {
    "contiguous cpu cuda detach numpy requires_grad_": "Leave it out: values are arrays already",
    "dim": "Use x.ndim",
    "double float half int long to type": "Use x.astype(np.float32)",
    "get_shape shape_as_list": "Use x.shape",
    "bmm mm matmul": "Use x @ y",
    "permute": "Use np.transpose(x, axes)",
    "set_shape": "Use np.reshape(x, shape), or leave it out",
    "unsqueeze": "Use np.expand_dims(x, axis)",
    "view": "Use x.reshape(shape)",
    "elu gelu log_softmax logsumexp one_hot relu selu sigmoid silu softmax softplus":
        "Use nn.ops.{name}(x)",
}  # fmt: skip


def cure_of_attribute(name: str) -> str:
    """Return what to write instead of an attribute that arrays don't have.

    >>> cure_of_attribute("permute"), cure_of_attribute("tanh")
    ('Use np.transpose(x, axes)', 'Use np.tanh(x)')
    """
    for names, cure in _CURES.items():
        if name in names.split():
            return cure.format(name=name)
    if callable(getattr(np, name, None)):
        return f"Use np.{name}(x)"
    return "Use functions of NumPy or nn.ops, such as np.exp(x) and nn.ops.relu(x)"


def add_cure(error: AttributeError, layer: str) -> None:
    """Add a note to an error about an attribute of an array, in the code of a layer; once."""
    name = error.name or ""
    is_of_array = isinstance(error.obj, np.ndarray | np.generic | ad.Tensor)
    if is_of_array and not hasattr(error, "__notes__"):
        error.add_note(
            f"Layer {layer!r} computes with NumPy arrays, which have no {name!r}. "
            f"{cure_of_attribute(name)}."
        )
