"""Windows that take no traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It takes a count, which is plain: pass a Python int.": """
        barthann bartlett blackman blackmanharris bohman boxcar cosine flattop hamming hann lanczos
        nuttall parzen triang""",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
