"""Hashes of strings and whole numbers, the same as TensorFlow's: FarmHash, SipHash and crosses.

They are computed by the libraries ``pyfarmhash`` and ``siphash24``, once for each different value.
"""

from __future__ import annotations

import importlib
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

__all__ = ["FACTOR", "as_salt", "crossed", "hashed"]

_SEED, FACTOR = 0xDECAFCAFFE, 0xC6A4A7935BD1E995  # of TensorFlow's FingerprintCat64


def hashed(values: np.ndarray, bins: int, salt: Sequence[int] | None = None) -> np.ndarray:
    """Return a number from 0 to bins - 1 for each value.

    Args:
        values: strings or whole numbers, which are hashed as they are written.
        bins: the number of different results.
        salt: two whole numbers, the key of SipHash; without them, FarmHash is used.

    Raises:
        ImportError: the library isn't installed.
    """
    hash_of = _farmhash() if salt is None else _siphash(salt)
    return _each(values, lambda text: hash_of(text) % bins)


def crossed(columns: Sequence[Array], bins: int) -> Array:
    """Return a number from 0 to bins - 1 for the values of several columns together."""
    hashes = np.full(columns[0].shape, _SEED, np.uint64)
    for column in columns:
        hashes = _joined(hashes, column)
    return _binned(hashes, bins=bins)


def as_salt(owner: str, salt: Any) -> list[int] | None:
    """Return the salt as two whole numbers; one number stands for both."""
    if salt is None or (isinstance(salt, list | tuple) and len(salt) == 2):
        return None if salt is None else list(salt)
    if not hasattr(salt, "__index__"):
        raise ValueError(
            f"{owner} expects the salt to be a whole number or two, got {salt!r}. Write salt=133, "
            "for example."
        )
    return [salt, salt]


def _each(values: np.ndarray, hash_of: Callable[[str], int]) -> np.ndarray:
    """Return the hash of each value, as int64 with the same bits."""
    different, places = np.unique(values, return_inverse=True)
    hashes = np.array([hash_of(str(value)) for value in different.tolist()], np.uint64)
    return np.reshape(hashes.view(np.int64)[places], values.shape)


@ad.primitive
def _joined(hashes: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return a hash of hashes and the values of a column: TensorFlow's FingerprintCat64."""
    is_text, factor = column.dtype.kind == "U", np.uint64(FACTOR)
    values = _each(column, _farmhash()) if is_text else column.astype(np.int64)
    parts = _mixed(values.view(np.uint64) * factor) * factor
    return _mixed(_mixed((hashes ^ factor ^ parts) * factor) * factor)


@ad.primitive
def _binned(hashes: np.ndarray, *, bins: int) -> np.ndarray:
    rest: np.ndarray = hashes % np.uint64(bins)
    return rest.astype(np.int64)


ad.constant(_joined, _binned)


def _mixed(x: np.ndarray) -> np.ndarray:
    mixed: np.ndarray = x ^ (x >> np.uint64(47))
    return mixed


def _farmhash() -> Callable[[str], int]:
    fingerprint: Callable[[str], int] = _library("farmhash", "pyfarmhash").fingerprint64
    return fingerprint


def _siphash(salt: Sequence[int]) -> Callable[[str], int]:
    siphash24 = _library("siphash24", "siphash24").siphash24
    key = struct.pack("<2Q", *(number % 2**64 for number in salt))
    return lambda text: int.from_bytes(siphash24(text.encode(), key=key).digest(), "little")


def _library(name: str, package: str) -> ModuleType:
    """Import one of the two libraries; the error says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"expected the package {package} for hashes as TensorFlow's, found none. Install it: "
            "pip install 'slopes[hashing]'."
        ) from error
