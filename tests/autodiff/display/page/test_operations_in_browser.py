"""The page computes the same as Python: every operation and its slope, at other numbers."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.page.program import PageProgram
from autodiff.display.working.backward import backward_of, node_of
from autodiff.display.working.working import of_function
from tests.laws.table import examples

RUN = """([entries, changes]) => {
    const program = new Program(entries, "");
    if (program.refusal) return { refusal: program.refusal };
    program.change(new Map(changes.map(([place, data]) => [place, data.map(Number)])));
    return { data: program.values.map((value) => value.data?.map(String)) };
}"""
FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def script(browser):
    """Open a page to run its script."""
    page = browser.new_page()
    page.set_content(page_of(of_function(lambda x: x * 2, None, (1.0,), {})))
    page.wait_for_function("window.page !== undefined")
    yield page
    page.close()


def recomputed(script, f, first, then):
    """Record f at some arguments, change them in the page, and return the result and the slopes."""
    with np.errstate(all="ignore"):
        working = of_function(f, range(len(first)), first, {})
    backward = backward_of(working, record=True)
    program = PageProgram(working.starts, runs=True)
    starts = [program.add(node) for node in working.starts]
    places = [program.add(working.results[0])]
    places += [program.add(node_of(backward.slopes.get(n, 0.0))) for n in working.starts]
    entries = [[to_js(repr(x)) for x in np.ravel(value).astype(float).tolist()] for value in then]
    found = script.evaluate(RUN, [program.entries, list(zip(starts, entries, strict=True))])
    assert "refusal" not in found, found
    return [[float(x.replace("Infinity", "inf")) for x in found["data"][p]] for p in places]


def to_js(text):
    return text.replace("inf", "Infinity").replace("nan", "NaN")


def assert_same(script, f, first, then, rtol=1e-9):
    """Assert that the page computes the numbers of NumPy and of grad."""

    def total(*args):
        return np.sum(f(*args))

    value, *slopes = recomputed(script, f, first, then)
    with np.errstate(all="ignore"):
        expected = ad.grad(total, range(len(then)))(*then)
        assert_allclose(value, np.ravel(f(*then)), rtol, 1e-12)
    for slope, wanted in zip(slopes, expected, strict=True):
        assert_allclose(slope, np.ravel(wanted), rtol, 1e-12)


def reals(shape, low=-3.0, high=3.0):
    return arrays(float, shape, elements=st.floats(low, high, width=16))


ANY = (-3.0, 3.0)
POSITIVE, UNIT = (0.125, 4.0), (-0.875, 0.875)
UNARY = {
    ANY: """negative absolute fabs square cbrt exp exp2 expm1 sin cos tan arctan sinh cosh tanh
        arcsinh degrees radians rad2deg deg2rad floor ceil trunc rint sign positive conjugate real
        round cumsum cumprod sum prod mean max min var std any all argmax argmin ravel transpose
        flip isnan isfinite isinf sinc""",
    POSITIVE: "sqrt reciprocal log log2 log10 log1p",
    UNIT: "arcsin arccos arctanh",
    (1.125, 4.0): "arccosh",
}
BINARY = {
    ANY: """add subtract multiply maximum minimum fmax fmin logaddexp hypot less less_equal greater
        greater_equal equal not_equal heaviside""",
    POSITIVE: "divide power float_power remainder fmod floor_divide arctan2",
}


def cases(table):
    return [(name, limits) for limits, names in table.items() for name in names.split()]


def numeric(f):
    """Convert bools and positions to numbers, which have a slope of zero."""
    return lambda *args: f(*args) * 1.0 + sum(0.0 * np.sum(x) for x in args)


@pytest.mark.parametrize(("name", "limits"), cases(UNARY))
def test_functions_of_one_array(script, name, limits):
    function = numeric(getattr(np, name))

    @FEW
    @given(st.data())
    def check(data):
        shape = data.draw(st.sampled_from([(), (3,), (2, 3)]))
        x, y = data.draw(reals(shape, *limits)), data.draw(reals(shape, *limits))
        assert_same(script, function, (x[()],), (y[()],), 1e-7)

    check()


@pytest.mark.parametrize(("name", "limits"), cases(BINARY))
def test_functions_of_two_arrays_that_broadcast(script, name, limits):
    function = numeric(getattr(np, name))

    @FEW
    @given(st.data())
    def check(data):
        shapes = st.sampled_from([(), (3,), (2, 1), (2, 3)])
        both = [data.draw(shapes), data.draw(shapes)]
        x, y = ([data.draw(reals(shape, *limits))[()] for shape in both] for _ in "xy")
        assert_same(script, function, tuple(x), tuple(y), 1e-7)

    check()


@pytest.mark.parametrize(
    ("a", "b"),
    [((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 2)), ((2, 2, 3), (3, 1)),
     ((2, 1, 2, 3), (3, 3, 2)), ((3,), (2, 3, 2))],
)  # fmt: skip
def test_matrix_products(script, a, b):
    random = np.random.default_rng(0)
    first, then = ((random.normal(size=a), random.normal(size=b)) for _ in "xy")
    assert_same(script, np.matmul, first, then)


FORMS = {
    "an entry": lambda x: x[1, 2] * x[0, 0],
    "a slice": lambda x: x[:, ::-1] * x,
    "positions": lambda x: x[[1, 0, 1], [2, 2, 2]] ** 2,
    "a mask of numbers": lambda x: x[np.array([True, False])] ** 2,
    "a loop over entries": lambda x: sum(row @ row for row in x),
    "reshape": lambda x: np.reshape(x, (3, 2)) * np.arange(6.0).reshape(3, 2),
    "transpose": lambda x: x.T @ x,
    "stack": lambda x: np.stack([x[0], x[1] * 2]),
    "concatenate": lambda x: np.concatenate([x, x * x], axis=1),
    "an array of numbers": lambda x: np.array([x[0, 0], x[1, 1], 3]) ** 2,
    "repeat": lambda x: np.repeat(x, 2, axis=0) * np.arange(12.0).reshape(4, 3),
    "broadcast": lambda x: np.broadcast_to(x, (2, 2, 3)) * np.arange(12.0).reshape(2, 2, 3),
    "where": lambda x: np.where(x > 0, x * x, 3 * x),
    "a condition of two": lambda x: np.where((x > 0) & ~(x > 1) | (x < -1), x, x * x),
    "clip": lambda x: np.clip(x, -1, 1),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
    "norm of columns": lambda x: np.sqrt((x * x).sum(axis=0) + 1),
    "mean of rows": lambda x: x.mean(axis=-1) * x.max(axis=0)[:2],
    "spread": lambda x: x.var(axis=1, ddof=1) + x.std(axis=(0, 1)),
    "running sums": lambda x: np.cumsum(x, axis=0) * np.cumprod(x, axis=1),
    "outer": lambda x: np.outer(x[0], x[1]),
}


def written_in_place(x):
    y = x * 1
    y[0] = x[1] * 2
    y[:, 1] += 1
    return y


@pytest.mark.parametrize("f", [*FORMS.values(), written_in_place], ids=[*FORMS, "in-place edits"])
def test_indexing_and_reductions(script, f):
    random = np.random.default_rng(1)
    assert_same(script, f, (random.normal(size=(2, 3)),), (random.normal(size=(2, 3)),))


def test_float32_is_rounded(script):
    def f(x):
        return (x * x + x) / 3

    first, then = (np.array([v, -v], np.float32) for v in (1.1, 0.7))
    value, slope = recomputed(script, f, (first,), (then,))
    assert value == f(then).tolist()
    assert_allclose(slope, ad.elementwise_grad(f)(then), 1e-6)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.1, 2.5, -2.5, 3.0, 1e200, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize(
    "name", ["where", "logical_and", "logical_or", "logical_xor", "logical_not"]
)
def test_nan_is_true(script, name):
    assert_agreement(script, name, [0.0, 2.0, math.nan])


@pytest.mark.parametrize("name", [name for table in (UNARY, BINARY) for name, _ in cases(table)])
def test_functions_at_edge_cases(script, name):
    if script.evaluate(f"'{name}' in ELEMENTWISE"):
        assert_agreement(script, name, SPECIAL)


def assert_agreement(script, name, values):
    """Assert that a function has the same results as in Python, at all combinations of values."""
    function = {"where": np.where}.get(name) or getattr(np, name)
    arguments = function.nin if isinstance(function, np.ufunc) else {"where": 3}.get(name, 1)
    grids = np.meshgrid(*[values] * arguments, indexing="ij")
    rows = list(zip(*(np.ravel(grid).tolist() for grid in grids), strict=True))
    run = f"(rows) => rows.map((xs) => String(ELEMENTWISE.{name}(...xs.map(Number))))"
    found = script.evaluate(run, [[to_js(repr(x)) for x in row] for row in rows])
    with np.errstate(all="ignore"):
        expected = np.ravel(function(*grids)).astype(float)
    assert_allclose([float(x.replace("Infinity", "inf")) for x in found], expected, 1e-12)


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity(script, x):
    assert_same(script, lambda x: x * 2 + np.tanh(x) - np.maximum(x, 1), (x,), (1.5,))
    assert_same(script, lambda x: x * 2, (1.5,), (x,))


def test_numbers_are_written_as_in_pictures(script):
    from autodiff.display.mathematics.words import number, signed

    @examples(30)
    @given(st.lists(st.floats(-1e300, 1e300, allow_subnormal=False), min_size=20, max_size=20))
    def check(values):
        write = "(xs) => xs.map(Number).flatMap((x) => [number(x), signed(x)])"
        written = script.evaluate(write, [to_js(repr(x)) for x in values])
        for pair, x in zip(list(pairwise(written))[::2], values, strict=True):
            beyond = np.nextafter(x, 2 * x)  # a tie goes to the even digit there, and up here
            assert pair in [(number(x), signed(x)), (number(beyond), signed(beyond))]

    check()
