"""Checks of arguments: misspelled keywords, and other types where a number is expected.

Python's message for an unknown keyword doesn't suggest another. Classes that inherit from
`ArgumentsChecked`, and functions decorated with `keywords_checked`, suggest the nearest ones. If an
argument is annotated as a number, a string or a number too large for float32 raises an error.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nn.absent.arguments import cure_of_argument, newer_name
from nn.built_in import is_built_in
from nn.naming import alternatives, lookup
from nn.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

F = TypeVar("F", bound="Callable[..., Any]")
T = TypeVar("T")

_NUMBERS = ("float", "int", "Rate")  # annotations, also in a union with other types
_BEYOND = 10**39  # more than float32 can hold; a seed has up to 128 bits


class ArgumentsChecked:
    """The base of classes whose constructors check keywords and numbers."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            init = required_checked(cls, keywords_checked(cls.__init__))
            is_own = is_built_in(cls)  # annotations of users may differ
            cls.__init__ = numbers_checked(init) if is_own else init  # type: ignore[method-assign]


def keywords_checked(function: F) -> F:
    """Make ``function`` raise a TypeError for an unknown keyword, with the nearest known ones.

    A function that takes ``**options`` is returned unchanged: the function it calls checks them.

    >>> @keywords_checked
    ... def area(width, height=1): return width * height
    >>> area(2, hieght=3)
    Traceback (most recent call last):
    ...
    TypeError: expected the name of an argument of area that exists, got 'hieght'. Did you mean
    'height'?
    """
    known = accepted(function)
    if known is None:
        return function
    owner = _name_of(function)
    is_method = "self" in inspect.signature(function).parameters and function.__name__[0] != "_"

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not known.keys() >= kwargs.keys():
            name = f"{type(args[0]).__name__}.{function.__name__}" if is_method else owner
            refuse_keywords(name, kwargs.keys() - known.keys(), known)
        return function(*args, **kwargs)

    return cast("F", call)


def required_checked(cls: type, init: F) -> F:
    """Make a constructor name the required arguments that are missing.

    A misspelled one is named first: Python's own message is about the missing argument alone, and
    names the class that defines the constructor, which may be private.
    """
    parameters = inspect.signature(init).parameters
    _, *order = parameters  # the first may have another name than self
    empty, named = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
    required = {n for n in order if parameters[n].default is empty and parameters[n].kind is named}
    if not required:
        return init

    @wraps(init)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        missing = [n for n in order[len(args) :] if n in required and n not in kwargs]
        if missing:
            known, name = parameters_of(cls), _called_name(self, cls)
            refuse_keywords(name, kwargs.keys() - known.keys(), known)
            listed = " and ".join(missing)
            raise TypeError(f"{name} expects {listed}, got none. Pass {listed}.")
        init(self, *args, **kwargs)

    return cast("F", call)


def _called_name(made: object, cls: type) -> str:
    """Return the name of the class that a user called, if it is this library's."""
    built_in = (c.__name__ for c in type(made).__mro__ if is_built_in(c))
    return next(built_in) if is_built_in(cls) else cls.__name__


def numbers_checked(function: F) -> F:
    """Make ``function`` raise an error for a string, or too large a number, in a number argument.

    >>> @numbers_checked
    ... def halved(size: float): return size / 2
    >>> halved("0.2")
    Traceback (most recent call last):
    ...
    TypeError: halved expects size to be a number, got '0.2' of type str. Write it without quotes.
    """
    parameters = inspect.signature(function).parameters
    numbers = [name for name, p in parameters.items() if _is_number(p)]
    if not numbers:
        return function
    owner, order = _name_of(function), list(parameters)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        arguments = {**dict(zip(order, args, strict=False)), **kwargs}
        for name in numbers:
            _check_number(owner, name, arguments.get(name))
        return function(*args, **kwargs)

    return cast("F", call)


def refuse_unknown(owner: type, unknown: Iterable[str]) -> None:
    """Raise a TypeError for the first unknown argument of a class, with the nearest known ones."""
    refuse_keywords(owner.__name__, unknown, parameters_of(owner))


def refuse_keywords(owner: str, unknown: Iterable[str], known: Iterable[str]) -> None:
    """Raise a TypeError for the first of the ``unknown`` keywords, if there is one.

    >>> refuse_keywords("Dense", ["activaton"], ["units", "activation"])
    Traceback (most recent call last):
    ...
    TypeError: expected the name of an argument of Dense that exists, got 'activaton'. Did you mean
    'activation'?
    """
    names = {name: name for name in known}
    for wrong in unknown:
        kind = f"argument of {owner}"
        if (cure := cure_of_argument(wrong)) is not None:
            raise TypeError(f"{owner} has no argument {wrong}, which Keras has. {cure}.")
        try:
            right = names.get(newer_name(wrong)) or lookup(kind, wrong, names)
        except ValueError as error:
            raise TypeError(str(error)) from None
        raise TypeError(f"expected the name of an {kind}, got {wrong!r}. Did you mean {right!r}?")


def parameters_of(cls: type) -> dict[str, inspect.Parameter]:
    """Return the parameters of a constructor; with ``**options``, those of the parent too."""
    found: dict[str, inspect.Parameter] = {}
    for owner in cls.__mro__[:-1]:
        if "__init__" in vars(owner):
            named, takes_options = own_parameters(owner)
            found |= {name: p for name, p in named.items() if name not in found}
            if not takes_options:
                break
    return found


def own_parameters(cls: type) -> tuple[dict[str, inspect.Parameter], bool]:
    """Return the named parameters of a class's own ``__init__``, and if it takes ``**options``."""
    _, *parameters = inspect.signature(vars(cls)["__init__"]).parameters.values()
    named = {p.name: p for p in parameters if p.kind is not p.VAR_KEYWORD}
    return named, len(named) < len(parameters)


def options_checked(owner: type, options: Mapping[str, Any], function: Callable[..., Any]) -> None:
    """Raise a TypeError for options of ``owner`` that the wrapped ``function`` doesn't take."""
    known = accepted(function)
    if known is not None and not known.keys() >= options.keys():
        unknown = options.keys() - known.keys()
        own = [name for name in parameters_of(owner) if name not in {"function", "fn", *unknown}]
        taken = [name for name in known if name not in ("y_true", "y_pred")]
        refuse_keywords(owner.__name__, unknown, [*own, *taken])


def as_axes(axis: Any) -> Any:
    """Return a list of axes as a tuple, which NumPy takes; anything else as it is."""
    return tuple(axis) if isinstance(axis, list) else axis


def one_of(name: str, value: T, choices: Collection[T]) -> T:
    """Return ``value`` if it is one of the choices of an argument.

    >>> one_of("mode", "row", ["rows", "columns"])
    Traceback (most recent call last):
    ...
    ValueError: expected mode to be 'rows' or 'columns', got 'row'. Choose one of them.
    """
    if value not in choices:
        raise ValueError(
            f"expected {name} to be {alternatives(choices)}, got {value!r}. Choose one of them."
        )
    return value


def as_data_format(data_format: str | None) -> str:
    """Return ``'channels_last'``, which is the default, or ``'channels_first'``, in lower case.

    >>> as_data_format(None), as_data_format("Channels_First")
    ('channels_last', 'channels_first')
    >>> as_data_format("channels")
    Traceback (most recent call last):
    ...
    ValueError: expected data_format to be 'channels_last' or 'channels_first', got 'channels'. \
Choose one of them.
    """
    found = "channels_last" if data_format is None else str(data_format).lower()
    return one_of("data_format", found, ("channels_last", "channels_first"))


def undefined(owner: object, method: str, purpose: str) -> str:
    """Return the message for a method that the class of ``owner`` has to define.

    Args:
        owner: an instance.
        method: the name with the arguments.
        purpose: what it does, after "Define it to".
    """
    return f"expected {type(owner).__name__} to define {method}, got none. Define it to {purpose}."


def accepted(function: Callable[..., Any]) -> dict[str, inspect.Parameter] | None:
    """Return the parameters that can be passed by keyword; None if any can, or if unknown."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {p.name: p for p in parameters if p.kind in kinds and p.name != "self"}


def _check_number(owner: str, name: str, value: object) -> None:
    if isinstance(value, str | bytes):
        raise TypeError(
            f"{owner} expects {name} to be a number, got {value!r} of type "
            f"{type(value).__name__}. Write it without quotes."
        )
    if isinstance(value, int) and abs(value) >= _BEYOND:
        raise ValueError(
            f"{owner} expects {name} to be a number below 3.4e38, got {shown(value)}. "
            "Write a smaller one."
        )


def _is_number(parameter: inspect.Parameter) -> bool:
    annotation = getattr(parameter.annotation, "__name__", parameter.annotation)
    return str(annotation).split(" | ", 1)[0] in _NUMBERS


def _name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function as users know it: of a constructor, the class."""
    return function.__qualname__.removesuffix(".__init__").rpartition("<locals>.")[2]
