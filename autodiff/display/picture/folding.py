"""Fold steps of large computations: a layer, or the rounds of a loop, becomes one block.

Only consecutive steps are folded, so that no block depends on itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import groupby
from typing import TypeAlias

from autodiff.core.graph import Node
from autodiff.display.mathematics.operation import operation
from autodiff.display.picture.repeats import rounds
from autodiff.display.working.working import Working
from autodiff.tracing.naming import Scope

__all__ = ["MOST", "Block", "Outline", "Part", "nodes_of", "outline"]

MOST = 200
"""The most boxes of a picture that is folded automatically."""

_MOST_TITLES = 3
_MOST_STARTS = 12  # of more, those that only one block uses are folded into it


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
    """Several steps that are shown as one.

    Attributes:
        titles: the operations, line by line: ``Dense 50 relu``, or the user's source.
        nodes: the Nodes that it computes, in creation order.
        count: how often the operations are repeated.
        names: the names of the scopes: ``dense``, ``dense_1``.
        starts: starts that only this block uses, where there are too many to show.
    """

    titles: tuple[str, ...]
    nodes: tuple[Node, ...]
    count: int = 1
    names: tuple[str, ...] = ()
    starts: tuple[Node, ...] = ()


Part: TypeAlias = Node | Block
Key: TypeAlias = Callable[[Part], Hashable]


@dataclasses.dataclass(frozen=True)
class Outline:
    """The parts of a computation that are shown.

    Attributes:
        parts: Nodes, and the Blocks that others are folded into, in creation order.
        frames: the open scopes around a part, outermost first.
        depth: how many levels of scopes are opened, if the caller chose.
        is_too_long: whether more is folded because there are too many steps.
    """

    parts: list[Part]
    frames: dict[Part, tuple[Scope, ...]]
    depth: int | None
    is_too_long: bool


def nodes_of(part: Part) -> tuple[Node, ...]:
    """Return the Nodes of a part."""
    return (part,) if isinstance(part, Node) else part.starts + part.nodes


def outline(
    working: Working,
    depth: int | None = None,
    apart: Collection[str] = frozenset(),
    fold: bool | None = None,
) -> Outline:
    """Choose the parts to show.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened. By default the innermost scopes, and those that
            are made ``folded``, are closed; a scope around everything is opened.
        apart: the names of scopes that stay blocks of their own, even where they are repeated.
        fold: whether repeated blocks, and the rounds of loops, form one block each. By default
            repeated blocks do, and the rounds of loops only where there is too much otherwise; with
            a ``depth``, nothing does.
    """
    starts = set(working.starts)
    steps, frames = _by_scope(working, [n for n in working.nodes if n not in starts], depth)
    if fold is False or (fold is None and depth is not None):
        return Outline([*working.starts, *steps], frames, depth, is_too_long=False)
    if depth is None and len(steps) == 1 and 1 < len(nodes_of(steps[0])) <= MOST:
        level = len(frames[steps[0]])
        scopes = working.scopes.get(nodes_of(steps[0])[0], ())
        if not scopes[level].folded:
            opened = outline(working, level + 1, apart, fold)
            return dataclasses.replace(opened, depth=None)

    def kind(part: Part) -> Hashable:
        """Return a key that is equal for blocks with the same operations; Nodes all differ."""
        is_folded = isinstance(part, Block) and set(part.names).isdisjoint(apart)
        return part.titles if isinstance(part, Block) and is_folded else part

    steps = _fold_repeats(steps, frames, kind, _block_titles)
    is_too_long = len(steps) > MOST
    if fold or is_too_long:
        steps = _fold_rounds(steps, frames, working)
    if len(steps) > MOST:
        steps = _shorten(steps, frames, working)
    is_folded = is_too_long or (fold is True and len(steps) < len(working.nodes))
    return Outline(_with_starts(working, steps, frames), frames, depth, is_folded)


def _with_starts(
    working: Working, steps: list[Part], frames: dict[Part, tuple[Scope, ...]]
) -> list[Part]:
    """Put the starts before the steps; if they are many, fold them into the blocks that use them.

    An argument of the function stays outside; an entry of one (``weights['node_0']``) may be
    folded.
    """
    if len(working.starts) <= _MOST_STARTS:
        return [*working.starts, *steps]
    users: dict[Node, set[Part]] = {}
    for part in steps:
        for node in nodes_of(part):
            for x in node.inputs:
                if type(x) is Node:
                    users.setdefault(x, set()).add(part)
    inside: dict[Part, list[Node]] = {}
    outside: list[Part] = []
    for start in working.starts:
        user, *others = users.get(start, {start})
        is_entry = not working.names.get(start, "").isidentifier()
        if isinstance(user, Block) and not others and is_entry:
            inside.setdefault(user, []).append(start)
        else:
            outside.append(start)
    blocks = [_with_inner_starts(part, inside.get(part, ()), frames) for part in steps]
    if len(outside) > MOST:
        titles = (f"{len(outside)} arguments",)
        outside = [Block(titles, tuple(n for part in outside for n in nodes_of(part)))]
    return outside + blocks


def _with_inner_starts(
    part: Part, starts: Sequence[Node], frames: dict[Part, tuple[Scope, ...]]
) -> Part:
    if isinstance(part, Node) or not starts:
        return part
    block = dataclasses.replace(part, starts=tuple(starts))
    frames[block] = frames[part]
    return block


def _by_scope(
    working: Working, nodes: list[Node], depth: int | None
) -> tuple[list[Part], dict[Part, tuple[Scope, ...]]]:
    """Fold each closed scope into a block."""
    containers = {outer.id for scopes in working.scopes.values() for outer in scopes[:-1]}

    def opened(node: Node) -> int:
        scopes = working.scopes.get(node, ())
        if depth is not None:
            return min(depth, len(scopes))
        closed = (
            level
            for level, scope in enumerate(scopes)
            if scope.folded or (scope is scopes[-1] and scope.id not in containers)
        )
        return next(closed, len(scopes))

    steps: list[Part] = []
    frames: dict[Part, tuple[Scope, ...]] = {}
    closed: dict[int, list[Node]] = {}
    for node in nodes:
        scopes, level = working.scopes.get(node, ()), opened(node)
        key = scopes[level].id if level < len(scopes) else -node.order
        closed.setdefault(key, []).append(node)
    for key, inside in closed.items():
        scopes, level = working.scopes.get(inside[0], ()), opened(inside[0])
        part: Part = inside[0]
        if key >= 0:
            part = Block((scopes[level].label,), tuple(inside), names=(scopes[level].name,))
        frames[part] = scopes[:level]
        steps.append(part)
    return steps, frames


def _block_titles(parts: Sequence[Part]) -> tuple[str, ...]:
    return tuple(
        title for part in parts if isinstance(part, Block) for title in _titles_with_count(part)
    )


def _kind_in_loops(working: Working) -> Key:
    """Return the key that is equal for steps of the same kind, in several rounds of a loop."""

    def kind(part: Part) -> Hashable:
        if isinstance(part, Block):
            return part.titles, part.count
        line = working.lines.get(part)
        return (line and line[:2], part.primitive)

    return kind


def _fold_rounds(
    steps: list[Part], frames: dict[Part, tuple[Scope, ...]], working: Working
) -> list[Part]:
    """Fold the rounds of loops."""
    return _fold_repeats(
        steps, frames, _kind_in_loops(working), lambda parts: _titles(parts, working)
    )


def _shorten(
    steps: list[Part], frames: dict[Part, tuple[Scope, ...]], working: Working
) -> list[Part]:
    """Fold lines, then any steps, until they are few enough."""

    def line(part: Part) -> Hashable:
        found = {working.lines.get(node) for node in nodes_of(part)}
        return found.pop() if len(found) == 1 and None not in found else part

    def titles(parts: Sequence[Part]) -> tuple[str, ...]:
        return _titles(parts, working)

    runs = [list(run) for _, run in groupby(steps, line)]
    steps = [_fold(run, 1, frames, titles) if len(run) > 1 else run[0] for run in runs]
    steps = _fold_repeats(steps, frames, _kind_in_loops(working), titles)
    if len(steps) > MOST:
        size = -(-len(steps) // (MOST // 2))
        pieces = [steps[i : i + size] for i in range(0, len(steps), size)]
        steps = [_fold(piece, 1, frames, titles) for piece in pieces]
    return steps


def _titles(parts: Sequence[Part], working: Working) -> tuple[str, ...]:
    """Return the user's lines without repetitions; where unknown, the operations."""
    lines: dict[str, None] = {}
    for part in parts:
        if isinstance(part, Block):
            lines.update(dict.fromkeys(_titles_with_count(part)))
        else:
            line = working.lines.get(part)
            lines[(line and line.text) or operation(part, {})] = None
    return tuple(lines)


def _titles_with_count(block: Block) -> tuple[str, ...]:
    """Return the titles of a block, the last one with the count."""
    if block.count == 1:
        return block.titles
    return (*block.titles[:-1], f"{block.titles[-1]} ×{block.count}")


def _fold_repeats(
    steps: list[Part],
    frames: dict[Part, tuple[Scope, ...]],
    kind: Key,
    titles: Callable[[Sequence[Part]], tuple[str, ...]],
) -> list[Part]:
    """Fold consecutive repetitions of rounds of one or more steps."""
    folded: list[Part] = []
    for at, length, count in rounds([(kind(part), frames[part]) for part in steps]):
        inside = steps[at : at + length * count]
        folded.append(_fold(inside, count, frames, titles, length) if count > 1 else steps[at])
    return folded


def _fold(
    parts: Sequence[Part],
    count: int,
    frames: dict[Part, tuple[Scope, ...]],
    titles: Callable[[Sequence[Part]], tuple[str, ...]],
    length: int | None = None,
) -> Block:
    """Fold parts into one block, with the titles of the first ``length`` of them."""
    shown = titles(parts[:length])
    if len(shown) > _MOST_TITLES:
        shown = (*shown[:_MOST_TITLES], "…")
    names = tuple(name for part in parts if isinstance(part, Block) for name in part.names)
    block = Block(shown, tuple(node for part in parts for node in nodes_of(part)), count, names)
    frames[block] = frames[parts[0]]
    return block
