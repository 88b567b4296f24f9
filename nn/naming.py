"""Names: looking one up in a table, making new ones, and writing an object as a name and arguments.

Every string that a user may write (``'relu'``, ``'adam'``, ``'mse'``) is resolved by `lookup`, so
that all of them are forgiving in the same way and fail with the same kind of message.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = TypeVar("Value")

_uses: Counter[str] = Counter()


def lookup(kind: str, identifier: object, table: Mapping[str, Value]) -> Value:
    """Answer what ``identifier`` names in ``table``.

    An exact match comes first, then one that differs in capitals and underscores alone, so that
    ``'GlorotUniform'`` finds ``'glorot_uniform'``.

    Args:
        kind: what is being looked up, for the message: ``'optimizer'``.
        identifier: the name that the user wrote.
        table: the known names and what they stand for.

    Raises:
        TypeError: ``identifier`` isn't a string.
        ValueError: nothing has this name; the message lists the nearest ones.

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
    plain = _plain(identifier)
    for name, value in table.items():
        if _plain(name) == plain:
            return value
    raise ValueError(
        f"expected the name of {_with_article(kind)} that exists, got {identifier!r}. "
        f"{_advice(plain, table)}"
    )


def create(kind: str, identifier: object, table: Mapping[str, Callable[..., Value]]) -> Value:
    """Make the object that ``identifier`` names: a string, or what `serialize` answered.

    Raises:
        TypeError: ``identifier`` is neither, or its arguments don't fit.
        ValueError: nothing has this name.

    >>> create("number", "Complex", {"complex": complex})
    0j
    >>> create("number", {"class_name": "complex", "config": {"imag": 2}}, {"complex": complex})
    2j
    """
    if isinstance(identifier, dict) and "class_name" in identifier:
        constructor = lookup(kind, identifier["class_name"], table)
        return constructor(**identifier.get("config", {}))
    return lookup(kind, identifier, table)()


class Configurable:
    """Something that its constructor's arguments describe, each kept as an attribute of its name.

    A subclass gets `get_config`, `from_config` and a ``repr`` with nothing further to write.
    """

    def get_config(self) -> dict[str, Any]:
        """Answer the arguments that make an equal object."""
        return {name: getattr(self, name) for name in _parameters(type(self))}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the object that `get_config` described."""
        return cls(**config)

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in _parameters(type(self)).items()}
        told = [
            f"{name}={value!r}"
            for name, value in self.get_config().items()
            if name != "name" and repr(value) != repr(defaults[name])
        ]
        return f"{type(self).__name__}({', '.join(told)})"


def serialize(item: Configurable) -> dict[str, Any]:
    """Write ``item`` as the name of its class and its arguments, from which `create` makes it."""
    return {"class_name": type(item).__name__, "config": item.get_config()}


def refuse_unknown(owner: type, unknown: dict[str, Any]) -> None:
    """Raise a TypeError that names the arguments nearest to an unknown one."""
    if not unknown:
        return
    wrong, kind = next(iter(unknown)), f"argument of {owner.__name__}"
    try:
        right = lookup(kind, wrong, {name: name for name in _parameters(owner)})
    except ValueError as error:
        raise TypeError(str(error)) from None
    raise TypeError(f"expected the name of an {kind}, got {wrong!r}. Did you mean {right!r}?")


def unique_name(base: str) -> str:
    """Make a name from ``base`` that this function hasn't answered before.

    ``base`` may be the name of a class; it is turned into snake case.

    >>> reset_names()
    >>> [unique_name("Dense"), unique_name("dense"), unique_name("Dense")]
    ['dense', 'dense_1', 'dense_2']
    """
    name = stem = to_snake_case(base)
    while name in _uses:  # 'dense_1' may have been asked for by that very name
        name = f"{stem}_{_uses[stem]}"
        _uses[stem] += 1
    _uses[name] += 1
    return name


def reset_names() -> None:
    """Forget the names made so far: the next ``unique_name('dense')`` is ``'dense'`` again."""
    _uses.clear()


def to_snake_case(name: str) -> str:
    """Write the name of a class as Keras writes it in the name of a layer.

    >>> [to_snake_case(name) for name in ("Dense", "BatchNormalization", "Conv2D", "ReLU")]
    ['dense', 'batch_normalization', 'conv2d', 're_lu']
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _parameters(cls: type) -> dict[str, inspect.Parameter]:
    """List the arguments of a constructor; where it passes ``**options`` on, the parent's too."""
    found: dict[str, inspect.Parameter] = {}
    for owner in cls.__mro__:
        if "__init__" not in vars(owner) or owner is object:
            continue
        _, *parameters = inspect.signature(vars(owner)["__init__"]).parameters.values()
        named = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
        found |= {p.name: p for p in named if p.name not in found}
        if len(named) == len(parameters):
            break
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _advice(plain: str, table: Mapping[str, Value]) -> str:
    """Suggest the nearest names, or list all of them where none is near."""
    names = {_plain(name): name for name in reversed(list(table))}
    nearest = [names[key] for key in difflib.get_close_matches(plain, names)]
    if nearest:
        return f"Did you mean {_one_of(nearest)}?"
    return f"Choose {_one_of(sorted(table))}."


def _one_of(names: list[str]) -> str:
    *first, last = [repr(name) for name in names]
    return f"{', '.join(first)} or {last}" if first else last


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
