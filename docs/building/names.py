"""The public names of both packages: what users may import, module by module.

A module's public names are those of its ``__all__``. In a module without one, they are those
that are defined there.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

PACKAGES = ("autodiff", "nn")
SCIPY = "autodiff.scipy"
_BY_NAME = ("nn.models", "nn.wrappers", "nn.ops.image", "nn.ops.linalg")  # imported at first use
_INTERNAL = ("nn.logits", "nn.primitives", "nn.numbers", "nn.datasets.table")  # imported by others
_SHARED = ("get", "serialize", "deserialize")  # of each family of classes, written once
_APART = {"nn.activations": "nn.shrinkage"}  # where a module has moved some of its functions


@dataclass(frozen=True)
class PublicName:
    """One public name.

    Attributes:
        module: the module that users import it from: ``"nn.layers"``.
        name: the name in that module: ``"Dense"``.
        found: the object.
    """

    module: str
    name: str
    found: Any

    @property
    def full(self) -> str:
        """The name with its module."""
        return f"{self.module}.{self.name}"

    @property
    def kind(self) -> str:
        """What it is, as Sphinx names it: ``"class"``, ``"function"`` or ``"data"``."""
        if isinstance(self.found, type):
            return "exception" if issubclass(self.found, BaseException) else "class"
        return "function" if callable(self.found) and hasattr(self.found, "__name__") else "data"

    @property
    def docstring(self) -> str:
        """The docstring of a class or function; "" where there is none."""
        return "" if self.kind == "data" else inspect.getdoc(self.found) or ""


def public_modules() -> dict[str, ModuleType]:
    """Return all public modules but those of `autodiff.scipy`, by name."""
    found: dict[str, ModuleType] = {}
    waiting = [import_module(name) for name in (*PACKAGES, *_BY_NAME)]
    while waiting:
        module = waiting.pop()
        if module.__name__ in found or module.__name__ in _INTERNAL:
            continue
        found[module.__name__] = module
        waiting += [
            member
            for name in _names(module)
            if isinstance(member := getattr(module, name), ModuleType) and _is_ours(member.__name__)
        ]
    return dict(sorted((name, m) for name, m in found.items() if not name.startswith(SCIPY)))


def names_of(module: ModuleType) -> list[PublicName]:
    """Return the public classes, functions and data of a module, in the order of the alphabet."""
    found = [PublicName(module.__name__, name, getattr(module, name)) for name in _names(module)]
    return [
        x
        for x in found
        if not isinstance(x.found, ModuleType) and (hasattr(module, "__all__") or _is_made_here(x))
    ]


def all_names() -> Iterator[PublicName]:
    """Yield every public name of both packages, but those of `autodiff.scipy`."""
    for module in public_modules().values():
        yield from names_of(module)


def scipy_modules() -> Sequence[str]:
    """Return the names of the modules that `autodiff.scipy` has, in SciPy's layout."""
    modules: Sequence[str] = import_module(SCIPY).MODULES
    return modules


def _names(module: ModuleType) -> list[str]:
    names = getattr(module, "__all__", None) or dir(module)
    return sorted((name for name in names if name[0] != "_"), key=str.lower)


def _is_made_here(x: PublicName) -> bool:
    made_in = getattr(x.found, "__module__", None)
    return x.name in _SHARED or made_in in (x.module, _APART.get(x.module))


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES
