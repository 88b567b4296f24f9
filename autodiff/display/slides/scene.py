"""What each step of a computation shows: boxes and arrows with their places, and from which step.

Lengths are in points, from the upper left corner.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["HEADING", "Place", "Scene", "SceneArrow", "SceneBox", "SceneCell", "Word"]

HEADING = 34.0  # the height of the line above the graph
Place = tuple[float, float]


class Word(NamedTuple):
    """A text in a box.

    Attributes:
        x: its left end.
        y: the middle of its line.
        text: the text.
        is_name: whether it is the name of the box.
    """

    x: float
    y: float
    text: str
    is_name: bool


class SceneCell(NamedTuple):
    """An entry of a value or a slope: the place of its upper left corner, and its color."""

    x: float
    y: float
    width: float
    height: float
    text: str
    fill: str


class SceneBox(NamedTuple):
    """A box, and the steps from which its value and its slope are known; the start is step 0."""

    x: float
    y: float
    width: float
    height: float
    words: list[Word]
    values: list[SceneCell]
    slopes: list[SceneCell]
    valued: int
    sloped: int


class SceneArrow(NamedTuple):
    """An arrow.

    Attributes:
        points: of its Bézier curves.
        tip: where its head ends.
        forward: the step in which its value is used.
        backward: the step in which its slope flows back; 0 for none.
        text: this slope, if it is a number.
        color: of the slope.
    """

    points: list[Place]
    tip: Place
    forward: int
    backward: int
    text: str
    color: str


class Scene(NamedTuple):
    """All steps of a computation.

    Attributes:
        title: the name of the result.
        width: of the drawing.
        height: of the drawing.
        captions: what happens in each step, the start first.
        active: the index of the box of each step, -1 at the start.
        boxes: all boxes.
        arrows: all arrows.
        references: small boxes that refer to values in other rows.
    """

    title: str
    width: float
    height: float
    captions: list[str]
    active: list[int]
    boxes: list[SceneBox]
    arrows: list[SceneArrow]
    references: list[SceneCell]
