"""Functions of ``scipy.spatial.distance`` that don't accept traced values."""

from __future__ import annotations

__all__ = ["REFUSED", "TRUTH_VALUES"]

TRUTH_VALUES = "It compares truth values, which have no slope: pass t.numpy() != 0."

REFUSED: dict[str, str] = dict.fromkeys(
    (
        "dice",
        "jaccard",
        "rogerstanimoto",
        "russellrao",
        "sokalsneath",
        "yule",
        "kulczynski1",
        "sokalmichener",
    ),
    TRUTH_VALUES,
)
"""The names, each with a sentence about the alternative."""
