"""Calls of a jitted function inside an outer gradient."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])


def test_a_traced_value_that_is_closed_over_is_refused():
    def outer(w):
        return ad.jit(lambda x: (x * w).sum())(X)

    with pytest.raises(ad.RecordingError, match=r"uses w, a traced value.*Pass it as an argument"):
        ad.grad(outer)(X)
    with pytest.raises(ad.RecordingError, match="uses w, a traced value"):
        ad.vjp(outer, X)
    assert ad.jit(ad.grad(outer))(X).tolist() == X.tolist()


def test_a_traced_attribute_is_refused_as_well():
    class Model:
        def __init__(self, w):
            self.w = w

        @ad.jit
        def predict(self, x):
            return (self.w * x).sum()

    with pytest.raises(ad.RecordingError, match=r"predict .* uses w, a traced value"):
        ad.grad(lambda w: Model(w * 2).predict(X))(X)


def test_a_tensor_without_an_outer_gradient_is_a_constant():
    t = ad.tensor(X)
    f = ad.jit(lambda x: (x * t).sum())
    assert ad.grad(f)(X).tolist() == X.tolist()


def test_slopes_are_of_the_same_random_numbers_as_the_value():
    rng, same = np.random.default_rng(0), np.random.default_rng(0)
    f = ad.jit(lambda x: (x * ad.sample(rng.normal, size=3)).sum())
    for _ in range(2):
        drawn = same.normal(size=3)
        value, slope = ad.value_and_grad(f)(X)
        assert value == pytest.approx(X @ drawn)
        assert slope == pytest.approx(drawn)


def test_effects_happen_once():
    count = np.zeros(1)

    @ad.jit
    def counted(x):
        ad.assign(count, ad.live(count) + 1)
        return (x * x).sum()

    assert ad.grad(counted)(X).tolist() == [2, 4, 6]
    assert count.tolist() == [1]
    assert ad.jit(ad.grad(counted))(X).tolist() == [2, 4, 6]
    assert count.tolist() == [2]


def test_assigning_a_traced_value_is_refused():
    last = np.zeros(())
    kept = ad.jit(lambda x: (ad.assign(last, x.sum()), (x * x).sum())[1])
    with pytest.raises(TypeError, match=r"assign of a traced value .*, or jit the whole"):
        ad.grad(kept)(X)
    assert ad.jit(ad.grad(kept))(X).tolist() == [2, 4, 6]
    assert last == 6


def test_backward_goes_through():
    t = ad.tensor(X)
    ad.jit(lambda x: (x * x).sum())(t).backward()
    assert t.grad.tolist() == [2, 4, 6]


def test_an_object_among_the_arguments_may_change_before_the_backward_pass():
    class Settings:
        factor = 2.0

    settings = Settings()
    scaled = ad.jit(lambda x, settings: x * x * settings.factor)

    def outer(x):
        y = scaled(x, settings)
        settings.factor = 5.0
        return y.sum()

    assert ad.grad(outer)(X).tolist() == [4, 8, 12]


MANNERS = {
    "plain": lambda f, x: f(x),
    "traced": lambda f, x: f(ad.tensor(x)),
    "integers": lambda f, x: f(ad.tensor(x).astype(int)),
    "vjp": lambda f, x: ad.vjp(f, x)[0],
    "jit": lambda f, x: ad.jit(f)(x),
}
RETURNS = {
    "argument": lambda x: [x],
    "view": lambda x: {"rows": x[1:]},
    "twice": lambda x: (x, x),
    "result twice": lambda x: [y := x * 2, y[::-1]],
}


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("returned", RETURNS)
@pytest.mark.parametrize("wrapped", [ad.jit, ad.checkpoint])
def test_what_a_wrapped_function_returns_shares_no_memory(wrapped, returned, manner):
    def edited(x):
        y = x + 1
        parts = wrapped(RETURNS[returned])(y)
        parts = list(parts.values()) if isinstance(parts, dict) else parts
        before = [part * 1 for part in (*parts[1:], y)]
        parts[0][...] = 9
        return [before, [*parts[1:], y]]

    before, after = MANNERS[manner](edited, X)
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(old, new)


def test_a_tensor_of_an_outer_scope_whose_slope_backward_would_lose_is_refused():
    t, w = ad.tensor(X), ad.tensor(X)
    scaled = w * 2
    for f, name in ((lambda x: x * w, "w"), (lambda x: x * scaled, "scaled")):
        jitted = ad.jit(f)
        assert jitted(X).tolist() == f(X).tolist()
        with pytest.raises(ad.RecordingError, match=rf"uses {name}, a traced value"):
            jitted(t)
    still = ad.stop_gradient(w)
    ad.jit(lambda x: (x * still).sum())(t).backward()
    assert t.grad.tolist() == X.tolist()


@pytest.mark.parametrize(
    "numbers",
    [
        [np.array(2.0), np.array(3.0)], [np.float64(2.0), np.float64(3.0)], [2.0, 3.0],
        (np.array(2.0), 3.0), [[np.array(2.0), np.array(3.0)], np.array(1.0)], [np.array(2.0)],
        {0: np.array(2.0), -1: 3.0},
    ],
)  # fmt: skip
@pytest.mark.parametrize("argnums", [0, 1, (0, 1)])
def test_lists_of_numbers_and_of_arrays_are_what_they_are_without_jit(numbers, argnums):
    def f(x, q):
        return x.sum() * np.sum(q[0])

    eager = ad.grad(f, argnums)(X, numbers)
    nested = ad.grad(ad.jit(f), argnums)(X, numbers)
    assert str(nested) == str(eager)
    assert str(ad.grad(ad.jit(lambda x, _: x.sum()))(X, numbers)) == "[1. 1. 1.]"
