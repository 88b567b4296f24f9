"""What a derivative rule's parameters say: the inputs it names, and the options it supports."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from autodiff.core.errors import describe
from autodiff.core.guarded import is_of_user
from autodiff.core.typing import Function

__all__ = ["MISSING", "Missing", "RuleSignature", "defaults_of", "plain_name"]


class Missing:
    """Marks an input without a rule."""

    def __repr__(self) -> str:
        return "no rule"


MISSING = Missing()


class RuleSignature:
    """The parameters of a rule: ``(g, z, *inputs, option=default)``.

    Read from the code object: there are hundreds of rules, and ``inspect`` is slow.
    """

    def __init__(self, name: str, key: str, rule: Function) -> None:
        code = getattr(rule, "__code__", None)
        if code is None:
            raise TypeError(
                f"derivative of {name} needs a function as the rule {key}=, got {describe(rule)}. "
                f"Write lambda g, z, x: ...."
            )
        positional, keywords = code.co_argcount, code.co_kwonlyargcount
        names = code.co_varnames
        if names[:2] != ("g", "z") or positional < 2:
            raise TypeError(
                f"derivative of {name} needs a rule {key}= that starts with g (the cotangent) and "
                f"z (the output), then names the inputs, got {_shown(rule)}. Write lambda g, z, x: "
                f"...."
            )
        self.inputs = tuple(map(plain_name, names[2:positional]))
        starred = bool(code.co_flags & inspect.CO_VARARGS)
        self.variadic = names[positional + keywords] if starred and not self.inputs else None
        options = names[positional : positional + keywords]
        defaults = rule.__kwdefaults__ or {}
        self.by_argnum = "argnum" in options
        self.takes_wanted = "wanted" in options and not is_of_user(rule)  # of each input, whether
        given = [n for n in options if n == "argnum" or (n == "wanted" and self.takes_wanted)]
        self.options = {n: defaults.get(n, MISSING) for n in options if n not in given}
        if not self.inputs and self.variadic is None:
            raise TypeError(
                f"derivative of {name} needs a rule {key}= that names the inputs after g and z, "
                f"got {_shown(rule)}. Write lambda g, z, x: ...."
            )


def defaults_of(function: Function, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function's own defaults of the options that a rule names without one."""
    needed = [name for name, default in options.items() if default is MISSING]
    if not needed or not hasattr(function, "__code__"):  # of C, which may have no signature
        return {}
    parameters = inspect.signature(function).parameters
    found = {n: parameters[n].default for n in needed if n in parameters}
    return {n: default for n, default in found.items() if default is not inspect.Parameter.empty}


def plain_name(name: str) -> str:
    """Return an input's name; a rule adds an underscore to those that are taken: ``z_``."""
    return name.removesuffix("_")


def _shown(rule: Function) -> str:
    return str(inspect.signature(rule))
