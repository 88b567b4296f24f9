"""How to draw calls of ``scipy.signal.windows``: the number of samples is plain."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal.windows as s

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


DOMAINS: dict[Any, Domain] = {
    s.kaiser: window((0.5, 9)),
    s.gaussian: window((0.5, 4)),
    s.general_gaussian: window((0.7, 2), (0.5, 4)),
    s.general_hamming: window((0.2, 0.8)),
    s.general_cosine: Domain(weights, **REAL, takes_float32=False),
    s.exponential: Domain(falling, **REAL, takes_float32=False),
    s.tukey: window((0.36, 0.63)),
}
