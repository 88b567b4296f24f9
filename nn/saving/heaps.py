"""A check of the heaps of strings in an HDF5 file, at whose errors its library may loop forever.

A collection is ``GCOL``, the version 1, its length, and objects: each has a number, its length and
its bytes, padded to 8. The number 0 is that of the free space at the end (HDF5 file format
specification, version 3, section III.E).
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import BytesIO

__all__ = ["check_heaps"]

_SIGNATURE = b"GCOL\1\0\0\0"
_HEAD = 16  # bytes of a collection or an object before its contents


def check_heaps(file: BytesIO | Any) -> None:
    """Raise a ValueError if a collection of strings in an open file is broken."""
    if hasattr(file, "getvalue"):
        _check(file.getvalue())
    else:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _check(data)


def _check(data: bytes | mmap.mmap) -> None:
    place = data.find(_SIGNATURE)
    while place >= 0:
        if not _is_whole(data, place):
            raise ValueError(
                f"expected a whole collection of strings at byte {place}, got a broken one. "
                "Write the file again, or use a copy."
            )
        place = data.find(_SIGNATURE, place + 1)


def _is_whole(data: bytes | mmap.mmap, place: int) -> bool:
    """Return whether the objects of a collection fill it."""
    if place + _HEAD > len(data):
        return False
    length = int.from_bytes(data[place + 8 : place + _HEAD], "little")
    end = place + length
    if length < _HEAD or end > len(data):
        return False
    place += _HEAD
    while place + _HEAD <= end:
        number = int.from_bytes(data[place : place + 2], "little")
        size = int.from_bytes(data[place + 8 : place + _HEAD], "little")
        if number == 0:
            return place + size == end
        place += _HEAD + (size + 7) // 8 * 8
    return place <= end
