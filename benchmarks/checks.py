"""Checks of the engines' outputs: an engine with a wrong output isn't timed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["accurate", "learned", "same"]

Outputs = Mapping[str, list[Any]]


def same(outputs: Outputs, tolerance: float = 1e-9) -> dict[str, str]:
    """Return the engines whose values and slopes differ from those of the last one, by hand.

    Args:
        outputs: of each engine.
        tolerance: of the difference, relative to the largest entry.
    """
    import numpy as np

    errors: dict[str, str] = {}
    if not outputs:
        return errors
    reference, expected = list(outputs.items())[-1]
    scale = max(float(np.max(np.abs(e))) for e in expected)
    for name, output in outputs.items():
        shapes, expected_shapes = [o.shape for o in output], [e.shape for e in expected]
        if shapes != expected_shapes:
            errors[name] = f"expected the shapes of {reference}, {expected_shapes}, got {shapes}"
            continue
        error = max(float(np.max(np.abs(o - e))) for o, e in zip(output, expected, strict=True))
        if not error <= tolerance * scale:
            errors[name] = (
                f"expected the slopes of {reference} within {tolerance:g} of the largest entry, "
                f"got {error / scale:.2g}"
            )
    return errors


def learned(outputs: Outputs, share: float = 0.9) -> dict[str, str]:
    """Return the engines whose loss didn't fall below this share of the first epoch's loss."""
    return {
        name: f"expected the loss to fall below {share:g} of {before:.3g}, got {after:.3g}"
        for name, (before, after) in outputs.items()
        if not after < share * before
    }


def accurate(outputs: Outputs, least: float = 0.8) -> dict[str, str]:
    """Return the engines whose accuracy on unseen data is lower than ``least``."""
    return {
        name: f"expected an accuracy of at least {least:g}, got {accuracy:.2g}"
        for name, (accuracy, *_) in outputs.items()
        if not accuracy >= least
    }
