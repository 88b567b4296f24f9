"""Compiled modules on disk, in the user's cache folder, by what they depend on.

A module is a file of Python source that numba compiles when it is imported, and finds compiled from
then on. Its name is the hash of the source and of the versions that compiled it. Hashes of what was
compiled lie beside it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import platform
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

__all__ = ["folder", "is_compiled", "load", "path_of", "seal"]

logger = logging.getLogger("autodiff.native")


def folder() -> Path:
    """Return the cache folder; create it if necessary, for this user alone.

    It is ``AUTODIFF_CACHE`` in the environment if that is set.
    """
    import platformdirs

    chosen = os.environ.get("AUTODIFF_CACHE")
    found = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("autodiff")) / "native"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(source: str) -> Path:
    """Return the file of a source; write it, without comments, if necessary."""
    source = re.sub(r"  # [^\n]*", "", source)
    versions = [version(name) for name in ("numba", "numpy", "llvmlite")]
    depends = "\n".join([source, *versions, sys.version, platform.machine(), platform.processor()])
    path = folder() / f"autodiff_{hashlib.sha256(depends.encode()).hexdigest()[:32]}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != source:
        _write(path, source)
    return path


def load(path: Path) -> ModuleType:
    """Import a module, which compiles its functions, or reads them from beside the file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"expected a Python file that can be imported, got {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # numba looks there
    spec.loader.exec_module(module)
    return module


def is_compiled(path: Path) -> bool:
    """Return whether a file has been compiled, and what was compiled is as it was written.

    Anything else that is there is removed, with a line in the log.
    """
    seal = path.with_suffix(".json")
    if not seal.exists():
        return False
    found = _hashes(path)
    if found and _read(seal) == found:
        return True
    logger.warning("what was compiled from %s isn't whole; it is compiled again", path)
    seal.unlink(missing_ok=True)
    for name in found:
        (path.parent / "__pycache__" / name).unlink(missing_ok=True)
    return False


def seal(path: Path) -> None:
    """Write the hashes of what was compiled from a file beside it."""
    _write(path.with_suffix(".json"), json.dumps(_hashes(path)))


def _hashes(path: Path) -> dict[str, str]:
    files = (path.parent / "__pycache__").glob(f"{path.stem}.*.nb?")
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _read(seal: Path) -> object:
    try:
        return json.loads(seal.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, suffix=".tmp", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    os.replace(file.name, path)
