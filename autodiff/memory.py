"""Memory that one graph frees is kept for the next.

A step of training frees what it computed, and the next one asks for the same amount again. glibc
gives freed memory back to the system beyond a threshold, and the system clears every page that it
hands out anew: a third of the time that the gradient of a network for digits takes. The threshold
is twice the largest block that was freed so far (``mallopt(3)``, M_MMAP_THRESHOLD).
"""

from __future__ import annotations

import numpy as np

__all__ = ["keep_freed"]

LARGEST = 16 * 2**20


def keep_freed() -> None:
    """Let the process keep up to twice ``LARGEST`` bytes for reuse, by freeing one such block.

    The block is never written to, so it takes no memory itself. Elsewhere than on glibc, or where
    the user has set the environment's ``MALLOC_`` variables, nothing changes.
    """
    np.empty(LARGEST, np.uint8)
