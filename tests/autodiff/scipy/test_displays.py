"""What SciPy computes by calling a function is shown as one operation, with its slopes."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
from autodiff.scipy import (
    fft,
    integrate,
    linalg,
    ndimage,
    optimize,
    signal,
    spatial,
    special,
    stats,
)


def area(b, c):
    return integrate.quad(lambda x, c: c * x**2, 0, b, args=(c,))[0]


def root(a, b):
    return optimize.brentq(lambda x, a, b: x**3 - a * x - b, 0, 3, (a, b), xtol=1e-14) * 2


def states(rate):
    return integrate.odeint(lambda y, _, rate: -rate * y, [1.0, 2.0], [0.0, 1.0], args=(rate,))


QUAD = [
    "area = quad(b, c) = quad(2, 3) = 8",
    "∂area/∂b = slope of quad(1, b, c, in input 0) = slope of quad(1, 2, 3, in input 0) = 12",
    "∂area/∂c = slope of quad(1, b, c, in input 1) = slope of quad(1, 2, 3, in input 1) = 2.667",
]
QUAD_ROWS = [
    "area = quad(b, c) = 8 slope +1",
    "b gets slope of quad(g, b, c, in input 0) = 12, where g is the slope of area",
]
BRENTQ = [
    "brentq(a, b) = brentq(0.3, 0.7) = 1",
    "= slope of brentq(2, 0.3, 0.7, in input 0) = 0.7407",
]


@pytest.mark.parametrize(
    ("f", "args", "equations", "rows"),
    [
        (area, (2.0, 3.0), QUAD, QUAD_ROWS),
        (root, (0.3, 0.7), BRENTQ, ["brentq(a, b) = 1 slope +2"]),
        (lambda rate: states(rate)[1, 1], (2.0,), ["∂result/∂rate = slope of odeint("],
         ["rate = 2 slope −0.2707"]),
    ],
    ids=["quad", "brentq", "odeint"],
)  # fmt: skip
def test_a_solution_is_one_step_with_its_slopes(f, args, equations, rows):
    written = " ".join(str(ad.explain(f)(*args)).split())
    text = " ".join(ad.draw(f).text(*args).split())
    for equation in equations:
        assert equation in written
    for row in rows:
        assert row in text


def test_slopes_of_a_solution_are_those_of_grad():
    for f, args in ((area, (2.0, 3.0)), (root, (0.3, 0.7))):
        found = ad.explain(f)(*args).slopes
        np.testing.assert_allclose(list(found.values()), ad.grad(f, (0, 1))(*args))


@pytest.mark.slow
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.abs(fft.fft(x)) ** 2,
        lambda x: fft.dctn(x),
        lambda x: linalg.expm(np.outer(x, x)),
        lambda x: ndimage.gaussian_filter(x, 1.0),
        lambda x: signal.fftconvolve(x, x),
        lambda x: spatial.distance.cdist(x[:, None], [[1.0]]),
        lambda x: special.gammainc(1.5, x),
        lambda x: stats.gamma.logcdf(x, 1.5),
    ],
    ids=["fft", "dctn", "expm", "gaussian_filter", "fftconvolve", "cdist", "gammainc", "gamma"],
)
def test_a_page_shows_what_scipy_computes(f, tmp_path):
    page = tmp_path / "page.html"
    ad.draw(lambda x: np.sum(f(x)))(np.array([0.5, 2.0, 1.0])).save(page)
    assert page.stat().st_size > 10_000
    assert "result" in str(ad.quiz(lambda x: np.sum(f(x)))(np.array([0.5, 2.0, 1.0])))
