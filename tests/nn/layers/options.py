"""Combinations of options: as few as hold each pair of values of two options."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FLAG = (False, True)


def combinations(**options: Any) -> list[dict[str, Any]]:
    """Return the values of all options, several times; each pair of values is there once or more.

    >>> len(combinations(a=FLAG, b=FLAG, c=FLAG)) < 8
    True
    """
    draw, found = random.Random(0), []
    places = {name: range(len(values)) for name, values in options.items()}
    pairs = itertools.combinations(places, 2)
    missing = {
        ((a, i), (b, j)) for a, b in pairs for i, j in itertools.product(places[a], places[b])
    }
    while missing:
        wanted = dict(min(missing))
        rows = [{n: draw.choice(p) for n, p in places.items()} | wanted for _ in range(40)]
        row = max(rows, key=lambda row: len(_pairs(row) & missing))
        missing -= _pairs(row)
        found.append({name: options[name][place] for name, place in row.items()})
    return found


def _pairs(row: dict[str, int]) -> set[Any]:
    return set(itertools.combinations(row.items(), 2))


def combined(**options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test with each of the `combinations` of values of its arguments."""
    rows = combinations(**options)

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        @pytest.mark.parametrize("case", rows, ids=map(str, range(len(rows))))
        def run(case: dict[str, Any]) -> None:
            test(**case)

        run.__name__ = run.__qualname__ = test.__name__
        return run

    return decorated
