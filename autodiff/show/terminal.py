"""A picture in plain text, for terminals and screen readers: each value, its origin, its slope."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show.arrows import Arrow, Constant, arrows_of
from autodiff.show.folding import Block, Outline, Part, nodes_of
from autodiff.show.telling import block_title, few, names_of, remarks, said, subscript, title_of
from autodiff.show.values import value_text
from autodiff.show.words import number, operation, signed
from autodiff.show.working import Working

__all__ = ["description", "text_of"]

_WIDEST = 44  # characters of a column
_MOST_TOLD, _MOST_NAMED = 60, 20  # steps of a description; else arguments


def text_of(working: Working, outline: Outline) -> str:
    """Write a computation line by line; the local slopes stand below the step that they are of."""
    return _Text(working, outline).written()


def description(working: Working, outline: Outline) -> str:
    """Say what a picture shows, for those who can't see it: all of a small one."""
    starts = set(working.starts)
    steps = sum(part not in starts for part in outline.parts)
    summary = f"A computation in {steps} step{'s' * (steps != 1)}, from left to right."
    if len(outline.parts) <= _MOST_TOLD:
        return f"{summary}\n{text_of(working, outline)}"
    slopes = [
        f"{working.names[node]} {said(working.slopes.get(node), signed)}"
        for node in working.starts[:_MOST_NAMED]
        if node in working.names
    ]
    return f"{summary} {title_of(working)}. Slopes: {'; '.join(slopes)}."


class _Text:
    """One text in the making; its rows are a step, its value and its slope."""

    def __init__(self, working: Working, outline: Outline) -> None:
        self.working, self.outline = working, outline
        self.names = _all_named(working, outline)
        self.arrows: dict[Part, list[Arrow]] = {}
        for arrow in arrows_of(working, outline, self.names):
            self.arrows.setdefault(arrow.head, []).append(arrow)
        self.rows: list[tuple[str, str, str]] = []

    def written(self) -> str:
        open_scopes: tuple[Any, ...] = ()
        shown: set[Constant] = set()
        for part in self.outline.parts:
            frames = self.outline.frames.get(part, ())
            for depth, scope in enumerate(frames):
                if scope not in open_scopes:
                    self.rows.append((f"{'  ' * depth}{scope.name}:", "", ""))
            open_scopes = frames
            for arrow in self.arrows.get(part, ()):
                tail = arrow.tail
                if isinstance(tail, Constant) and tail.name and tail not in shown:
                    shown.add(tail)
                    self.rows.append((tail.name, said(tail.value, number), ""))
            self.add(part, "  " * len(frames))
        head = [title_of(self.working), *remarks(self.working, self.outline)]
        return "\n".join([*head, "", *_aligned(self.rows)])

    def add(self, part: Part, indent: str) -> None:
        """Add the rows of a value, and of the local slopes on the arrows to it."""
        arrows = self.arrows.get(part, ())
        if isinstance(part, Block):
            tails = dict.fromkeys(map(self.name, (arrow.tail for arrow in arrows)))
            of = f" of {few(list(tails))}" if tails else ""
            held = f", with {len(part.starts)} arguments inside" if part.starts else ""
            self.rows.append((f"{indent}{block_title(part)}{of}{held}", "", ""))
            if part.nodes[-1] in self.working.starts:
                return
            part, indent = part.nodes[-1], indent + "  "
            step = self.names[part]
        else:
            step = f"{self.names[part]}{self.expression(part)}"
        slope = self.working.slopes.get(part)
        told = "" if slope is None else f"slope {said(slope, signed)}{_remark(slope)}"
        self.rows.append((f"{indent}{step}", said(part.value, number), told))
        for arrow in arrows:
            if arrow.told and not isinstance(arrow.tail, Constant):
                self.rows.append((f"{indent}    {arrow.told}", "", ""))

    def name(self, part: Part | Constant) -> str:
        if isinstance(part, Constant):
            return part.name or "a constant"
        return self.names[part.nodes[-1] if isinstance(part, Block) else part]

    def expression(self, node: Node) -> str:
        """Write how a value was computed; nothing for one that the graph starts from."""
        if node in self.working.starts or node.primitive is None:
            return ""
        called = {}
        for i, x in enumerate(node.inputs):
            if type(x) is Node:
                called[i] = self.names[x]
            elif np.ndim(x):
                called[i] = self.working.constant_name(x) or value_text(x)
        return f" = {operation(node, called)}"


def _all_named(working: Working, outline: Outline) -> dict[Node, str]:
    """Number the Nodes that have no name, so that every formula can be followed."""
    names = names_of(working)
    numbers = (f"v{subscript(i)}" for i in count(1))
    shown = [nodes_of(part)[-1] for part in outline.parts]
    return {node: names.get(node) or next(numbers) for node in dict.fromkeys(shown + working.nodes)}


def _remark(slope: Any) -> str:
    if not np.all(np.isfinite(slope)):
        return "  ← not finite"
    return "" if np.any(slope) else "  ← no slope gets here"


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    """Put the values below each other, and the slopes."""
    valued = [row for row in rows if row[1]]
    widths = [min(max((len(row[i]) for row in valued), default=0), _WIDEST) for i in range(2)]
    return [
        f"{step:{widths[0]}} = {value:{widths[1]}}  {slope}".rstrip() if value else step
        for step, value, slope in rows
    ]
