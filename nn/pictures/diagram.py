"""A diagram of a model's architecture: a box for each layer, from the inputs to the outputs.

``model.draw()`` shows the inside of the layers, with numbers and slopes.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nn.distribution import is_main
from nn.layers.architecture import Part
from nn.layers.container import Container
from nn.pictures.layer_box import Boxes

if TYPE_CHECKING:
    from graphviz import Digraph

__all__ = ["Diagram", "model_to_dot", "plot_model"]

_DPI, _WIDTH = re.compile(r"dpi=\d+"), re.compile(r'<svg width="([\d.]+)pt"')
_LEAST = 0.6  # of its size: a smaller diagram couldn't be read


def plot_model(
    model: Container,
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
    """Draw the layers of a model to a file, and return a diagram that notebooks display.

    Args:
        model: any model; one whose ``call`` is written in Python is one box.
        to_file: ``.png``, ``.svg``, ``.pdf`` or ``.dot``; None for no file.
        show_shapes: whether to show the shapes of inputs and outputs.
        show_dtype: whether to show the dtype of the outputs.
        show_layer_names: whether to show the layers' names beside their classes.
        rankdir: ``'TB'`` from top to bottom, ``'LR'`` from left to right.
        expand_nested: whether to draw the layers of a model within the model.
        dpi: dots per inch.
        show_layer_activations: whether to show the activations.
        show_trainable: whether to show which layers with weights are trainable.
        splines: Graphviz's style of arrows.

    Raises:
        TypeError: ``model`` isn't a model.
        RuntimeError: no program to render with is installed.

    >>> import tempfile
    >>> import nn
    >>> from pathlib import Path
    >>> model = nn.Sequential([nn.layers.Dense(2, input_shape=(3,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     diagram = plot_model(model, Path(folder) / "model.dot", show_shapes=True)
    ...     [path.name for path in Path(folder).iterdir()]
    ['model.dot']
    """
    if not isinstance(model, Container):
        raise TypeError(f"plot_model expects a model, got {model!r}. Pass a Sequential.")
    boxes = Boxes(
        shapes=show_shapes,
        dtype=show_dtype,
        names=show_layer_names,
        activations=show_layer_activations,
        trainable=show_trainable,
    )
    options = {"rankdir": rankdir, "dpi": str(dpi), "splines": splines}
    diagram = Diagram(_Drawing(boxes, expand_nested).dot(model, options))
    if to_file is not None:
        diagram.save(to_file)
    return diagram


def model_to_dot(
    model: Container,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Diagram:
    """Return the diagram that `plot_model` draws, with the layers' names; no file is written.

    ``model_to_dot(model).dot`` is in Graphviz's language. The arguments are those of `plot_model`.

    >>> import nn
    >>> model = nn.Sequential([nn.layers.Dense(2, input_shape=(3,), name="scores")])
    >>> model_to_dot(model).dot.startswith("digraph"), "scores" in model_to_dot(model).dot
    (True, True)
    """
    return plot_model(
        model, None, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        show_layer_activations, show_trainable, splines,
    )  # fmt: skip


@dataclass(frozen=True)
class Diagram:
    """A diagram of an architecture, which notebooks display.

    Attributes:
        dot: the picture in Graphviz's language.
    """

    dot: str

    def rendered(self, form: str) -> bytes:
        """Render as ``png``, ``svg`` or ``pdf``.

        Raises:
            RuntimeError: no program to render with is installed, or it failed.
        """
        from autodiff.display import rendered  # slow to import

        return rendered(self.dot, form)

    def save(self, to_file: str | os.PathLike[str]) -> Path:
        """Write to a file; its suffix sets the format, ``.png`` by default; ``.dot`` is text."""
        path = Path(to_file)
        if not path.suffix:
            path = path.with_suffix(".png")
        form = path.suffix.lower().removeprefix(".")
        if is_main():  # of several processes that train together
            path.write_bytes(self.dot.encode() if form in ("dot", "gv") else self.rendered(form))
        return path

    def _repr_svg_(self) -> str:
        """Return the diagram in the size of its text, whatever the dots per inch of a file."""
        from autodiff.display import rendered  # slow to import

        return rendered(_DPI.sub("dpi=72", self.dot), "svg").decode()

    def _repr_html_(self) -> str:
        """Return the diagram no wider than the cell of a notebook; scrolled if it is very wide."""
        svg = self._repr_svg_()
        found = _WIDTH.search(svg)
        least = _LEAST * float(found[1]) if found else 0
        style = f"max-width:100%;min-width:{least:.0f}pt;height:auto"
        whole = svg[svg.index("<svg") :].replace("<svg", f'<svg style="{style}"', 1)
        return f'<div style="overflow-x:auto">{whole}</div>'


class _Drawing:
    """A drawing of boxes and arrows.

    Args:
        boxes: what is in them.
        expands: whether the layers of models in the model are drawn too.
    """

    def __init__(self, boxes: Boxes, expands: bool) -> None:
        self.boxes, self.expands = boxes, expands
        self._count = 0  # of the boxes
        self._arrows: dict[tuple[str, str], None] = {}  # in order, each once

    def dot(self, model: Container, options: dict[str, str]) -> str:
        """Return the diagram of a model in Graphviz's language."""
        from graphviz import Digraph  # slow to import

        graph = Digraph(
            graph_attr={"bgcolor": "white", "fontname": "Helvetica", **options},
            node_attr={"shape": "plain", "fontname": "Helvetica"},
        )
        if model.architecture().starts:
            self._add(graph, model)
        else:
            graph.node("model", self.boxes.label(Part(model, model.input_shape_given)))
        graph.edges(self._arrows)
        text: str = graph.source
        return text

    def _add(self, graph: Digraph, model: Container) -> _Inside:
        """Add the layers of a model; return the boxes of its inputs and outputs."""
        architecture = model.architecture()
        inside = {
            id(part.layer): self._opened(graph, part)
            if self._opens(part.layer)
            else self._boxed(graph, part)
            for part in architecture.parts
        }
        for part in architecture.parts:
            entries = inside[id(part.layer)].entries
            for source in part.sources:
                exits = inside[id(source.layer)].exits
                start, end = (
                    exits[source.place % len(exits)],
                    entries[source.argument % len(entries)],
                )
                self._arrows[start, end] = None
        return _Inside(
            [inside[id(layer)].entries[0] for layer in architecture.starts],
            [inside[id(layer)].exits[0] for layer in architecture.ends],
        )

    def _opens(self, layer: Any) -> bool:
        return self.expands and isinstance(layer, Container) and bool(layer.architecture().starts)

    def _opened(self, graph: Digraph, part: Part) -> _Inside:
        """Add the layers of a model in a dashed frame."""
        with graph.subgraph(name=f"cluster_{part.layer.name}") as inside:
            inside.attr(label=part.layer.name, style="dashed", labeljust="l")
            return self._add(inside, part.layer)

    def _boxed(self, graph: Digraph, part: Part) -> _Inside:
        name = f"layer_{self._count}"
        self._count += 1
        graph.node(name, self.boxes.label(part))
        return _Inside([name], [name])


class _Inside(NamedTuple):
    """The names of boxes, where arrows begin and end.

    Attributes:
        entries: the box that each input goes into.
        exits: the box that makes each output.
    """

    entries: list[str]
    exits: list[str]
