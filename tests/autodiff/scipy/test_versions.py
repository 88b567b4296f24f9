"""The versions of SciPy that the functions are for."""

import importlib
import re
from pathlib import Path

import pytest

pytest.importorskip("scipy")
import scipy

import autodiff.scipy


def test_an_older_version_of_scipy_is_refused(monkeypatch):
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    extra = re.search(r'^scipy = \["scipy>=(\d+\.\d+),', pyproject.read_text("utf-8"), re.MULTILINE)
    monkeypatch.setattr(scipy, "__version__", extra[1] + ".0rc1")
    importlib.reload(autodiff.scipy)
    monkeypatch.setattr(scipy, "__version__", "1.9.3")
    with pytest.raises(
        ImportError, match=rf"needs SciPy {extra[1]}, got 1\.9\.3\. Do: pip install"
    ):
        importlib.reload(autodiff.scipy)
