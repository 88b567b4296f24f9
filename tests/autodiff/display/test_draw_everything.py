"""Every operation that the engine records can be drawn and written as text."""

from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.mathematics import symbols
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples


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
