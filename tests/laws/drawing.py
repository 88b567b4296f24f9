"""Draw calls of NumPy functions: the arguments, and which of them have slopes.

Hypothesis draws shapes and a seed; the seed draws the values and the options, which is faster, and
reaches every option in few examples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

Shape = tuple[int, ...]
Values = Callable[["Draw", Shape], Any]


@dataclass(frozen=True)
class Call:
    """A function with its arguments; those that are arrays of floats are differentiated."""

    args: tuple[Any, ...]
    options: dict[str, Any]
    function: Any = None

    @property
    def arrays(self) -> list[Any]:
        found: list[Any] = []
        _replaced((self.args, self.options), lambda leaf: found.append(leaf))
        return found

    def run(self, *arrays: Any) -> Any:
        """Call the function with other arrays."""
        following = iter(arrays)
        args, options = _replaced((self.args, self.options), lambda leaf: next(following))
        return self.function(*args, **options)

    def map(self, change: Callable[[Any], Any]) -> Call:
        args, options = _replaced((self.args, self.options), change)
        return replace(self, args=args, options=options)

    def __repr__(self) -> str:
        # Without getattr, for which jit would look for generators among all objects there are.
        f = self.function
        name = f.__name__ if hasattr(f, "__name__") else repr(f)
        options = [f"{key}={value!r}" for key, value in self.options.items()]
        return f"{name}({', '.join([*map(repr, self.args), *options])})"


def _replaced(tree: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(tree, (np.ndarray, np.generic)) and tree.dtype.kind in "fc":
        return change(tree)
    if isinstance(tree, dict):
        return {key: _replaced(value, change) for key, value in tree.items()}
    return type(tree)(_replaced(v, change) for v in tree) if type(tree) in (list, tuple) else tree


def call(*args: Any, **options: Any) -> Call:
    return Call(args, options)


@dataclass(frozen=True)
class Domain:
    """A strategy for calls, with what is true of the function.

    Attributes:
        draw: draws the arguments.
        holomorphic: whether it is.
        takes_complex: whether it takes complex numbers.
        takes_float32: whether the library computes it in float32 as it does in float64.
        close: the accuracy, relative to slopes, to which the library computes it.
        through: the primitives that the calls lead to and that have no line of their own.
        numbers: the choices of each argument that is one of several numbers.
    """

    draw: Callable[[Draw], Call]
    holomorphic: bool = True
    takes_complex: bool = True
    through: tuple[Any, ...] = ()
    takes_float32: bool = True
    close: float = 1e-9
    numbers: tuple[tuple[Any, ...], ...] = ()


@dataclass
class Draw:
    """The drawing functions of the table's lines.

    Attributes:
        draw: of Hypothesis.
        numbers: those to take, where a line has choices of them; otherwise they are drawn.
    """

    draw: Any
    numbers: tuple[Any, ...] = ()
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        seed = self.draw(st.integers(0, 2**32 - 1))
        self.random = np.random.default_rng([5, seed])  # seed 0 alone draws rounded numbers first

    def choice(self, *values: Any) -> Any:
        return values[self.random.integers(len(values))]

    def coin(self) -> bool:
        return bool(self.random.random() < 0.5)

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def shape(self, low: int = 0, high: int = 3, shortest: int = 1) -> Shape:
        return tuple(self.integer(shortest, 3) for _ in range(self.integer(low, high)))

    def axis(self, array: Any) -> int:
        return self.integer(-array.ndim, array.ndim - 1)

    def axes(self, array: Any) -> Any:
        """None, one axis or several."""
        if array.ndim == 0 or self.coin():
            return None
        if self.coin():
            return self.axis(array)
        count = self.integer(0, array.ndim)
        return tuple(self.random.permutation(array.ndim)[:count].tolist())

    def part_of(self, shape: Shape) -> Shape:
        """Draw a shape that broadcasts to this one."""
        kept = shape[self.integer(0, len(shape)) :]
        return tuple(1 if self.coin() else n for n in kept)

    def options(self, **values: Sequence[Any]) -> dict[str, Any]:
        """Omit each option, or draw its value."""
        return {name: self.choice(*v) for name, v in values.items() if self.coin()}

    def reals(self, shape: Shape, low: float = -3.0, high: float = 3.0) -> Any:
        """Draw any values, or whole ones, with their zeros and ties."""
        values = self.random.uniform(low, high, shape)
        if self.coin():
            values = np.clip(np.round(values), low, high)
        return np.asarray(values)[()]

    def distinct(self, shape: Shape) -> Any:
        """Draw values of which no two are close to each other, nor any to zero."""
        size = int(np.prod(shape, dtype=int))
        grid = np.concatenate([np.arange(1, size + 1), -np.arange(1, size + 1)]) * 0.3
        return self.random.permutation(grid)[:size].reshape(shape)[()]


def values(low: float = -3.0, high: float = 3.0) -> Values:
    return lambda d, shape: d.reals(shape, low, high)


ANY = values()


def away(d: Draw, shape: Shape) -> Any:
    """Draw values away from zero."""
    return (d.random.uniform(0.3, 3, shape) * d.random.choice((-1, 1), shape))[()]


def distinct(d: Draw, shape: Shape) -> Any:
    return d.distinct(shape)


def beside(offset: float, step: float = 0.5) -> Values:
    """Draw multiples of a step, all moved by an offset: off the jumps, or off other values."""
    return lambda d, shape: (d.random.integers(-4, 5, shape) * step + offset)[()]


def unary(draw: Values = ANY, *, ndim: int = 0, **flags: Any) -> Domain:
    """Draw ``f(x)`` for any shape, 0-d and empty ones too."""
    return Domain(lambda d: call(draw(d, d.shape(ndim, shortest=0))), **flags)


def binary(first: Values = ANY, second: Values = ANY, **flags: Any) -> Domain:
    """Draw ``f(x, y)`` for any shapes that broadcast; or a plain number on one side."""

    def draw(d: Draw) -> Call:
        shape = d.shape(shortest=0)
        x, y = first(d, d.part_of(shape)), second(d, d.part_of(shape))
        return call(*d.choice((x, y), (first(d, shape), y), (x, second(d, shape))))

    return Domain(draw, **flags)


def reduction(draw: Values = ANY, *, shortest: int = 0, **flags: Any) -> Domain:
    """Draw ``f(a, axis, keepdims)``."""

    def drawn(d: Draw) -> Call:
        a = draw(d, d.shape(shortest=shortest))
        return call(a, **d.options(axis=[d.axes(a)], keepdims=[True, False]))

    return Domain(drawn, **flags)


def running(draw: Values = ANY, **flags: Any) -> Domain:
    """Draw ``f(a, axis)`` with one axis or none."""

    def drawn(d: Draw) -> Call:
        a = draw(d, d.shape(shortest=0))
        return call(a, **d.options(axis=[None, d.axis(a) if a.ndim else None]))

    return Domain(drawn, **flags)


def array(draw: Callable[[Draw, Any], Call], ndim: int = 1, **flags: Any) -> Domain:
    """Draw a call from one array of at least ``ndim`` axes."""
    return Domain(lambda d: draw(d, d.reals(d.shape(ndim))), **flags)


REAL: dict[str, bool] = {"holomorphic": False, "takes_complex": False}
CONJUGATING: dict[str, bool] = {"holomorphic": False, "takes_complex": True}
