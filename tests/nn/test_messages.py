"""Warnings name the user's line, wherever the user's code comes from."""

import pytest

from nn.messages import warn


def test_code_that_is_run_without_a_module_is_named():
    with pytest.warns(UserWarning, match="of a layer") as caught:
        exec(compile("warn('of a layer')", "cell.py", "exec"), {"warn": warn})
    assert caught[0].filename == "cell.py"
