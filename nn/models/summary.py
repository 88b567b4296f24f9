"""The summary of a model, as a table."""

from __future__ import annotations

import re
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from nn.layers.container import Container

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.layers.architecture import Part

HEADINGS = ("Layer (type)", "Output shape", "Parameters", "Connected to", "Trainable")
ALIGNED = "<<><^"
POSITIONS = ((0.45, 0.8, 1.0), (0.3, 0.56, 0.74, 1.0))  # of the ends of the columns, as in Keras
LENGTHS = (88, 108)
WIDEST = 36  # of the column of connections, where no length is given


def table(
    model: Container,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """Return a table of the layers, their output shapes and their numbers of parameters.

    A model whose layers aren't one chain has a column for where the inputs come from:
    ``dense[1][0]`` is the first output of the second call of ``dense``.

    Args:
        model: any model.
        line_length: the length of the lines; by default as long as they need to be.
        positions: where the columns end: fractions of this length, or numbers of characters.
        expand_nested: whether to list the layers of models in the model.
        show_trainable: whether to tell which layers with weights are trainable, Y or N.
        layer_range: the names of the first and the last layer to list, or regular expressions.

    Raises:
        ValueError: a name isn't found, or a column is narrower than 4 characters.

    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> model = Sequential([Dense(5, input_shape=(2,), name="hidden")], name="small")
    >>> print(table(model))
    Model: small
    ────────────────────────────────────────
    Layer (type)    Output shape  Parameters
    ────────────────────────────────────────
    hidden (Dense)  (None, 5)             15
    ────────────────────────────────────────
    Parameters: 15 (60 B), of which 15 are trainable
    """
    architecture = model.architecture()
    shown = [True, True, True, not architecture.is_chain, show_trainable]
    parts = _between(architecture.parts, layer_range)
    every = [HEADINGS, *(row for part in parts for row in _rows(part, expand_nested))]
    rows = [[cell for cell, is_shown in zip(row, shown, strict=True) if is_shown] for row in every]
    aligned = [sign for sign, is_shown in zip(ALIGNED, shown, strict=True) if is_shown]
    if line_length is None and positions is None:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if shown[3]:
            widths[3] = min(widths[3], WIDEST)
    else:
        widths = _widths(line_length, positions, show_trainable, is_chain=not shown[3])
    heading, *lines = [line for row in rows for line in _lines(row, widths, aligned)]
    rule = "─" * (sum(widths) + 2 * len(widths) - 2)
    return "\n".join([f"Model: {model.name}", rule, heading, rule, *lines, rule, _totals(model)])


def _rows(part: Part, expands: bool, level: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the row of a layer; then, if it is a model to expand, those of its layers."""
    layer = part.layer
    prefix = "   " * level + "└ " if level else ""
    weights = getattr(layer, "weights", [])
    is_built = getattr(layer, "built", True)
    sources = part.sources if not level else ()  # those in a nested model are not of this one
    yield (
        f"{prefix}{layer.name} ({part.kind})",
        "?" if part.output_shape is None else str(part.output_shape),
        f"{sum(weight.size for weight in weights):,}" if is_built else "?",
        ", ".join(f"{x.layer.name}[{x.call}][{x.place}]" for x in sources) or "-",
        ("Y" if layer.trainable else "N") if weights else "-",
    )
    if expands and isinstance(layer, Container):
        for inner in layer.architecture().parts:
            yield from _rows(inner, expands, level + 1)


def _between(parts: Sequence[Part], names: Sequence[str] | None) -> Sequence[Part]:
    """Return the parts from the first to the last whose names match two expressions."""
    if names is None:
        return parts
    if isinstance(names, str) or len(names) != 2:
        raise ValueError(
            f"expected layer_range to be the names of two layers, got {names!r}. Write "
            "layer_range=('first', 'last')."
        )
    found = [[i for i, p in enumerate(parts) if re.match(name, p.layer.name)] for name in names]
    if not all(found):
        raise ValueError(
            f"expected the names of layers in layer_range, got {names!r}. The layers are "
            f"{[part.layer.name for part in parts]}."
        )
    (first, last), (lowest, highest) = (found[0], found[1]), (min(found[0]), max(found[1]))
    return parts[lowest : highest + 1] if lowest <= highest else parts[min(last) : max(first) + 1]


def _widths(
    length: int | None, positions: Sequence[float] | None, show_trainable: bool, is_chain: bool
) -> list[int]:
    """Return the widths of the columns, two spaces between them not counted."""
    length = length or LENGTHS[not is_chain] + 12 * show_trainable
    ends = list(positions or POSITIONS[not is_chain])
    if ends[-1] <= 1:
        scale = 0.9 if show_trainable else 1
        ends = [int(end * scale * length) for end in ends]
    if show_trainable and len(ends) < 4 + (not is_chain):
        ends.append(length)
    widths = [int(end - start) - 2 for start, end in zip([0, *ends], ends, strict=False)]
    if len(widths) != 3 + (not is_chain) + show_trainable or min(widths) < 4:
        raise ValueError(
            f"expected positions that leave 4 characters for each of the columns, got {positions} "
            f"with line_length={length}. Leave positions out, or pass a longer line_length."
        )
    return widths


def _lines(row: Sequence[str], widths: Sequence[int], aligned: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a row; a cell that is too long is broken."""
    cells = [
        [cell] if len(cell) <= width else textwrap.wrap(cell, width)
        for cell, width in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*cells, fillvalue=""):
        padded = [
            f"{cell:{sign}{width}}" for cell, sign, width in zip(line, aligned, widths, strict=True)
        ]
        yield "  ".join(padded).rstrip()


def _totals(model: Any) -> str:
    if not model.built:
        return "Parameters: unknown until the model has seen the shape of its inputs"
    total = sum(weight.size for weight in model.weights)
    trainable = sum(weight.size for weight in model.trainable_weights)
    return f"Parameters: {total:,} ({_bytes(4 * total)}), of which {trainable:,} are trainable"


def _bytes(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"
