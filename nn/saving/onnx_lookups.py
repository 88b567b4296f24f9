"""How tables of strings and whole numbers, and crosses of columns, are written in ONNX.

A table is a LabelEncoder of the domain ``ai.onnx.ml``. The hashes of strings, and of whole numbers
as strings, have no form. A graph can't raise an error: where a layer does for a token that is out
of its vocabulary, the graph returns -1, which no encoding counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.onnx import operator
from nn.layers import CategoryEncoding, Hashing
from nn.layers.preprocessing import encoding, hashes
from nn.layers.preprocessing.index_lookup import MASKED, IndexLookup

if TYPE_CHECKING:
    from autodiff.onnx import Value, Writer

__all__: list[str] = []

_UNKNOWN = -1


@operator(encoding.mapped)
def _mapped(writer: Writer, x: Value, f: Any) -> str:
    layer = getattr(f, "__self__", None)
    if isinstance(layer, CategoryEncoding):
        return writer.cast(x, np.int64)  # its check of the numbers is left out
    if isinstance(layer, IndexLookup):
        return (_tokens if layer.invert else _places)(writer, x, layer)
    raise _refusal(layer, "the places that StringLookup finds by a vocabulary")


def _places(writer: Writer, x: Value, layer: IndexLookup) -> str:
    """Write the places of tokens."""
    tokens = x.name if x.dtype.kind == "U" else writer.cast(x, np.int64)
    places = layer._first + np.arange(len(layer._vocabulary))
    known = dict(zip(layer.get_vocabulary(include_special_tokens=False), places, strict=True))
    if layer.mask_token is not None:
        known[layer.mask_token] = 0 if layer.output_mode == "int" else MASKED
    count = layer.num_oov_indices
    default = _UNKNOWN if count == 0 else layer._first_oov
    if count < 2:
        return _table(writer, tokens, known, default)
    if layer.hashes_unknown:
        raise _refusal(layer, "num_oov_indices=1")
    found = _table(writer, tokens, known, _UNKNOWN)
    rest = writer.add("Mod", tokens, writer.constant(count, np.int64))
    others = writer.add("Add", rest, writer.constant(default, np.int64))
    unknown = writer.add("Less", found, writer.constant(0, np.int64))
    return writer.add("Where", unknown, others, found)


def _tokens(writer: Writer, x: Value, layer: IndexLookup) -> str:
    """Write the tokens at some places."""
    known = dict(enumerate(layer.get_vocabulary()))
    return _table(writer, writer.cast(x, np.int64), known, layer.oov_token)


def _table(writer: Writer, name: str, known: dict[Any, Any], default: Any) -> str:
    options = {
        f"keys_{_kind(*known)}": list(known),
        f"values_{_kind(default)}": list(known.values()),
        f"default_{_kind(default).removesuffix('s')}": default,
    }
    return writer.add("LabelEncoder", name, domain="ai.onnx.ml", **options)


def _kind(first: Any, *_: Any) -> str:
    return "strings" if isinstance(first, str) else "int64s"


# --- hashes of several columns


@operator(hashes._joined)
def _joined(writer: Writer, hashes_: Value, column: Value) -> str:
    """Write TensorFlow's FingerprintCat64 of whole numbers."""
    if column.dtype.kind == "U":
        raise NotImplementedError(
            "expected columns of whole numbers, got strings, whose hashes ONNX doesn't have. Cross "
            "the places that StringLookup finds by a vocabulary, or export the layers behind."
        )
    factor = writer.constant(hashes.FACTOR, np.uint64)

    def mixed(name: str) -> str:
        shifted = writer.add("BitShift", name, writer.constant(47, np.uint64), direction="RIGHT")
        return writer.add("BitwiseXor", name, shifted)

    def times(name: str) -> str:
        numbers = writer.cast_name(name, np.int64)  # multiplied as such by ONNX Runtime
        product = writer.add("Mul", numbers, writer.cast_name(factor, np.int64))
        return writer.cast_name(product, np.uint64)

    values = writer.cast_name(writer.cast(column, np.int64), np.uint64)
    parts = times(mixed(times(values)))
    start = writer.add("BitwiseXor", writer.cast(hashes_, np.uint64), factor)
    return mixed(times(mixed(times(writer.add("BitwiseXor", start, parts)))))


@operator(hashes._binned)
def _binned(writer: Writer, hashes_: Value, bins: int) -> str:
    rest = writer.add("Mod", hashes_.name, writer.constant(bins, np.uint64))
    return writer.cast_name(rest, np.int64)


def _refusal(layer: Any, instead: str) -> NotImplementedError:
    what = "a hash" if isinstance(layer, Hashing | IndexLookup) else "a function of Python"
    return NotImplementedError(
        f"expected layers that ONNX can have, got {layer!r}, which needs {what}. Use {instead}, or "
        "export the model of the layers behind it, and pass what it returns."
    )
