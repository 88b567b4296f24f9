"""Notations: how the pieces of a formula look, as text for a terminal and as LaTeX for a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from autodiff.show.values import range_text, value_latex, value_text

__all__ = ["LATEX", "TEXT", "Notation"]

_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
_SIGNS = {"≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "and": r"\wedge", "or": r"\vee"}
_ESCAPED = {sign: f"\\{sign}" for sign in "_#$%&{}"} | {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notation(NamedTuple):
    """What is different between text and LaTeX; ``%s`` is where a part goes."""

    value: Callable[[Any], str]
    name: Callable[[str], str]
    words: Callable[[str], str]  # what is Python's or NumPy's, as it is
    text: Callable[[str], str]  # plain language
    result: Callable[[Any], str]  # a value that came out
    function: Callable[[str], str]
    sign: Callable[[str], str]
    raised: Callable[[str, float], str]
    minus: str
    times: str
    matmul: str
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
    has_bars: bool  # fractions have a bar, and exponents are raised: no parentheses needed


def _raised(base: str, exponent: float) -> str:
    if isinstance(exponent, int):
        return base + str(exponent).translate(_SUPERSCRIPTS)
    return f"{base}^{value_text(exponent)}"


def _result(value: Any) -> str:
    told = range_text(value)
    return f"{value_text(value)} ({told})" if told else value_text(value)


def _latex_text(words: str) -> str:
    return rf"\text{{{''.join(_ESCAPED.get(sign, sign) for sign in words)}}}"


def _latex_name(name: str) -> str:
    """Write a letter as mathematics does, a word upright, code as text; numbers below."""
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


def _same(text: str) -> str:
    return text


TEXT = Notation(
    value=value_text,
    name=_same,
    words=_same,
    text=_same,
    result=_result,
    function=_same,
    sign=lambda sign: "==" if sign == "=" else sign,
    raised=_raised,
    minus="−",
    times=" · ",
    matmul="%s @ %s",
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
    raised=lambda base, exponent: rf"{{{base}}}^{{{value_latex(exponent)}}}",
    minus="-",
    times=r" \cdot ",
    matmul=r"%s \, %s",
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
