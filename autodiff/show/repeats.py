"""Rounds: find what comes several times in a row, as the steps of a loop do."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

__all__ = ["rounds"]

_LONGEST = 64  # steps of a round


def rounds(kinds: Sequence[Hashable]) -> Iterator[tuple[int, int, int]]:
    """Divide a sequence into rounds that are repeated, as far as they go, and what is between.

    Args:
        kinds: what each step is; equal ones do the same.

    Returns:
        Where each piece begins, the length of its round, and how often the round comes.

    >>> list(rounds("abcbcbcd"))
    [(0, 1, 1), (1, 2, 3), (7, 1, 1)]
    """
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    sequence = [numbers[kind] for kind in kinds]  # compared more quickly
    at = 0
    while at < len(sequence):
        length, count = _longest(sequence, at)
        yield at, length, count
        at += length * count


def _longest(sequence: list[int], at: int) -> tuple[int, int]:
    """Find the round that, repeated from here on, goes furthest: its length and how often."""
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
