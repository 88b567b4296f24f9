"""The IDX format, in which MNIST was published: a header of a few numbers, then the values.

    2 bytes of zero, 1 byte for the type (8: unsigned bytes), 1 byte for the number of dimensions;
    the size of each dimension, as 4 bytes with the high byte first;
    the values, with the last dimension varying fastest.

Source: http://yann.lecun.com/exdb/mnist, "The IDX file format".
"""

import gzip
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_UNSIGNED_BYTE = 8


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, which is compressed if its name ends in '.gz'.

    Raises:
        ValueError: the file isn't in this format, or its size differs from its header.
    """
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if data[:3] != bytes([0, 0, _UNSIGNED_BYTE]) or len(data) < 4:
        raise ValueError(
            f"expected {path} to begin with 00 00 08, as an IDX file of unsigned bytes does, and "
            f"its number of dimensions, got {data[:4].hex(' ') or 'an empty file'}. Download the "
            "file again."
        )
    header = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[i : i + 4]) for i in range(4, header, 4))
    if len(data) - header != math.prod(shape):
        raise ValueError(
            f"expected {path} to hold {math.prod(shape)} values, the shape {shape} of its header, "
            f"got {max(len(data) - header, 0)}. Download the file again."
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()
