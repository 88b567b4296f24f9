"""What belongs to a loop, where slopes fail or nothing depends on its steps."""

import numpy as np
import pytest

import autodiff as ad

WITHOUT_SLOPES = {
    "eigh": (lambda a: np.linalg.eigh(a)[1], np.eye(2)),
    "svd": (lambda a: np.linalg.svd(a)[0], np.eye(2)),
    "qr": (lambda a: np.linalg.qr(a)[1], np.zeros((2, 2))),
    "eigvals": (lambda a: np.abs(np.linalg.eigvals(a)), np.array([[0.0, 1.0], [0.0, 0.0]])),
    "slogdet": (lambda a: np.linalg.slogdet(a)[0], np.ones((2, 2))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_SLOPES)
def test_a_loop_whose_steps_have_no_slope_at_some_numbers_has_values_there(name):
    step, there = WITHOUT_SLOPES[name]
    elsewhere = np.array([[2.0, 0.3], [0.3, 1.0]])

    def f(a):
        return ad.scan(lambda c, s: (c, step(a * s)), 0.0, np.array([1.0, 2.0]))[1]

    def weighted(f, a):
        z = f(a)
        return np.sum(z * np.reshape(np.arange(1.0, 1 + z.size), z.shape))

    jitted = ad.jit(f)
    for a in (there, elsewhere, there):
        np.testing.assert_allclose(jitted(a), f(a), atol=1e-12)
    expected = ad.grad(lambda a: weighted(f, a))(elsewhere)
    for function in (lambda a: weighted(jitted, a), lambda a: weighted(f, a)):
        np.testing.assert_allclose(ad.grad(function)(elsewhere), expected, atol=1e-9)
        np.testing.assert_allclose(ad.jit(ad.grad(function))(elsewhere), expected, atol=1e-9)
        for wrap in (lambda g: g, ad.jit):
            with pytest.raises(np.linalg.LinAlgError):
                wrap(ad.grad(function))(there)


def test_what_a_step_computes_from_live_arrays_alone_is_of_the_whole_program():
    numbers = np.array([3, 1, 2])

    @ad.jit
    def scaled(x):
        return ad.scan(lambda c, a: (c, np.nan_to_num(ad.live(numbers)) * a), x, np.arange(2))[1]

    @ad.jit
    def counted(x):
        count = lambda: len(np.flatnonzero(ad.live(numbers)))  # noqa: E731
        return ad.scan(lambda c, a: (c, a * count()), x, np.arange(3))[1]

    assert scaled(1.0).tolist() == [[0, 0, 0], [3, 1, 2]]
    assert counted(1.0).tolist() == [0, 3, 6]
    numbers[0] = 9
    assert scaled(1.0).tolist() == [[0, 0, 0], [9, 1, 2]]
    numbers[0] = 0
    with pytest.raises(TypeError, match="they depend on the numbers"):
        counted(1.0)


@pytest.mark.parametrize("entry", [np.nan, 3.0])
def test_the_slope_of_a_matrix_of_one_entry_and_one_step_is_a_product_too(entry):
    def unused(weight, xs):
        return np.sum(ad.scan(lambda h, x: (h + 0, x @ weight), np.zeros((1, 1)), xs)[1] * 0)

    found = ad.jit(ad.grad(unused))(np.ones((1, 1)), np.full((1, 1, 1), entry))
    np.testing.assert_array_equal(found, [[0 * entry]])
