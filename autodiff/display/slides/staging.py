"""The layout of the steps of a computation.

The steps and the places of boxes are those of the page to step through: values forward, then slopes
backward.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.display.mathematics.words import number, signed, span
from autodiff.display.page.content import content_of
from autodiff.display.picture import colors
from autodiff.display.picture.rendering import rendered
from autodiff.display.slides.scene import (
    HEADING,
    Place,
    Scene,
    SceneArrow,
    SceneBox,
    SceneCell,
    Word,
)
from autodiff.display.working.working import Working

__all__ = ["scene_of"]

_LINE, _MARGIN, _LABEL = 20.0, 10.0, 44.0  # as in the layout of the page


def scene_of(working: Working, depth: int | None = None, fold: bool | None = None) -> Scene:
    """Lay out the steps of a computation.

    Raises:
        RuntimeError: no program to lay out with is installed.
    """
    content, layout = content_of(working, depth, fold)
    graph = json.loads(rendered(layout.dot, "json"))
    left, low, right, high = map(float, graph["bb"].split(","))
    places = _Places(graph, left, high)
    plan = _Plan(content)
    values = content["program"]
    largest = max((_size(values[b["slope"]]) for b in content["boxes"] if b["slope"] is not None),
                  default=0.0)  # fmt: skip
    boxes = [
        _box(record, places.boxes[record["id"]], values, plan, largest)
        for record in content["boxes"]
    ]
    arrows = [_arrow(record, places, values, plan, largest) for record in content["arrows"]]
    order = [record["id"] for record in content["boxes"]]
    active = [-1, *(order.index(box) for _, box in plan.steps)]
    return Scene(
        content["title"],
        right - left,
        high - low + HEADING,
        plan.captions,
        active,
        boxes,
        arrows,
        places.references,
    )


class _Plan:
    """The steps: of each, its kind and its box; and the steps in which slopes are known."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        boxes, arrows = content["boxes"], content["arrows"]
        self.records = {box["id"]: box for box in boxes}
        made = [box["id"] for box in boxes if box["inputs"]]
        self.carrying = [arrow for arrow in arrows if arrow["share"] is not None]
        heads = {arrow["head"] for arrow in self.carrying}
        self.steps = [("forward", box) for box in made]
        if any(self.records[box]["slope"] is not None for box in content["results"]):
            self.steps.append(("seed", content["results"][-1]))
            self.steps += [("backward", box) for box in reversed(made) if box in heads]
        self._numbers = {step: i for i, step in enumerate(self.steps, 1)}
        self.captions = ["The inputs", *(self._caption(*step) for step in self.steps)]

    def number(self, kind: str, box: str) -> int:
        """Return the number of a step; 0 if there is none."""
        return self._numbers.get((kind, box), 0)

    def slope_from(self, box: str) -> int:
        """Return the step from which the slope of a box is whole."""
        if box in self.content["results"]:
            return self.number("seed", self.content["results"][-1])
        uses = [arrow["head"] for arrow in self.carrying if arrow["tail"] == box]
        return max((self.number("backward", head) for head in uses), default=len(self.steps))

    def _caption(self, kind: str, box: str) -> str:
        record = self.records[box]
        name, expression = record["name"], record["expression"]
        whole = f"{name} = {expression}" if expression and not record["isBlock"] else name
        if kind == "forward":
            return f"Forward: {whole}"
        if kind == "seed":
            return f"Backward, from the end: the slope of {name} is 1"
        return f"Backward through {whole}"


class _Places:
    """Where Graphviz put boxes and arrows, from the upper left corner."""

    def __init__(self, graph: Mapping[str, Any], left: float, high: float) -> None:
        self._left, self._high = left, high
        self.boxes: dict[str, tuple[float, float, float, float]] = {}
        self.references: list[SceneCell] = []
        for found in graph["objects"]:
            if "pos" in found:  # a box; a frame has bounds
                x, y = self._point(found["pos"])
                width, height = 72 * float(found["width"]), 72 * float(found["height"])
                place = (x - width / 2, y - height / 2, width, height)
                if "id" in found:
                    self.boxes[found["id"]] = place
                else:  # refers to a value in another row
                    self.references.append(SceneCell(*place, found["label"], ""))
        self.arrows = {edge["id"]: self._curve(edge["pos"]) for edge in graph.get("edges", ())}

    def _point(self, text: str) -> Place:
        x, y = map(float, text.split(","))
        return x - self._left, self._high - y + HEADING

    def _curve(self, text: str) -> tuple[list[Place], Place]:
        tip, *points = text.split()
        return list(map(self._point, points)), self._point(tip.removeprefix("e,"))


def _box(
    record: Mapping[str, Any],
    place: tuple[float, float, float, float],
    values: Sequence[Mapping[str, Any]],
    plan: _Plan,
    largest: float,
) -> SceneBox:
    x, y, width, height = place
    line = y + _MARGIN / 2 + _LINE / 2
    words = [Word(x + _MARGIN, line, record["name"], is_name=True)]
    expression = record["expression"]
    if expression:
        line += _LINE
        sign = "" if record["isBlock"] else "= "
        words.append(Word(x + _MARGIN, line, sign + expression, is_name=False))
    area = (x + _LABEL, width - _LABEL - _MARGIN)
    value = values[record["value"]]
    cells = _cells(value, record["isWrittenOut"], area, line + _LINE / 2, largest=None)
    bottom = cells[-1].y + _LINE
    slopes: list[SceneCell] = []
    if record["slope"] is not None:
        slope = values[record["slope"]]
        slopes = _cells(slope, record["isWrittenOut"], area, bottom, largest)
    valued = plan.number("forward", record["id"])
    return SceneBox(
        x, y, width, height, words, cells, slopes, valued, plan.slope_from(record["id"])
    )


def _cells(
    entry: Mapping[str, Any],
    is_written_out: bool,
    area: tuple[float, float],
    top: float,
    largest: float | None,
) -> list[SceneCell]:
    """Lay out the entries of a value, or of a slope if ``largest`` is given."""
    left, width = area
    write = number if largest is None else signed
    data = _data(entry)
    if data is None or not is_written_out:
        text = entry["text"] if "text" in entry else _range(entry, write)
        return [SceneCell(left, top, width, _LINE, text, "" if largest is None else colors.ZERO)]
    if entry["kind"] == "bool":
        data = [bool(x) for x in data]
    columns = entry["shape"][-1] if entry["shape"] else 1
    each = width / columns
    return [
        SceneCell(
            left + each * (i % columns), top + _LINE * (i // columns), each, _LINE, write(x),
            "" if largest is None else colors.of_slope(float(x), largest),
        )
        for i, x in enumerate(data)
    ]  # fmt: skip


def _arrow(
    record: Mapping[str, Any],
    places: _Places,
    values: Sequence[Mapping[str, Any]],
    plan: _Plan,
    largest: float,
) -> SceneArrow:
    points, tip = places.arrows[record["id"]]
    share = None if record["share"] is None else _data(values[record["share"]])
    text = signed(share[0]) if share is not None and len(share) == 1 else ""
    color = colors.of_slope(float(share[0]), largest) if text and share else colors.ARROW
    backward = plan.number("backward", record["head"]) if record["share"] is not None else 0
    return SceneArrow(points, tip, plan.number("forward", record["head"]), backward, text, color)


def _data(entry: Mapping[str, Any]) -> list[Any] | None:
    """Return the numbers of an entry of the program; in JSON, those that aren't finite are text."""
    data = entry["data"]
    return None if data is None else [float(x) if isinstance(x, str) else x for x in data]


def _range(entry: Mapping[str, Any], write: Any) -> str:
    data = _data(entry)
    ends = entry["range"]["ends"] if data is None else [min(data), max(data)] if data else []
    shape = "×".join(map(str, entry["shape"]))
    return f"{shape}: {span(ends[0], ends[1], write)}" if ends else shape


def _size(entry: Mapping[str, Any]) -> float:
    """Return the size of the largest finite number."""
    data = _data(entry)
    ends = data if data is not None else entry.get("range", {}).get("ends", [])
    finite = [abs(float(x)) for x in ends if np.isfinite(x)]
    return max(finite, default=0.0)
