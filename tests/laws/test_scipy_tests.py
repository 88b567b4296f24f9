"""Calls in tests of SciPy are called again on traced arrays, and differences found."""

import signal
from typing import Any

import numpy as np
import pytest

from autodiff.core.registry import registry
from tests.laws import numpy_tests

pytest.importorskip("scipy")
from scipy import linalg, ndimage, special, stats

from tests.laws.scipy_tests import Comparison

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no timer on this system")
X = np.array([[3.0, 1.0], [2.0, 5.0]])


def found_in(module: Any, call: Any) -> tuple[int, list[str]]:
    """Return the number of calls compared, and the differences, of code that takes a module."""
    comparison = Comparison()
    call(comparison.of(module))
    return comparison.calls, list(comparison.found.values())


@pytest.mark.parametrize(
    ("module", "call"),
    [
        (linalg, lambda m: m.expm(X)),
        (ndimage, lambda m: m.sobel(X, axis=0)),
        (special, lambda m: m.gamma(X)),
        (stats, lambda m: m.skew(X, axis=1)),
    ],
)
def test_calls_are_compared(module, call):
    assert found_in(module, call) == (1, [])


def test_a_call_returns_what_scipy_returns():
    ours = Comparison().of(linalg)
    assert ours.LinAlgError is linalg.LinAlgError
    assert type(ours.expm(X)) is np.ndarray
    assert Comparison().of(np) is np


def test_a_wrong_value_is_found_in_each_way_to_trace(monkeypatch):
    right = registry[linalg.expm]
    monkeypatch.setitem(registry, linalg.expm, lambda A: right(A) * 1.5)
    _, words = found_in(linalg, lambda m: m.expm(X))
    assert [word.split()[2] for word in words] == ["[tensors]", "[vjp]", "[jit]", "[slope]"]


def test_a_module_of_tests_is_run(tmp_path):
    (tmp_path / "test_of_scipy.py").write_text(
        "import numpy as np\n"
        "from scipy import linalg\n"
        "from scipy.ndimage import sobel\n"
        "def test_trace():\n"
        "    assert linalg.expm(np.zeros((2, 2)))[0, 0] == 1\n"
        "    assert sobel(np.ones(3))[0] == 0\n"
    )
    comparison = numpy_tests.compare([str(tmp_path / "test_of_scipy.py")], 60, Comparison())
    assert (comparison.calls, comparison.found) == (2, {})
