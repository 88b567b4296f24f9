"""The texts and pictures of whole programs are those that were approved."""

import pytest

from tests.autodiff.display.approval import cases, is_as_approved


@pytest.mark.parametrize(("program", "form"), cases("text", "dot"))
def test_a_picture_is_as_approved(program, form):
    assert is_as_approved(program, form)
