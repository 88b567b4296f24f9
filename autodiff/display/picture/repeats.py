"""Rounds: find sequences of steps that are repeated, as those of a loop."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

__all__ = ["rounds"]

_LONGEST = 64  # steps of one round


def rounds(kinds: Sequence[Hashable]) -> Iterator[tuple[int, int, int]]:
    """Divide a sequence into repeated rounds and the single steps between them.

    Args:
        kinds: the kind of each step; equal ones do the same.

    Yields:
        The start of each piece, the length of its round, and the number of rounds.

    >>> list(rounds("abcbcbcd"))
    [(0, 1, 1), (1, 2, 3), (7, 1, 1)]
    """
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    sequence = [numbers[kind] for kind in kinds]  # faster to compare
    at = 0
    while at < len(sequence):
        length, count = _longest(sequence, at)
        yield at, length, count
        at += length * count


def _longest(sequence: list[int], at: int) -> tuple[int, int]:
    """Return the length and the count of the round whose repetitions from ``at`` cover most."""
    best = (1, 1)
    for length in range(1, min(_LONGEST, (len(sequence) - at) // 2) + 1):
        if sequence[at + length] != sequence[at]:
            continue
        first, count = sequence[at : at + length], 1
        while sequence[at + length * count : at + length * (count + 1)] == first:
            count += 1
        if count > 1 and length * count > best[0] * best[1]:
            best = (length, count)
    return best
