"""Compare functions of other packages with NumPy: ``python -m tests.laws.packages transforms3d``.

Random programs are what somebody thought of; the functions of a package are code as it occurs. Each
is called with random numbers and arrays until it takes them. Its results, traced, under ``vjp`` and
under ``jit``, are compared with those of plain arrays, and its slopes with finite differences. Only
differences without an error are printed: a function that asks for ``isinstance(x, np.ndarray)``, or
that is at a kink, may have one too.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import pkgutil
import signal
import time
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.check import numerical_slope
from tests.laws.oracle import MANNERS, leaves_of, tried, unlike

Array = Any
Function = Callable[..., Any]
SHAPES = ((), (), (), (3,), (4,), (3, 3), (4, 4), (5, 3), (12,))
DTYPES = (np.float64, np.float64, np.float64, np.float32, np.int64, np.uint8)
OMITTED = ("test", "plot", "example")  # parts of the names of modules
_TRIALS, _WANTED = 40, 2  # calls of a function, and those of them that it takes
_SECONDS = 8.0


class SlowError(BaseException):
    """A call takes too long; no Exception, which the call, or ``tried``, may catch."""


@contextlib.contextmanager
def limited(seconds: float = _SECONDS) -> Iterator[None]:
    """A context that stops after some seconds, and in which nothing is printed."""

    def stop(*_: Any) -> None:
        raise SlowError

    former = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def functions_of(package: str) -> dict[str, Function]:
    """Return the public functions of a package and of its modules that can be imported."""
    root = importlib.import_module(package)
    modules = [root]
    for found in pkgutil.walk_packages(getattr(root, "__path__", []), f"{package}."):
        if not any(part in found.name for part in OMITTED):
            with contextlib.suppress(Exception, SystemExit, SlowError), limited():
                modules.append(importlib.import_module(found.name))
    return {
        f"{function.__module__}.{name}": function
        for module in modules
        for name, function in vars(module).items()
        if isinstance(function, FunctionType)
        and name[0] != "_"
        and function.__module__.startswith(package)
    }


def drawn_arguments(function: Function, random: np.random.Generator) -> list[Array]:
    """Return random arguments for the required parameters, half of the time of one shape."""
    parameters = inspect.signature(function).parameters.values()
    wanted = [p for p in parameters if p.default is p.empty and p.kind < p.VAR_POSITIONAL]
    shape = SHAPES[random.integers(len(SHAPES))] if random.random() < 0.5 else None
    return [_drawn(shape, random) for _ in wanted]


def _drawn(shape: tuple[int, ...] | None, random: np.random.Generator) -> Array:
    shape = SHAPES[random.integers(len(SHAPES))] if shape is None else shape
    dtype = np.dtype(DTYPES[random.integers(len(DTYPES))])
    numbers = random.uniform(0.1, 2, shape)
    return (np.ceil(3 * numbers) if dtype.kind in "iu" else numbers).astype(dtype)[()]


def differences(function: Function, args: list[Array]) -> list[str] | None:
    """Return how traced calls differ; None if the function doesn't take such arguments."""

    def call(*given: Array) -> Any:
        return function(*(x.copy() for x in given))

    with limited():
        plain, wrong = tried(lambda: call(*args))
        again, _ = tried(lambda: call(*args))
    if wrong is not None or not _is_numeric(plain) or unlike(again, plain, args):
        return None
    words = []
    for name, manner in MANNERS.items():
        with limited():
            ours, error = tried(lambda m=manner: m(call, args, np.random.default_rng(0)))
        if error is None:  # a subclass of arrays may be refused as a result, too
            difference, _ = tried(lambda ours=ours: unlike(ours, plain, args))
            words += [f"[{name}] {difference}"] if difference else []
    if all(x.dtype == np.float64 for x in args):
        words += differs_in_slopes(call, args)
    return words


def _is_numeric(out: Any) -> bool:
    leaves, _ = tried(lambda: leaves_of(out))
    return bool(leaves) and all(x.dtype.kind in "fciub" and np.isfinite(x).all() for x in leaves)


def differs_in_slopes(function: Function, args: list[Array]) -> list[str]:
    """Compare the slope of the sum of all results along a line with a measured one."""
    random = np.random.default_rng(1)
    directions = [random.normal(size=x.shape) for x in args]

    def line(t: Any) -> Any:
        out = function(*(x + t * d for x, d in zip(args, directions, strict=True)))
        parts = out if isinstance(out, (list, tuple)) else [out]
        return sum((np.sum(np.real(x) * np.sqrt(2 + i)) for i, x in enumerate(parts)), 0.0 * t)

    with limited():
        measured, wrong = tried(lambda: numerical_slope(line, 0.0))
        slope, error = tried(lambda: ad.grad(line)(0.0))
    if wrong is not None or error is not None or not np.isfinite(measured).all():
        return []
    expected, precision = measured
    if abs(slope - expected) <= 1e-4 * (1 + abs(expected)) + 10 * precision:
        return []
    return [f"[slope] {slope}, measured {expected} +- {precision}"]


def report(function: Function, random: np.random.Generator) -> tuple[int, list[str]]:
    """Return the number of calls that a function takes, and how traced ones differ."""
    count, words = 0, []
    for _ in range(_TRIALS):
        args = drawn_arguments(function, random)
        with contextlib.suppress(SlowError, SystemExit):
            found = differences(function, args) if args else None
            if found is not None:
                count += 1
                shapes = ", ".join(f"{x.dtype}{list(x.shape)}" for x in args)
                words += [f"({shapes}) {difference}" for difference in found]
        if count == _WANTED:
            break
    return count, words


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.laws.packages", description=__doc__)
    parser.add_argument("packages", nargs="+", help="their names")
    parser.add_argument("--seed", type=int, default=0, help="of the arguments (default: 0)")
    parser.add_argument("--minutes", type=float, default=10, help="for all (default: 10)")
    options = parser.parse_args()
    end, calls = time.monotonic() + 60 * options.minutes, 0
    random = np.random.default_rng(options.seed)
    functions = [pair for name in options.packages for pair in functions_of(name).items()]
    for i in random.permutation(len(functions)):
        if time.monotonic() > end:
            break
        name, function = functions[i]
        count, words = report(function, random)
        calls += count
        for difference in words:
            print(f"{name}{difference}", flush=True)
    print(f"{calls} calls of functions of {', '.join(options.packages)}")


if __name__ == "__main__":
    main()
