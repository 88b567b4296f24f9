"""Names: lookup in tables by names that may be spelled in several ways, and unique names.

Every string identifier (``'relu'``, ``'adam'``, ``'mse'``) is resolved by `lookup`, so that all
accept the same variations and raise the same kind of error.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Value = TypeVar("Value")

_uses: Counter[str] = Counter()


def lookup(kind: str, identifier: object, table: Mapping[str, Value]) -> Value:
    """Return the value of the name ``identifier`` in ``table``.

    An exact match comes first, then one that differs only in capitals and underscores, so that
    ``'GlorotUniform'`` matches ``'glorot_uniform'``.

    Args:
        kind: the kind of object, for the message: ``'optimizer'``.
        identifier: the name that the user passed.
        table: from known names to their values.

    Raises:
        TypeError: ``identifier`` isn't a string.
        ValueError: the name is unknown; the message lists the nearest ones.

    >>> lookup("color", "Dark_Red", {"darkred": 0x8B0000, "navy": 0x000080})
    9109504
    >>> lookup("color", "darkrde", {"darkred": 0x8B0000, "navy": 0x000080})
    Traceback (most recent call last):
    ...
    ValueError: expected the name of a color that exists, got 'darkrde'. Did you mean 'darkred'?
    """
    if not isinstance(identifier, str):
        raise TypeError(
            f"expected the name of {_with_article(kind)}, got {identifier!r} of type "
            f"{type(identifier).__name__}. Write a string, such as {next(iter(table), '')!r}."
        )
    if identifier in table:
        return table[identifier]
    normalized = _normalize(identifier)
    for name, value in table.items():
        if _normalize(name) == normalized:
            return value
    raise ValueError(
        f"expected the name of {_with_article(kind)} that exists, got {identifier!r}. "
        f"{_advice(normalized, table)}"
    )


@contextmanager
def names_restored() -> Iterator[None]:
    """Forget the names that are taken in the block, so that running it again takes the same."""
    before = dict(_uses)
    try:
        yield
    finally:
        _uses.clear()
        _uses.update(before)


def unique_name(base: str) -> str:
    """Return a name from ``base`` that this function hasn't returned before.

    ``base`` may be the name of a class; it is converted to snake case.

    >>> reset_names()
    >>> [unique_name("Dense"), unique_name("dense"), unique_name("Dense")]
    ['dense', 'dense_1', 'dense_2']
    """
    name = stem = to_snake_case(base)
    while name in _uses:  # 'dense_1' may itself have been a base
        name = f"{stem}_{_uses[stem]}"
        _uses[stem] += 1
    _uses[name] += 1
    return name


def name_of(cls: type, name: object) -> str:
    """Return the name that a user gave an object of a class, or a new one if this is None.

    Raises:
        TypeError: the name isn't a string.

    >>> name_of(dict, "lookup")
    'lookup'
    """
    if not isinstance(name, str | None):
        raise TypeError(
            f"{cls.__name__} expects a string as its name, got {name!r} of type "
            f"{type(name).__name__}. Write name={str(name)!r}, or leave it out."
        )
    return name or unique_name(automatic_name(cls))


def automatic_name(cls: type) -> str:
    """Return what objects of a class are named by: its name, or its attribute ``named_as``."""
    name: str = vars(cls).get("named_as", cls.__name__)
    return name


def reset_names() -> None:
    """Reset `unique_name`: the next ``unique_name('dense')`` returns ``'dense'`` again."""
    _uses.clear()


def to_snake_case(name: str) -> str:
    """Convert the name of a class to snake case, as Keras does for the name of a layer.

    >>> [to_snake_case(name) for name in ("Dense", "BatchNormalization", "Conv2D", "ReLU")]
    ['dense', 'batch_normalization', 'conv2d', 're_lu']
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _normalize(name: str) -> str:
    return name.lower().replace("_", "")


def _advice(normalized: str, table: Mapping[str, Value]) -> str:
    """Return a sentence that suggests the nearest names, or all of them if none is near."""
    if not table:
        return "There are none."
    names = {_normalize(name): name for name in reversed(list(table))}
    nearest = [names[key] for key in difflib.get_close_matches(normalized, names)]
    if not nearest and len(normalized) > 1:  # 'f1', an abbreviation of 'f1_score', isn't near it
        nearest = [name for key, name in reversed(names.items()) if key.startswith(normalized)][:3]
    if nearest:
        return f"Did you mean {alternatives(nearest)}?"
    return f"Choose {alternatives(sorted(table))}."


def alternatives(values: Iterable[object]) -> str:
    """Return values for a message: ``'rows' or 'columns'``."""
    *first, last = map(repr, values)
    return f"{', '.join(first)} or {last}" if first else last


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
