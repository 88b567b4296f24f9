"""Steps of a scan that edit what they take."""

import numpy as np
import pytest

import autodiff as ad


@pytest.mark.parametrize("run", [lambda f: f, ad.jit, lambda f: lambda *args: ad.vjp(f, *args)[0]])
def test_a_step_may_edit_what_it_takes(run):
    def step(c, x):
        y = c
        c += x
        x *= 2
        return c, (y, x)

    carry, xs = np.zeros(2), np.arange(4.0).reshape(2, 2)
    last, (every, doubled) = run(lambda carry, xs: ad.scan(step, carry, xs))(carry, xs)
    assert last.tolist() == [2.0, 4.0]
    assert every.tolist() == [[0.0, 1.0], [2.0, 4.0]]
    assert doubled.tolist() == [[0.0, 2.0], [4.0, 6.0]]
    assert (carry.tolist(), xs.tolist()) == ([0.0, 0.0], [[0.0, 1.0], [2.0, 3.0]])


def test_a_step_may_assign_traced_values_to_a_plain_carry():
    def f(xs):
        def step(sums, x):
            sums[0] += x
            sums[1:] = sums[:-1] * 2.0
            return sums, sums.sum()

        last, every = ad.scan(step, np.zeros(2), xs)
        return last[1] + every.sum()

    xs = np.array([1.0, 2.0, 3.0])
    for run in (f, ad.jit(f)):
        assert run(xs) == 42
        assert ad.grad(run)(xs).tolist() == [11.0, 8.0, 5.0]


def test_a_pullback_does_not_see_edits_of_a_plain_carry():
    start, xs = np.ones((3, 2)), np.array([2.0, 3.0])

    def f(xs):
        return ad.scan(lambda c, x: (c * x, c.sum()), start, xs)[0].sum()

    _, pullback = ad.vjp(f, xs)
    start[:] = 100
    assert pullback(1.0)[0].tolist() == [18.0, 12.0]


def kept_by(step_of):
    """Return a function that reads what a step of its loop has put into a list."""

    def function(x):
        kept = []
        total, _ = ad.scan(step_of(kept), x[0] * 1, x)
        return total + kept[-1]

    return function


def one_loop(kept):
    def step(carry, entry):
        kept.append(carry * entry)
        return carry + entry, carry

    return step


def a_loop_in_a_loop(kept):
    inner = one_loop(kept)
    return lambda carry, entry: (ad.scan(inner, carry, entry * np.ones(2))[0] + kept[-1], carry)


@pytest.mark.parametrize("step_of", [one_loop, a_loop_in_a_loop])
@pytest.mark.parametrize("transform", [lambda f: f, ad.grad])
def test_a_value_that_a_step_puts_elsewhere_is_refused(step_of, transform):
    function, x = kept_by(step_of), np.array([1.0, 2.0, 3.0])
    ad.check_grads(function, x)  # each step is run
    with pytest.raises(ad.RecordingError, match=r"step \(test_scan_edits\.py:.*as an output"):
        ad.jit(transform(function))(x)


def test_a_value_that_a_step_puts_elsewhere_may_stay_there():
    x = np.array([1.0, 2.0, 3.0])
    assert ad.jit(lambda x: ad.scan(one_loop([]), x[0] * 1, x)[0])(x) == 7
