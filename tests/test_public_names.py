"""Tab completion: ``dir`` has every public name, also those imported at first use, and no other."""

import subprocess
import sys

import pytest

import autodiff as ad
import nn

MODULES = {module.__name__: module for module in (ad, nn, ad.scipy)}


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_all_names_that_are_completed_exist(module):
    names = [name for name in dir(module) if not name.startswith("_")]
    assert len(names) > 5
    assert {name for name in module.__all__ if "." not in name} <= set(dir(module))
    for name in names:
        assert name.isidentifier()
        assert getattr(module, name) is not None


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_names_that_are_imported_for_a_module_alone_are_not_completed(module):
    used = {"Any", "TYPE_CHECKING", "annotations", "import_module", "modules", "partial", "Path"}
    assert not used & set(dir(module))


@pytest.mark.slow
@pytest.mark.parametrize("package", ["autodiff", "nn"])
def test_names_are_completed_before_they_are_imported(package):
    code = f"import {package}, sys; before = set(sys.modules); print(dir({package}))"
    code += "; assert before == set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lazy = {"autodiff": {"draw", "explain", "jit", "show", "scipy"}, "nn": {"ops", "layers"}}
    assert all(f"'{name}'" in done.stdout for name in lazy[package])


@pytest.mark.parametrize(("package", "name"), [("scipy", "scipy"), ("hypothesis", "testing")])
def test_modules_without_their_package_are_not_completed(monkeypatch, package, name):
    assert name in dir(ad)
    monkeypatch.setattr(ad, "find_spec", lambda name: None if name == package else True)
    assert name not in dir(ad)
    assert {"jit", "grad"} <= set(dir(ad))


def test_a_display_without_arguments_shows_what_to_write():
    def loss(w, x):
        return (w * x).sum()

    for display in (ad.draw, ad.explain, ad.show):
        assert f"write ad.{display.__name__}(loss)(w, x)" in repr(display(loss))
