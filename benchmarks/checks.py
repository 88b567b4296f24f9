"""Checks of what the engines answer: nothing that is wrong is timed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["accurate", "learned", "same"]

Answers = Mapping[str, list[Any]]


def same(answers: Answers, tolerance: float = 1e-9) -> dict[str, str]:
    """Name the engines whose values and slopes aren't those of the last one, written by hand.

    Args:
        answers: of each engine.
        tolerance: how far they may differ, relative to the largest entry.
    """
    import numpy as np

    complaints: dict[str, str] = {}
    if not answers:
        return complaints
    expected_by, expected = list(answers.items())[-1]
    scale = max(float(np.max(np.abs(e))) for e in expected)
    for name, answer in answers.items():
        if [a.shape for a in answer] != [e.shape for e in expected]:
            complaints[name] = f"it answers other shapes than {expected_by}"
            continue
        apart = max(float(np.max(np.abs(a - e))) for a, e in zip(answer, expected, strict=True))
        if not apart <= tolerance * scale:
            complaints[name] = (
                f"expected the slopes of {expected_by} within {tolerance:g} of the largest entry, "
                f"got {apart / scale:.2g}"
            )
    return complaints


def learned(answers: Answers, share: float = 0.9) -> dict[str, str]:
    """Name the engines whose loss didn't fall to this share of that of the first epoch."""
    return {
        name: f"expected the loss to fall below {share:g} of {before:.3g}, got {after:.3g}"
        for name, (before, after) in answers.items()
        if not after < share * before
    }


def accurate(answers: Answers, least: float = 0.8) -> dict[str, str]:
    """Name the engines that don't classify this share of unseen data rightly."""
    return {
        name: f"expected an accuracy of at least {least:g}, got {accuracy:.2g}"
        for name, (accuracy, *_) in answers.items()
        if not accuracy >= least
    }
