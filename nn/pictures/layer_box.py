"""The box of a layer in a diagram: a table with its class above, and its properties below."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.layers.architecture import Part

__all__ = ["Boxes"]

HEADER, TRAINABLE, FROZEN = "#1f2933", "#1b6e3c", "#a3262a"  # backgrounds of white text


@dataclass(frozen=True)
class Boxes:
    """What the boxes of layers show beside their classes."""

    shapes: bool
    dtype: bool
    names: bool
    activations: bool
    trainable: bool

    def label(self, part: Part) -> str:
        """Return the box of a layer in Graphviz's language."""
        layer, kind = part.layer, _text(part.kind)
        title = f"<b>{_text(layer.name)}</b> ({kind})" if self.names else f"<b>{kind}</b>"
        cells = list(self._cells(part))
        rows = [_cell(title, HEADER, max(1, len(cells)))]
        activation = getattr(layer, "activation", None)
        if self.activations and activation is not None:
            name = getattr(activation, "__name__", type(activation).__name__)
            rows.append(_cell(f"Activation: <b>{_text(name)}</b>", columns=max(1, len(cells))))
        rows += ["".join(cells)] if cells else []
        lines = "".join(f"<tr>{row}</tr>" for row in rows)
        return f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="8">{lines}</table>>'

    def _cells(self, part: Part) -> Iterator[str]:
        """Yield the cells of the box's last row."""
        if self.shapes and part.kind != "InputLayer":
            yield _cell(f"Input shape: <b>{_shape(part.input_shape)}</b>")
        if self.shapes:
            yield _cell(f"Output shape: <b>{_shape(part.output_shape)}</b>")
        if self.dtype:
            yield _cell(f"Output dtype: <b>{_text(part.dtype or '?')}</b>")
        if self.trainable and getattr(part.layer, "weights", []):
            is_trained = bool(part.layer.trainable_weights)
            words = "<b>Trainable</b>" if is_trained else "<b>Non-trainable</b>"
            yield _cell(words, TRAINABLE if is_trained else FROZEN)


def _shape(shape: Any) -> str:
    """Return one shape, or those in a structure, for a cell."""
    return _text(shape or "?") if not isinstance(shape, dict) else _text(str(shape)[1:-1])


def _cell(words: str, background: str = "white", columns: int = 1) -> str:
    """Return a cell of a table; text on a dark background is white."""
    color = "black" if background == "white" else "white"
    return (
        f'<td bgcolor="{background}" colspan="{columns}"><font color="{color}">{words}</font></td>'
    )


def _text(text: Any) -> str:
    return html.escape(str(text))
