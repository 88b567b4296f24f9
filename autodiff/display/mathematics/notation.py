"""Notations: how the parts of a formula are written, as text for a terminal and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from autodiff.core.typing import Array
from autodiff.display.mathematics.signs import Sign
from autodiff.display.mathematics.values import range_text, value_latex, value_text

__all__ = ["LATEX", "TEXT", "Notation"]

_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
_SIGNS = {"≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "and": r"\wedge", "or": r"\vee"}
_ESCAPED = {sign: f"\\{sign}" for sign in "_#$%&{}"} | {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notation(NamedTuple):
    """The differences between text and LaTeX; ``%s`` is the place of a part."""

    value: Callable[[Array], str]
    name: Callable[[str], str]
    words: Callable[[str], str]  # code of Python or NumPy
    text: Callable[[str], str]  # plain English
    result: Callable[[Array], str]  # the value of an equation
    function: Callable[[str], str]
    sign: Callable[[str], str]  # of a relation
    template: Callable[[Sign], str]  # of a function with a sign
    raised: Callable[[str, float], str]
    minus: str
    times: str
    matmul: str
    outer: str
    parentheses: str
    holds: str
    listed: str
    space: str  # between entries
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
    has_bars: bool  # fraction bars and raised exponents, which need no parentheses


def _raised(base: str, exponent: float) -> str:
    if isinstance(exponent, int):
        return base + str(exponent).translate(_SUPERSCRIPTS)
    return f"{base}^{value_text(exponent)}"


def _result(value: Array) -> str:
    entries = range_text(value)
    return f"{value_text(value)} ({entries})" if entries else value_text(value)


def _latex_text(words: str) -> str:
    return rf"\text{{{''.join(_ESCAPED.get(sign, sign) for sign in words)}}}"


def _latex_name(name: str) -> str:
    """Write a letter in italics, a word upright, code as text; numbers as subscripts."""
    base = name.rstrip(_SUBSCRIPTS)
    if len(base) == 1:
        written = base
    elif base.isidentifier():
        written = rf"\mathrm{{{base.replace('_', _ESCAPED['_'])}}}"
    else:
        written = _latex_text(base)
    number = "".join(str(_SUBSCRIPTS.index(digit)) for digit in name[len(base) :])
    return f"{written}_{{{number}}}" if number else written


def _latex_function(name: str) -> str:
    return rf"\{name}" if name in _FUNCTIONS else rf"\operatorname{{{_latex_name(name)}}}"


def _unchanged(text: str) -> str:
    return text


TEXT = Notation(
    value=value_text,
    name=_unchanged,
    words=_unchanged,
    text=_unchanged,
    result=_result,
    function=_unchanged,
    sign=lambda sign: "==" if sign == "=" else sign,
    template=lambda sign: sign.text,
    raised=_raised,
    minus="−",
    times=" · ",
    matmul="%s @ %s",
    outer="%s ⊗ %s",
    parentheses="(%s)",
    holds="(%s)",
    listed="[%s]",
    space=" ",
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
    words=_latex_text,
    text=_latex_text,
    result=value_latex,
    function=_latex_function,
    sign=lambda sign: _SIGNS.get(sign, sign),
    template=lambda sign: sign.latex,
    raised=lambda base, exponent: rf"{{{base}}}^{{{value_latex(exponent)}}}",
    minus="-",
    times=r" \cdot ",
    matmul=r"%s \, %s",
    outer=r"%s \otimes %s",
    parentheses=r"\left(%s\right)",
    holds=r"\left[%s\right]",
    listed=r"\left[%s\right]",
    space=r",\; ",
    transposed=r"{%s}^{\top}",
    power=r"{%s}^{%s}",
    quotient=r"\frac{%s}{%s}",
    slope=r"\frac{\partial\, %s}{\partial\, %s}",
    total=r"\sum \left(%s\right)",
    total_along=r"\sum_{%(axis)s} \left(%(inside)s\right)",
    at=r"\left(%s~\text{at}~[%s]\right)",
    indexed=r"%s[%s]",
    ones=r"\mathbf{1}_{%s}",
    call=r"%s\left(%s\right)",
    has_bars=True,
)
