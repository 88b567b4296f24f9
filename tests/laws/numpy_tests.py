"""Compare with NumPy in NumPy's own tests: ``python -m tests.laws.numpy_tests numpy.lib``.

What NumPy's developers thought worth a test is what breaks code. While their tests run, each
function of NumPy that they call is called again on traced arrays: on Tensors, under ``vjp`` and
under ``jit``. The result, the arguments after it and the error are compared, and near float64
arguments the slope. Printed is each difference that isn't a refusal by name; a slope at a kink may
be one, too.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest

from autodiff.transforms.pytree import flatten
from tests.laws import oracle, packages

Array = Any
Function = Callable[..., Any]
Call = tuple[Function, list[Array]]  # of the arrays among the arguments, and these
MODULES = re.compile(r"numpy|numpy[.](fft|lib|linalg|polynomial)([.]\w+)*")
FUNCTIONS = (FunctionType, BuiltinFunctionType, np.ufunc, type(np.dot))
METHODS = ("accumulate", "at", "outer", "reduce", "reduceat")  # of ufuncs
OMITTED = re.compile(
    "empty|as_strided|memory|load|save|txt|file|buffer|string|print|iter|type|info|err|isscalar"
    "|asmatrix|bmat|record|deprecate|handler|vectorize|frompyfunc|from_dlpack|test|include|config"
)
_LARGEST = 2000  # elements of an array
_SECONDS = 5.0  # of one call
_CALLS = 20  # of a function in one test


class Namespace:
    """A module of NumPy whose functions compare each call."""

    def __init__(self, module: ModuleType, comparison: Comparison) -> None:
        self._module, self._comparison = module, comparison

    def __getattr__(self, name: str) -> Any:
        return self._comparison.of(getattr(self._module, name))


class Compared:
    """A function of NumPy, or a method of a ufunc, that compares each call."""

    def __init__(self, function: Function, name: str, comparison: Comparison) -> None:
        self._function, self._name, self._comparison = function, name, comparison

    def __call__(self, *args: Any, **options: Any) -> Any:
        self._comparison.see(self._function, self._name, args, options)
        return self._function(*args, **options)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._function, name)
        if name in METHODS and isinstance(self._function, np.ufunc):
            return Compared(found, f"{self._name}.{name}", self._comparison)
        return found


class Comparison:
    """The calls that were compared, and how traced ones differ."""

    def __init__(self) -> None:
        self.calls = 0
        self.found: dict[str, str] = {}
        self.begin("")

    def begin(self, test: str) -> None:
        self._test, self._seen = test, Counter[str]()

    def of(self, value: Any) -> Any:
        """Return what stands for a module or a function of NumPy; all else as it is."""
        if isinstance(value, ModuleType) and MODULES.fullmatch(value.__name__):
            return Namespace(value, self)
        if isinstance(value, FUNCTIONS) and _is_of_numpy(value):
            return Compared(value, value.__name__, self)
        return value

    def see(self, function: Function, name: str, args: Any, options: Any) -> None:
        """Compare a call, if it has arrays of numbers and isn't one of very many."""
        self._seen[name] += 1
        if self._seen[name] > _CALLS or _is_arbitrary(name, args, options):
            return
        with contextlib.suppress(packages.SlowError):
            with packages.limited(_SECONDS):
                call = with_arrays(function, args, options)
                if call is None:
                    return
                words = list(_differences(*call))
            self.calls += 1
            for difference in words:
                kind = f"{name} {re.sub(r'-?[0-9][-+.e0-9]*', '0', difference)[:60]}"
                shapes = ", ".join(f"{x.dtype}{list(x.shape)}" for x in call[1])
                self.found.setdefault(kind, f"{name}({shapes}) {difference} in {self._test}")


def _is_of_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or "numpy"
    is_public = not function.__name__.startswith("_") and not OMITTED.search(function.__name__)
    return is_public and module.startswith("numpy") and not re.search("random|test|ma[.]", module)


def _is_arbitrary(name: str, args: Any, options: dict[str, Any]) -> bool:
    """Return whether NumPy promises no values, in the result or in an argument."""
    is_empty = name == "pad" and "empty" in (*args[2:], options.get("mode"))
    return is_empty or bool(any("overwrite" in option for option in options))


def with_arrays(function: Function, args: Any, options: dict[str, Any]) -> Call | None:
    """Return the call as a function of its arrays of numbers, which it copies, and these.

    Without any, its lists of numbers are made arrays. None where there are none, or two overlap.
    """
    found: list[Array] = []

    def place(value: Any, make: bool) -> Function:
        """Return a function that puts the arrays of a call where they stand in this value."""
        if type(value) in (list, tuple) and not (make and _is_row(value)):
            places = [place(part, make) for part in value]
            return lambda given: type(value)(put(given) for put in places)
        array = np.array(value) if make and type(value) is list else value
        if not _is_numeric(array):
            return lambda _: value
        found.append(array)
        index = len(found) - 1
        return lambda given: given[index]

    def places(make: bool) -> tuple[Function, dict[str, Function]]:
        return place(tuple(args), make), {k: place(v, make) for k, v in options.items()}

    positional, named = places(make=False)
    if not found:
        positional, named = places(make=True)
    overlap = any(np.may_share_memory(a, b) for i, a in enumerate(found) for b in found[:i])
    if not found or overlap or max(x.size for x in found) > _LARGEST:
        return None

    def call(*given: Any) -> Any:
        copies = [x.copy(order="K") if x.ndim else x.copy() for x in given]
        out = function(*positional(copies), **{k: put(copies) for k, put in named.items()})
        return (*(() if out is None else (out,)), *copies)

    return call, found


def _is_row(value: Any) -> bool:
    """Return whether a list is one of numbers, or of such lists."""
    made, _ = oracle.tried(lambda: np.array(value))
    return type(value) is list and made is not None and made.size > 0 and _is_numeric(made)


def _is_numeric(value: Any) -> bool:
    is_array = type(value) is np.ndarray or isinstance(value, (np.number, np.bool))
    return is_array and value.dtype.kind in "fciub"


def _differences(call: Function, arrays: list[Array]) -> Iterator[str]:
    plain, wrong = oracle.tried(lambda: call(*arrays))
    if wrong is None and not all(map(_is_numeric, oracle.leaves_of(plain))):
        return
    for name, manner in oracle.MANNERS.items():
        difference = oracle.difference(call, arrays, manner, seed=0)
        if difference:
            yield f"[{name}] {difference}"
    if wrong is None:
        yield from slopes_apart(call, arrays)


def slopes_apart(call: Function, arrays: list[Array]) -> list[str]:
    """Compare the slope of a call in its float64 arrays, somewhat aside from where it stands."""
    random = np.random.default_rng(0)
    chosen = [i for i, x in enumerate(arrays) if x.dtype == np.float64 and np.isfinite(x).all()]
    aside = [arrays[i] + 1e-2 * random.normal(size=arrays[i].shape) for i in chosen]

    def of_floats(*given: Any) -> Any:
        placed = dict(zip(chosen, given, strict=True))
        out = call(*(placed.get(i, x) for i, x in enumerate(arrays)))
        return [leaf for leaf in flatten(out, "out")[0] if leaf.dtype.char in "dD"]

    return packages.differs_in_slopes(of_floats, aside) if chosen else []


class Plugin:
    """Puts a comparison into the modules of collected tests, until the time is over."""

    def __init__(self, comparison: Comparison, end: float) -> None:
        self._comparison, self._end = comparison, end

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for module in {item.module for item in session.items if isinstance(item, pytest.Function)}:
            for name, value in list(vars(module).items()):
                setattr(module, name, self._comparison.of(value))

    def pytest_runtest_call(self, item: pytest.Item) -> None:
        self._comparison.begin(item.nodeid)
        if isinstance(item, pytest.Function):
            for name, value in list(item.funcargs.items()):
                item.funcargs[name] = self._comparison.of(value)

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        if time.monotonic() > self._end:
            item.session.shouldstop = "the time is over"


def compare(tests: list[str], seconds: float, comparison: Comparison) -> Comparison:
    """Return what was found while the tests of some modules ran."""
    options = ["-c", os.devnull, "-p", "no:xdist", "-p", "no:cacheprovider", "--pyargs"]
    with contextlib.redirect_stdout(io.StringIO()):
        plugin = Plugin(comparison, time.monotonic() + seconds)
        pytest.main([*options, *tests], plugins=[plugin])
    return comparison


def main(name: str, description: str | None, comparison: Comparison) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m tests.laws.{name}", description=description)
    parser.add_argument("tests", nargs="+", help="packages or modules of tests, as pytest has them")
    parser.add_argument("--minutes", type=float, default=10, help="for all (default: 10)")
    options = parser.parse_args()
    compare(options.tests, 60 * options.minutes, comparison)
    for difference in comparison.found.values():
        print(difference)
    print(f"{comparison.calls} calls in the tests of {', '.join(options.tests)}")


if __name__ == "__main__":
    main("numpy_tests", __doc__, Comparison())
