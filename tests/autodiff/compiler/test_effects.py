"""Effects of a program: live, assign, sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad


def test_a_live_array_is_read_in_each_call():
    shift = np.array([1.0, 2.0])
    f = ad.jit(lambda x: x + ad.live(shift))
    np.testing.assert_array_equal(f(np.zeros(2)), [1, 2])
    shift[:] = 5
    np.testing.assert_array_equal(f(np.zeros(2)), [5, 5])
    answer = ad.jit(lambda: ad.live(shift))()
    shift[:] = 6
    np.testing.assert_array_equal(answer, [5, 5])


def test_a_live_number_too():
    count = np.array(1.0)

    @ad.jit
    def step():
        before = ad.live(count)
        ad.assign(count, before + 1)
        return before

    assert [step(), step(), step()] == [1.0, 2.0, 3.0]
    assert count == 4.0


def test_running_statistics():
    """The mean moves by a tenth of the difference in each call, and is read before and after it."""
    mean = np.zeros(2)

    def normalized(x):
        ad.assign(mean, 0.9 * ad.live(mean) + 0.1 * x.mean(0))
        return x - ad.live(mean)

    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    expected = [normalized(x), normalized(x)]
    mean[:] = 0
    jitted = ad.jit(normalized)
    np.testing.assert_allclose([jitted(x), jitted(x)], expected)
    np.testing.assert_allclose(mean, [0.38, 0.57])


def test_recording_leaves_arrays_as_they_are():
    total = np.zeros(2)

    @ad.jit
    def add(x):
        ad.assign(total, ad.live(total) + x)

    add.source(np.ones(2))
    np.testing.assert_array_equal(total, [0, 0])


def test_an_old_value_that_is_still_needed_is_kept():
    a = np.array([1.0, 2.0, 3.0])

    @ad.jit
    def turn():
        old = ad.live(a)
        ad.assign(a, old[::-1])
        return old, ad.live(a), old + ad.live(a)

    old, new, both = turn()
    np.testing.assert_array_equal(old, [1, 2, 3])
    np.testing.assert_array_equal(new, [3, 2, 1])
    np.testing.assert_array_equal(a, [3, 2, 1])
    np.testing.assert_array_equal(both, [4, 4, 4])


def test_arrays_that_overlap():
    """Both weights are views of one buffer, which is read; a step writes to the views."""
    flat = np.arange(4.0)
    first, second = flat[:2], flat[2:]

    def step():
        w = ad.live(flat)
        ad.assign(first, w[2:] * 10)
        ad.assign(second, w[:2] * 10)

    ad.jit(step)()
    np.testing.assert_array_equal(flat, [20, 30, 0, 10])


def test_a_value_written_to_a_part_after_the_whole():
    flat = np.zeros(4)
    first = flat[:2]

    @ad.jit
    def step(x):
        early = np.exp(x[:2])
        ad.assign(flat, x * 2)
        ad.assign(first, early)
        return early.sum()

    x = np.array([0.0, 1.0, 2.0, 3.0])
    for _ in range(2):
        step(x)
        np.testing.assert_allclose(flat, [1, np.e, 4, 6])


WHOLE = np.zeros((2, 3))
PARTS = {"whole": WHOLE, "same": WHOLE[:], "row": WHOLE[0], "last": WHOLE[1], "column": WHOLE[:, 1]}


@given(
    st.lists(
        st.tuples(st.sampled_from(["read", "write", "add"]), st.sampled_from(list(PARTS))),
        min_size=1,
        max_size=6,
    )
)
def test_arrays_that_overlap_a_written_one_are_read_again(steps):
    def work(x):
        found = []
        for i, (step, name) in enumerate(steps):
            part = PARTS[name]
            if step == "read":
                found.append(ad.live(part) * 1.0)
            else:
                ad.assign(part, (ad.live(part) if step == "add" else 0) + x + i)
        return tuple(found)

    def run(function):
        WHOLE[:] = np.arange(6.0).reshape(2, 3)
        answers = [function(k) for k in (1.0, 2.0)]
        return [part for answer in answers for part in answer] + [WHOLE.copy()]

    for ours, theirs in zip(run(ad.jit(work)), run(work), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(st.lists(st.sampled_from(["add", "copy", "turn", "read"]), min_size=1, max_size=6))
def test_any_order_of_reads_and_writes_is_that_of_eager_code(steps):
    def run(a, b, function):
        def work(x):
            found = []
            for step in steps:
                if step == "add":
                    ad.assign(a, ad.live(a) + x)
                elif step == "copy":
                    ad.assign(b, ad.live(a) * 2)
                elif step == "turn":
                    ad.assign(a, ad.live(b)[::-1] + 1)
                else:
                    found += [ad.live(a) * ad.live(b), ad.live(b) * 1]
            return tuple(found)

        work = function(work)
        return [np.array(work(np.arange(3.0) + i)) for i in range(3)]

    ours = np.arange(3.0), np.ones(3)
    theirs = np.arange(3.0), np.ones(3)
    np.testing.assert_array_equal(run(*ours, ad.jit), run(*theirs, lambda f: f))
    np.testing.assert_array_equal(ours, theirs)


def test_samples_are_fresh_and_those_of_eager_code_from_the_same_seed():
    def noisy(x, rng):
        return x * ad.sample(rng.normal, size=3) + ad.sample(rng.random)

    def three(function):
        rng = np.random.default_rng(7)
        return [function(np.ones(3), rng) for _ in range(3)]

    found = three(ad.jit(noisy))
    np.testing.assert_array_equal(found, three(noisy))
    assert len({tuple(row) for row in found}) == 3


def test_a_draw_that_is_not_used_is_made_as_well():
    def f(x, rng):
        ad.sample(rng.normal)
        return x + ad.sample(rng.normal)

    first, second = np.random.default_rng(0), np.random.default_rng(0)
    jitted = ad.jit(lambda x: f(x, second))
    for _ in range(3):
        assert jitted(np.zeros(2)).tolist() == f(np.zeros(2), first).tolist()
    assert first.bit_generator.state == second.bit_generator.state


def test_a_number_that_is_drawn_has_the_dtype_of_the_recording():
    def f(x):
        return x + ad.sample(lambda: 0.5)

    x = np.ones(2, np.float32)
    assert ad.jit(f)(x).dtype == f(x).dtype == np.float64


def test_a_mask_is_the_same_forward_and_backward():
    rng = np.random.default_rng(0)
    dropped = ad.jit(ad.value_and_grad(lambda x: (x * (ad.sample(rng.random, 50) < 0.5)).sum()))
    for _ in range(3):
        value, slope = dropped(np.ones(50))
        assert value == slope.sum()


def test_samples_from_the_global_generator():
    f = ad.jit(lambda x: x + ad.sample(np.random.rand))
    assert f(0.0) != f(0.0)


@pytest.mark.parametrize("call", [ad.live, lambda x: ad.assign(x, 1.0)])
def test_only_plain_arrays_have_memory(call):
    with pytest.raises(TypeError, match=r"needs a plain array.*np\.array\(value\)"):
        call([1.0])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (1, 1, 3)])
def test_assign_takes_the_shapes_that_an_assignment_takes(shape):
    target, value = np.zeros(3), np.full(shape, 2.0)
    ad.jit(lambda x: ad.assign(target, x))(value)
    np.testing.assert_array_equal(target, [2, 2, 2])
    ad.jit(lambda x: ad.assign(target, value + 1) or x)(0.0)
    np.testing.assert_array_equal(target, [3, 3, 3])


def test_assigning_a_traced_value_outside_of_a_recording_is_refused():
    target = np.zeros(2)
    with pytest.raises(TypeError, match=r"would lose its slope.*ad\.jit"):
        ad.grad(lambda x: ad.assign(target, x) or x.sum())(np.ones(2))


@pytest.mark.parametrize("number", [np.nan, np.inf, 300.0, 2.7, -1.0])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_number_is_stored_as_an_integer_as_in_numpy_or_refused(dtype, number):
    stored, expected = np.zeros(3, dtype), np.zeros(3, dtype)
    assign = ad.jit(lambda x: ad.assign(stored[:1], x))
    assign(np.float64(1.0))
    try:
        expected[:1] = np.float64(number)
    except (ValueError, OverflowError) as error:
        with pytest.raises(type(error), match="cannot convert"):
            assign(np.float64(number))
    else:
        assign(np.float64(number))
        np.testing.assert_array_equal(stored, expected)


LAYOUTS = {
    "C": lambda: np.zeros((3, 3)),
    "Fortran": lambda: np.zeros((3, 3), order="F"),
    "reversed": lambda: np.zeros((3, 3))[::-1],
    "columns": lambda: np.zeros((3, 6))[:, ::2],
    "unaligned": lambda: np.zeros(73, np.uint8)[1:].view(np.float64).reshape(3, 3),
}
IN_ORDER = {
    "K": lambda a: np.ravel(a, "K"),
    "A": lambda a: a.flatten("A"),
    "computed": lambda a: np.ravel(2 * a + 1, "K"),
    "alike": lambda a: np.ravel(np.ones_like(a) * np.cumsum(a, axis=0), "K"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", IN_ORDER)
def test_a_live_array_and_a_draw_keep_their_layout(layout, name):
    array, f = LAYOUTS[layout](), IN_ORDER[name]
    array[...] = np.arange(9.0).reshape(3, 3)
    read, drawn = ad.jit(lambda: f(ad.live(array))), ad.jit(lambda: f(ad.sample(lambda: array)))
    np.testing.assert_array_equal(read(), f(array))
    np.testing.assert_array_equal(drawn(), f(array))
    array *= 2
    np.testing.assert_array_equal(read(), f(array))


ASSIGNED = {
    "product": lambda x: x @ x,
    "inner": lambda x: np.inner(x, x),
    "with a vector": lambda x: (x @ x[0]) * np.ones((3, 1)),
    "sum": lambda x: x + 1,
    "running": lambda x: np.cumsum(x, axis=0),
    "joined": lambda x: np.concatenate([x[:1], x[1:]]),
    "copied": np.copy,
    "transposed": lambda x: x.T,
}


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("native", [False, "wait"])
def test_an_array_of_any_layout_is_assigned_to(layout, native):
    x = np.arange(9.0).reshape(3, 3)
    targets = {name: LAYOUTS[layout]() for name in ASSIGNED}
    row = LAYOUTS[layout]()

    def assign(x):
        for name, f in ASSIGNED.items():
            ad.assign(targets[name], f(x))
        ad.assign(row[:, 0], x @ x[0])

    ad.jit(assign, native=native)(x)
    for name, f in ASSIGNED.items():
        np.testing.assert_array_equal(targets[name], f(x), err_msg=name)
    np.testing.assert_array_equal(row[:, 0], x @ x[0])
