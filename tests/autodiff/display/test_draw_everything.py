"""Every operation that the engine records can be drawn, written as text, and shown on pages."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.mathematics import symbols
from autodiff.display.page import page_of
from autodiff.display.working.working import of_function
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples, is_constant, projected, real


@every(list(DOMAINS))
@given(data=st.data())
@examples(1)
def test_every_operation_is_drawn(key, data):
    call = data.draw(calls(key))
    refused = []

    pulled_back = symbols.pulled_back

    def written(*args):
        try:
            return pulled_back(*args)
        except TypeError as error:  # a drawing would leave the arrow bare
            refused.append(error)
            raise

    with np.errstate(all="ignore"), mock.patch.object(symbols, "pulled_back", written):
        drawing = ad.draw(call.run, argnums=range(len(call.arrays)))(*call.arrays)
        assert drawing.dot.count("<TABLE") > len(call.arrays)
        assert len(drawing.text().splitlines()) > 2
    assert not refused


@pytest.mark.slow
@every([key for key in DOMAINS if not is_constant(key) and key is not ad.stop_gradient])
@given(data=st.data())
@settings(max_examples=1)
def test_every_operation_has_a_page_steps_and_a_quiz(key, data):
    call = data.draw(calls(key))
    function = real(projected(call.run, call.arrays))
    numbers = range(len(call.arrays))
    with np.errstate(all="ignore"):
        assert "<html" in page_of(of_function(function, numbers, call.arrays, {}))
        assert len(ad.draw(function, numbers)(*call.arrays).steps().captions) > len(numbers)
        assert "<html" in ad.quiz(function, numbers)(*call.arrays).html()
