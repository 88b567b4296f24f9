"""Libraries: code that is built on the engine, whose lines readers show only as a second choice.

A library registers its folder. Pictures, derivations and generated code then name the line of the
user that called it, and its own line only where no line of the user led there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from autodiff.core.guidance import ON_THE_ENGINE

__all__ = ["is_hidden", "is_module_of_a_library", "is_of_a_library", "register_library"]

_folders: dict[str, str] = {}  # of each, the name of its package
_hidden: set[str] = set()


def register_library(folder: str | os.PathLike[str], hidden: Iterable[str] = ()) -> None:
    """Register the folder of a library that is built on the engine.

    Args:
        folder: of its package.
        hidden: paths of files in it whose lines are never shown.

    >>> import autodiff as ad
    >>> ad.register_library("/usr/share/layers", hidden=["/usr/share/layers/weight.py"])
    """
    path = os.path.abspath(os.fspath(folder))
    ON_THE_ENGINE.append(path + os.sep)
    _folders[path + os.sep] = os.path.basename(path)
    _hidden.update(hidden)


def is_of_a_library(file: str) -> bool:
    """Return whether a file belongs to a registered library."""
    return file.startswith(tuple(_folders))


def is_hidden(file: str) -> bool:
    """Return whether the lines of a library's file are never shown."""
    return file in _hidden


def is_module_of_a_library(module: str) -> bool:
    """Return whether a module belongs to a registered library, by its name."""
    return module.partition(".")[0] in _folders.values()
