"""Notations: how the pieces of a formula look, as text for a terminal and as LaTeX for a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from autodiff.show.values import value_latex, value_text

__all__ = ["LATEX", "TEXT", "Notation"]

_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
_SIGNS = {"≤": r"\le", "≥": r"\ge", "≠": r"\ne", "and": r"\land", "or": r"\lor"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notation(NamedTuple):
    """What is different between text and LaTeX; ``%s`` is where a part goes."""

    value: Callable[[Any], str]
    name: Callable[[str], str]
    words: Callable[[str], str]  # what is Python's or NumPy's, as it is
    function: Callable[[str], str]
    sign: Callable[[str], str]
    raised: Callable[[str, float], str]
    minus: str
    times: str
    matmul: str
    parentheses: str
    holds: str
    listed: str
    transposed: str
    power: str
    quotient: str
    slope: str
    total: str
    total_along: str
    at: str
    indexed: str
    ones: str
    call: str
    has_bars: bool  # fractions have a bar, and exponents are raised: no parentheses needed


def _raised(base: str, exponent: float) -> str:
    if isinstance(exponent, int):
        return base + str(exponent).translate(_SUPERSCRIPTS)
    return f"{base}^{value_text(exponent)}"


def _latex_words(words: str) -> str:
    escaped = re.sub(r"([_#$%&{}])", r"\\\1", words).replace(" ", "~")
    escaped = escaped.replace("×", r"\times ").replace("…", r"\ldots ")
    return rf"\mathrm{{{escaped}}}"


def _latex_name(name: str) -> str:
    return name if len(name) == 1 and name.isalpha() else _latex_words(name)


def _latex_function(name: str) -> str:
    return rf"\{name}" if name in _FUNCTIONS else _latex_words(name)


def _same(text: str) -> str:
    return text


TEXT = Notation(
    value=value_text,
    name=_same,
    words=_same,
    function=_same,
    sign=_same,
    raised=_raised,
    minus="−",
    times=" · ",
    matmul="%s @ %s",
    parentheses="(%s)",
    holds="(%s)",
    listed="[%s]",
    transposed="%sᵀ",
    power="%s^%s",
    quotient="%s / %s",
    slope="∂%s/∂%s",
    total="Σ(%s)",
    total_along="Σ(%(inside)s, %(axis)s)",
    at="(%s at [%s])",
    indexed="%s[%s]",
    ones="ones(%s)",
    call="%s(%s)",
    has_bars=False,
)
LATEX = Notation(
    value=value_latex,
    name=_latex_name,
    words=_latex_words,
    function=_latex_function,
    sign=lambda sign: _SIGNS.get(sign, sign),
    raised=lambda base, exponent: rf"{{{base}}}^{{{value_latex(exponent)}}}",
    minus="-",
    times=r" \cdot ",
    matmul=r"%s \, %s",
    parentheses=r"\left(%s\right)",
    holds=r"\left[%s\right]",
    listed=r"\left[%s\right]",
    transposed=r"{%s}^{\top}",
    power=r"{%s}^{%s}",
    quotient=r"\frac{%s}{%s}",
    slope=r"\frac{\partial\, %s}{\partial\, %s}",
    total=r"\sum \left(%s\right)",
    total_along=r"\sum_{%(axis)s} \left(%(inside)s\right)",
    at=r"\left(%s~\mathrm{at}~[%s]\right)",
    indexed=r"%s[%s]",
    ones=r"\mathbf{1}_{%s}",
    call=r"%s\left(%s\right)",
    has_bars=True,
)
