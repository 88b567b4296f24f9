"""A function that catches an error of its numbers isn't recorded: it would always be caught."""

import numpy as np
import pytest

import autodiff as ad

REGULAR, SINGULAR = np.array([[2.0, 1.0], [1.0, 3.0]]), np.ones((2, 2))
LINE = r"test_caught_errors\.py:\d+"


def instead(f, other=lambda *args: 0.0, errors=(ValueError, ArithmeticError, IndexError)):
    """Return f, except where it raises an error."""

    def guarded(*args):
        try:
            return f(*args)
        except errors:
            return other(*args)

    return guarded


OF_NUMBERS = {
    "inverse": (np.linalg.inv, SINGULAR),
    "inverse of integers": (np.linalg.inv, SINGULAR.astype(int)),
    "inverse of bools": (np.linalg.inv, SINGULAR > 0),
    "stack of bytes": (lambda x: np.linalg.inv(np.stack([x, x])), np.array([1, 0], np.uint8)),
    "solution": (lambda a: np.linalg.solve(a, a[0]), SINGULAR.astype(np.int8)),
    "factor": (np.linalg.cholesky, -REGULAR),
    "slope": (ad.grad(lambda a: np.linalg.slogdet(a)[1]), SINGULAR),
    "position": (lambda a: np.arange(3.0) + np.take(a, a[0].astype(int)), np.array([9.0, 1, 2])),
    "power": (lambda n: np.array(2) ** n, np.array([1, -2])),
    "count": (np.bincount, np.array([1, -2])),
    "weights": (lambda w: np.average(w, weights=w), np.array([1.0, -1.0])),
}


@pytest.mark.parametrize(("f", "x"), OF_NUMBERS.values(), ids=OF_NUMBERS)
def test_an_error_of_the_numbers_that_is_caught_is_refused(f, x):
    assert np.all(instead(f)(x) == 0)
    with pytest.raises(ad.RecordingError, match=rf"has caught an error .*Error at {LINE}: jit"):
        ad.jit(instead(f))(x)


def test_a_function_that_was_recorded_without_an_error_raises_it():
    f = ad.jit(instead(np.linalg.cholesky))
    np.testing.assert_array_equal(f(REGULAR), np.linalg.cholesky(REGULAR))
    with pytest.raises(np.linalg.LinAlgError):
        f(-REGULAR)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + np.ones(7),
        lambda x: x @ np.ones(7),
        lambda x: x[7],
        lambda x: np.sum(x, axis=3),
        lambda x: x.reshape(2, 2),
        lambda x: np.concatenate([x, np.ones((2, 2))]),
        lambda x: np.linalg.inv(x),
        lambda x: np.max(x[:0]),
        lambda x: np.partition(x, 9),
        lambda x: x[:2].reshape(1, 2) @ 2.0,
        lambda x: {}[x.shape],
        lambda x: np.linalg.inv(np.zeros((2, 2))) * x[0],
    ],
)
def test_an_error_of_shapes_or_of_plain_values_may_be_caught(f):
    f = instead(f, lambda x: x * 2, (LookupError, ValueError))
    for x in (np.arange(3.0), np.ones(3)):
        np.testing.assert_array_equal(ad.jit(f)(x), f(x))


@pytest.mark.parametrize("f", [float, bool, str, lambda x: x.item(), lambda x: x.tolist()])
def test_a_refusal_that_is_caught_is_raised_in_the_end(f):
    with pytest.raises(ad.RecordingError, match=rf"{LINE} depends on an argument of guarded"):
        ad.jit(instead(f, lambda x: x * 2, TypeError))(2.0)


def test_code_may_show_a_traced_value_in_a_message():
    texts = []
    assert ad.jit(lambda x: texts.append(repr(x)) or x * 2)(2.0) == 4
    assert texts == ["<Tensor of float64, shape ()>"]


def test_an_error_that_a_step_of_a_scan_catches_is_refused():
    def factor(carry, x):
        return np.linalg.cholesky(carry), x

    step = instead(factor, lambda carry, x: (carry * 0, x))

    def last(a):
        return ad.scan(step, a, np.ones(1))[0]

    assert not last(-REGULAR).any()
    with pytest.raises(ad.RecordingError, match=rf"caught an error .*LinAlgError at {LINE}"):
        ad.jit(last)(-REGULAR)
    np.testing.assert_array_equal(ad.jit(last)(REGULAR), np.linalg.cholesky(REGULAR))


def test_a_solver_that_finds_nothing_is_refused_too():
    pytest.importorskip("scipy")
    from autodiff.scipy import optimize

    def root(a):
        return optimize.newton(lambda x, a: x * x - a, 3.0, args=(a,))

    root = instead(root, lambda a: a * 0, RuntimeError)
    assert root(-1.0) == 0
    with pytest.raises(ad.RecordingError, match=rf"caught an error .*RuntimeError at {LINE}"):
        ad.jit(root)(-1.0)
    assert ad.jit(root)(4.0) == pytest.approx(2)
