"""Code of a library that is built on the engine isn't taken for the user's."""

import os
import sysconfig

import numpy as np
import pytest

import autodiff as ad
from autodiff.tracing.libraries import is_hidden, is_module_of_a_library, is_of_a_library
from autodiff.tracing.trail import Trail


def test_a_registered_folder(tmp_path):
    folder = tmp_path / "bricks"
    ad.register_library(folder, hidden=[str(folder / "weight.py")])
    assert is_of_a_library(str(folder / "dense.py"))
    assert not is_of_a_library(str(tmp_path / "train.py"))
    assert not is_of_a_library(f"{folder}_of_mine.py")
    assert is_hidden(str(folder / "weight.py"))
    assert not is_hidden(str(folder / "dense.py"))
    assert is_module_of_a_library("bricks.dense")
    assert not is_module_of_a_library("bricklayer")


def test_the_line_of_the_user_is_preferred(tmp_path):
    folder = tmp_path / "bricks"
    folder.mkdir()
    ad.register_library(folder)
    file = folder / "double.py"
    code = "def double(x):\n    return x * 2\n"
    file.write_text(code)
    space = {}
    exec(compile(code, str(file), "exec"), space)
    with Trail() as trail:
        t = ad.tensor(np.ones(2))
        result = space["double"](t)
    assert trail.line(result.node).file == __file__


def test_errors_of_a_registered_library_are_the_user_s():
    """Another installed one can't carry traced values, it seems, and its errors get a note."""
    code, notes = "def paint(x):\n    raise TypeError('the wall is wet')\n", []
    for is_registered in (False, True):
        folder = f"{sysconfig.get_path('purelib')}/walls_{is_registered}"
        space = {"__name__": os.path.basename(folder)}
        exec(compile(code, f"{folder}/paint.py", "exec"), space)
        if is_registered:
            ad.register_library(folder)
        with pytest.raises(TypeError, match="wet") as caught:
            ad.grad(lambda x, space=space: space["paint"](x))(1.0)
        notes.append(getattr(caught.value, "__notes__", []))
    assert len(notes[0]) == 1
    assert "walls_False.paint" in notes[0][0]
    assert notes[1] == []
