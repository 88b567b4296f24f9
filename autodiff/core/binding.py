"""Binding: which of a call's arguments are inputs, and which are options.

An option that no rule supports is refused at the call, not in the backward pass; one without an
effect (``out=None``, ``dtype=None``) is dropped.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.errors import describe, user_line
from autodiff.core.typing import Array, Function

__all__ = ["Binding"]

_HARMLESS = {
    ("where", True), ("casting", "same_kind"), ("order", "K"), ("subok", True),
    ("subok", False), ("keepdims", False), ("optimize", False), ("mode", "raise"),
}  # fmt: skip
_UNKNOWN = inspect.Parameter.empty


class Binding:
    """Separate the arguments of calls of one function into inputs and options.

    Args:
        function: the function that is called.
        inputs: the names of its inputs; empty for a constant function, whose inputs are the
            parameters without a default.
        variadic: the parameter that takes any number of inputs, as a sequence or starred.
        options: the options that a rule supports, with the rule's defaults.
        is_constant: whether every option is allowed, since there is no backward pass.
    """

    def __init__(
        self,
        function: Function,
        inputs: tuple[str, ...],
        variadic: str | None,
        options: Mapping[str, Any],
        is_constant: bool,
    ) -> None:
        self.name = function.__name__
        self.options, self.variadic, self.is_constant = options, variadic, is_constant
        if isinstance(function, np.ufunc):
            inputs = inputs or ("x", "y", "z")[: function.nin]
            parameters: Mapping[str, inspect.Parameter] = {}
        else:
            try:
                parameters = inspect.signature(function).parameters
            except ValueError:  # a C function of NumPy before 2.4
                parameters = {}
        kind = inspect.Parameter
        self.starred = next(
            (n for n, p in parameters.items() if p.kind is kind.VAR_POSITIONAL), None
        )
        self.positional = [
            n for n, p in parameters.items()
            if p.kind in (kind.POSITIONAL_ONLY, kind.POSITIONAL_OR_KEYWORD)
        ] or [*([variadic] if variadic else inputs), *options]  # fmt: skip
        self.defaults = {n: p.default for n, p in parameters.items()} or dict(options)
        self.inputs = inputs
        if not inputs and variadic is None and parameters:
            self.inputs = tuple(n for n in self.positional if self.defaults.get(n) is _UNKNOWN)
        elif not inputs and variadic is None:  # a constant C function without a signature
            self.inputs, self.positional = ("a",), ["a"]

    def __call__(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Return the inputs and the options.

        Raises:
            TypeError: the arguments don't match the function's parameters.
            NotImplementedError: no rule supports an option.
        """
        if self.starred is not None and self.starred in (self.variadic, *self.inputs):
            return args, {n: v for n, v in kwargs.items() if self._is_option(n, v)}
        named = self._named(args, kwargs)
        if self.variadic is not None:
            inputs = tuple(named.pop(self.variadic))
        else:
            inputs = tuple(named.pop(name, self._default(name)) for name in self.inputs)
        return inputs, {n: v for n, v in named.items() if self._is_option(n, v)}

    def _named(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if len(args) > len(self.positional):
            raise TypeError(
                f"{self.name} takes {len(self.positional)} arguments by position at most, got "
                f"{len(args)}. Pass the others by name."
            )
        named = dict(zip(self.positional, args, strict=False))
        for name, value in kwargs.items():
            if name in named:
                raise TypeError(
                    f"{self.name} got two values for its argument {name!r}. Pass it once."
                )
            named[name] = value
        first = self.variadic or next(iter(self.inputs), None)
        if first is not None and first not in named:
            raise TypeError(f"{self.name} is missing its argument {first!r}. Pass it too.")
        return named

    def _default(self, name: str) -> Any:
        """Return the default of an input that isn't given; None where it has none."""
        default = self.defaults.get(name)
        return None if default is _UNKNOWN or default is np._NoValue else default

    def _is_option(self, name: str, value: Any) -> bool:
        """Return whether to pass an option on; those without an effect are dropped."""
        default = self.defaults.get(name, _UNKNOWN)
        if value is np._NoValue or value is default:
            return False
        if isinstance(value, str) and isinstance(default, str) and value == default:
            return False
        if name.startswith(
            "overwrite_"
        ):  # a permission, which isn't used: a graph needs its values
            return False
        if name in self.options:
            return True
        if isinstance(value, (bool, str)) and (name, value) in _HARMLESS:
            return False
        if value is None and name in ("out", "dtype", "axes", "signature", "kind", "order"):
            return False
        if self.is_constant and name != "out":
            return True
        known = ", ".join(f"{option}=" for option in self.options) or "none"
        cure = "Use other functions, or pass t.numpy() where no slope is wanted."
        if name in ("dtype", "casting"):
            cure = "Leave it out, and convert the arguments or the result: t.astype(dtype)."
        raise NotImplementedError(
            f"{self.name} of a traced value doesn't support the option {name}= "
            f"(got {describe(value)}) at {user_line()}. Options with a derivative: {known}. "
            f"{cure}"
        )
