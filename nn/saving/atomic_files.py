"""Files that are replaced whole: a new one is written beside the old one, and takes its place.

So the old file stays as it was when the process is killed, the disk is full, or anything else goes
wrong before the new one is complete.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from nn.distribution import is_main

__all__ = ["replace_file"]


def replace_file(path: str, data: bytes) -> None:
    """Write ``data`` to a file, or leave the file as it is if that fails.

    Of several processes that train together, process 0 writes it.

    Raises:
        OSError: the file can't be written, as when the disk is full; the message has the path.
    """
    if not is_main():
        return
    target = os.path.realpath(path)  # a link goes on pointing to the file
    if os.path.isdir(target):
        raise IsADirectoryError(
            f"expected the name of a file to write to, got the directory {path!r}. "
            "Write the name of a file in it."
        )
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name[:200]}.{os.urandom(4).hex()}.tmp")
    try:
        _write(temporary, data)
        with suppress(FileNotFoundError):
            os.chmod(temporary, os.stat(target).st_mode & 0o777)
        os.replace(temporary, target)
        _sync_folder(folder)
    except OSError as error:
        what = f"{error.strerror}; a file that was there before is unchanged"
        raise OSError(error.errno, what, path) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write(path: str, data: bytes) -> None:
    """Write a new file, and wait until it is on the disk."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: str) -> None:
    """Wait until the names in a folder are on the disk, on systems that can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
