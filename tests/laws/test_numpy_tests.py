"""Calls in tests of NumPy are called again on traced arrays, and differences found."""

import signal
from typing import Any

import numpy as np
import pytest

from autodiff.core.registry import registry
from tests.laws import numpy_tests, packages

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no timer on this system")
X = np.array([3.0, 1.0, 2.0])


def found_in(call: Any) -> tuple[int, list[str]]:
    """Return the number of calls compared, and the differences, of code that takes NumPy."""
    comparison = numpy_tests.Comparison()
    call(comparison.of(np))
    return comparison.calls, list(comparison.found.values())


@pytest.mark.parametrize(
    "call",
    [
        lambda np: np.cumsum(X, axis=0, dtype=np.float32),
        lambda np: np.linalg.norm([[3, 4], [5, 6]], axis=1),
        lambda np: np.add.reduce(X, where=X > 1, initial=5.0),
        lambda np: np.add(X, 1, out=np.ones_like(X, shape=3)),
        lambda np: np.concatenate((X, [X[0], 7]), axis=0),
        lambda np: np.split(np.arange(6), 2),
    ],
)
def test_calls_are_compared(call):
    count, words = found_in(call)
    assert count >= 1
    assert words == []


@pytest.mark.parametrize(
    "call",
    [
        lambda np: np.add(X, X),  # aliased
        lambda np: np.zeros(3) + np.empty(3),
        lambda np: np.pad(X, 1, "empty"),
        lambda np: np.median(X.copy(), overwrite_input=True),
        lambda np: np.array(["a", "b"]),
        lambda np: np.sum(np.broadcast_to(1.0, 9999)),
        lambda np: np.result_type(X, np.float32),
        lambda np: np.float32(1.5) + np.random.default_rng(0).normal(),
    ],
)
def test_what_has_no_answer_to_compare_is_left_out(call):
    assert found_in(call)[1] == []


def test_a_call_returns_what_numpy_returns_and_raises():
    comparison = numpy_tests.Comparison()
    ours = comparison.of(np)
    assert ours.pi is np.pi
    assert ours.float32 is np.float32
    assert ours.add.nin == 2
    assert type(ours.sort(X)) is np.ndarray
    np.testing.assert_array_equal(ours.sort(X), np.sort(X))
    with pytest.raises(np.exceptions.AxisError):
        ours.sort(X, axis=3)


def _wrong(function: Any) -> Any:
    """Return the traceable version of a function with another result."""
    right = registry[function]
    return lambda *args, **options: right(*args, **options) * 1.5


def test_a_wrong_value_is_found_in_each_way_to_trace(monkeypatch):
    monkeypatch.setitem(registry, np.trace, _wrong(np.trace))
    count, words = found_in(lambda np: np.trace(np.diag(X)))
    assert count == 2
    assert [word.split()[2] for word in words] == ["[tensors]", "[vjp]", "[jit]", "[slope]"]


def test_a_missing_error_is_found(monkeypatch):
    monkeypatch.setitem(registry, np.trace, lambda a, offset=0: a.sum())

    def call(np: Any) -> None:
        with pytest.raises(ValueError, match="diag"):
            np.trace(X)

    _, words = found_in(call)
    assert len(words) == 3
    assert all("no error, but NumPy has ValueError" in word for word in words)


def test_an_argument_that_is_edited_otherwise_is_found(monkeypatch):
    def put(a: Any, ind: Any, v: Any) -> None:
        a[ind] = -v[0]

    monkeypatch.setitem(registry, np.put, put)
    _, words = found_in(lambda np: np.put(X.copy(), [0, 1], [8.0, 9.0]))
    assert words
    assert words[0].startswith("put(float64[3]) [tensors] value")


def test_a_slope_is_compared_where_floats_lie(monkeypatch):
    monkeypatch.setattr(packages, "numerical_slope", lambda f, t: (7.0, 1e-9))
    _, words = found_in(lambda np: np.tanh(X))
    assert len(words) == 1
    assert "measured 7.0 +- 1e-09" in words[0]
    assert found_in(lambda np: np.tanh(np.float32([1, 2])))[1] == []


def test_many_calls_of_one_function_are_compared_in_part():
    count, _ = found_in(lambda np: [np.sqrt(X) for _ in range(30)])
    assert count == numpy_tests._CALLS


def test_a_module_of_tests_is_run(tmp_path, monkeypatch):
    (tmp_path / "test_of_numpy.py").write_text(
        "import numpy as np\n"
        "import pytest\n"
        "from numpy import diag\n"
        "@pytest.mark.parametrize('function', [np.trace])\n"
        "def test_trace(function):\n"
        "    assert function(diag([1.0, 2.0])) == 3\n"
    )
    monkeypatch.setitem(registry, np.trace, _wrong(np.trace))
    tests = [str(tmp_path / "test_of_numpy.py")]
    comparison = numpy_tests.compare(tests, seconds=60, comparison=numpy_tests.Comparison())
    assert comparison.calls == 2
    assert len(comparison.found) == 4
    assert all("::test_trace[" in word for word in comparison.found.values())
