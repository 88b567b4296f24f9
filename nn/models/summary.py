"""The summary of a model, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn.models.composite import Composite

HEADINGS = ("Layer (type)", "Output shape", "Parameters")


def table(model: Composite) -> str:
    """Lay out the layers, their output shapes and their numbers of parameters.

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
    rows = [HEADINGS, *_rows(model)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}"
        for name, shape, count in rows
    ]
    rule = "─" * (sum(widths) + 4)
    return "\n".join(
        [f"Model: {model.name}", rule, lines[0], rule, *lines[1:], rule, _totals(model)]
    )


def _rows(model: Composite) -> list[tuple[str, str, str]]:
    return [
        (
            f"{layer.name} ({type(layer).__name__})",
            "?" if shape is None else str(shape),
            f"{layer.count_params():,}" if layer.built else "?",
        )
        for layer, shape in zip(model.layers, model.output_shapes(), strict=True)
    ]


def _totals(model: Composite) -> str:
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
