"""The coverage of NumPy and SciPy: every public function, in exactly one of three classes.

Differentiable functions have slopes, to any order. Constant functions work, and their slope is zero
by definition. Refused functions raise an error that names a replacement.

``python -m autodiff.coverage`` prints the tables in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from autodiff.core.refused import REFUSED
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.rules.methods import passes_on

__all__ = ["CARRYING", "METHODS_OF_UFUNCS", "Form", "Supported", "supported"]

Kind: TypeAlias = Literal["differentiable", "constant", "refused", "undecided"]

CARRYING: frozenset[str] = frozenset({
    "np.array", "np.asarray", "np.asanyarray", "np.ascontiguousarray", "np.asfortranarray",
    "np.asarray_chkfinite", "np.full", "np.fromfunction", "np.vectorize", "np.ndenumerate",
})  # fmt: skip
"""Functions that NumPy doesn't dispatch, but that pass on traced values: they return an array of
objects, which every function here lifts to a Tensor."""

METHODS_OF_UFUNCS = ("reduce", "accumulate", "reduceat", "outer", "at")

_CONSTANT = frozenset({
    "ndarray.dtype", "ndarray.itemsize", "ndarray.nbytes", "ndarray.ndim", "ndarray.shape",
    "ndarray.size", "ndarray.item", "ndarray.tolist", "ndarray.device", "np.isscalar",
    "np.iterable",
})  # fmt: skip
"""Constant attributes and functions that need no entry in the registry."""


class Form(NamedTuple):
    """One public name, its class, and the replacement if it is refused."""

    name: str
    kind: Kind
    instead: str = ""


class Supported(dict[str, Form]):
    """Public names such as ``np.linalg.det``, ``ndarray.sum`` or ``scipy.special.erf``: Forms."""

    def of(self, kind: Kind) -> list[str]:
        """Return the names of one class."""
        return [form.name for form in self.values() if form.kind == kind]

    def __repr__(self) -> str:
        counts = [f"{len(self.of(k))} {k}" for k in ("differentiable", "constant", "refused")]
        return f"<Supported: {', '.join(counts)}>"


def supported() -> Supported:
    """Return the class of every public function, method of ufuncs and method of ndarrays.

    SciPy's functions are those of the modules in ``autodiff.scipy``, where SciPy is installed.

    >>> import autodiff as ad
    >>> ad.supported()["np.sin"].kind
    'differentiable'
    >>> print(ad.supported()["np.nditer"].instead)
    It iterates over raw memory: write a loop over t, or over np.ndindex(t.shape).
    """
    forms = [
        *_functions(np, "np"),
        *_functions(np.linalg, "np.linalg"),
        *_functions(np.fft, "np.fft"),
        *_methods_of_ufuncs(),
        *_methods_of_arrays(),
        *_functions_of_scipy(),
    ]
    return Supported((form.name, form) for form in forms)


def _functions(
    module: ModuleType, prefix: str, seen_as: Function = lambda function: function
) -> Iterator[Form]:
    for name in sorted(module.__all__):  # without additions by other packages, such as pandas
        function = getattr(module, name)
        if name.startswith("_") or isinstance(function, ModuleType) or not callable(function):
            continue
        yield _form(f"{prefix}.{name}", seen_as(function))


def _form(name: str, function: Function) -> Form:
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
                own: Kind = "differentiable" if passes_on(ufunc, method) else kind
                yield Form(f"np.{name}.{method}", own, REFUSED.get(f"np.{name}", ""))


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


def _functions_of_scipy() -> Iterator[Form]:
    """Return the functions of the modules that autodiff.scipy has.

    One that is written there anew has slopes, unless it is refused.
    """
    for module in _modules_of_scipy():
        face = import_module(f"autodiff.{module}")
        unwrapped = import_module("autodiff.scipy.face").unwrapped
        for form in _functions(import_module(module), module, unwrapped):
            is_own = form.name.rpartition(".")[2] in vars(face)
            yield (
                form._replace(kind="differentiable")
                if (is_own and form.kind == "undecided")
                else form
            )


def _modules_of_scipy() -> list[str]:
    if find_spec("scipy") is None:
        return []
    return [f"scipy.{name}" for name in import_module("autodiff.scipy").MODULES]


_HEAD = """# Supported functions of NumPy and SciPy

Every public function of NumPy, every method of its universal functions and of its arrays, and every
public function of those modules of SciPy that `autodiff.scipy` has, in one of three classes:
{counts}. Generated by `python -m autodiff.coverage` with {versions}.

- **differentiable**: it has slopes, to any order.
- **constant**: it works, and its slope is zero by definition.
- **refused**: it raises an error that names a replacement.
"""


def markdown() -> str:
    """Return the tables, one for each namespace, in Markdown."""
    table = supported()
    kinds: tuple[Kind, ...] = ("differentiable", "constant", "refused")
    counts = ", ".join(f"{len(table.of(kind))} {kind}" for kind in kinds)
    methods = {form.name for form in _methods_of_ufuncs()}
    lines = [_HEAD.format(counts=counts, versions=versions())]
    for prefix in ("np", "np.linalg", "np.fft", "ndarray", *_modules_of_scipy()):
        forms = [
            f for f in table.values() if _namespace(f.name) == prefix and f.name not in methods
        ]
        lines += [f"## {prefix}\n", "| name | class | replacement |", "| --- | --- | --- |"]
        lines += [f"| `{form.name}` | {form.kind} | {form.instead} |" for form in forms]
        lines += [""]
    lines += ["## Methods of universal functions\n", *_table_of_methods(table)]
    return "\n".join(lines) + "\n"


def versions() -> str:
    """Return the versions of the libraries: ``NumPy 2.4 and SciPy 1.17``."""
    found = [("NumPy", np.__version__)]
    if find_spec("scipy") is not None:
        found.append(("SciPy", import_module("scipy").__version__))
    return " and ".join(f"{name} {'.'.join(v.split('.')[:2])}" for name, v in found)


def _namespace(name: str) -> str:
    return name.rpartition(".")[0]


def _table_of_methods(table: Supported) -> Iterator[str]:
    """Return a row for each universal function, with a column for each method."""
    yield "| | " + " | ".join(f"`.{method}`" for method in METHODS_OF_UFUNCS) + " |"
    yield "| --- |" + " --- |" * len(METHODS_OF_UFUNCS)
    for ufunc in dict.fromkeys(_namespace(form.name) for form in _methods_of_ufuncs()):
        cells = (table.get(f"{ufunc}.{method}") for method in METHODS_OF_UFUNCS)
        yield f"| `{ufunc}` | " + " | ".join(cell.kind if cell else "" for cell in cells) + " |"


if __name__ == "__main__":
    print(markdown(), end="")
