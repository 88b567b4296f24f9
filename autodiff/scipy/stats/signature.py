"""The signature of a distribution: which parameters it has, and its formulas."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

from autodiff.scipy.stats.family import Family

__all__ = ["Signature"]


@dataclass(frozen=True, eq=False)  # by identity, which is faster
class Signature:
    """A distribution as the slopes of its methods need it.

    Attributes:
        library: SciPy's distribution.
        family: its formulas.
        shapes: the names of its shapes.
        is_discrete: whether its values are whole numbers; then it has no scale.
    """

    library: Any
    family: Family
    shapes: tuple[str, ...]
    is_discrete: bool

    @classmethod
    def of(cls, library: Any, family: Family) -> Signature:
        """Return the signature of one of SciPy's distributions."""
        shapes = tuple(library.shapes.split(", ")) if library.shapes else ()
        return cls(library, family, shapes, hasattr(library, "pmf"))

    def of_parameters(self) -> inspect.Signature:
        """Return the signature of the distribution with fixed parameters."""
        kind, required = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
        names = _names(self, "")
        return inspect.Signature(
            [inspect.Parameter(n, kind, default=_DEFAULTS.get(n, required)) for n in names]
        )

    def bind(self, first: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the arguments in their order; without loc and scale where both are left out.

        Args:
            first: the name of the argument before the parameters, or empty.
            args: positional arguments of a call.
            kwargs: its named ones.

        Raises:
            TypeError: an argument is missing, unknown or given twice.
        """
        names = _names(self, first)
        given = dict(zip(names, args, strict=False))
        unknown = [name for name in kwargs if name in given or name not in names]
        missing = [name for name in names if name not in given and name not in kwargs]
        if len(args) > len(names) or unknown or not set(missing) <= _DEFAULTS.keys():
            raise TypeError(
                f"scipy.stats.{self.library.name} takes the arguments {', '.join(names)}, got "
                f"{len(args)} by position and {', '.join(kwargs) or 'none'} by name. Pass each of "
                f"them once."
            )
        given |= kwargs
        if "loc" in given or "scale" in given:
            given |= {name: _DEFAULTS[name] for name in missing}
        return tuple(given[name] for name in names if name in given)


_DEFAULTS: dict[str, Any] = {"loc": 0, "scale": 1}


@cache
def _names(signature: Signature, first: str) -> list[str]:
    """Return the names of a method's arguments, in their order."""
    names = [*signature.shapes, "loc"] if signature.is_discrete else [*signature.shapes, *_DEFAULTS]
    return [first, *names] if first else names
