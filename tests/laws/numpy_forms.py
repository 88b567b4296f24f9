"""Calls beyond the table of domains: universal functions' methods, arrays' methods, and more.

NumPy is the oracle for these, so that their arguments may be anything: what has no slope, what
wraps around, what is an error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import autodiff as ad
from tests.laws import forms
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Call, Domain, Draw, call
from tests.laws.kinds import DTYPES

NAMES = [
    form.name
    for form in ad.supported().values()
    if form.kind != "refused" and not form.name.startswith("scipy.")
]


def ufunc_method(ufunc: np.ufunc, method: str) -> Domain:
    """Draw a method of a universal function, over values of both signs."""

    def drawn(d: Draw) -> Call:
        a = d.reals(d.shape(1, 3))
        function = getattr(ufunc, method)
        if method == "outer" and d.integer(0, 2) == 0:
            number = d.choice(2.0, 3, 1j)
            return Call((a,), {}, lambda a: (function(a, number), function(number, a)))
        if method == "outer":
            return call(a, d.reals(d.shape(0, 2)))
        if method == "at":
            return Call((a, d.reals((3,))), {}, edited(ufunc, d, a))
        axis = d.axis(a)
        if method == "reduceat":
            places = d.random.integers(0, a.shape[axis], d.integer(1, 3))
            return Call((a, places, axis), {}, function)
        options = d.options(dtype=DTYPES) if d.integer(0, 3) == 0 else {}
        if method == "reduce":
            options |= d.options(keepdims=[True], initial=[2.0, 1, True, None]) if d.coin() else {}
            options |= {"where": np.arange(a.shape[-1]) % 2 == 0} if d.integer(0, 3) == 0 else {}
            axis = d.choice(axis, axis, None, 0)
        return Call((a,), {"axis": axis, **options}, function)

    return Domain(lambda d: replace(c := drawn(d), function=c.function or getattr(ufunc, method)))


def edited(ufunc: np.ufunc, d: Draw, a: Any) -> Callable[..., Any]:
    """Edit a copy at positions that may repeat."""
    places = d.random.integers(0, a.shape[0], 3)

    def edit(a: Any, b: Any) -> Any:
        a = a.copy()
        operand = (np.reshape(b, (-1,) + (1,) * (a.ndim - 1)),) if ufunc.nin == 2 else ()
        ufunc.at(a, places, *operand)
        return a

    return edit


WRONG_IN_NUMPY = ("ldexp", "arctan2", "power")
"""Functions whose reductions NumPy computes wrongly in some layouts, where the processor has wide
vectors: they skip entries, as np.arctan2.reduceat([1.1, -2.6, 1.6], [0]) does."""


def methods_of_ufuncs() -> dict[str, Domain]:
    """Draw each whose result in NumPy is one."""
    found = {}
    for name in NAMES:
        parts = name.split(".")
        if (
            len(parts) == 3
            and parts[1] not in WRONG_IN_NUMPY
            and parts[2] in ("reduce", "accumulate", "reduceat", "outer", "at")
        ):
            found[name] = ufunc_method(getattr(np, parts[1]), parts[2])
    return found


def array_method(name: str, domain: Domain) -> Domain:
    """Draw the arguments of the function of this name, and call the array's method."""

    def method(a: Any, *args: Any, **options: Any) -> Any:
        is_plain = isinstance(a, (np.ndarray, np.generic))
        if is_plain and any(isinstance(arg, ad.Tensor) for arg in (*args, *options.values())):
            a = ad.tensor(a) if a.dtype.kind in "fc" else ad.tensor(1.0).astype(a.dtype) * 0 + a
        return getattr(a, name)(*args, **options)

    def drawn(d: Draw) -> Call:
        return replace(domain.draw(d), function=method)

    return Domain(drawn)


def methods_of_arrays() -> dict[str, Domain]:
    found = {}
    for name in NAMES:
        short = name.removeprefix("ndarray.")
        function = getattr(np, short, None)
        if short != name and callable(function) and function in DOMAINS and short not in OTHER:
            found[name] = array_method(short, DOMAINS[function])
    found["ndarray.flatten"] = of_one(lambda x: x.flatten("F"))
    found["ndarray.conj"] = of_one(lambda x: x.conj())
    found["ndarray.real"] = of_one(lambda x: (x.real, x.imag))
    found["ndarray.T"] = of_one(lambda x: (x.T, x.flat[:2], x.ravel("K").sum()))
    found["ndarray.tolist"] = of_one(lambda x: np.array([x.size, x.ndim, x.itemsize, x.nbytes]))
    return found


OTHER = ("compress", "put", "choose", "partition", "sort", "real", "imag", "repeat")
"""Methods whose first argument is another, or that edit in place: tested by their functions."""


def of_one(function: Callable[..., Any]) -> Domain:
    return Domain(lambda d: Call((d.reals(d.shape()),), {}, function))


def of_two(function: Callable[..., Any]) -> Domain:
    return Domain(lambda d: Call((d.reals(s := d.shape()), d.reals(d.part_of(s))), {}, function))


def in_a_dtype(function: Any) -> Domain:
    """Draw a call with ``dtype=``."""

    def drawn(d: Draw) -> Call:
        return Call((d.reals(d.shape()),), {"dtype": d.choice(*DTYPES)}, function)

    return Domain(drawn)


def joined(function: Any, ndim: int) -> Domain:
    def drawn(d: Draw) -> Call:
        shape = d.shape(ndim, 3)
        return Call(([d.reals(shape), d.reals(shape)],), {}, function)

    return Domain(drawn)


def between(function: Any) -> Domain:
    """Draw ranges of numbers between ends far apart."""

    def drawn(d: Draw) -> Call:
        ends = [d.choice(1e9, 1e-9, 3.0, -2.0, 0.5) * d.random.uniform(1, 2, d.shape(0, 1))
                for _ in range(2)]  # fmt: skip
        return Call((*ends, d.integer(0, 4)), d.options(endpoint=[False]), function)

    return Domain(drawn)


def chosen(d: Draw) -> Call:
    conditions = [d.random.random(3) < 0.5, d.random.random(3) < 0.5]
    return Call((conditions, [d.reals((3,)), d.reals((3,))]), {}, np.select)


def with_dtype() -> dict[str, Domain]:
    """Draw ``dtype=`` for what takes one."""
    found = {}
    for key in (np.sum, np.prod, np.mean, np.var, np.std, np.cumsum, np.cumprod, np.trace,
                np.nansum, np.nanmean, np.zeros_like, np.ones_like):  # fmt: skip
        assert "dtype" in inspect.signature(key).parameters
        found[f"{key.__name__} in a dtype"] = in_a_dtype(key)
    return found


def averaged(d: Draw) -> Call:
    """Return the sum of the weights as well, which no slope needs to reach."""
    drawn = forms.average(d, d.reals(d.shape(1)))
    return replace(drawn, options={**drawn.options, "returned": True}, function=np.average)


MORE: dict[str, Domain] = {
    **methods_of_ufuncs(),
    **methods_of_arrays(),
    **with_dtype(),
    **{f"{f.__name__} of any axes": joined(f, 0) for f in (
        np.column_stack, np.hstack, np.vstack, np.dstack, np.stack, np.block)},
    **{f"{f.__name__} of far ends": between(f) for f in (np.linspace, np.logspace)},
    "select of kinds": Domain(chosen),
    "array of a number": of_one(lambda x: np.array([np.sum(x), 1.0])),
    "array of both": of_two(lambda x, y: np.array([np.max(x, initial=0), np.sum(y), 2])),
    "full": of_one(lambda x: np.full((2, 2), np.sum(x)) * 1),
    "pad of a number": of_one(lambda x: np.pad(np.sum(x), 1)),
    "norm": of_one(lambda x: np.linalg.norm(x)),
    "norms": of_one(lambda x: np.linalg.norm(x, axis=-1, keepdims=True)),
    "average": of_two(lambda x, y: np.average(x + 0 * y, weights=abs(y) + (x * 0 + 1))),
    "average and weights": Domain(averaged),
    "multi_dot": of_two(lambda x, y: np.linalg.multi_dot([x, y, y])),
    "power": of_one(lambda x: (x**2, x**1, 2**x)),
    "inverted": of_one(lambda x: ~(x > 0)),
    "masked": of_one(lambda x: np.tril(x > 0)),
    "counted": of_one(lambda x: np.sum(x > 0, axis=-1) / 3),
    "shifted": of_two(lambda x, y: np.where(x > y, x, 1)),
    "round": of_one(lambda x: np.round(x, 1)),
    "divmod": of_two(lambda x, y: divmod(x, y)),
    "scalars": of_one(lambda x: (x * 2, 2 * x, x + 0.5, x - 1, 1 - x, x / 2, x // 2, x % 3)),
    "compared": of_two(lambda x, y: (x < y, x == y, x >= 1)),
    "bits": of_two(lambda x, y: (x & y, x | y, x ^ y)),
}  # fmt: skip
