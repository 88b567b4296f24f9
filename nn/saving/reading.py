"""Reading files that anyone may have written: clear errors, and limits to memory and time."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

__all__ = [
    "LARGEST_CONFIG",
    "check_expansion",
    "explaining",
    "naming",
    "parse_json",
    "read_member",
    "reading",
]

LARGEST_CONFIG = 2**25  # bytes; a layer takes about a thousand
_HARMLESS = 2**26  # bytes
_LARGEST_EXPANSION = 100


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Turn what the block raises into errors that name the file.

    Raises:
        ValueError: the file is broken.
    """
    expected = f"{path!r} to be a whole file of the format of its name"
    with explaining(repr(path), expected, "Write it again, or use a copy."):
        yield


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Add the name of a file to what the block raises, where it isn't said."""
    try:
        yield
    except (ValueError, TypeError) as error:
        if repr(path) not in "".join([str(error), *getattr(error, "__notes__", ())]):
            error.add_note(f"This happened while {path!r} was read.")
        raise


@contextmanager
def explaining(name: str, expected: str, advice: str) -> Iterator[None]:
    """Turn what the block raises into errors that say what is read.

    Args:
        name: of what is read, for a note to errors that are clear otherwise.
        expected: what it should be, for a message.
        advice: what to do, likewise.

    Raises:
        ValueError: it is broken.
    """
    try:
        yield
    except Exception as error:  # what a broken file makes a library raise isn't documented
        clear = isinstance(error, ImportError | ValueError | TypeError)
        if clear and not isinstance(error, UnicodeError):
            error.add_note(f"This happened while {name} was read.")
            raise
        raise ValueError(
            f"expected {expected}, got a broken one: {type(error).__name__}: {error}. {advice}"
        ) from error


def parse_json(data: bytes) -> dict[str, Any]:
    """Return the dictionary in a text of JSON.

    Raises:
        ValueError: it is too long, or something else.
    """
    if len(data) > LARGEST_CONFIG:
        raise ValueError(
            f"expected a config of at most {LARGEST_CONFIG} bytes, got {len(data)}. Save the "
            "weights alone, and make the model by its code."
        )
    config = json.loads(data)
    if not isinstance(config, dict):
        raise ValueError(
            f"expected a config, a dictionary, got {type(config).__name__}. Write the file again."
        )
    return config


def read_member(archive: ZipFile, name: str, most: int | None = None) -> bytes:
    """Return the content of a file in a zip archive, which isn't extracted to the disk.

    Args:
        archive: an open archive.
        name: the name of the file in it.
        most: the largest size to accept, in bytes.

    Raises:
        ValueError: there is no such file, or it is too large.
    """
    if name not in archive.namelist():
        raise ValueError(
            f"expected an archive with {name!r} in it, got {archive.namelist()[:9]}. "
            "Choose another file."
        )
    information = archive.getinfo(name)
    if most is not None and information.file_size > most:
        raise ValueError(
            f"expected at most {most} bytes of {name!r}, got {information.file_size}. "
            "Choose another file."
        )
    check_expansion(name, information.file_size, information.compress_size)
    return archive.read(information)


def check_expansion(name: str, size: int, stored: int) -> None:
    """Raise a ValueError if data takes far more memory than there are bytes in the file."""
    if size > max(_HARMLESS, _LARGEST_EXPANSION * stored):
        raise ValueError(
            f"expected {name!r} to expand to at most {_LARGEST_EXPANSION} times its {stored} "
            f"bytes in the file, got {size}. Don't use this file: it may be made to fill the "
            "memory."
        )
