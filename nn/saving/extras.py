"""Packages that only some formats of files need, imported when they do."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["needed"]


def needed(module: str, extra: str, what: str) -> Any:
    """Return a module.

    Args:
        module: its name.
        extra: the extra of this distribution that installs it.
        what: what it is needed for, for the message.

    Raises:
        ModuleNotFoundError: it isn't installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ModuleNotFoundError(
            f"expected the package {module!r}, which {what} needs, got none. "
            f"Run: pip install 'slopes[{extra}]'. A file that ends in .npz needs nothing.",
            name=module,
        ) from None
