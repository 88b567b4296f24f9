"""The pages of what is supported: every function of NumPy and SciPy, with its class.

`ad.supported()` is the only source. Pages are reStructuredText. A function of SciPy has an entry in
the page of its module, with its signature; of those that are refused, the replacement.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import autodiff as ad
from building.names import scipy_modules
from building.reference import escaped, signature

_MATHEMATICS = re.compile(r":math:`([^`]*)`")
_NUMPY = {
    "np": "numpy",
    "np.linalg": "numpy.linalg",
    "np.fft": "numpy.fft",
    "ndarray": "Methods and attributes of arrays",
}


def pages() -> dict[str, str]:
    """Return all pages, by the name of their file without its suffix."""
    found = {"numpy": _page_of_numpy()}
    for module in scipy_modules():
        found[f"autodiff.scipy.{module}"] = _page_of_scipy(module)
    return found


def _page_of_numpy() -> str:
    supported = ad.supported()
    counts = {
        kind: sum(form.kind == kind and form.name.startswith(("np.", "ndarray.")) for form in
                  supported.values())
        for kind in ("differentiable", "constant", "refused")
    }  # fmt: skip
    lines = [
        *_heading("Supported NumPy", "="),
        "Every public function of NumPy, and every method of its arrays and ufuncs, is",
        "in one of three classes, which ``ad.supported()`` returns in code.",
        "",
        f"- **differentiable** ({counts['differentiable']}): it has slopes, to any order.",
        f"- **constant** ({counts['constant']}): it works, and its slope is zero by definition.",
        f"- **refused** ({counts['refused']}): it raises an error that names a replacement.",
        "",
        "The functions of SciPy are on the pages of `autodiff.scipy`'s modules.",
        "",
    ]
    for prefix, title in _NUMPY.items():
        forms = [x for x in supported.values() if x.name.rpartition(".")[0] == prefix]
        lines += [*_heading(title, "-"), *_table(forms)]
    methods = [
        x
        for x in supported.values()
        if x.name.startswith("np.") and x.name.rpartition(".")[0] not in _NUMPY
    ]
    return "\n".join([*lines, *_heading("Methods of universal functions", "-"), *_table(methods)])


def _page_of_scipy(module: str) -> str:
    face = import_module(f"autodiff.scipy.{module}")
    docstring = escaped(inspect.getdoc(face) or "")
    lines = [*_heading(f"autodiff.scipy.{module}", "="), docstring, ""]
    lines += [f"Import it by ``from autodiff.scipy import {module.partition('.')[0]}``.", ""]
    forms = [x for x in ad.supported().values() if x.name.rpartition(".")[0] == f"scipy.{module}"]
    for kind in ("differentiable", "constant", "refused"):
        some = [form for form in forms if form.kind == kind]
        if not some:
            continue
        lines += _heading(kind.capitalize(), "-")
        for form in some:
            lines += _entry(f"autodiff.scipy.{module}", form, face)
    return "\n".join(lines)


def _entry(module: str, form: Any, face: Any) -> list[str]:
    name = form.name.rpartition(".")[2]
    found = getattr(face, name, None)
    written = signature(found) if inspect.isfunction(found) else "(...)"
    text = form.instead or _first_sentence(found)
    head = f".. py:function:: {name}{written if written.isascii() else '(...)'}"
    return ["", head, f"   :module: {module}", "", f"   {escaped(text)}", ""]


def _first_sentence(found: Any) -> str:
    docstring = (inspect.getdoc(found) or "").strip()
    paragraphs = [text for text in docstring.split("\n\n") if text.strip()]
    # Universal functions and some of SciPy's functions have their signature first.
    first = next((text for text in paragraphs if "(" not in text.partition(" ")[0]), "")
    # SciPy's formulas are short, and stay as text: MathJax would be loaded from the network.
    return _MATHEMATICS.sub(r"``\1``", " ".join(first.split()))


def _table(forms: Iterable[Any]) -> list[str]:
    lines = ["", ".. list-table::", "   :header-rows: 1", "   :widths: 30 18 52", ""]
    lines += ["   * - name", "     - class", "     - instead"]
    for form in forms:
        lines += [
            f"   * - ``{form.name}``",
            f"     - {form.kind}",
            f"     - {escaped(form.instead)}",
        ]
    return [*lines, ""]


def _heading(text: str, line: str) -> list[str]:
    return ["", text, line * len(text), ""]
