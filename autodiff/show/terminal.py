"""A picture in plain text, for terminals and screen readers: each value, its origin, its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show.arrows import Arrow, Constant, arrows_of
from autodiff.show.folding import Block, Outline, Part
from autodiff.show.referring import References
from autodiff.show.telling import block_title, few, remarks, said, title_of
from autodiff.show.words import number, signed
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
        self.references = References(working)
        self.arrows: dict[Part, list[Arrow]] = {}
        for arrow in arrows_of(working, outline, self.references.of):
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
            step = self.references.name(part)
        else:
            step = self.step(part)
        slope = self.working.slopes.get(part)
        told = "" if slope is None else f"slope {said(slope, signed)}{_remark(slope)}"
        self.rows.append((f"{indent}{step}", said(part.value, number), told))
        for arrow in arrows:
            if arrow.told and not isinstance(arrow.tail, Constant):
                self.rows.append((f"{indent}    {arrow.told}", "", ""))

    def name(self, part: Part | Constant) -> str:
        if isinstance(part, Constant):
            return part.name or "a constant"
        return self.references.name(part.nodes[-1] if isinstance(part, Block) else part)

    def step(self, node: Node) -> str:
        """Write what a value is called, and how it was computed, unless its name says so."""
        expression = self.references.expression(node)
        return self.references.name(node) + (f" = {expression}" if expression else "")


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
