"""Memory that one graph frees is kept for the next.

A training step frees its values, and the next one allocates the same amount again. Beyond a
threshold, glibc returns freed memory to the system, which clears every page before it is reused:
a third of the run time of the gradient of a network for digits. The threshold is twice the largest
block that was freed so far (``mallopt(3)``, M_MMAP_THRESHOLD).
"""

from __future__ import annotations

import numpy as np

__all__ = ["keep_freed"]

LARGEST = 16 * 2**20


def keep_freed() -> None:
    """Keep up to twice ``LARGEST`` bytes in the process for reuse, by freeing one such block.

    The block is never written to, so it occupies no memory. Without glibc, or with ``MALLOC_``
    environment variables set, nothing changes.
    """
    np.empty(LARGEST, np.uint8)
