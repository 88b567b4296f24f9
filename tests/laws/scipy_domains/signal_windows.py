"""How to draw calls of ``scipy.signal.windows``: the number of samples is plain."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal.windows as s

from autodiff.scipy.signal.windows.slepian import slepian
from tests.laws.drawing import REAL, Call, Domain, Draw


def window(*ranges: tuple[float, float]) -> Domain:
    """Draw ``f(M, *parameters)``, each from a range."""

    def draw(d: Draw) -> Call:
        parameters = [np.float64(d.random.uniform(*r)) for r in ranges]
        return Call((d.integer(2, 7), *parameters), d.options(sym=[False]))

    return Domain(draw, **REAL, takes_float32=False)


def weights(d: Draw) -> Call:
    return Call((d.integer(2, 7), d.random.uniform(0.1, 1, 3)), d.options(sym=[False]))


def falling(d: Draw) -> Call:
    options = d.choice({}, {"sym": False}, {"sym": False, "center": 1})
    return Call((d.integer(2, 7),), {**options, "tau": np.float64(d.random.uniform(0.5, 3))})


def side_lobes(d: Draw) -> Call:
    options = d.options(sym=[False], norm=[False], nbar=[1, 3])
    return Call((d.integer(2, 7),), {**options, "sll": np.float64(d.random.uniform(20, 40))})


def derived(d: Draw) -> Call:
    return Call((2 * d.integer(1, 4), np.float64(d.random.uniform(0.5, 9))), {})


def sequences(d: Draw) -> Call:
    options = d.options(sym=[False], Kmax=[1, 2], norm=["subsample", "approximate", 2])
    count = d.integer(4, 7)
    return Call((count, np.float64(d.random.uniform(0.5, 1.9))), options)


def slepians(d: Draw) -> Call:
    options = {"count": d.integer(4, 7), "limit": 2.0, "Kmax": d.integer(1, 3)}
    return Call((np.float64(d.random.uniform(0.5, 1.9)),), options)


def by_name(d: Draw) -> Call:
    name, limits = d.choice(
        ("kaiser", (0.5, 9)), ("gss", (0.5, 4)), ("taylor", (20, 40)), ("dpss", (0.5, 1.9)),
        ("tukey_symmetric", (0.36, 0.63)), ("general hamming", (0.2, 0.8)),
    )  # fmt: skip
    parameter = np.float64(d.random.uniform(*limits))
    window = (name, 4, parameter) if name == "taylor" else (name, parameter)
    return Call((window, d.integer(4, 7)), d.options(fftbins=[False]))


DOMAINS: dict[Any, Domain] = {
    s.kaiser: window((0.5, 9)),
    s.gaussian: window((0.5, 4)),
    s.general_gaussian: window((0.7, 2), (0.5, 4)),
    s.general_hamming: window((0.2, 0.8)),
    s.general_cosine: Domain(weights, **REAL, takes_float32=False),
    s.exponential: Domain(falling, **REAL, takes_float32=False),
    s.tukey: window((0.36, 0.63)),
    s.chebwin: window((46, 90)),
    s.taylor: Domain(side_lobes, **REAL, takes_float32=False),
    s.kaiser_bessel_derived: Domain(derived, **REAL, takes_float32=False),
    slepian: Domain(slepians, **REAL, takes_float32=False),
    s.dpss: Domain(sequences, **REAL, takes_float32=False),
    s.get_window: Domain(by_name, **REAL, takes_float32=False),
}
