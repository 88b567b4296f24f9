"""The ONNX format: what a model computes, for other programs that predict with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autodiff.onnx import export
from nn import tree
from nn.layers.context import on_zeros
from nn.saving import onnx_lookups, onnx_operators  # noqa: F401 - register their forms
from nn.saving.arrays import require_built

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autodiff import Array

__all__ = ["content_of"]


def content_of(model: Any) -> bytes:
    """Return the content of an ONNX file of a model, which takes any number of rows.

    Raises:
        NotImplementedError: a layer needs an operation that ONNX doesn't have.
        ValueError: a length of the inputs isn't known.
    """
    require_built(model, "export")
    inputs, structure = _inputs(model)
    probe = model.known_outputs

    def predict(*arrays: Array) -> Sequence[Array]:
        rows, weights = arrays[: len(inputs)], arrays[len(inputs) :]
        with model.bound(weights), on_zeros():
            outputs = tree.leaves(model(tree.packed(structure, rows), training=False))
        names[:] = _names(probe, len(outputs))
        return outputs

    names: list[str] = []
    try:
        return export(predict, inputs, names, model.get_weights())
    finally:
        model._clear_losses()  # which are traced


def _inputs(model: Any) -> tuple[list[tuple[str, Any, Any]], Any]:
    """Return the name, the shape and the dtype of each input, and their structure."""
    if getattr(model, "graph", None) is not None:
        symbols = model.graph.starts
        return [(s.name, (None, *s.shape[1:]), s.dtype) for s in symbols], model.graph.inputs
    if model.input_shape_given is None:
        raise ValueError(
            f"model {model.name!r} expects inputs of a known shape to be exported, got none. "
            "Make it with an Input, or as Model(inputs, outputs)."
        )
    start = getattr(model, "_start", None)
    dtype = "float32" if start is None else start.operation.dtype
    return [("inputs", (None, *model.input_shape_given[1:]), dtype)], 0


def _names(outputs: Any, count: int) -> list[str]:
    """Return different names for the outputs."""
    known = [name for name in getattr(outputs, "names", ()) if name]
    stems = known if len(known) == count else [f"output_{i}" for i in range(count)]
    return [f"{stem}_{i}" if stems.index(stem) != i else stem for i, stem in enumerate(stems)]
