"""Random programs can be explained, drawn, stepped through on pages, and asked about in quizzes."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.working.working import of_function
from tests.laws.numpy_programs import programs, run
from tests.laws.table import examples

A, B = np.array([[1.5, -0.5], [0.25, 2.0]]), np.array([[0.5, 1.0], [-1.25, 0.75]])
REFUSED = "expected (real numbers to explain|at most 300 equations|.* to draw|float or complex)"


@contextlib.contextmanager
def displayed() -> Iterator[None]:
    """Accept what a display refuses by name, and nothing else."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not re.match(REFUSED, str(error)):
            raise


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:Degrees of freedom")
@given(programs())
@examples(60)
def test_programs_are_displayed_in_every_form(program):
    def f(a: Any, b: Any) -> Any:
        return np.sum(np.real(run(program, a, b)) * 0.5 + 0 * a.sum())

    with np.errstate(all="ignore"):
        try:
            slopes = ad.grad(f, (0, 1))(A, B)
        except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
            reject()
        with displayed():
            explanation = ad.explain(f, (0, 1))(A, B)
            for found, slope in zip(explanation.derivation.slopes, slopes, strict=True):
                np.testing.assert_allclose(np.broadcast_to(found.value, (2, 2)), slope)
            assert all((str(explanation), explanation.latex(), explanation.markdown()))
        with displayed():
            assert ad.draw(f, (0, 1))(A, B).text()
        with displayed():
            assert "<html" in page_of(of_function(f, (0, 1), (A, B), {}))
        with displayed():
            assert "<html" in ad.quiz(f, (0, 1))(A, B).html()
