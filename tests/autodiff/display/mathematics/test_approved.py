"""Operations and their rules are written as was approved."""

import pytest

from tests.autodiff.display.approval import cases, is_as_approved


@pytest.mark.parametrize(("operations", "form"), cases("written", "formulas"))
def test_operations_are_written_as_approved(operations, form):
    assert is_as_approved(operations, form)
