"""scan: a loop that jit records once, equal to the loop written out."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad

RANDOM = np.random.default_rng(0)
MATRIX = 0.4 * RANDOM.normal(size=(3, 3))
XS = RANDOM.normal(size=(5, 3))


def interest(balance, deposit):
    balance = 1.5 * balance + deposit
    return balance, balance


def recurrent(matrix, xs, start):
    def step(h, x):
        h = np.tanh(h @ matrix + x)
        return h, (h**2).sum()

    h, ys = ad.scan(step, start, xs)
    return h.sum() + (ys * np.arange(1.0, len(ys) + 1)).sum()


def written_out(matrix, xs, start):
    h, total = start, 0.0
    for t, x in enumerate(xs):
        h = np.tanh(h @ matrix + x)
        total = total + (t + 1.0) * (h**2).sum()
    return h.sum() + total


ARGUMENTS = (MATRIX, XS, np.zeros(3))
ALL = (0, 1, 2)


def test_a_worked_example():
    # 1, 1.5 · 1 + 2, 1.5 · 3.5 + 3; the first deposit is multiplied by 1.5 twice.
    last, every = ad.scan(interest, 0.0, np.array([1.0, 2.0, 3.0]))
    assert every.tolist() == [1.0, 3.5, 8.25]
    assert last == 8.25
    slope = ad.jit(ad.grad(lambda deposits: ad.scan(interest, 0.0, deposits)[0]))
    assert slope(np.array([1.0, 2.0, 3.0])).tolist() == [2.25, 1.5, 1.0]


@pytest.mark.slow
def test_slopes_are_right_to_second_order():
    ad.check_grads(recurrent, *ARGUMENTS, order=2)


def test_jitted_values_and_slopes_are_those_of_the_loop():
    for function in (recurrent, written_out):
        value, slopes = ad.jit(ad.value_and_grad(function, argnums=ALL))(*ARGUMENTS)
        expected, wanted = ad.value_and_grad(written_out, argnums=ALL)(*ARGUMENTS)
        assert value == pytest.approx(expected, rel=1e-12)
        for a, b in zip(slopes, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.slow
def test_jitted_second_derivatives():
    jitted = ad.jit(ad.hessian(recurrent))(*ARGUMENTS)
    np.testing.assert_allclose(jitted, ad.hessian(written_out)(*ARGUMENTS), rtol=1e-9, atol=1e-12)
    tangents = tuple(np.ones_like(x) for x in ARGUMENTS)
    for a, b in zip(
        ad.jit(lambda *x: ad.hvp(recurrent, x, tangents))(*ARGUMENTS),
        ad.hvp(written_out, ARGUMENTS, tangents),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_second_derivatives_in_either_direction(reverse):
    """Of outputs that are weighted by their place, in the order of the sequence."""

    def step(h, x):
        return np.sin(h + x), h * x

    def recurrent(xs):
        h, ys = ad.scan(step, 0.5, xs, reverse=reverse)
        return h + (ys * np.arange(1.0, 5.0)).sum()

    def written_out(xs):
        h, total = 0.5, 0.0
        for t in range(4)[::-1] if reverse else range(4):
            total = total + (t + 1.0) * h * xs[t]
            h = np.sin(h + xs[t])
        return h + total

    xs, expected = XS[:4, 0], ad.hessian(written_out)(XS[:4, 0])
    np.testing.assert_allclose(ad.hessian(recurrent)(xs), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ad.jit(ad.hessian(recurrent))(xs), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_slopes_of_matrices_are_one_product_of_all_steps(reverse):
    def recurrent(weights, own, xs, start):
        def step(h, x):
            h = np.tanh(h @ own + x @ weights)
            return h, h @ own  # a second product with the same matrix

        h, ys = ad.scan(step, start, xs, reverse=reverse)
        return (h**2).sum() + (ys**3).sum()

    def written_out(weights, own, xs, start):
        h, total = start, 0.0
        for x in xs[::-1] if reverse else xs:
            h = np.tanh(h @ own + x @ weights)
            total = total + ((h @ own) ** 3).sum()
        return (h**2).sum() + total

    random = np.random.default_rng(0)
    shapes = (2, 3), (3, 3), (5, 4, 2), (4, 3)
    arguments = [random.normal(size=shape) for shape in shapes]
    slopes = ad.jit(ad.grad(recurrent, argnums=(0, 1, 2, 3)))
    for a, b in zip(
        slopes(*arguments), ad.grad(written_out, (0, 1, 2, 3))(*arguments), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    weights_alone = ad.jit(ad.grad(recurrent)).source(*arguments)
    assert weights_alone.count(".reshape(-1, 2).T.dot(") == 1


@pytest.mark.slow
def test_the_source_has_a_for_loop_of_one_step():
    jitted = ad.jit(ad.value_and_grad(recurrent, argnums=ALL))
    for length in (5, 50):
        text = jitted.source(MATRIX, RANDOM.normal(size=(length, 3)), np.zeros(3))
        assert f"for t in range({length}):" in text
        assert f"for t in reversed(range({length})):" in text
        assert text.count("np.tanh(") == 1
    counts = [
        jitted.source(MATRIX, RANDOM.normal(size=(length, 3)), np.zeros(3)).count("\n")
        for length in (10, 1000)
    ]
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_recording_takes_the_same_work_for_any_length():
    def calls(length):
        """Count Python's calls, which a busy machine makes as often."""
        events = itertools.count()
        sys.setprofile(lambda *_event: next(events))
        try:
            ad.jit(ad.grad(recurrent)).source(MATRIX, np.zeros((length, 3)), np.zeros(3))
        finally:
            sys.setprofile(None)
        return next(events)

    calls(10)  # fills caches
    assert calls(1000) < 2 * calls(10)


STEPS = {
    "pair": lambda c, x: ((c[0] * x + c[1], np.sin(c[0])), {"y": c[0] - x}),
    "no output": lambda c, x: ((c[0] + x * c[1], c[1] * 0.9), None),
    "unused carry": lambda c, x: (c, x * x),
    "constant output": lambda c, x: ((c[0] * x, c[1]), np.float64(2.0)),
    "swapped": lambda c, x: ((c[1], c[0] * x), c[0]),
    "gradient inside": lambda c, x: ((ad.grad(lambda v: v**3 * x)(c[0]) * 0.1, c[1]), c[0]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=15)
@given(length=st.integers(1, 6), reverse=st.booleans(), seed=st.integers(0, 99))
def test_structures_directions_and_lengths(name, length, reverse, seed):
    random = np.random.default_rng(seed)
    xs, carry = random.normal(size=length), (random.normal(), random.normal())

    def total(carry, xs):
        last, ys = ad.scan(STEPS[name], carry, xs, reverse=reverse)
        weights = np.arange(1.0, length + 1)
        ys = ys["y"] if isinstance(ys, dict) else ys
        return last[0] + 2 * last[1] + (0 if ys is None else (ys * weights).sum())

    both = ad.value_and_grad(total, argnums=(0, 1))
    value, slopes = ad.jit(both)(carry, xs)
    expected, wanted = both(carry, xs)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(slopes[1], wanted[1], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(slopes[0], wanted[0], rtol=1e-10, atol=1e-13)


def test_float32_and_integers_stay():
    xs = XS.astype(np.float32)
    step = lambda c, x: (c + x, c * 2)  # noqa: E731
    last, ys = ad.jit(lambda xs: ad.scan(step, np.zeros(3, np.float32), xs))(xs)
    assert last.dtype == ys.dtype == np.float32
    count, _ = ad.jit(lambda n: ad.scan(lambda c, _: (c + n, None), n * 0, length=4))(np.int64(3))
    assert count == 12
    swapped = lambda xs: ad.scan(lambda c, x: (x, (c, (c + x).astype(">f8"))), xs[0], xs)  # noqa: E731
    for manner in (swapped, ad.jit(swapped)):  # np.stack returns native numbers
        last, ys = manner(XS.astype(">f8"))
        assert [last.dtype.str, ys[0].dtype.str, ys[1].dtype.str] == [">f8", "<f8", "<f8"]


def test_loops_nest():
    def nested(x):
        def outer(c, row):
            last, _ = ad.scan(lambda d, e: (d * c + e, None), c, row)
            return last, last

        return ad.scan(outer, np.float64(0.3), x)[0]

    x = RANDOM.normal(size=(3, 4))
    np.testing.assert_allclose(ad.jit(ad.grad(nested))(x), ad.grad(nested)(x), rtol=1e-12)


def test_the_next_call_has_its_own_numbers():
    jitted = ad.jit(lambda xs: ad.scan(interest, np.zeros(3), xs))
    first = jitted(XS)
    kept = first[1].copy()
    second = jitted(2 * XS)
    assert np.array_equal(first[1], kept)
    np.testing.assert_allclose(second[1], 2 * kept)


def test_constants_alone():
    doubled = ad.jit(lambda x: x * ad.scan(lambda c, _: (c * 2, None), 1.0, length=3)[0])
    assert doubled(np.ones(2)).tolist() == [8.0, 8.0]


def test_live_arrays_are_read_in_each_call():
    weight = np.array(2.0)[None]
    jitted = ad.jit(lambda x: ad.scan(lambda c, e: (c * ad.live(weight)[0] + e, None), 0.0, x)[0])
    assert jitted(np.ones(2)) == 3
    weight[:] = 3
    assert jitted(np.ones(2)) == 4


def test_a_dictionary_may_change_the_order_of_its_keys():
    def step(c, x):
        return {"b": c["b"] + 1, "a": c["a"] * x}, c["a"]

    def last(xs):
        return ad.scan(step, {"a": 1.0, "b": 10.0}, xs)[0]

    xs = np.array([2.0, 3.0])
    for run in (last, ad.jit(last)):
        assert run(xs) == {"a": 6.0, "b": 12.0}
        assert ad.grad(lambda xs, run=run: run(xs)["a"])(xs).tolist() == [3.0, 2.0]
    with pytest.raises(TypeError, match=r"with carry\['a'\], got one with carry\['q'\]"):
        ad.scan(lambda c, x: ({"q": c["a"]}, x), {"a": 1.0}, xs)


@pytest.mark.parametrize("nothing", [None, (), {}])
def test_a_loop_without_a_carry(nothing):
    doubled = ad.jit(lambda xs: ad.scan(lambda c, x: (nothing, x * 2), nothing, xs)[1])
    assert doubled(np.arange(3.0)).tolist() == [0.0, 2.0, 4.0]


MISUSES = {
    "decision": (lambda c, x: (c + 1 if x > 0 else c, None), "a decision"),
    "no pair": (lambda c, x: c + x, "expected .* to return a pair"),
    "shape": (lambda c, x: (np.stack([c, c]), None), r"return carry in shape \(\)"),
    "dtype": (lambda c, x: ((c + x).astype("f4"), None), "and dtype float64, as it takes it"),
    "count": (lambda c, x: ((c, c), None), r"with carry, got one with carry\[0\], carry\[1\]"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_refused(name):
    step, message = MISUSES[name]
    with pytest.raises(TypeError, match=message):
        ad.jit(lambda x: ad.scan(step, 0.0, x)[0])(np.ones(3))
    if name != "decision":
        with pytest.raises(TypeError, match=message):
            ad.scan(step, 0.0, np.ones(3))


@pytest.mark.parametrize("effect", [
    lambda carry: ad.assign(np.zeros(()), carry),
    lambda _: ad.sample(np.random.default_rng(0).random),
])  # fmt: skip
def test_effects_in_a_step_whose_values_are_not_used_are_refused(effect):
    def step(carry, x):
        effect(carry)
        return carry * x, None

    with pytest.raises(ad.RecordingError, match=r"step \(test_scan.*once for all steps"):
        ad.jit(lambda carry: ad.scan(step, carry, np.arange(3.0))[0])(2.0)


def test_draws_in_a_step_are_refused():
    generator = np.random.default_rng(0)

    def noisy(x):
        return ad.scan(lambda c, e: (c + e + ad.sample(generator.random), None), 0.0, x)[0]

    with pytest.raises(TypeError, match="Draw for all steps before the loop"):
        ad.jit(noisy)(np.ones(3))


def test_lengths_are_checked():
    with pytest.raises(ValueError, match="expected sequences of one length, got 2, 3"):
        ad.scan(interest, 0.0, {"a": np.ones(2), "b": np.ones(3)})
    with pytest.raises(ValueError, match="expected at least one step, got 0"):
        ad.scan(interest, 0.0, np.ones(0))
    with pytest.raises(ValueError, match="neither xs nor length"):
        ad.scan(interest, 0.0)


CONSTANTS = [
    *(np.inf, -np.inf, np.nan, -0.0, complex(np.inf, np.nan), True, 3, np.float32(np.nan)),
    *(np.longdouble(2) / 3, np.int8(3), np.array([1, np.inf]), np.ones((2, 2), np.float16)),
]


@pytest.mark.parametrize("constant", CONSTANTS, ids=repr)
def test_a_step_may_return_constants(constant):
    def f(x):
        return [
            ad.scan(lambda s, p: (s + p, constant), x[0], x),
            ad.scan(lambda _, p: (constant, p), constant, x),
        ]

    x = np.arange(3.0)
    for ours, theirs in zip(ad.jit(f)(x), f(x), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert np.asarray(a).dtype == np.asarray(b).dtype
            np.testing.assert_array_equal(a, b)


def test_integers_may_lead_to_floats():
    def f(counts):
        return ad.scan(lambda c, n: (c + n, np.sqrt(c + n) / 2), 0, counts)

    counts = np.arange(1, 5)
    for ours, theirs in zip(ad.jit(f)(counts), f(counts), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_results_share_no_memory_with_arguments():
    def f(carry, x):
        carry = carry * 1
        last, _ = ad.scan(lambda c, p: (c, p), carry, x)
        carry[...] = 9
        return last

    for manner in (f, ad.jit(f), lambda c, x: ad.vjp(f, c, x)[0]):
        np.testing.assert_array_equal(manner(np.arange(2.0), np.arange(3.0)), [0, 1])


def by_scan(x):
    return ad.scan(lambda c, u: (c * x + u, None), 1.0, np.arange(3.0))[0]


@pytest.mark.parametrize(
    "transform",
    [
        ad.value_and_grad(by_scan),
        lambda x: ad.jvp(by_scan, (x,), (1.0,)),
        lambda x: ad.linearize(by_scan, x)[0],
        lambda x: ad.vjp(by_scan, x)[0],
        ad.hessian(by_scan),
        lambda x: ad.scan(lambda c, u: (c + u * ad.grad(by_scan)(x), 0), 1.0, np.ones(3))[0],
    ],
)
def test_a_scan_is_differentiated_at_a_constant_of_a_jitted_function(transform):
    want = transform(2.0)  # x³ + x + 2 and its slopes
    np.testing.assert_allclose(ad.jit(lambda y: (y, transform(2.0)))(1.0)[1], want)
    np.testing.assert_allclose(ad.jit(transform)(2), want)
    np.testing.assert_allclose(ad.jit(transform)(2.0), want)


def test_the_first_step_of_a_reversed_loop_is_that_of_the_last_entry():
    def step(carry, x):
        return carry + 1.0, np.setdiff1d(x, carry) + np.ones(3)  # one entry in each step

    def looped(start):
        return ad.scan(step, start, np.array([0.0, 5.0, 7.0]), reverse=True)[1]

    np.testing.assert_array_equal(ad.jit(looped)(np.zeros(1)), looped(np.zeros(1)))
