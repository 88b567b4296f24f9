"""Functions of ``scipy.fft`` that don't accept traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It takes counts, which are plain: pass Python ints.": """
        fftfreq rfftfreq next_fast_len prev_fast_len""",
    "It takes the parameters of a transform, which are plain: pass Python numbers.": "fhtoffset",
    "It is about the environment, not about values: don't pass traced values.": """
        get_workers set_workers set_backend skip_backend set_global_backend register_backend""",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
