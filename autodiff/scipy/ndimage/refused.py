"""The functions of ``ndimage`` that take no traced values, each with what to use instead."""

from __future__ import annotations

__all__ = ["REFUSED"]

_WINDOWS = (
    "It calls a function of Python with plain numbers. Write it with NumPy, on the neighbors of "
    "each entry: np.lib.stride_tricks.sliding_window_view(np.pad(t, 1), (3, 3))."
)
_POSITIONS = "It returns plain positions: pass t.numpy(), and read the entries there: t[positions]."
_COUNTS = "It takes plain counts, and returns masks: don't pass traced values."

REFUSED = {
    "find_objects": _POSITIONS,
    "generate_binary_structure": _COUNTS,
    "generic_filter": _WINDOWS,
    "generic_filter1d": _WINDOWS,
    "geometric_transform": "It calls a function of Python for each entry. Compute the coordinates "
    "of all entries in an array, and use map_coordinates.",
    "histogram": "It counts, and counts have no slope: pass t.numpy().",
    "iterate_structure": _COUNTS,
    "label": "Regions are found by plain numbers: pass t.numpy(). Measure them with sum_labels, "
    "mean, maximum and the like, which have slopes.",
    "labeled_comprehension": "It calls a function of Python with plain numbers. Call it yourself: "
    "f(t[labels == i]) for each label i.",
    "maximum_position": _POSITIONS,
    "minimum_position": _POSITIONS,
    "value_indices": _POSITIONS,
    "vectorized_filter": _WINDOWS,
    "watershed_ift": "It takes unsigned integers, which have no slope: pass t.numpy().",
}
