"""The tables of SciPy's domains, joined: one file for each module of autodiff.scipy.

As for NumPy's, each key is SciPy's function, or a primitive that no function leads to alone. The
laws of ``test_scipy.py`` run over them. Without SciPy there are none.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tests.laws.drawing import Domain

MODULES: tuple[str, ...] = ()
if find_spec("scipy"):
    MODULES = import_module("autodiff.scipy").MODULES

SCIPY: dict[Any, Domain] = {}
FACES: dict[Any, Any] = {}
"""SciPy's functions, each with the function of autodiff.scipy that is called in its place."""

ASKED: set[Any] = set()
"""Functions of SciPy that return plain values, as those of ``ASKING`` in domains.py do."""


for module in MODULES:
    domains = import_module(f"tests.laws.scipy_domains.{module.replace('.', '_')}")
    table = domains.DOMAINS
    ASKED |= getattr(domains, "ASKING", set())
    face, library = import_module(f"autodiff.scipy.{module}"), import_module(f"scipy.{module}")
    functions = {name: getattr(library, name) for name in library.__all__}
    FACES |= {f: getattr(face, name) for name, f in functions.items() if callable(f) and f in table}
    SCIPY |= table
