"""What needs the numbers themselves, as one operation."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.dispatch import run
from autodiff.registry import registry
from autodiff.tensor import plain


def test_an_edit_in_place_that_would_be_lost_is_refused(monkeypatch):
    def shuffle(x):
        x[:] = plain(x)[::-1]

    monkeypatch.setitem(registry, shuffle, shuffle)

    def shuffled(x):
        y = x * 1
        run(shuffle, (y,), {})
        return y

    with pytest.raises(
        ad.RecordingError, match=r"shuffle at test_boxed\.py:\d+ answers nothing.*outside"
    ):
        ad.jit(shuffled)(np.array([1.0, 2.0]))
