"""A jitted function edits its arguments as the plain function does."""

from collections import OrderedDict, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.autodiff.compiler.kinds_of_edits import STEPS, Moments, arguments


def described(x, seen=None):
    """Return a text of a value with its types, and the identities of its arrays."""
    seen = {} if seen is None else seen
    if isinstance(x, np.ndarray):
        number = seen.setdefault(id(x), len(seen))
        return f"array {number} {x.dtype} {np.round(x, 9).tolist()}"
    if isinstance(x, dict):
        return {key: described(part, seen) for key, part in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x).__name__, [described(part, seen) for part in x]
    if isinstance(x, Moments):
        return "Moments", described(vars(x), seen)
    return round(float(x), 9) if isinstance(x, (float, np.floating)) else repr(x)


def every_array(x):
    """List the arrays in a structure."""
    if isinstance(x, np.ndarray):
        return [x]
    parts = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else (
        vars(x).values() if isinstance(x, Moments) else ()
    )  # fmt: skip
    return [array for part in parts for array in every_array(part)]


programs = st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:jit has recorded:RuntimeWarning")
@given(programs)
def test_arguments_are_edited_as_by_the_plain_function(steps):
    def work(p):
        for step in steps:
            STEPS[step](p)
        return p["w"].sum() + p["v"].sum()

    mine, theirs = arguments(), arguments()
    jitted = ad.jit(work)
    for _ in range(3):
        arrays = every_array(mine)
        is_shared = len(set(map(id, arrays))) < len(arrays)  # an earlier call did that
        expected = work(theirs)
        try:
            result = jitted(mine)
        except ValueError:
            if not is_shared:
                raise
            return
        np.testing.assert_allclose(result, expected)
        assert described(mine) == described(theirs)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:jit has recorded:RuntimeWarning")
@given(programs)
def test_a_call_that_only_records_edits_nothing(steps):
    def work(p):
        for step in steps:
            STEPS[step](p)

    mine = arguments()
    before = described(mine)
    ad.jit(work).source(mine)
    assert described(mine) == before


def test_a_step_of_gradient_descent():
    def sgd(w, g, *, rate):
        w -= rate * g

    w = np.ones(3)
    step = ad.jit(sgd)
    for _ in range(2):
        step(w, np.arange(3.0), rate=0.1)
    np.testing.assert_allclose(w, [1.0, 0.8, 0.6])
    assert "w[...] = " in step.source(w, w + 1, rate=0.1)


def test_the_old_value_may_be_returned():
    def replaced(w, new):
        old = w[::-1]
        kept = old.copy()
        w[:] = new
        return kept, old, w

    for function in (replaced, ad.jit(replaced)):
        w = np.array([1.0, 2.0])
        found = function(w, np.array([3.0, 4.0]))
        np.testing.assert_array_equal(found, [[2.0, 1.0], [4.0, 3.0], [3.0, 4.0]])
        np.testing.assert_array_equal(w, [3.0, 4.0])


def test_keyword_and_starred_arguments():
    def edit(*rows, **named):
        rows[1][...] = rows[0]
        named["b"] += 1
        named["c"] = 3  # of the function's own dict

    for function in (edit, ad.jit(edit)):
        rows, b = (np.zeros(2), np.ones(2)), np.array(1.0)
        function(*rows, b=b)
        np.testing.assert_array_equal(rows, np.zeros((2, 2)))
        assert b == 2.0


def test_kinds_of_dicts():
    def edit(ordered, default):
        ordered.move_to_end("a")
        default["new"] = ordered["a"] * 2

    for function in (edit, ad.jit(edit)):
        ordered, default = OrderedDict(a=np.ones(2), b=np.zeros(2)), defaultdict(list)
        function(ordered, default)
        assert list(ordered) == ["b", "a"]
        np.testing.assert_array_equal(default["new"], [2.0, 2.0])
        assert default["nothing"] == []


def test_a_view_is_written_through():
    whole = np.zeros((3, 4))

    @ad.jit
    def edit(part):
        part += 1

    edit(whole[1:, ::2])
    edit(whole.T[3])
    np.testing.assert_array_equal(whole, [[0, 0, 0, 1], [1, 0, 1, 1], [1, 0, 1, 1]])
    assert whole[0].max() == 1


def test_parts_of_one_array_that_do_not_overlap():
    flat = np.zeros((3, 2))

    @ad.jit
    def edit(a, b):
        a += 1
        b -= a

    edit(flat[:, 0], flat[:, 1])
    np.testing.assert_array_equal(flat, [[1, -1]] * 3)


def edits(w, other):
    w += 1
    return other * 2


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        (lambda w: (w, w), r"edits its argument w, which shares memory with other"),
        (lambda w: (w, w[1:]), r"shares memory with other"),
        (lambda w: (w[1:], w[::-1]), r"Pass a copy of one"),
        (lambda w: ([1.0, 2.0], w), r"w, which must be a plain NumPy array"),
    ],
)
def test_shared_memory_is_refused(shared, words):
    f = ad.jit(edits)
    f(np.zeros(3), np.zeros(3))
    w = np.arange(3.0)
    with pytest.raises((ValueError, TypeError), match=words):
        f(*shared(w))
    np.testing.assert_array_equal(w, [0.0, 1.0, 2.0])


def test_an_array_that_is_read_live_and_edited():
    w = np.zeros(2)

    @ad.jit
    def f(x):
        x += 1
        return ad.live(w) + x

    f(np.zeros(2))
    with pytest.raises(ValueError, match="shares memory"):
        f(w)


def test_an_error_that_shared_memory_leads_to_while_recording_is_named():
    def f(x, y):
        np.abs(x, out=x)
        y[y > 0] = np.sqrt(x)  # in NumPy, all entries of y are positive
        return y.sum()

    x = np.array([-1.0, -4.0])
    with pytest.raises(ValueError, match="edits its argument x, which shares memory with y"):
        ad.jit(f)(x, x)
    np.testing.assert_array_equal(x, [-1, -4])


def test_a_dict_that_is_passed_twice():
    @ad.jit
    def f(p, q):
        p["new"] = p["a"] + q["a"]

    p = {"a": 1.0}
    with pytest.raises(ValueError, match="among its arguments twice"):
        f(p, p)
    f(p, {"a": 2.0})
    assert p == {"a": 1.0, "new": 3.0}


@pytest.mark.parametrize("stored", [lambda w: w[1:], lambda w: {"w": w}, lambda w: [w.T]])
def test_results_that_share_memory_with_an_argument_are_refused(stored):
    @ad.jit
    def f(state, w):
        state["kept"] = stored(w)

    with pytest.raises(ad.RecordingError, match=r"into state\['kept'\] as well.*x\.copy\(\)"):
        f({}, np.ones(3))


def test_values_that_are_not_numeric_are_refused():
    @ad.jit
    def f(state, w):
        state["kept"] = (w * 2, {"a"})

    with pytest.raises(ad.RecordingError, match=r"into state\['kept'\], one of its arguments"):
        f({}, np.ones(3))


def test_read_only_arrays_raise_as_in_numpy():
    w = np.zeros(3)
    w.setflags(write=False)
    for function in (edits, ad.jit(edits)):
        with pytest.raises(ValueError, match="read-only"):
            function(w, np.ones(3))
    with pytest.raises(ValueError, match=r"read-only: edits .*test_edits.* its argument w. Edit a"):
        ad.jit(edits)(w, np.ones(3))


def test_a_cast_that_numpy_refuses():
    for function in (edits, ad.jit(edits)):
        function(np.zeros(2, int), np.ones(2))

    def widen(w, x):
        w += x

    for function in (widen, ad.jit(widen)):
        with pytest.raises(TypeError):
            function(np.zeros(2, int), np.ones(2))


def test_slopes_go_through_edits():
    def loss(w, x):
        y = w * 1
        y[0] = w.sum()
        w *= x * y
        return (w * w).sum()

    w, x = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    expected = ad.grad(loss)(w, x)
    np.testing.assert_allclose(ad.jit(ad.grad(loss))(w, x), expected)
    np.testing.assert_allclose(ad.grad(lambda w: ad.jit(loss)(w * 1, x))(w), expected)
    np.testing.assert_array_equal(w, [1.0, 2.0])


def test_a_nested_function_with_edits_is_inlined():
    @ad.jit
    def sgd(w, g):
        w -= 0.1 * g

    @ad.jit
    def twice(w, g):
        sgd(w, g)
        sgd(w, g)
        return w * 2

    w = np.ones(2)
    np.testing.assert_allclose(twice(w, w + 1), [1.2, 1.2])
    np.testing.assert_allclose(w, [0.6, 0.6])


def test_an_array_that_is_put_into_two_places_is_one():
    def edit(p, x):
        p["a"] = p["b"] = x * 2

    for function in (edit, ad.jit(edit)):
        p = {}
        function(p, np.ones(2))
        assert p["a"] is p["b"]


@pytest.mark.parametrize("stored", [lambda y: [y, y], lambda y: (y, y[:1]), lambda y: [y.T, y]])
def test_an_array_that_is_in_a_structure_twice_is_refused(stored):
    @ad.jit
    def f(state, x):
        state["kept"] = stored(x * 2)

    with pytest.raises(ad.RecordingError, match="share memory"):
        f({}, np.ones(2))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_no_integer_is_not_stored_as_one(bad):
    def stored(a, number):
        a.reshape(-1)[::2] = number
        return a

    jitted = ad.jit(stored)
    np.testing.assert_array_equal(jitted(np.arange(4), np.float64(7.9)), [7, 1, 7, 3])
    kind = ValueError if np.isnan(bad) else OverflowError
    recorded = ad.jit(stored), r"at test_edits\.py:\d+: "
    for run, line in ((stored, ""), (jitted, ""), recorded):
        with pytest.raises(kind, match=f"{line}cannot convert float"):
            run(np.arange(4), np.float64(bad))


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300, -1e300j])
@pytest.mark.parametrize("at", [[0, 2], np.arange(4) > 2])
def test_a_number_that_is_stored_at_positions_is_converted_first(bad, at):
    def stored(number):
        a = number.imag.astype(int) * np.arange(4)
        a[at] = number.real
        return a

    number = np.complex128(bad)
    expected = stored(number)
    for run in (ad.jit(stored), lambda number: stored(ad.tensor(number)).numpy()):
        np.testing.assert_array_equal(run(number), expected)


@pytest.mark.parametrize("passed_on", [np.positive, lambda x, out: np.multiply(x, 1, out=out)])
def test_arguments_that_take_each_others_values_are_read_before_they_are_written(passed_on):
    def exchange(a, b):
        kept = a * 1
        passed_on(b, out=a)
        passed_on(kept, out=b)

    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    ad.jit(exchange)(a, b)
    assert (a.tolist(), b.tolist()) == ([3, 4], [1, 2])
