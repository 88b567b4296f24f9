"""The public classes and functions of this library by Keras's names, which configs contain.

Each subpackage publishes its own, so that this file imports none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_tables: dict[str, dict[str, Any]] = {}  # "layers" → {"Dense": Dense, …}
_public: dict[Any, tuple[str, str]] = {}  # Dense → ("keras.layers", "Dense")
_LIBRARIES = ("keras", "nn")


def publish(
    path: str, *objects: Any, names: Mapping[str, Any] = {}, library: str = "keras"
) -> None:
    """Let configs name classes and functions of this library.

    Args:
        path: that of the module within the library, such as ``"optimizers.schedules"``.
        objects: classes and functions, by their own names.
        names: from further names, which are read but not written, to classes and functions.
        library: ``"nn"`` for what Keras doesn't have.
    """
    module = f"{library}.{path}" if path else library
    table = _tables.setdefault(path, {})
    for item in objects:
        table[item.__name__] = item
        _public.setdefault(item, (module, item.__name__))
    table.update(names)


def public_name(item: Any) -> tuple[str, str] | None:
    """Return the module and the name that are written for a class or function, if it is public."""
    return _public.get(item)


def table_of(module: str | None) -> dict[str, Any] | None:
    """Return the table that a module's name stands for; None for modules of other libraries.

    Keras also writes the names of its own files, such as ``keras.src.layers.core.dense``.

    >>> publish("colors", names={"red": 0xFF0000})
    >>> table_of("keras.src.colors.warm"), table_of("nn.colors") is table_of("keras.colors")
    ({'red': 16711680}, True)
    """
    library, _, path = (module or "").partition(".")
    if library not in _LIBRARIES:
        return None
    inside = [key for key in _tables if key and f".{key}." in f".{path}."]
    return _tables.get(max(inside, key=len, default=path), {})


def find_function(name: str) -> Any:
    """Return the public function of a name that is written without its module, or None."""
    for path in ("activations", "losses", "metrics"):
        found = _tables.get(path, {}).get(name)
        if found is not None and not isinstance(found, type):
            return found
    return None
