"""Programs by blocks of rows return what the NumPy source does; here Python interprets them."""

import os
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler.native import row_sections
from autodiff.compiler.native.blas_threads import one_thread
from autodiff.compiler.native.cores import cores, in_parts
from tests.autodiff.compiler.native.interpreted import interpreted_function, native_module
from tests.autodiff.compiler.native.test_writer import compare
from tests.laws.table import examples

ROWS = 12
OPERATIONS = [
    lambda a, b, w, v: a + b,
    lambda a, b, w, v: a * b - 0.5,
    lambda a, b, w, v: np.maximum(a, 0) * (b > 0),
    lambda a, b, w, v: a @ w,
    lambda a, b, w, v: a @ w.T + v,
    lambda a, b, w, v: a @ (w * v),
    lambda a, b, w, v: (a @ v)[:, None] * b,
    lambda a, b, w, v: a * v,
    lambda a, b, w, v: a - a.max(1, keepdims=True),
    lambda a, b, w, v: b * a.sum(1)[:, None],
    lambda a, b, w, v: a - a.mean(0),
    lambda a, b, w, v: a * (b * b).sum(),
    lambda a, b, w, v: b @ (a.T @ b),
    lambda a, b, w, v: (a @ b.T) @ a,
    lambda a, b, w, v: a.reshape(-1, 2, 2).sum(1).reshape(ROWS, 2) @ w[:2],
    lambda a, b, w, v: (a.reshape(-1, 2) @ w[:2, :2]).reshape(a.shape),
    lambda a, b, w, v: np.sort(a, 1),
    lambda a, b, w, v: a[::-1] + b,
]


@st.composite
def programs(draw):
    """Draw steps of rows and weights, which values are returned, and which only as sums."""
    steps = [
        (draw(st.sampled_from(OPERATIONS)), draw(st.integers(-4, -1)), draw(st.integers(-4, -1)))
        for _ in range(draw(st.integers(1, 8)))
    ]
    returned = draw(st.lists(st.integers(0, len(steps) + 3), min_size=1, max_size=3))

    def run(x, y, w, v):
        values = [x * 1, y + x, x @ w, np.maximum(x @ w.T, y)]
        for operation, i, j in steps:
            values.append(operation(values[i], values[j], w, v) * 0.5)
        return tuple(values[i] for i in returned)

    return run


@pytest.fixture
def short(monkeypatch):
    """Divide programs with few and short rows too."""
    monkeypatch.setattr(row_sections, "LARGE", 64)
    monkeypatch.setattr(row_sections, "BLOCK", 128)
    monkeypatch.setattr(type(one_thread), "before", 1)


def arguments(dtype, layout="C", seed=0):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(2, ROWS, 4)).astype(dtype)
    w, v = random.normal(size=(4, 4)).astype(dtype), random.normal(size=4).astype(dtype)
    if layout == "F":
        x, w = np.asfortranarray(x), np.asfortranarray(w)
    elif layout == "reversed":
        x, w, v = x[::-1, ::-1], w[::-1], v[::-1]
    elif layout == "read-only":
        x.setflags(write=False)
        w.setflags(write=False)
    elif layout == "one array":
        y = x
    return x, y, w, v


LAYOUTS = ["C", "F", "reversed", "read-only", "one array"]


@pytest.mark.usefixtures("short")
@pytest.mark.slow
@given(
    programs(), st.sampled_from(["f4", "f8"]), st.sampled_from(LAYOUTS), st.integers(0, 2**32 - 1)
)
@examples(60)
def test_results_are_those_of_the_numpy_source(f, dtype, layout, seed):
    compare(f, *arguments(dtype, layout, seed))


@pytest.mark.usefixtures("short")
@pytest.mark.slow
@given(programs(), st.sampled_from(["f4", "f8"]), st.integers(0, 2**32 - 1))
@examples(40)
def test_slopes_are_those_of_the_numpy_source(f, dtype, seed):
    def total(x, y, w, v):
        return sum((np.arange(1.0, 1.0 + z.size).reshape(z.shape) * z).sum() for z in f(x, y, w, v))

    compare(ad.value_and_grad(total, argnums=(0, 2, 3)), *arguments(dtype, seed=seed))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("number", range(len(OPERATIONS)))
def test_each_operation_beside_a_product(number):
    def f(x, y, w, v):
        hidden = np.maximum(x @ w, y)
        return OPERATIONS[number](hidden, y * 2, w, v) * 0.5, hidden

    def total(*args):
        return sum((np.arange(1.0, 1.0 + z.size).reshape(z.shape) * z).sum() for z in f(*args))

    compare(f, *arguments("f8"))
    compare(ad.value_and_grad(total, argnums=(0, 2, 3)), *arguments("f8"))


def network(x, y, w, v):
    hidden = np.maximum(x @ w + v, 0)
    return ((hidden @ w - y) ** 2).sum()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -0.0])
@pytest.mark.parametrize("place", range(4))
def test_nan_and_infinities_arrive_where_the_numpy_source_has_them(bad, place):
    values = arguments("f8")
    values[place].flat[1] = bad
    compare(ad.value_and_grad(network, argnums=(0, 2, 3)), *values)


@pytest.mark.usefixtures("short")
def test_a_step_is_one_section_whose_sums_are_the_slopes_of_weights():
    module, _ = native_module(ad.value_and_grad(network, argnums=(2, 3)), *arguments("f8"))
    assert module.has_row_loops
    assert module.calls == []
    assert module.main.text.count(" = in_parts(") == 1
    assert "for block in range(first, last):" in module.pieces
    assert module.pieces.count("_so_far[...] = 0") >= 3  # of the loss, w and v


def test_short_rows_stay_whole():
    module, _ = native_module(ad.value_and_grad(network, argnums=(2, 3)), *arguments("f8"))
    assert not module.has_row_loops


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(("count", "is_divided"), [(0, True), (4, True), (9, False)])
def test_rows_stay_whole_where_most_products_are_others(count, is_divided):
    """Those of the rows are 2 · 12 · 16 multiply-adds, and each other one is 16."""

    def f(x, y, w, v):
        row = v
        for _ in range(count):
            row = row @ w
        return network(x, y, w, v) + row.sum()

    module, _ = native_module(f, *arguments("f8"))
    assert module.has_row_loops == is_divided


@pytest.mark.usefixtures("short")
def test_a_large_weight_stays_whole(monkeypatch):
    monkeypatch.setattr(row_sections, "SMALL", 1)
    module, _ = native_module(ad.value_and_grad(network, argnums=(2, 3)), *arguments("f8"))
    assert not module.has_row_loops


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("rows", [0, 1, 7])
def test_any_number_of_rows(rows):
    x, y, w, v = arguments("f8")
    compare(ad.value_and_grad(network, argnums=(0, 2, 3)), x[:rows], y[:rows], w, v)


@pytest.mark.usefixtures("short")
def test_a_weight_is_edited_after_all_blocks_have_read_it():
    x, y, w, v = arguments("f8")

    def step(x, y, w):
        value, slope = ad.value_and_grad(network, argnums=2)(x, y, w, v)
        w -= 0.1 * slope
        return value

    edited, expected = w.copy(), w.copy()
    module, leaves = native_module(step, x, y, edited)
    assert module.has_row_loops
    (found,) = interpreted_function(module)(*leaves)
    np.testing.assert_allclose(found, ad.jit(step)(x, y, expected))
    np.testing.assert_allclose(edited, expected)


@pytest.mark.usefixtures("short", "numba")
@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_compiled_by_numba_in_two_threads(dtype, monkeypatch):
    slopes = ad.value_and_grad(network, argnums=(0, 2, 3))
    compiled = ad.jit(slopes, native="wait")
    value, expected = ad.jit(slopes)(*arguments(dtype, "read-only"))
    for before in (1, 2):
        monkeypatch.setattr(type(one_thread), "before", before)
        found, others = compiled(*arguments(dtype, "read-only"))
        assert type(found) is type(value)
        np.testing.assert_allclose(found, value, rtol=1e-5)
        for a, b in zip(others, expected, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert "calls of NumPy: none" in str(compiled.report(*arguments(dtype)))
    assert "for block in range(first, last):" in compiled.source(*arguments(dtype), native=True)


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_an_array_is_read_by_rows_and_as_a_whole():
    def f(x):
        hidden = np.maximum(x @ x, 0) + x
        return (hidden @ x.T) @ x, (hidden * hidden).sum()

    x = np.random.default_rng(0).normal(size=(ROWS, ROWS))
    module, _ = native_module(f, x)
    assert module.has_row_loops
    compare(f, x)
    compare(ad.grad(lambda x: f(x)[1]), x)


def test_the_number_of_cores(monkeypatch):
    assert 1 <= cores() <= os.cpu_count()
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5, 7}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@pytest.fixture
def two_threads(monkeypatch):
    """Let BLAS have had two threads before."""
    monkeypatch.setattr(type(one_thread), "before", 2)


def add_up(first, last, x, own, total):
    """Add up part of an array, as a compiled loop does."""
    own[...] = x[first:last].sum()
    total[...] = own


@pytest.mark.usefixtures("two_threads")
def test_parts_run_at_the_same_time_and_their_sums_are_added():
    together, seen = threading.Barrier(2, timeout=10), []

    def run(first, last, x, total):
        together.wait()
        seen.append((first, last))
        total[...] = x[first:last].sum()

    parts = [(np.empty(1),), (np.empty(1),)]
    (found,) = in_parts(run, 7, (np.arange(7.0),), parts, 1)
    assert found is parts[0][0]
    assert found[0] == 21
    assert sorted(seen) == [(0, 3), (3, 7)]


@pytest.mark.parametrize("before", [1, 2, 8])
def test_parts_return_the_same_bits_on_any_number_of_threads(monkeypatch, before):
    x = np.random.default_rng(0).normal(size=1000)
    parts = [(np.empty(1), np.empty(1)) for _ in range(3)]
    monkeypatch.setattr(type(one_thread), "before", before)
    (found,) = in_parts(add_up, 1000, (x,), parts, 1)
    assert found[0] == x[:333].sum() + x[333:666].sum() + x[666:].sum()


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("failing", [0, 5])
def test_an_error_is_raised_when_all_parts_are_done(failing):
    done = []

    def run(first, last):
        if first == failing:
            raise ZeroDivisionError
        done.append((first, last))

    with pytest.raises(ZeroDivisionError):
        in_parts(run, 10, (), [(), ()], 0)
    assert done == [(5 - failing, 10 - failing)]
