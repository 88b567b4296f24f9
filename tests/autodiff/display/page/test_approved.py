"""The content and the layout of pages of whole programs are those that were approved."""

import pytest

from tests.autodiff.display.approval import cases, is_as_approved


@pytest.mark.parametrize(("program", "form"), cases("content", "page", "mistakes", "data"))
def test_a_page_is_as_approved(program, form):
    assert is_as_approved(program, form)
