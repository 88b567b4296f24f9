"""How to draw calls of ``scipy.ndimage``: small images, and all modes beyond their borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage as s

from autodiff.scipy import borders, ndimage, sliding
from autodiff.scipy.ndimage import linear, ranks, sampling
from tests.laws.drawing import CONJUGATING, REAL, Call, Domain, Draw, call
from tests.laws.forms import on

MODES = (
    "reflect", "constant", "nearest", "mirror", "wrap", "grid-mirror", "grid-constant", "grid-wrap",
)  # fmt: skip


def image(d: Draw, low: int = 1, high: int = 2) -> Any:
    return d.random.normal(size=[d.integer(1, 4) for _ in range(d.integer(low, high))])


def beyond(d: Draw) -> dict[str, Any]:
    """Draw what lies beyond the borders."""
    return {"mode": d.choice(*MODES), **d.options(cval=[0.7])}


def positive(d: Draw) -> Any:
    return np.float64(d.random.uniform(0.4, 1.2))


def weighted_line(d: Draw) -> Call:
    x, weights = image(d), d.random.normal(size=d.integer(1, 5))
    origin = d.integer(-(len(weights) // 2), (len(weights) - 1) // 2)
    return call(x, weights, axis=d.axis(x), origin=origin, **beyond(d))


def weighted(d: Draw) -> Call:
    x = image(d)
    weights = d.random.normal(size=[d.integer(1, 3) for _ in x.shape])
    return call(x, weights, **d.options(origin=[[-1 if n > 1 else 0 for n in weights.shape]]),
                **beyond(d))  # fmt: skip


def with_all_origins(d: Draw) -> Call:
    drawn = weighted(d)
    return call(*drawn.args, **{"origin": [0] * drawn.args[0].ndim, **drawn.options})


def mean(d: Draw) -> Call:
    x = image(d)
    return call(x, d.integer(1, 4), **d.options(axis=[0]), **beyond(d))


def means(d: Draw) -> Call:
    x = image(d)
    return call(x, **d.options(size=[2, [3] * x.ndim]), **beyond(d))


def gaussian(d: Draw) -> Call:
    x = image(d)
    sigma = d.choice(positive(d), np.full(x.ndim, 0.8))
    return call(x, sigma, **d.options(order=[1, 2], truncate=[2.0]), **beyond(d))


def gaussian_line(d: Draw) -> Call:
    return call(
        image(d), positive(d), **d.options(axis=[0], order=[1, 2, 3], radius=[2]), **beyond(d)
    )


def derivative_of_gaussian(d: Draw) -> Call:
    return call(image(d), positive(d), **d.options(truncate=[2.0]), **beyond(d))


def difference(d: Draw) -> Call:
    x = image(d)
    return call(x, axis=d.axis(x), **beyond(d))


def plain_image(d: Draw) -> Call:
    return call(image(d), **beyond(d))


def second(
    x: Any, axis: int, output: Any, mode: str, cval: Any, middle: float = -2.0, *, end: float = 1.0
) -> Any:
    return ndimage.correlate1d(x, [1.0, middle, end], axis, output, mode, cval)


def generic(d: Draw) -> Call:
    more = d.options(extra_arguments=[(-1.5,)], extra_keywords=[{"end": 0.7}])
    return call(image(d), second, **beyond(d), **more)


def neighbors(d: Draw, *more: Any, fixed: bool = False) -> Call:
    """Draw an image without ties and a window.

    SciPy's rank filters read beyond vectors that are shorter than the window.
    """
    shape = d.choice([d.integer(3, 4)], [d.integer(2, 4), d.integer(2, 4)])
    x = np.reshape(d.distinct((int(np.prod(shape)),)), shape) + 0.05
    windows: dict[str, Any] = d.choice(
        {"size": 3}, {"size": [2] * x.ndim}, {"footprint": np.ones([3] * x.ndim, bool)}
    )
    return call(x, *more, **windows, **d.options(origin=[0] if fixed else [-1]), **beyond(d))


def line_of_neighbors(d: Draw) -> Call:
    drawn = neighbors(d)
    return call(*drawn.args, size=d.integer(1, 3), axis=0, mode=d.choice(*MODES))


def window(d: Draw) -> Call:
    """Draw what the slopes of rank filters are made of: values, an image, and what was chosen."""
    x = d.random.integers(0, 5, [d.integer(2, 4) for _ in range(d.integer(1, 2))])
    options = {"size": d.choice(2, 3), "mode": d.choice(*MODES), "origin": d.choice(0, -1)}
    seen = ranks.window(
        x.ndim, footprint=None, cval=0, axes=None, turned=False, by_rank=False, **options
    )
    return call(d.random.normal(size=x.shape), x, s.maximum_filter(x, **options), window=seen)


def spline_line(d: Draw) -> Call:
    x = d.random.normal(size=d.choice((1,), (2,), (5, 2), (70,)))
    return call(x, d.integer(0, 5), axis=0, mode=d.choice(*MODES))


def spline(d: Draw) -> Call:
    return call(image(d), d.integer(2, 5), mode=d.choice(*MODES))


def between(d: Draw, shape: Any) -> Any:
    """Draw coordinates between the entries, and some beyond the borders."""
    return d.random.integers(-3, 6, shape) + d.random.uniform(0.2, 0.8, shape)


def sampled_at(d: Draw) -> Call:
    x = image(d)
    options = d.options(order=[0, 1, 2, 4, 5], prefilter=[False])
    return call(x, between(d, (x.ndim, d.integer(1, 3))), **options, **beyond(d))


def derivative_at(d: Draw) -> Call:
    c = image(d)
    coordinates = between(d, (c.ndim, 3))
    derivatives = tuple(d.integer(0, 1) for _ in c.shape)
    return call(c, coordinates, order=d.integer(0, 4), mode=d.choice(*MODES), cval=0.0,
                derivatives=derivatives)  # fmt: skip


def spread_from(d: Draw) -> Call:
    drawn = derivative_at(d)
    c, coordinates = drawn.args
    options = {k: v for k, v in drawn.options.items() if k != "cval"}
    return call(d.random.normal(size=3), coordinates, shape=c.shape, **options)


def affine(d: Draw) -> Call:
    x = image(d)
    matrix = np.eye(x.ndim) + d.random.uniform(-0.3, 0.3, (x.ndim, x.ndim))
    offset = d.random.uniform(0.21, 0.29, x.ndim)
    if d.coin():
        return call(x, np.column_stack([matrix, offset]), order=d.choice(1, 3), **beyond(d))
    return call(x, matrix, offset, order=d.choice(1, 3), **beyond(d))


def moved(d: Draw) -> Call:
    x = image(d)
    distance = np.float64(d.choice(1.3, -0.6))
    return call(x, d.choice(distance, np.full(x.ndim, distance)), order=d.choice(1, 3), **beyond(d))


def zoomed(d: Draw) -> Call:
    return call(image(d), d.choice(1.7, 0.6, 1), order=d.choice(1, 3), **beyond(d))


def rotated(d: Draw) -> Call:
    x = d.random.normal(size=(3, 4, *d.choice((), (2,))))
    angle = np.float64(d.random.uniform(20, 70))
    return call(
        x, angle, axes=(1, 0), order=d.choice(1, 3), **d.options(reshape=[False]), **beyond(d)
    )


def labeled(d: Draw, *, known: bool = True) -> Call:
    """Draw an image with labels, all of which occur."""
    x = np.reshape(d.distinct((6,)), (2, 3)) + 2.0
    labels = d.random.permutation([0, 1, 1, 2, 2, 3]).reshape(2, 3)
    index = d.choice(None, 2, [1, 2], [3, 1, 2], *([] if known else [[1, 9]]))
    return d.choice(call(x), call(x, labels), call(x, labels, index))


def maybe_unlabeled(d: Draw) -> Call:
    return labeled(d, known=False)


def in_pairs(d: Draw) -> Call:
    """Draw a positive image with regions of two entries each."""
    x = 0.3 * d.random.permutation(6).reshape(2, 3) + 0.5
    return call(x, [[0, 1, 2], [2, 1, 0]], d.choice(None, 2, [1, 2]))


def spectrum(d: Draw) -> Call:
    return call(d.random.normal(size=(4, 3)), d.choice(1.3, (0.7, 2.0)), **d.options(axis=[0]))


def mask(d: Draw) -> Call:
    return call(d.random.integers(0, 2, (4, 4)).astype(float))


def widths(d: Draw, x: Any) -> list[tuple[int, int]]:
    return [(d.integer(0, 5), d.integer(0, 5)) for _ in x.shape]


def extension(d: Draw) -> Call:
    x = image(d)
    how = d.choice("constant", "edge", "reflect", "symmetric", "wrap")
    return call(x, widths=widths(d, x), mode=how)


def folding(d: Draw) -> Call:
    drawn = extension(d)
    return call(np.pad(drawn.args[0], drawn.options["widths"]), **drawn.options)


def slide(d: Draw) -> Call:
    y = image(d)
    return call(d.random.normal(size=[n + d.integer(0, 2) for n in y.shape]), y)


SPLINE: dict[str, Any] = {**REAL, "close": 1e-8}
ALL = (s.grey_erosion, s.grey_dilation, s.grey_opening, s.grey_closing, s.morphological_gradient,
       s.morphological_laplace, s.white_tophat, s.black_tophat)  # fmt: skip

# fmt: off
DOMAINS: dict[Any, Domain] = {
    borders.extended:      Domain(extension),
    borders.folded:        Domain(folding),
    sliding.lags:          Domain(slide),
    # Linear filters.
    linear._correlate1d:   Domain(weighted_line, **CONJUGATING),
    linear._correlate:     Domain(with_all_origins, **CONJUGATING),
    s.correlate1d:         Domain(weighted_line, **CONJUGATING),
    s.convolve1d:          Domain(weighted_line),
    s.correlate:           Domain(weighted, **CONJUGATING),
    s.convolve:            Domain(weighted),
    s.uniform_filter1d:    Domain(mean),
    s.uniform_filter:      Domain(means),
    s.gaussian_filter1d:   Domain(gaussian_line, **REAL),
    s.gaussian_filter:     Domain(gaussian, **REAL),
    s.gaussian_laplace:    Domain(derivative_of_gaussian, **REAL),
    s.gaussian_gradient_magnitude: Domain(derivative_of_gaussian, **REAL),
    s.prewitt:             Domain(difference, **REAL),
    s.sobel:               Domain(difference, **REAL),
    s.laplace:             Domain(plain_image, **REAL),
    s.generic_laplace:     Domain(generic, **REAL),
    s.generic_gradient_magnitude: Domain(generic, **REAL),
    # Filters that choose.
    ranks.shares:          Domain(window, **REAL),
    ranks.choices:         Domain(window, **REAL),
    s.maximum_filter:      Domain(neighbors, **REAL),
    s.minimum_filter:      Domain(neighbors, **REAL),
    s.median_filter:       Domain(neighbors, **REAL),
    s.rank_filter:         Domain(lambda d: neighbors(d, d.choice(1, -2)), **REAL),
    s.percentile_filter:   Domain(lambda d: neighbors(d, d.choice(30, 70.0)), **REAL),
    s.maximum_filter1d:    Domain(line_of_neighbors, **REAL),
    s.minimum_filter1d:    Domain(line_of_neighbors, **REAL),
    **dict.fromkeys(ALL, Domain(neighbors, **REAL)),
    # Splines.
    s.spline_filter1d:     Domain(spline_line, **SPLINE),
    s.spline_filter:       Domain(spline, **SPLINE),
    sampling.sampled:      Domain(derivative_at, **SPLINE),
    sampling.spread:       Domain(spread_from, **SPLINE),
    s.map_coordinates:     Domain(sampled_at, **SPLINE),
    s.affine_transform:    Domain(affine, **SPLINE),
    s.shift:               Domain(moved, **SPLINE),
    s.zoom:                Domain(zoomed, **SPLINE),
    s.rotate:              Domain(rotated, **SPLINE),
    # Regions.
    s.sum:                 Domain(maybe_unlabeled, **REAL),
    s.sum_labels:          Domain(maybe_unlabeled, **REAL),
    s.mean:                Domain(labeled, **REAL),
    s.variance:            Domain(labeled, **REAL),
    s.standard_deviation:  Domain(in_pairs, **REAL),
    s.minimum:             Domain(maybe_unlabeled, **REAL),
    s.maximum:             Domain(maybe_unlabeled, **REAL),
    s.median:              Domain(labeled, **REAL),
    s.extrema:             on(lambda *args: ndimage.extrema(*args)[:2], Domain(labeled, **REAL)),
    s.center_of_mass:      Domain(in_pairs, **REAL),
    # Spectra.
    s.fourier_gaussian:    Domain(spectrum),
    s.fourier_uniform:     Domain(spectrum),
    s.fourier_ellipsoid:   Domain(spectrum),
    s.fourier_shift:       Domain(spectrum),
    # Masks.
    **{f: Domain(mask, **REAL) for f in (
        s.binary_closing, s.binary_dilation, s.binary_erosion, s.binary_fill_holes,
        s.binary_hit_or_miss, s.binary_opening, s.binary_propagation, s.distance_transform_bf,
        s.distance_transform_cdt, s.distance_transform_edt)},
}
# fmt: on
