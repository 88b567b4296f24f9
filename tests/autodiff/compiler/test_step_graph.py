"""A step of a loop may use nothing of a result but its length, or its slope."""

import numpy as np
import pytest

import autodiff as ad

XS = np.arange(12).reshape(4, 3)
M = np.diag([1.0, 2.0, 3.0]) + np.arange(9.0).reshape(3, 3) / 10


def adding_lengths(function):
    def step(total, x):
        return total + len(function(x)), None

    return lambda xs: ad.scan(step, np.zeros(()), xs)[0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.hstack([x, x]),
        lambda x: np.kron(x, x),
        np.diff,
        lambda x: np.quantile(x / 2, [0.1, 0.2]),
        lambda x: np.partition(x, 1),
        lambda x: np.add.reduceat(x, [0, 1]),
        lambda x: np.linalg.svd(np.outer(x, x) / 2),
        np.unique,
        lambda x: np.flatnonzero(x + 1),
    ],
)
def test_a_length_is_that_of_each_step(function):
    f = adding_lengths(function)
    assert ad.jit(f)(XS) == f(XS)


@pytest.mark.parametrize(
    ("function", "other"),
    [
        (np.unique, np.array([[0, 1, 2], [3, 3, 4], [6, 7, 8], [9, 10, 11]])),
        (np.flatnonzero, XS),
        (lambda x: np.compress(x > 2, x), XS),
        (lambda x: np.trim_zeros(x), XS),
    ],
)
def test_lengths_that_change_between_steps_are_refused(function, other):
    f = ad.jit(adding_lengths(function))
    f(XS + 3)
    with pytest.raises(TypeError, match="as in the recording"):
        f(other)


SLOPES = {  # functions of a matrix whose value no slope needs
    "polymul": lambda a: np.polymul(a[0], a[1]),
    "polydiv": lambda a: np.polydiv(a[0], a[1])[0],
    "unique": np.unique,
    "setdiff1d": lambda a: np.setdiff1d(a[0], a[1]),
    "union1d": lambda a: np.union1d(a[0], a[1]),
    "intersect1d": lambda a: np.intersect1d(a[0], a[0]),
    "trim_zeros": lambda a: np.trim_zeros(a[0]),
    "real_if_close": lambda a: np.real_if_close(a + 0j),
    "lstsq": lambda a: np.linalg.lstsq(a[:, :1], a[:, 1])[1],
    "eigvals": lambda a: np.linalg.eigvals(a).real,
    "eig": lambda a: np.linalg.eig(a)[0].real,
    "poly": lambda a: np.poly(a).real,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOPES)
def test_slopes_in_a_step(name):
    function = SLOPES[name]

    def loop(x, scales):
        def step(c, s):
            _, slope = ad.jvp(lambda a: np.sum(function(a)), (x * s,), (x,))
            return c + slope, ad.grad(lambda a: np.sum(function(a)))(x * s * c)

        return ad.scan(step, 1.0, scales)

    expected = loop(M, np.array([1.0, 0.5]))
    found = ad.jit(loop)(M, np.array([1.0, 0.5]))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    whole = ad.grad(lambda x: np.sum(loop(x, np.ones(2))[1]))
    np.testing.assert_allclose(ad.jit(whole)(M), whole(M), rtol=1e-6, atol=1e-9)


def test_a_loop_of_plain_values_is_a_constant():
    def step(total, x):
        return total + len(np.unique(x * np.ones(2))), np.flatnonzero(x)

    f = lambda y: y * ad.scan(step, 0.0, np.ones(3))[0]  # noqa: E731 - short
    assert ad.jit(f)(2.0) == f(2.0) == 6


def test_a_length_in_a_loop_within_a_loop():
    scales = np.array([1.0, 0.5, 2.0])

    def f(x):
        def step(total, s):
            def inner(total, t):
                return total + len(np.unique(x * s * t)), None

            return ad.scan(inner, total, scales)

        return ad.scan(step, 0.0, scales)[0]

    jitted = ad.jit(f)
    assert jitted(M) == f(M) == 81
    with pytest.raises(TypeError, match="as in the recording"):
        jitted(np.ones((3, 3)))


@pytest.mark.skipif(
    np.linalg.eigvals(np.eye(2)).dtype.kind == "c", reason="always complex since NumPy 2.5"
)
def test_a_dtype_is_that_of_the_recording():
    def f(x):
        def step(total, s):
            return total + (np.linalg.eigvals(x * s).dtype.kind == "c"), None

        return ad.scan(step, 0.0, np.ones(2))[0]

    rotation = np.array([[0.0, 1.0], [-1.0, 0.0]])
    jitted = ad.jit(f)
    assert (jitted(np.eye(2)), f(np.eye(2)), f(rotation)) == (0, 0, 2)
    with pytest.raises(TypeError, match=r"float64 from eigvals at .*got shape .* complex128"):
        jitted(rotation)


WITHOUT_SLOPES = {  # functions of integers that have a value there, but no slope
    "qr": (lambda a: np.linalg.qr(a)[1], np.zeros((2, 2), int)),
    "eigh": (lambda a: np.linalg.eigh(a)[1], np.eye(2, dtype=int)),
    "svd": (lambda a: np.linalg.svd(a)[0], np.eye(2, dtype=bool)),
}


@pytest.mark.parametrize("name", WITHOUT_SLOPES)
def test_a_loop_has_values_where_it_has_no_slopes(name):
    function, x = WITHOUT_SLOPES[name]
    scales = np.array([1.0, 2.0])

    def f(x, scale):
        return ad.scan(lambda c, s: (c, function(x * s * scale)), 0.0, scales)[1]

    np.testing.assert_allclose(ad.jit(f)(x, 1), f(x, 1), atol=1e-15)
    for run in (ad.grad, lambda g: ad.jit(ad.grad(g))):
        with pytest.raises(np.linalg.LinAlgError, match=f"the slope of {name} at test_step_graph"):
            run(lambda scale: np.sum(f(x, scale)))(1.0)
