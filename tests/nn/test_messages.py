"""Warnings name the user's line, wherever the user's code comes from."""

import sys
import warnings
from types import SimpleNamespace

import pytest

from nn import messages
from nn.messages import announce, warn


def test_code_that_is_run_without_a_module_is_named():
    with pytest.warns(UserWarning, match="of a layer") as caught:
        exec(compile("warn('of a layer')", "cell.py", "exec"), {"warn": warn})
    assert caught[0].filename == "cell.py"


def test_the_innermost_line_of_the_user_is_named():
    inside = {"__name__": "nn.somewhere", "warn": warn}
    exec(compile("def f(): warn('deep', FutureWarning)\ndef g(): f()", "own.py", "exec"), inside)
    with pytest.warns(FutureWarning, match="deep") as caught:
        inside["g"]()
    assert caught[0].filename == __file__


def test_one_process_speaks_for_all(capsys):
    announce("first")
    messages.set_silent(True)
    try:
        announce("second")
        with warnings.catch_warnings(action="error"):
            warn("second")
    finally:
        messages.set_silent(False)
    announce("third")
    with pytest.warns(UserWarning, match="third"):
        warn("third")
    assert capsys.readouterr().out == "first\nthird\n"


def test_a_bar_is_not_broken(monkeypatch, capsys):
    written = []
    bars = SimpleNamespace(tqdm=SimpleNamespace(write=written.append))
    monkeypatch.setitem(sys.modules, "tqdm", bars)
    announce("text")
    monkeypatch.delitem(sys.modules, "tqdm")
    announce("plain")
    assert (written, capsys.readouterr().out) == (["text"], "plain\n")
