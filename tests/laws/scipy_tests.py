"""Compare with SciPy in SciPy's own tests: ``python -m tests.laws.scipy_tests scipy.ndimage``.

As in :mod:`tests.laws.numpy_tests`, each function of SciPy that they call is called again on traced
arrays, on which that of ``autodiff.scipy`` is.
"""

from __future__ import annotations

import functools
from importlib import import_module
from types import ModuleType
from typing import Any

import autodiff as ad
from autodiff.scipy import MODULES
from autodiff.transforms.pytree import flatten
from tests.laws import numpy_tests
from tests.laws.numpy_tests import Compared, Function, Namespace


class Comparison(numpy_tests.Comparison):
    """The calls that were compared, and how traced ones differ."""

    def __init__(self) -> None:
        super().__init__()
        self.modules = {f"scipy.{name}": import_module(f"scipy.{name}") for name in MODULES}
        self.stand_ins = {
            function: _either(function, getattr(import_module(f"autodiff.{full}"), name))
            for full, module in self.modules.items()
            for name, function in vars(module).items()
            if _is_public(name, function)
        }

    def of(self, value: Any) -> Any:
        """Return what stands for a module or a function of SciPy; all else as it is."""
        if isinstance(value, ModuleType):
            return Namespace(value, self) if value.__name__ in self.modules else value
        is_known = callable(value) and value.__hash__ is not None and value in self.stand_ins
        return Compared(value, value.__name__, self) if is_known else value

    def see(self, function: Function, name: str, args: Any, options: Any) -> None:
        """Compare a call of SciPy's function, or of that in its place."""
        super().see(self.stand_ins.get(function, function), name, args, options)


def _is_public(name: str, function: Any) -> bool:
    is_class = isinstance(function, (type, ModuleType)) or not hasattr(function, "__name__")
    return not name.startswith("_") and callable(function) and not is_class


def _either(plain: Function, traced: Function) -> Function:
    """Return a function that calls one for plain arguments, and another one for traced ones."""

    @functools.wraps(plain, assigned=("__name__",), updated=())
    def either(*args: Any, **options: Any) -> Any:
        leaves = flatten((args, options), "the arguments")[0]
        is_traced = any(isinstance(leaf, ad.Tensor) for leaf in leaves)
        return (traced if is_traced else plain)(*args, **options)

    return either


if __name__ == "__main__":
    numpy_tests.main("scipy_tests", __doc__, Comparison())
