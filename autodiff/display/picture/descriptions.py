"""Descriptions of a picture in words: its title, remarks on it, and tooltips of its boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.graph import START, Node, ancestors
from autodiff.core.typing import Array
from autodiff.display.mathematics.operation import operation
from autodiff.display.mathematics.words import number, shape_text, signed, span
from autodiff.display.picture.folding import Block, Outline
from autodiff.display.working.conditions import conditions_text
from autodiff.display.working.references import References
from autodiff.display.working.working import Working

__all__ = ["block_title", "join_names", "remarks", "title_of", "tooltip", "value_summary"]

_MOST_ENTRIES = 6  # written out


def title_of(working: Working) -> str:
    """Return the results as a title: ``loss = 49``."""
    results = [value_summary(node.value, number) for node in working.results]
    return f"{working.subject} = {', '.join(results[:3])}" + (", …" if len(results) > 3 else "")


def remarks(working: Working, outline: Outline, references: References) -> list[str]:
    """Return remarks on the meaning of the slopes and on what the picture leaves out."""
    subject = working.subject
    if set(working.starts).isdisjoint(ancestors(working.results)):
        lines = [f"no slopes: {_not_computed(working)}"]
    elif not any(node in working.slopes for node in working.results):
        lines = [f"no slopes: {subject} is {working.results[0].value.dtype}, not real"]
    else:
        of = subject if working.is_scalar else f"the sum of all entries of {subject}"
        lines = [f"slope: how much {of} changes per unit change of the value"]
    if conditions := conditions_text(working, references):
        lines.append(conditions)
    if working.has_rounded:
        lines.append("0 also where a number is smaller than the rounding errors of its terms")
    if outline.is_too_long:
        lines.append(
            f"{len(working.nodes):,} values, of which repeated steps are folded; "
            f"fold=False unfolds them"
        )
    return lines


def _not_computed(working: Working) -> str:
    """State that the result isn't computed from the arguments, and name the choices that decide."""
    text, starts = f"{working.subject} isn't computed from its arguments", set(working.starts)
    places = dict.fromkeys(
        decision.place
        for decision in working.decisions
        if decision.how == "__bool__" and not starts.isdisjoint(ancestors([decision.node]))
    )
    if not places:
        return text
    return f"with these numbers, {text}: see the choice at {' and at '.join(places)}"


def tooltip(part: Any, working: Working, names: Mapping[Node, str]) -> str:
    """Describe a box in words; ``part`` is a Node, a block or a constant."""
    if isinstance(part, Block):
        held = f", {len(part.starts)} arguments inside" if part.starts else ""
        return f"{block_title(part)}: {len(part.nodes)} steps{held}"
    if not isinstance(part, Node):
        return f"{part.name or 'constant'}: value {value_summary(part.value, number)}"
    is_start = part in working.starts or part.primitive is START
    words = [names.get(part, ""), "" if is_start else operation(part, {})]
    text = (
        f"{': '.join(filter(None, words)) or 'tensor'}: value {value_summary(part.value, number)}"
    )
    slope, line = working.slopes.get(part), working.lines.get(part)
    text += "" if slope is None else f", slope {value_summary(slope, signed)}"
    return text if line is None else f"{text} ({line})"


def block_title(block: Block) -> str:
    """Return the operations of a block, its count and its names: ``Dense 5 relu ×2 (a, b)``."""
    times = f" ×{block.count}" if block.count > 1 else ""
    names = f" ({join_names(block.names)})" if block.names else ""
    return f"{' / '.join(block.titles)}{times}{names}"


def join_names(names: Sequence[str]) -> str:
    """Join names with commas; of many, only the first and the last."""
    return ", ".join(names) if len(names) <= _MOST_ENTRIES else f"{names[0]} … {names[-1]}"


def value_summary(value: Array, write: Callable[[Array], str]) -> str:
    """Write a value with ``number`` or ``signed``: all entries if they are few, else the range."""
    if isinstance(value, tuple):
        return f"{len(value)} parts"
    if np.ndim(value) == 0:
        return str(write(value))
    entries = np.asarray(value)
    if entries.size <= _MOST_ENTRIES:
        return f"[{' '.join(value_summary(part, write) for part in entries)}]"
    if entries.dtype.kind == "c" or not np.isfinite(entries).all():
        return f"[{shape_text(value)}]"
    return f"[{shape_text(value)}, {span(entries.min(), entries.max(), write)}]"
