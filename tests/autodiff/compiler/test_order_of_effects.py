"""Reads, writes and draws happen in the order of the code, however their values are combined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

NEW = (
    "ad.live(S).copy()", "ad.live(S) * {0}", "ad.live(S) * ad.live(S)",
    "ad.sample(rng.normal, size=3)", "ad.sample(rng.normal, size=3) * {0}", "{0} * {1}",
    "{0} - {1}", "np.sin({0})", "-{0}", "{0} * 1.0", "{0} + ad.live(S)[0]",
)  # fmt: skip
DONE = ("ad.assign(S, {0})", "ad.assign(S, np.sin({0}))", "ad.assign(S, ad.live(S) + {0})")
RESULTS = (
    "({0} * {1}).sum()", "{0}.sum()", "({0} * {1}).mean()", "{0} @ {1}", "({0} ** 2).sum()",
    "np.outer({0}, {1}).sum()", "{0} - {0}.mean()", "{0}", "np.max({0} * {1})",
)  # fmt: skip


@st.composite
def programs(draw):
    """Draw the code of a function of y, an array S and a generator rng."""
    names, lines = ["y"], []

    def filled(texts):
        pair = [draw(st.sampled_from(names)) for _ in range(2)]
        return draw(st.sampled_from(texts)).format(*pair)

    for number in range(draw(st.integers(2, 6))):
        if draw(st.booleans()):
            lines.append(filled(DONE))
        else:
            lines.append(f"v{number} = {filled(NEW)}")
            names.append(f"v{number}")
    results = ", ".join(filled(RESULTS) for _ in range(draw(st.integers(1, 3))))
    return "\n    ".join(["def f(y, S, rng):", *lines, f"return {results}, ad.live(S)"])


def outcomes(text, transform=lambda f: f):
    """Return the results of two calls, and what they leave in the array."""
    array, generator, found = np.array([0.3, -0.2, 0.5]), np.random.default_rng(0), []
    names = {"ad": ad, "np": np}
    exec(text, names)

    def f(y):
        return names["f"](y, array, generator)

    call = transform(f)
    for y in ([0.2, 0.4, 0.6], [1.0, -1.0, 0.5]):
        found += [np.array(x) for x in call(np.array(y))] + [array.copy()]
    return found


@pytest.mark.slow
@given(programs())
def test_effects_keep_their_order_under_jit(text):
    for ours, plain in zip(outcomes(text, ad.jit), outcomes(text), strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-10, atol=1e-12, err_msg=text)


def test_a_product_of_a_read_is_taken_before_a_write():
    array = np.array([1.0, 2.0, 3.0])

    @ad.jit
    def f(y):
        product = ad.live(array) * y
        ad.assign(array, np.zeros(3))
        return product.sum()

    assert f(np.ones(3)) == 6
    assert f(np.ones(3)) == 0


def test_an_argument_may_be_the_array_that_is_assigned_to_if_it_is_read_before():
    weights = np.array([1.0, 2.0, 3.0])

    @ad.jit
    def step(w, slope):
        size = (w * slope).sum()
        ad.assign(weights, w - slope)
        return size

    assert step(weights, np.ones(3)) == 6
    np.testing.assert_array_equal(weights, [0, 1, 2])
    assert step(weights, np.ones(3)) == 3


def test_an_argument_that_is_read_after_its_memory_is_assigned_to_is_refused():
    weights = np.array([1.0, 2.0, 3.0])

    @ad.jit
    def step(w):
        doubled, more = w * 2, w + 1
        ad.assign(weights, doubled)
        return more, w.sum()

    with pytest.raises(ValueError, match="shares memory with its argument w"):
        step(weights[::-1])
    np.testing.assert_array_equal(weights, [1, 2, 3])
    assert step(weights.copy())[1] == 6


def test_a_draw_reads_an_array_before_it_is_assigned_to():
    array, f = np.array([1.0, 2.0, 3.0]), np.random.default_rng(0).permutation

    @ad.jit
    def shuffled(x):
        doubled = x * 2
        found = ad.sample(f, array)
        ad.assign(array, doubled)
        return found

    assert sorted(shuffled(np.array([0.0, 10.0, 20.0]))) == [1, 2, 3]
    assert sorted(shuffled(np.array([0.0, 10.0, 20.0]))) == [0, 20, 40]


@pytest.mark.parametrize("transform", [ad.grad, ad.jit])
def test_traced_arguments_of_a_draw_are_refused(transform):
    draw = np.random.default_rng(0).normal
    with pytest.raises(TypeError, match=r"sample takes plain arguments.* mean \+ scale"):
        transform(lambda x: ad.sample(draw, 0.0, x))(1.0)


def test_an_edit_of_an_argument_beside_a_live_array_is_refused_after_an_assignment_too():
    array = np.arange(6.0)

    @ad.jit
    def edited(w):
        w += 1
        doubled = ad.live(array) * 2
        ad.assign(array[:2], np.zeros(2))
        return doubled

    with pytest.raises(ValueError, match="shares memory with an array that it reads"):
        edited(array[3:])


@pytest.mark.parametrize(
    "transform",
    [
        ad.value_and_grad, ad.hessian, lambda f: lambda p: ad.jvp(f, (p,), (p,)),
        lambda f: lambda p: ad.vjp(f, p)[1](1.0), lambda f: lambda p: ad.linearize(f, p)[1](p),
    ],
)  # fmt: skip
def test_slopes_at_a_plain_point_follow_what_each_call_reads_and_draws(transform):
    point, array = np.ones(3), np.array([1.0, 2.0, 3.0])
    draw, again = (np.random.default_rng(0).normal for _ in range(2))

    def by_live(p):
        return (p * p * ad.live(array)).sum()

    def slopes(function):
        return ad.ravel(transform(function)(point))[0]

    jitted = ad.jit(lambda x: slopes(by_live) + x)
    drawing = ad.jit(lambda x: slopes(lambda p: (p * p * ad.sample(draw, size=3)).sum()) + x)
    for _ in range(2):
        plain = slopes(lambda p, read=array: (p * p * read).sum())
        np.testing.assert_allclose(jitted(0.0), plain)
        drawn = again(size=3)
        expected = slopes(lambda p, drawn=drawn: (p * p * drawn).sum())
        np.testing.assert_allclose(drawing(0.0), expected)
        array += 1


def test_an_edited_argument_that_is_the_array_assigned_to_is_refused():
    array = np.arange(3.0)

    @ad.jit
    def edited(w):
        w *= 2
        ad.assign(array, w + 1)

    with pytest.raises(ValueError, match="edits its argument w, which shares memory"):
        edited(array)
    np.testing.assert_array_equal(array, [0, 1, 2])
