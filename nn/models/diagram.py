"""The architecture of a model as a picture: a box for each layer, from the inputs to the outputs.

What is inside the layers, with numbers and slopes, is shown by ``model.draw()``.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from nn.models.model import Model
from nn.models.sequential import Sequential

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphviz import Digraph

    from nn.layers.arguments import Shape
    from nn.layers.base import Layer

HEADER, TRAINABLE, FROZEN = "#1f2933", "#1b6e3c", "#a3262a"  # behind white letters


def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Diagram:
    """Draw the layers of a model into a file, and answer what a notebook shows as the picture.

    Args:
        model: a `Sequential`, whose layers are drawn, or another model, which is one box.
        to_file: ``.png``, ``.svg``, ``.pdf`` or ``.dot``; None for no file.
        show_shapes: whether to tell the shapes of what goes in and comes out.
        show_dtype: whether to tell the dtype of what comes out.
        show_layer_names: whether to tell the layers' names beside their classes.
        rankdir: ``'TB'`` from top to bottom, ``'LR'`` from left to right.
        expand_nested: whether to draw the layers of a model within the model.
        dpi: dots per inch.
        show_layer_activations: whether to tell the activations.
        show_trainable: whether to tell which layers with weights are trained.
        splines: how arrows are drawn, in Graphviz's words.

    Raises:
        TypeError: ``model`` isn't a model.
        RuntimeError: no program to render with is installed.
    """
    if not isinstance(model, Model):
        raise TypeError(f"plot_model expects a model, got {model!r}. Pass a Sequential.")
    boxes = _Boxes(
        shapes=show_shapes,
        dtype=show_dtype,
        names=show_layer_names,
        activations=show_layer_activations,
        trainable=show_trainable,
        nested=expand_nested,
    )
    diagram = Diagram(boxes.dot(model, {"rankdir": rankdir, "dpi": str(dpi), "splines": splines}))
    if to_file is not None:
        diagram.save(to_file)
    return diagram


@dataclass(frozen=True)
class Diagram:
    """A drawn architecture; notebooks show it by themselves.

    Attributes:
        dot: the picture in Graphviz's language.
    """

    dot: str

    def rendered(self, form: str) -> bytes:
        """Render as ``png``, ``svg`` or ``pdf``.

        Raises:
            RuntimeError: no program to render with is installed, or it failed.
        """
        from autodiff.show.rendering import rendered  # takes long to import

        return rendered(self.dot, form)

    def save(self, to_file: str | os.PathLike[str]) -> Path:
        """Write to a file whose ending says how: ``.png``, also without one; ``.dot`` is text."""
        path = Path(to_file)
        if not path.suffix:
            path = path.with_suffix(".png")
        form = path.suffix.lower().removeprefix(".")
        path.write_bytes(self.dot.encode() if form in ("dot", "gv") else self.rendered(form))
        return path

    def _repr_svg_(self) -> str:
        return self.rendered("svg").decode()


@dataclass(frozen=True)
class _Boxes:
    """What the box of a layer tells, beside its class."""

    shapes: bool
    dtype: bool
    names: bool
    activations: bool
    trainable: bool
    nested: bool

    def dot(self, model: Model, options: dict[str, str]) -> str:
        """Write the whole picture in Graphviz's language."""
        from graphviz import Digraph  # takes long to import

        graph = Digraph(
            graph_attr={"bgcolor": "white", "fontname": "Helvetica", **options},
            node_attr={"shape": "plain", "fontname": "Helvetica"},
        )
        chain: list[str] = []
        if isinstance(model, Sequential):
            self._add_layers(graph, model, chain)
        else:
            graph.node("model", self._label(model, model.input_shape_given, None))
        graph.edges(pairwise(chain))
        text: str = graph.source
        return text

    def _add_layers(self, graph: Digraph, model: Sequential, chain: list[str]) -> None:
        """Add a box for each layer, and its id to the chain of those before it."""
        shape = model.input_shape_given
        for layer, output_shape in zip(model.layers, model.output_shapes(), strict=True):
            if self.nested and isinstance(layer, Sequential):
                with graph.subgraph(name=f"cluster_{layer.name}") as inside:
                    inside.attr(label=layer.name, style="dashed", labeljust="l")
                    self._add_layers(inside, layer, chain)
            else:
                chain.append(f"layer_{len(chain)}")
                graph.node(chain[-1], self._label(layer, shape, output_shape))
            shape = output_shape

    def _label(self, layer: Layer, input_shape: Shape | None, output_shape: Shape | None) -> str:
        """Lay out the box of a layer: its class above, what is told about it below."""
        kind = type(layer).__name__
        title = f"<b>{_text(layer.name)}</b> ({kind})" if self.names else f"<b>{kind}</b>"
        cells = list(self._cells(layer, input_shape, output_shape))
        rows = [_cell(title, HEADER, max(1, len(cells)))]
        activation = getattr(layer, "activation", None)
        if self.activations and activation is not None:
            name = getattr(activation, "__name__", type(activation).__name__)
            rows.append(_cell(f"Activation: <b>{_text(name)}</b>", columns=max(1, len(cells))))
        rows += ["".join(cells)] if cells else []
        lines = "".join(f"<tr>{row}</tr>" for row in rows)
        return f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="8">{lines}</table>>'

    def _cells(
        self, layer: Layer, input_shape: Shape | None, output_shape: Shape | None
    ) -> Iterator[str]:
        """Write what stands in the box's last row, side by side."""
        if self.shapes:
            yield _cell(f"Input shape: <b>{input_shape or '?'}</b>")
            yield _cell(f"Output shape: <b>{output_shape or '?'}</b>")
        if self.dtype:
            yield _cell("Output dtype: <b>float32</b>")
        if self.trainable and layer.weights:
            is_trained = bool(layer.trainable_weights)
            words = "<b>Trainable</b>" if is_trained else "<b>Non-trainable</b>"
            yield _cell(words, TRAINABLE if is_trained else FROZEN)


def _cell(words: str, background: str = "white", columns: int = 1) -> str:
    """Write a cell of a table; on a dark background the letters are white."""
    color = "black" if background == "white" else "white"
    return (
        f'<td bgcolor="{background}" colspan="{columns}"><font color="{color}">{words}</font></td>'
    )


def _text(text: str) -> str:
    return html.escape(str(text))
