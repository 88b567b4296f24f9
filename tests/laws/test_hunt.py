"""Random programs with edits of views have NumPy's values and the slopes that are measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import hunt
from tests.laws.statements import Program
from tests.laws.table import examples


@pytest.mark.slow
@given(seed=st.integers(0, 10**6))
@examples(400)
def test_a_random_program_is_that_of_numpy(seed):
    assert not (words := hunt.report(hunt.program_of(seed))), words


def wrong_where_it_is_flipped(program: Program) -> str:
    return "flipped" if "b[::-1]" in program.text() else ""


def test_a_program_that_differs_is_shortened():
    statements = ["v0 = a + 1", "v1 = b[::-1]", "v0[...] = 2"]
    program = Program(statements, lambda: [np.ones(2), np.ones(2)])
    short = hunt.shortened(program, wrong_where_it_is_flipped)
    assert short.text() == "def program(a, b):\n    v1 = b[::-1]\n    return [a, b, v1]"


def test_differences_are_found(monkeypatch):
    program = Program(["v0 = np.tanh(a)"], lambda: [np.ones(2), np.ones(2)])
    assert hunt.report(program) == ""
    monkeypatch.setattr(hunt, "_on_tensors", lambda program: [np.ones(2), np.ones(2), np.ones(2)])
    assert hunt.report(program).startswith("[tensors] value array([1., 1.]) instead of array([0.76")
