"""How to draw calls of ``scipy.spatial.distance``: rows that are apart from each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance as plain

from autodiff.scipy.spatial import distance
from autodiff.scipy.spatial.distance import pairs
from autodiff.scipy.spatial.distance.hausdorff import farthest
from tests.laws.drawing import REAL, Call, Domain, Draw, call

WEIGHTED = (
    "cityblock", "chebyshev", "canberra", "braycurtis", "cosine", "correlation", "euclidean",
    "sqeuclidean",
)  # fmt: skip


def rows(d: Draw, *shape: int) -> Any:
    """Draw positive numbers of which no two are equal."""
    size = int(np.prod(shape))
    return (d.random.permutation(size).reshape(shape) + 1) * 0.3 + d.random.uniform(0, 0.1, shape)


def weights(d: Draw) -> dict[str, Any]:
    return d.options(w=[d.random.uniform(0.5, 2, 3)])


def number(function: Any) -> Any:
    """Return a function with a NumPy number in place of a Python one."""

    def of(*args: Any, **options: Any) -> Any:
        found = function(*args, **options)
        return np.float64(found) if type(found) is float else found

    return of


def vectors(function: Any, *more: Any) -> Domain:
    """Draw two vectors, with weights or what ``more`` draws."""

    def draw(d: Draw) -> Call:
        u, v = rows(d, 2, 3)
        options = {} if more else weights(d)
        return Call((u, v, *(make(d) for make in more)), options, number(function))

    return Domain(draw, **REAL)


def metric(d: Draw) -> tuple[str, dict[str, Any]]:
    with_parameters = d.choice(
        ("seuclidean", d.options(V=[d.random.uniform(0.5, 2, 3)])),
        ("mahalanobis", {"VI": np.eye(3) + d.random.uniform(0, 0.2, (3, 3))}),
        ("minkowski", {"p": d.choice(1, 1.5, 3), **weights(d)}),
        ("jensenshannon", {}),
    )
    return d.choice((d.choice(*WEIGHTED), weights(d)), with_parameters, ("euclidean", {}))


def cdist(d: Draw) -> Call:
    both = rows(d, 5, 3)
    name, options = metric(d)
    return call(both[:2], both[2:], name, **options)


def pdist(d: Draw) -> Call:
    name, options = metric(d)
    return call(rows(d, 4, 3), name, **options)


def hausdorff(d: Draw) -> Call:
    u, v = rows(d, 2, 3, 2)
    return Call((u, v), {}, number(lambda u, v: distance.directed_hausdorff(u, v)[0]))


def square(d: Draw) -> Call:
    vector = rows(d, 6)
    return d.choice(call(vector), call(plain.squareform(vector), checks=False))


def variances(d: Draw) -> Any:
    return d.random.uniform(0.5, 2, 3)


def inverse(d: Draw) -> Any:
    return np.eye(3) + d.random.uniform(0, 0.2, (3, 3))


def exponent(d: Draw) -> Any:
    return d.choice(1, 2, 3, np.inf, np.float64(1.5))


def shares(d: Draw) -> Call:
    """Draw two distributions that differ: where they agree, the slope is infinite."""
    p, q = d.random.uniform(1, 1.5, (2, 3, 2))
    q = q * np.array([[1, 6], [6, 1], [1, 6]])
    return call(p, q, **d.options(axis=[1], keepdims=[True], base=[2.0]))


DOMAINS: dict[Any, Domain] = {
    **{getattr(plain, name): vectors(getattr(distance, name)) for name in WEIGHTED},
    plain.minkowski: vectors(distance.minkowski, exponent),
    plain.seuclidean: vectors(distance.seuclidean, variances),
    plain.mahalanobis: vectors(distance.mahalanobis, inverse),
    plain.jensenshannon: Domain(shares, **REAL),
    plain.hamming: vectors(distance.hamming),
    plain.cdist: Domain(cdist, **REAL, through=(pairs.between, pairs.euclidean_between)),
    plain.pdist: Domain(pdist, **REAL, through=(pairs.within, pairs.euclidean_within)),
    plain.directed_hausdorff: Domain(hausdorff, **REAL, through=(farthest,)),
    plain.squareform: Domain(square),
}

ASKING = {plain.num_obs_dm, plain.num_obs_y, plain.is_valid_dm, plain.is_valid_y}
