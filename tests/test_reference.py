"""The reference of the site: every public name has a docstring, and an entry or a page."""

import doctest
import importlib
import re
import sys
from pathlib import Path

import pytest

import autodiff as ad
import nn

pytest.importorskip("scipy")
DOCS = Path(__file__).parents[1] / "docs"

sys.path.insert(0, str(DOCS))
names, reference, rules, supported, examples, versions = (
    importlib.import_module(f"building.{name}")
    for name in ("names", "reference", "rules", "supported", "examples", "versions")
)
sys.path.remove(str(DOCS))

MODULES = names.public_modules()


@pytest.fixture(scope="module")
def pages():
    return {**reference.Reference().pages(), **supported.pages()}


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring(module):
    missing = [x.full for x in names.names_of(MODULES[module]) if lacks_docstring(x)]
    assert not missing, f"write docstrings: {missing}"
    assert MODULES[module].__doc__


def lacks_docstring(x):
    return x.kind != "data" and not x.docstring


WITHOUT_EXAMPLE = {
    "autodiff.Array": "the type of arrays in signatures",
    "autodiff.testing.given": "from hypothesis, whose documentation has examples",
}


def test_every_entry_of_the_reference_has_an_example():
    entries = [x for x in reference.Reference().first.values() if x.kind != "data"]
    assert len(entries) > 700
    missing = {x.full for x in entries if ">>> " not in reference.with_example(x)}
    assert missing == WITHOUT_EXAMPLE.keys(), f"write examples: {missing}"


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_reference(pages, module):
    described = set(
        re.findall(r"^\.\. py:\w+:: (\w+).*\n   :module: (.*)$", "\n".join(pages.values()), re.M)
    )
    missing = [x.full for x in names.names_of(MODULES[module]) if (x.name, module) not in described]
    assert not missing


@pytest.mark.slow
def test_every_module_that_users_reach_is_in_the_reference(pages):
    reached = {f"nn.{name}" for name in nn.__all__ if type(getattr(nn, name)) is type(nn)}
    reached |= {f"autodiff.{name}" for name in ad.__all__ if type(getattr(ad, name)) is type(nn)}
    reached |= {f"autodiff.scipy.{name}" for name in ad.scipy.__all__}
    assert not reached - pages.keys()
    listed = (DOCS / "reference" / "index.md").read_text()
    for name in reached - {f"autodiff.scipy.{name}" for name in ad.scipy.__all__}:
        assert f"\n{name}\n" in listed


@pytest.mark.slow
def test_every_function_of_numpy_is_in_the_table(pages):
    forms = [name for name in ad.supported() if name.startswith(("np.", "ndarray."))]
    assert len(forms) > 500
    assert not [name for name in forms if f"``{name}``" not in pages["numpy"]]


def test_formulas_are_those_of_the_rules():
    import numpy as np

    assert rules.formulas_of(np.sin) == {"x": "cos(x)"}
    assert rules.formulas_of(np.multiply) == {"x": "y", "y": "x"}
    assert rules.formulas_of(np.floor) == {}
    assert rules.formulas_of_call("np.sum(x)", np.ones(2)) == {"x": "g · [1 1]"}


@pytest.mark.slow
@pytest.mark.parametrize("module", [reference, rules, examples, versions])
def test_examples_of_what_builds_the_site(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.slow
def test_static_methods_keep_their_first_parameter():
    (page,) = [text for name, text in reference.Reference().pages().items() if name == "nn.metrics"]
    assert "py:method:: Accuracy.rowwise(y_true: Array, y_pred: Array)" in page


def test_versions_are_those_of_the_changelog():
    page = versions.page("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2027-01-05\n")
    assert "| Unreleased | not yet |\n| 0.2.0 | 2027-01-05 |" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the size |x| of *args", r"the size \|x\| of \*args"),
        ("``|x|`` and **bold** of val_", r"``|x|`` and **bold** of val\_"),
        (">>> a * b | c", ">>> a * b | c"),
    ],
)
def test_docstrings_keep_their_signs(text, expected):
    assert reference.escaped(text) == expected
