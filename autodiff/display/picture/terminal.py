"""A picture as plain text, for terminals and screen readers: values, operations and slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number, signed
from autodiff.display.picture.arrows import Arrow, ConstantOperand, arrows_of
from autodiff.display.picture.descriptions import (
    block_title,
    join_names,
    remarks,
    title_of,
    value_summary,
)
from autodiff.display.picture.folding import Block, Outline, Part
from autodiff.display.working.references import References
from autodiff.display.working.working import Working

__all__ = ["description", "text_of"]

_WIDEST = 44  # characters of a column
_MOST_STEPS, _MOST_ARGUMENTS = 60, 20  # in a description


def text_of(working: Working, outline: Outline) -> str:
    """Write a computation line by line, each step with its local slopes below it."""
    return _Text(working, outline).build()


def description(working: Working, outline: Outline) -> str:
    """Describe a picture for screen readers: all of a small one, a summary of a large one."""
    starts = set(working.starts)
    steps = sum(part not in starts for part in outline.parts)
    summary = f"A computation in {steps} step{'s' * (steps != 1)}, from left to right."
    if len(outline.parts) <= _MOST_STEPS:
        return f"{summary}\n{text_of(working, outline)}"
    slopes = [
        f"{working.names[node]} {value_summary(working.slopes[node], signed)}"
        for node in working.starts[:_MOST_ARGUMENTS]
        if node in working.names
    ]
    return f"{summary} {title_of(working)}. Slopes: {'; '.join(slopes)}."


class _Text:
    """The builder of one text, in rows of a step, its value and its slope."""

    def __init__(self, working: Working, outline: Outline) -> None:
        self.working, self.outline = working, outline
        self.references = References(working)
        self.arrows: dict[Part, list[Arrow]] = {}
        for arrow in arrows_of(working, outline, self.references.of):
            self.arrows.setdefault(arrow.head, []).append(arrow)
        self.rows: list[tuple[str, str, str]] = []

    def build(self) -> str:
        open_scopes: tuple[Any, ...] = ()
        shown: set[ConstantOperand] = set()
        for part in self.outline.parts:
            frames = self.outline.frames.get(part, ())
            for depth, scope in enumerate(frames):
                if scope not in open_scopes:
                    self.rows.append((f"{'  ' * depth}{scope.name}:", "", ""))
            open_scopes = frames
            for arrow in self.arrows.get(part, ()):
                tail = arrow.tail
                if isinstance(tail, ConstantOperand) and tail.name and tail not in shown:
                    shown.add(tail)
                    self.rows.append((tail.name, value_summary(tail.value, number), ""))
            self.add(part, "  " * len(frames))
        head = [title_of(self.working), *remarks(self.working, self.outline, self.references)]
        return "\n".join([*head, "", *_aligned(self.rows)])

    def add(self, part: Part, indent: str) -> None:
        """Add the rows of a value and of the local slopes of its operands."""
        arrows = self.arrows.get(part, ())
        if isinstance(part, Block):
            tails = dict.fromkeys(map(self.name, (arrow.tail for arrow in arrows)))
            of = f" of {join_names(list(tails))}" if tails else ""
            held = f", with {len(part.starts)} arguments inside" if part.starts else ""
            self.rows.append((f"{indent}{block_title(part)}{of}{held}", "", ""))
            if part.nodes[-1] in self.working.starts:
                return
            part, indent = part.nodes[-1], indent + "  "
            step = self.references.name(part)
        else:
            step = self.step(part)
        slope = self.working.slopes.get(part)
        slope_text = (
            "" if slope is None else f"slope {value_summary(slope, signed)}{_remark(slope)}"
        )
        self.rows.append((f"{indent}{step}", value_summary(part.value, number), slope_text))
        for arrow in arrows:
            if arrow.tooltip and not isinstance(arrow.tail, ConstantOperand):
                self.rows.append((f"{indent}    {arrow.tooltip}", "", ""))

    def name(self, part: Part | ConstantOperand) -> str:
        if isinstance(part, ConstantOperand):
            return part.name
        return self.references.name(part.nodes[-1] if isinstance(part, Block) else part)

    def step(self, node: Node) -> str:
        """Write the name of a value and how it was computed, unless the name is the formula."""
        expression = self.references.expression(node)
        return self.references.name(node) + (f" = {expression}" if expression else "")


def _remark(slope: Array) -> str:
    if not np.all(np.isfinite(slope)):
        return "  ← not finite"
    return "" if np.any(slope) else "  ← no slope gets here"


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    """Align the values and the slopes in columns."""
    valued = [row for row in rows if row[1]]
    widths = [min(max((len(row[i]) for row in valued), default=0), _WIDEST) for i in range(2)]
    return [
        f"{step:{widths[0]}} = {value:{widths[1]}}  {slope}".rstrip() if value else step
        for step, value, slope in rows
    ]
