"""A picture in words: its title, what is to be known to read it, and what each box says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.graph import Node
from autodiff.show.folding import Block, Outline
from autodiff.show.recorded import reachable
from autodiff.show.words import number, operation, shape_text, signed, span
from autodiff.show.working import Working

__all__ = ["block_title", "few", "remarks", "said", "title_of", "told"]

_MOST_ENTRIES = 6  # that are written out


def title_of(working: Working) -> str:
    """Say what came out: ``loss = 49``."""
    results = [said(node.value, number) for node in working.results]
    return f"{working.subject} = {', '.join(results[:3])}" + (", …" if len(results) > 3 else "")


def remarks(working: Working, outline: Outline) -> list[str]:
    """Say what a slope is here, how to read the picture, and what isn't in it."""
    subject = working.subject
    if set(working.starts).isdisjoint(reachable(working.results, (), subject)):
        lines = [f"no slopes: {_not_computed(working)}"]
    elif not any(node in working.slopes for node in working.results):
        lines = [f"no slopes: {subject} is {working.results[0].value.dtype}, not real"]
    else:
        of = subject if working.is_scalar else f"the sum of all entries of {subject}"
        lines = [f"slope: how much {of} changes per unit change of the value"]
    if outline.is_too_long:
        lines.append(
            f"{len(working.nodes):,} values are too many to look at, so what repeats is folded; "
            f"depth= unfolds it"
        )
    return lines


def _not_computed(working: Working) -> str:
    """Say that the result isn't computed from the arguments, and which choices may be the cause."""
    words, starts = f"{working.subject} isn't computed from its arguments", set(working.starts)
    places = dict.fromkeys(
        decision.place
        for decision in working.decisions
        if decision.how == "__bool__"
        and not starts.isdisjoint(reachable([decision.node], (), working.subject))
    )
    if not places:
        return words
    return f"with these numbers, {words}: see the choice at {' and at '.join(places)}"


def told(part: Any, working: Working, names: Mapping[Node, str]) -> str:
    """Say in words what a box says; ``part`` is a Node, a block or a constant."""
    if isinstance(part, Block):
        held = f", {len(part.starts)} arguments inside" if part.starts else ""
        return f"{block_title(part)}: {len(part.nodes)} steps{held}"
    if not isinstance(part, Node):
        return f"{part.name or 'constant'}: value {said(part.value, number)}"
    is_start = part in working.starts or part.primitive is None
    words = [names.get(part, ""), "" if is_start else operation(part, {})]
    text = f"{': '.join(filter(None, words)) or 'tensor'}: value {said(part.value, number)}"
    slope, line = working.slopes.get(part), working.lines.get(part)
    text += "" if slope is None else f", slope {said(slope, signed)}"
    return text if line is None else f"{text} ({line})"


def block_title(block: Block) -> str:
    """Say what a block does, how often, and whose steps they are: ``Dense 5 relu ×2 (a, b)``."""
    times = f" ×{block.count}" if block.count > 1 else ""
    whose = f" ({few(block.names)})" if block.names else ""
    return f"{' / '.join(block.titles)}{times}{whose}"


def few(names: Sequence[str]) -> str:
    """List names; of many, the first and the last."""
    return ", ".join(names) if len(names) <= _MOST_ENTRIES else f"{names[0]} … {names[-1]}"


def said(value: Any, write: Any) -> str:
    """Write a value with ``number`` or ``signed``: all of few entries, else their range."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f"{len(value)} parts"
    if np.ndim(value) == 0:
        return str(write(value))
    entries = np.asarray(value)
    if entries.size <= _MOST_ENTRIES:
        return f"[{' '.join(said(part, write) for part in entries)}]"
    if entries.dtype.kind == "c" or not np.isfinite(entries).all():
        return f"[{shape_text(value)}]"
    return f"[{shape_text(value)}, {span(entries.min(), entries.max(), write)}]"
