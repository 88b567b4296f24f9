"""What is supported: every public function of NumPy, in exactly one of three classes.

Differentiable ones have slopes, to any order. Constant ones work, and have slope zero by decision.
Refused ones raise an error that says what to use instead.

``python -m autodiff.coverage`` prints the table of them all, in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from autodiff.refused import REFUSED
from autodiff.registry import registry
from autodiff.tensor import Tensor

__all__ = ["CARRYING", "METHODS_OF_UFUNCS", "Form", "Supported", "supported"]

Kind: TypeAlias = Literal["differentiable", "constant", "refused", "undecided"]

CARRYING: frozenset[str] = frozenset({
    "np.array", "np.asarray", "np.asanyarray", "np.ascontiguousarray", "np.asfortranarray",
    "np.asarray_chkfinite", "np.full", "np.fromfunction", "np.vectorize", "np.ndenumerate",
})  # fmt: skip
"""Functions that NumPy keeps to itself, and that carry traced values all the same: what they make
is an array of objects, which every function here takes for the Tensor that it holds."""

METHODS_OF_UFUNCS = ("reduce", "accumulate", "reduceat", "outer", "at")

_CONSTANT = frozenset({
    "ndarray.dtype", "ndarray.itemsize", "ndarray.nbytes", "ndarray.ndim", "ndarray.shape",
    "ndarray.size", "ndarray.item", "ndarray.tolist", "np.isscalar", "np.iterable",
})  # fmt: skip
"""What answers plainly by itself, so that the registry needn't have it."""


class Form(NamedTuple):
    """One public name, its class, and for a refused one what to use instead."""

    name: str
    kind: Kind
    instead: str = ""


class Supported(dict[str, Form]):
    """The names that a user knows, as ``np.linalg.det`` or ``ndarray.sum``, each with its Form."""

    def of(self, kind: Kind) -> list[str]:
        """List the names of one class."""
        return [form.name for form in self.values() if form.kind == kind]

    def __repr__(self) -> str:
        counts = [f"{len(self.of(k))} {k}" for k in ("differentiable", "constant", "refused")]
        return f"<Supported: {', '.join(counts)}>"


def supported() -> Supported:
    """Say of every public function, ufunc's method and ndarray's method whether it has slopes.

    >>> import autodiff as ad
    >>> ad.supported()["np.sin"].kind
    'differentiable'
    >>> print(ad.supported()["np.nditer"].instead)
    It walks over raw memory: write a loop over t, or over np.ndindex(t.shape).
    """
    forms = [
        *_functions(np, "np"),
        *_functions(np.linalg, "np.linalg"),
        *_functions(np.fft, "np.fft"),
        *_methods_of_ufuncs(),
        *_methods_of_arrays(),
    ]
    return Supported((form.name, form) for form in forms)


def _functions(module: ModuleType, prefix: str) -> Iterator[Form]:
    for name in sorted(module.__all__):  # others' additions, such as pandas's, are left out
        function = getattr(module, name)
        if name.startswith("_") or isinstance(function, ModuleType) or not callable(function):
            continue
        yield _form(f"{prefix}.{name}", function)


def _form(name: str, function: Any) -> Form:
    found = registry.get(function)
    if found is not None:
        constant = getattr(found, "is_constant", False)
        return Form(name, "constant" if constant else "differentiable")
    if name in REFUSED:
        return Form(name, "refused", REFUSED[name])
    if name in CARRYING:
        return Form(name, "differentiable")
    return Form(name, "constant" if name in _CONSTANT else "undecided")


def _methods_of_ufuncs() -> Iterator[Form]:
    for name in sorted(np.__all__):
        ufunc = getattr(np, name)
        if not isinstance(ufunc, np.ufunc) or ufunc.__name__ != name or ufunc.signature:
            continue
        kind = _form(f"np.{name}", ufunc).kind
        for method in METHODS_OF_UFUNCS:
            if method == "at" or (ufunc.nin == 2 and (ufunc.nout == 1 or method == "outer")):
                yield Form(f"np.{name}.{method}", kind, REFUSED.get(f"np.{name}", ""))


def _methods_of_arrays() -> Iterator[Form]:
    for name in sorted(dir(np.ndarray)):
        full = f"ndarray.{name}"
        same = registry.get(getattr(np, name, None))
        if name.startswith("_"):
            continue
        if full in REFUSED:
            yield Form(full, "refused", REFUSED[full])
        elif full in _CONSTANT or getattr(same, "is_constant", False):
            yield Form(full, "constant")
        else:
            yield Form(full, "differentiable" if hasattr(Tensor, name) else "undecided")


_HEAD = """# What is supported

Every public function of NumPy, every method of its universal functions and of its arrays, in one of
three classes. Made by `python -m autodiff.coverage`, with NumPy {version}.
"""


def markdown() -> str:
    """Write the table down."""
    table = supported()
    slopes, constant, refused = (
        table.of(kind) for kind in ("differentiable", "constant", "refused")
    )
    version = ".".join(np.__version__.split(".")[:2])
    lines = [_HEAD.format(version=version)]
    lines += [f"## Differentiable ({len(slopes)})\n", "They have slopes, to any order.\n"]
    lines += [", ".join(f"`{name}`" for name in slopes)]
    lines += [f"\n## Constant ({len(constant)})\n", "They work, and have slope zero by decision.\n"]
    lines += [", ".join(f"`{name}`" for name in constant)]
    lines += [f"\n## Refused ({len(refused)})\n", "They raise an error that says what to use.\n"]
    lines += ["| name | instead |", "| --- | --- |"]
    lines += [f"| `{name}` | {table[name].instead} |" for name in refused]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
