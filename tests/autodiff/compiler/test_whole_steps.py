"""Random steps of loops: jitted values and slopes are those of the loop written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler import whole_steps
from tests.laws.table import examples

OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a * 0.5 - b,
    lambda a, b: a * b,
    lambda a, _: 1 - a * a,
    lambda a, _: np.tanh(a),
    lambda a, _: np.maximum(a, 0),
    lambda a, b: a / (1 + b * b),
    lambda a, _: a.T,
    lambda a, _: a[::-1],
    lambda a, b: a @ b / 3,
    lambda a, b: a - b.mean(0),
    lambda a, b: np.concatenate([a[:1], b[1:]]),
]


@st.composite
def steps(draw):
    """Draw a step of two carries and an entry, whose results are any of its values."""
    operations = [
        (draw(st.sampled_from(OPERATIONS)), draw(st.integers(-6, -1)), draw(st.integers(-6, -1)))
        for _ in range(draw(st.integers(1, 8)))
    ]
    numbers = st.integers(0, len(operations) + 5)
    carried = draw(st.tuples(numbers, numbers))
    returned = draw(st.lists(numbers, max_size=3))

    def step(weight, carry, entry):
        values = [weight, entry * 0.5, *carry, entry, np.sin(entry)]
        for operation, i, j in operations:
            values.append(operation(values[i], values[j]))
        return tuple(values[i] for i in carried), tuple(values[i] for i in returned)

    return step


def run(step, loop):
    """Return a function of the weight, the first carry and the entries, with one number."""

    def function(weight, first, entries):
        carry, outputs = loop(lambda c, x: step(weight, c, x), (first, first * 0.5), entries)
        return sum((x * x).sum() for x in (*carry, *outputs))

    return function


def written_out(step, carry, entries, reverse):
    outputs = []
    order = range(len(entries))
    for t in reversed(order) if reverse else order:
        carry, output = step(carry, entries[t])
        outputs.append(output)
    outputs = outputs[::-1] if reverse else outputs
    return carry, [np.stack(parts) for parts in zip(*outputs, strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize("most", [None, 1])
@given(
    step=steps(),
    length=st.integers(1, 4),
    reverse=st.booleans(),
    dtype=st.sampled_from(["f4", "f8"]),
    seed=st.integers(0, 99),
)
@examples(40)
def test_a_random_step_computes_what_the_loop_written_out_does(
    most, step, length, reverse, dtype, seed
):
    random = np.random.default_rng(seed)
    with pytest.MonkeyPatch.context() as patch:
        if most is not None:
            patch.setattr(whole_steps, "_MOST", most)  # no operation is done for all steps
        scanned = run(step, lambda f, c, xs: ad.scan(f, c, xs, reverse=reverse))
        looped = run(step, lambda f, c, xs: written_out(f, c, xs, reverse))
        jitted = ad.jit(ad.value_and_grad(scanned, argnums=(0, 1, 2)))
        for _ in range(2):
            weight, first = random.normal(size=(2, 3, 3)).astype(dtype)
            entries = random.normal(size=(length, 3, 3)).astype(dtype)
            value, slopes = jitted(weight, first, entries)
            expected, wanted = ad.value_and_grad(looped, argnums=(0, 1, 2))(weight, first, entries)
            tolerance = {"rtol": 1e-3, "atol": 1e-3} if dtype == "f4" else {"rtol": 1e-8}
            np.testing.assert_allclose(value, expected, **tolerance)
            for slope, right in zip(slopes, wanted, strict=True):
                scale = np.abs(right).max() + 1
                np.testing.assert_allclose(slope / scale, right / scale, atol=tolerance["rtol"])


def test_elementwise_operations_on_entries_are_done_for_all_steps_before_the_loop():
    def step(h, x):
        h = h * 0.5 + np.exp(x) * 2
        return h, h

    f = ad.jit(lambda xs: ad.scan(step, np.zeros(3), xs)[1])
    xs = np.arange(12.0).reshape(4, 3)
    expected, h = [], np.zeros(3)
    for x in xs:
        h = h * 0.5 + np.exp(x) * 2
        expected.append(h)
    np.testing.assert_allclose(f(xs), expected, rtol=1e-15)
    ahead, _, steps = f.source(xs).partition("for t in range(4):")
    assert "np.exp" in ahead.split("def step_step")[0]
    assert "np.exp" not in steps


def test_what_steps_keep_is_written_into_rows():
    def step(h, x):
        h = np.tanh(h + x)
        return h, h

    f = ad.jit(ad.grad(lambda xs: (ad.scan(step, np.zeros(3), xs)[1] ** 2).sum()))
    source = f.source(np.ones((4, 3)))
    assert "[t] = " not in source
    np.testing.assert_allclose(
        f(np.ones((4, 3))),
        ad.grad(lambda xs: sum((h**2).sum() for h in written_rows(xs)))(np.ones((4, 3))),
    )


def written_rows(xs):
    rows, h = [], np.zeros(3)
    for x in xs:
        h = np.tanh(h + x)
        rows.append(h)
    return rows
