"""Rows: a long chain is broken into rows, one below the other, as text is into lines."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

__all__ = ["rows_of"]

_SPARE = 0.25  # of a row, by which rows may be wider, to have one row less
T = TypeVar("T", bound=Hashable)


def rows_of(
    boxes: Sequence[T],
    arrows: Iterable[tuple[T, T]],
    widths: Mapping[T, float],
    most: float,
) -> dict[T, int]:
    """Assign boxes to rows, from the top, so that no row is much wider than ``most``.

    A box stands a step to the right of those that it is computed from. A box without operands
    stands beside its first use.

    Args:
        boxes: in the order of the computation; those that are computed from others.
        arrows: the tail and the head of each.
        widths: of all boxes, with the space to the next one.
        most: the width of a page, which rows exceed by a quarter if that saves one.

    >>> chain = list("abcdef")
    >>> arrows = [*zip(chain, chain[1:]), ("w", "b"), ("w", "e")]
    >>> rows_of(chain, arrows, dict.fromkeys("abcdefw", 100), 300)
    {'a': 0, 'b': 0, 'c': 0, 'd': 1, 'e': 1, 'f': 1, 'w': 0}
    """
    tails: dict[T, list[T]] = {}
    for tail, head in arrows:
        tails.setdefault(head, []).append(tail)
    ranks: dict[T, int] = {}
    for box in boxes:
        ranks[box] = 1 + max((ranks.get(tail, 0) for tail in tails.get(box, ())), default=0)
    of_ranks: dict[int, float] = {}
    for box, rank in ranks.items():
        of_ranks[rank] = max(of_ranks.get(rank, 0.0), widths[box])
    rows = _rows_of_ranks([of_ranks[rank] for rank in sorted(of_ranks)], most)
    found = {box: rows[rank - 1] for box, rank in ranks.items()}
    for box in boxes:
        for tail in tails.get(box, ()):
            found.setdefault(tail, found[box])
    return found


def _rows_of_ranks(widths: Sequence[float], most: float) -> list[int]:
    """Divide steps into rows of about equal width."""
    count = max(1, math.ceil(sum(widths) / most - _SPARE))
    rows, row, used = [], 0, 0.0
    for width in widths:
        if used and used + width / 2 > sum(widths) / count and row < count - 1:
            row, used = row + 1, 0.0
        rows.append(row)
        used += width
    return rows
