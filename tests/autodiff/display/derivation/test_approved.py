"""The derivations of whole programs are those that were approved."""

import pytest

from tests.autodiff.display.approval import cases, is_as_approved


@pytest.mark.parametrize(("program", "form"), cases("explained", "markdown", "latex", "tensor"))
def test_a_derivation_is_as_approved(program, form):
    assert is_as_approved(program, form)
