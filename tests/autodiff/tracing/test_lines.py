"""Whose code a file holds, and the user's line that leads to a library's code."""

import os
import threading

import numpy as np
import pytest
import scipy

import autodiff as ad
import nn
from autodiff.tracing.lines import FALLBACK, HIDDEN, USER, Line, is_user_code, owner_of
from autodiff.tracing.trail import Trail

PYTHON = os.path.dirname(os.__file__)


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        (__file__, USER),
        ("<stdin>", USER),
        ("<ipython-input-3-abc>", USER),
        (f"{PYTHON}/site-packages/einops/einops.py", USER),
        (f"{PYTHON}/dist-packages/einops/einops.py", USER),
        (f"{PYTHON}/site-packages/scipy/optimize/_minimize.py", HIDDEN),
        (f"{PYTHON}/dist-packages/scipy/optimize/_minimize.py", HIDDEN),
        (f"{PYTHON}/site-packages/scipy_extra/tools.py", USER),
        (f"{PYTHON}/functools.py", HIDDEN),
        (f"{PYTHON}_of_mine/functools.py", USER),
        (np.linalg.__file__, HIDDEN),
        (scipy.linalg.__file__, HIDDEN),
        (ad.__file__, HIDDEN),
        ("<frozen importlib._bootstrap>", HIDDEN),
        ("<__array_function__ internals>", HIDDEN),
        (nn.layers.__file__, FALLBACK),
        (nn.layers.weight.__file__, HIDDEN),
    ],
)
def test_whose_code_a_file_holds(file, owner):
    assert owner_of(file) == owner
    assert is_user_code(file) == (owner == USER)


LIBRARY = """
import autodiff as ad
from autodiff.tracing.trail import Trail

def line():
    return ad.calling_line()

def keep(found):
    found += [ad.calling_line(), Trail.of_caller()]

def tripled(x):
    return x * 3

def doubled(x, *scopes):
    with Trail() as trail:
        a = x * 2
        with ad.scope("outer", line=scopes[0]), ad.scope("inner", line=scopes[1]):
            b = tripled(a)
    return trail, a, b
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Code of a registered library, none of whose lines is the user's."""
    folder = tmp_path_factory.mktemp("walls")
    ad.register_library(folder)
    file, space = folder / "paint.py", {}
    file.write_text(LIBRARY)
    exec(compile(LIBRARY, str(file), "exec"), space)
    return space


def test_the_line_that_calls_a_library(library):
    found = library["line"]()  # here
    assert found.text == 'found = library["line"]()  # here'
    assert (found.file, found.function) == (__file__, "test_the_line_that_calls_a_library")
    assert str(found) == f"test_lines.py:{found.number}"
    assert (lambda: ad.calling_line())().function == "<lambda>"


def test_there_is_no_line_where_no_code_of_the_user_runs(library):
    found = []
    thread = threading.Thread(target=library["keep"], args=(found,))
    thread.start()
    thread.join()
    assert found[0] is None
    assert found[1].name(GLOBAL.node) is None


def test_a_line_without_source_has_no_text():
    assert Line("nowhere.py", 3, "f").text == ""


OUTER, INNER = Line("train.py", 3, "f"), Line("train.py", 4, "f")


@pytest.mark.parametrize(
    ("scopes", "line"),
    [((OUTER, INNER), INNER), ((OUTER, None), OUTER), ((None, INNER), INNER), ((None, None), None)],
)
def test_a_scope_s_line_is_shown_where_no_line_of_the_user_led(library, scopes, line):
    trail, outside, inside = library["doubled"](ad.tensor(2.0), *scopes)
    assert trail.line(outside.node).text == "a = x * 2"
    assert trail.own_line(outside.node) == trail.line(outside.node)
    assert trail.line(inside.node).text == "return x * 3"
    assert trail.own_line(inside.node) == (line or trail.line(inside.node))


def test_the_user_s_own_line_comes_before_that_of_a_scope():
    with Trail() as trail, ad.scope("mine", line=OUTER):
        y = ad.tensor(2.0) * 3
    assert trail.own_line(y.node).text == "y = ad.tensor(2.0) * 3"


GLOBAL = ad.tensor(1.0)


def test_present_variables_name_their_values():
    local, renamed = ad.tensor(2.0), GLOBAL
    trail = Trail.of_caller()
    assert trail.name(local.node) == "local"
    assert trail.name(renamed.node) == "renamed"
    assert trail.name(OTHER.node) == "OTHER"
    assert trail.line(local.node) is None


OTHER = ad.tensor(3.0)
