"""What a step of a loop, or a jitted function, does to Tensors and generators from outside."""

import random

import numpy as np
import pytest

import autodiff as ad

X = np.array([1.0, 2.0])
STEPS = np.arange(3.0)


def repeated(step):
    """Return a jitted function that repeats a step, which takes a carry and something else."""

    def run(x):
        other = x * 2
        return ad.scan(lambda c, _: (step(c, other), None), x, STEPS)[0] + other

    return ad.jit(run)


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: v.__iadd__(1), lambda v: v[:1].__imul__(2), lambda v: v.sort(),
        lambda v: v.__setitem__(0, 3.0), lambda v: np.add(v, 1, out=v),
    ],
)  # fmt: skip
def test_an_edit_of_a_traced_array_from_outside_is_refused(edit):
    def step(c, v):
        edit(v)
        return c + v

    def run(x):
        v = x * 2

        def inner(c, _):
            return step(c, v), None

        return ad.scan(inner, x, STEPS)[0]

    with pytest.raises(ad.RecordingError, match=r"edits an array that it doesn't take, v, in a"):
        ad.jit(run)(X)


def test_a_count_in_an_array_is_refused_and_restored():
    count = np.zeros(1)

    def run(x):
        own = np.zeros(1)

        def step(c, _):
            own[0] += 1
            return c + own, None

        return ad.scan(step, x, STEPS)[0] + count

    with pytest.raises(ad.RecordingError, match="doesn't take, own, in a step of a loop"):
        ad.jit(run)(X)


@pytest.mark.parametrize("make", [lambda: np.random.default_rng(5), lambda: random.Random(5)])
def test_a_draw_from_a_generator_that_the_function_makes_is_refused(make):
    def run(x):
        generator = make()

        def step(c, _):
            return c * generator.random(), None

        return ad.scan(step, x, STEPS)[0]

    with pytest.raises(ad.RecordingError, match="draws random numbers in a step of a loop"):
        ad.jit(run)(X)


def test_an_assignment_in_a_step_is_refused_as_one():
    total = np.zeros(2)

    def step(c, v):
        ad.assign(total, ad.live(total) + v)
        return c + v, None

    with pytest.raises(ad.RecordingError, match=r"assigns to an array in a step.*after the loop"):
        ad.jit(lambda x: ad.scan(step, x, STEPS)[0])(X)
    np.testing.assert_array_equal(total, 0)


def test_a_step_may_edit_what_it_takes_and_makes():
    def step(c, v):
        c += v
        copy, zeros = v.copy(), np.zeros(2)
        copy[0], zeros[1] = 3.0, 4.0
        return c * copy + zeros

    def eager(x):
        c = x
        for _ in STEPS:
            c = step(c.copy(), x * 2)
        return c + x * 2

    np.testing.assert_allclose(repeated(step)(X), eager(X))


def test_an_edit_of_a_tensor_from_outside_is_refused_and_undone():
    t = ad.tensor(np.ones(2))
    part = t[1:]

    def f(x):
        part[0] = 3.0
        return x * t

    for function in (ad.jit(f), ad.grad(ad.jit(lambda x: np.sum(f(x))))):
        with pytest.raises(
            ad.RecordingError, match=r"edits an array that isn't its argument, part"
        ):
            function(X)
        assert t.tolist() == [1.0, 1.0]
        assert part.tolist() == [1.0]
    assert ad.jit(lambda x: x * t)(X).tolist() == X.tolist()


@pytest.mark.parametrize("reverse", [False, True])
def test_a_name_of_the_user_is_not_that_of_the_number_of_a_step(reverse):
    def run(x):
        def step(c, _):
            t = ad.grad(np.sin)(x)  # made outside of the loop
            return c + t, t

        return ad.scan(step, 0.0, STEPS, reverse=reverse)

    for found, expected in zip(ad.jit(run)(2.0), run(2.0), strict=True):
        np.testing.assert_allclose(found, expected)


@pytest.mark.slow
def test_a_step_may_take_slopes_that_the_engine_computes_whole():
    matrix = np.array([[1.0, 2.0], [3.0, 5.0]])
    for f in (np.linalg.det, lambda a: np.linalg.qr(a)[1], lambda a: np.linalg.eigh(a)[0], np.i0):

        def run(a, f=f):
            return ad.scan(lambda c, s: (c, ad.jvp(f, (a * s,), (a,))[1]), 0.0, STEPS + 1)[1]

        np.testing.assert_allclose(ad.jit(run)(matrix), run(matrix), rtol=1e-10, atol=1e-12)
