"""The slides of whole programs are those that were approved."""

import pytest

from tests.autodiff.display.approval import cases, is_as_approved


@pytest.mark.parametrize(("program", "form"), cases("slides", "tikz"))
def test_slides_are_as_approved(program, form):
    assert is_as_approved(program, form)
