"""Hunt for programs in which the engine differs from NumPy: ``python -m tests.laws.hunt``.

Each seed is a program of :mod:`tests.laws.statements` with arrays of any dtype and layout. Its
values, traced, under ``vjp`` and under ``jit``, are compared with NumPy's, and its slopes, in
reverse and forward mode and under ``jit``, with finite differences. What differs is shortened, and
printed as text.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.check import numerical_slope
from tests.laws.kinds import of_every_kind
from tests.laws.oracle import as_traced, is_refusal, leaves_of, tried, unlike
from tests.laws.statements import Program, drawn_program
from tests.laws.table import random_like

Array = Any
SHAPES = [
    ((2, 3), (3,)), ((3, 3), (3,)), ((3,), (3,)), ((2, 3), (2, 3)), ((2, 2, 3), (3,)), ((2, 3), ()),
]  # fmt: skip
NUMBERS = (np.ndarray, np.generic, int, float, complex)
JUMPS = re.compile(r"f4|c8|float32|round|searchsorted|digitize|//|%|sign|floor|unique")
"""What has jumps, or rounds, so that steps of a measurement may see another slope."""
IN_WORDS_OF_NUMPY = re.compile("setting an array element with a sequence|is read-only")


def program_of(seed: int) -> Program:
    random = np.random.default_rng([seed, 1])
    return drawn_program(lambda: arrays_of(seed), int(random.integers(2, 8)), random)


def arrays_of(seed: int) -> list[Array]:
    """Return new arrays for a seed: of float64 in a third of the draws, else of any kind."""
    random = np.random.default_rng([seed, 2])
    shapes = SHAPES[random.integers(len(SHAPES))]
    arrays = [random.normal(size=shape)[()] * 2 for shape in shapes]
    if random.random() < 0.7:
        arrays = of_every_kind(arrays, random, special=random.random() < 0.3)
    return [_writable(a) if a.ndim else a[()] for a in arrays]


def _writable(array: Array) -> Array:
    """Return an array in the machine's byte order; a copy of one that repeats its entries."""
    if not array.dtype.isnative:
        return array.astype(array.dtype.newbyteorder("="), order="K")
    return array if array.flags.writeable else array.copy()


# Values


def _copies(program: Program) -> list[Array]:
    """Return the arrays as a Tensor copies them."""
    return [a.copy("K") for a in program.make()]


def _traced(array: Array) -> Any:
    return as_traced(array) if array.ndim else array


def _on_tensors(program: Program) -> list[Any]:
    return program.function()(*map(_traced, _copies(program)))


def _under_vjp(program: Program) -> list[Any]:
    """Differentiate with respect to a, where it can be; b is a Tensor."""
    f, (a, b) = program.function(), _copies(program)
    if a.dtype.kind not in "fc":
        return f(_traced(a), b)
    out: list[Any] = ad.vjp(lambda a: f(a, _traced(b)), a)[0]
    return out


def _under_jit(program: Program) -> list[Any]:
    """Record the program with other values, then run it: the edited arguments, and the results."""
    jitted = ad.jit(program.function())
    tried(lambda: jitted(*[np.flip(a).copy("K")[()] for a in program.make()]))
    given = program.make()
    return given + jitted(*given)[2:]


def _differs_from_numpy(program: Program, run: Callable[[Program], list[Any]]) -> str:
    given = program.make() if run is _under_jit else _copies(program)
    plain, wrong = tried(lambda: program.function()(*given))
    if wrong is not None or not all(isinstance(leaf, NUMBERS) for leaf in plain):
        return ""
    ours, error = tried(lambda: list(map(leaves_of, run(program))))  # a view may refuse to be read
    if error is not None:
        return _unless_refused(error)
    places = [i for i in range(len(plain)) if i > 1 or given[i].ndim]  # numbers aren't edited
    ours, plain = ([leaves[i] for i in places] for leaves in (ours, plain))
    return unlike(ours, plain, [a for a in plain if isinstance(a, np.ndarray)])


def _unless_refused(error: Exception) -> str:
    """Describe an error other than a refusal, which names the line of the program."""
    if isinstance(error, SystemError):
        raise error
    is_meant = is_refusal(error) or re.search(r"program\.py:\d", str(error))
    return "" if is_meant or IN_WORDS_OF_NUMPY.search(str(error)) else f"{type(error)}: {error}"


# Slopes


def _on_a_line(program: Program) -> Callable[[Any], tuple[Any, bool]]:
    """Return the sum of a program's results, with weights, as a function of one number.

    Its arrays are moved along a line, apart from each other where they are equal. The function also
    returns whether no result is rounded to a narrow float.
    """
    f, random = program.function(), np.random.default_rng(1)
    arrays = [a.astype(np.result_type(a, float), order="K") for a in program.make()]
    arrays = [a + 0.3 * random_like(a, random) for a in arrays]
    directions = [random_like(a, random) for a in arrays]

    def at(t: Any) -> tuple[Any, bool]:
        weigh, total, is_wide = np.random.default_rng(2), 0.0 * t, True
        for leaf in f(*(a + t * d for a, d in zip(arrays, directions, strict=True))):
            if leaf.dtype.char in "dgDG":
                part = np.sum(leaf * weigh.uniform(0.5, 1.5, leaf.shape))
                total = total + (np.real(part) + np.imag(part) if leaf.dtype.kind == "c" else part)
            is_wide = is_wide and leaf.dtype.char not in "efF"
        return total, is_wide

    return at


def _differs_in_slopes(program: Program) -> str:
    at = _on_a_line(program)

    def line(t: Any) -> Any:
        return at(t)[0]

    out, wrong = tried(lambda: at(0.0))
    measured, _ = tried(lambda: numerical_slope(line, 0.0))
    if wrong is not None or measured is None or not np.isfinite(out[0]):
        return ""
    (value, is_wide), (slope, error) = out, measured
    ways = {
        "grad": lambda: ad.grad(line)(0.0),
        "jvp": lambda: ad.jvp(line, (0.0,), (1.0,))[1],
        "jit": lambda: ad.jit(ad.grad(line))(0.0),
    }
    found: dict[str, Any] = {}
    for way, differentiate in ways.items():
        answer, wrong = tried(differentiate)
        if wrong is None:
            found[way] = answer
        elif words := _unless_refused(wrong):
            return f"{way}: {words}"
    if not found or not np.isfinite(list(found.values())).all():
        return ""
    is_close = error < 1e-5 * (1 + abs(slope))
    is_sharp = is_wide and is_close and not JUMPS.search(program.text())
    first, scale = next(iter(found.values())), 1 + abs(value) + abs(slope)
    for way, other in found.items():
        if abs(other - first) > (1e-8 if is_sharp else 1e-5) * scale:
            return f"{way} is {other}, not {first}"
        if is_sharp and abs(other - slope) > 1e-4 * (1 + abs(slope)) + 10 * error:
            return f"{way} is {other}, measured {slope} +- {error}"
    return ""


# The hunt

CHECKS: dict[str, Callable[[Program], str]] = {
    "tensors": lambda program: _differs_from_numpy(program, _on_tensors),
    "vjp": lambda program: _differs_from_numpy(program, _under_vjp),
    "jit": lambda program: _differs_from_numpy(program, _under_jit),
    "slopes": _differs_in_slopes,
}
"""Each returns how a program differs; "" where it doesn't, or is refused."""


def report(program: Program) -> str:
    """Describe how a program differs, as a shorter one that still does; "" where it doesn't."""
    for name, check in CHECKS.items():
        if check(program):
            program = shortened(program, check)
            return f"[{name}] {check(program)}\n{program}"
    return ""


def shortened(program: Program, check: Callable[[Program], str]) -> Program:
    """Leave out statements as long as the program differs."""
    for shorter in program.shorter():
        if check(shorter):
            return shortened(shorter, check)
    return program


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.laws.hunt", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--minutes", type=float, default=60, help="how long to hunt (default: 60)")
    options = parser.parse_args()
    end, seed, count = time.monotonic() + 60 * options.minutes, options.seed, 0
    while time.monotonic() < end:
        if words := report(program_of(seed)):
            print(f"--- seed {seed} {words}\n", flush=True)
            count += 1
        seed += 1
    print(f"{seed - options.seed} programs from seed {options.seed}, of which {count} differ")


if __name__ == "__main__":
    main()
