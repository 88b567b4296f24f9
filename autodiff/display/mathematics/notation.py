"""Notations: how the parts of a formula are written, as text for a terminal and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from autodiff.core.typing import Array
from autodiff.display.mathematics.signs import Sign
from autodiff.display.mathematics.values import range_text, value_latex, value_text

__all__ = ["LABEL", "LATEX", "TEXT", "Notation"]

_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
_SIGNS = {"≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "and": r"\wedge", "or": r"\vee"}
_ESCAPED = {sign: f"\\{sign}" for sign in "_#$%&{}"} | {
    "\\": r"\backslash ", "^": r"{\wedge}", "~": r"{\sim}", "·": r"{\cdot}",
}  # fmt: skip
_PATH = re.compile(r"\w+(/\w+)+")  # of a weight: dense_1/kernel
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
    times: Callable[[bool, bool], str]  # between two arrays; before a number
    about: str  # before a rounded number
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
    replaced: str
    indexed: Callable[[str, str], str]
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
    """Write words upright, with special characters between them as mathematics.

    MathJax takes text as it is, KaTeX and LaTeX need escapes in it: the signs stand outside of it.
    """
    pieces = re.findall(r"[\\_#$%&{}^~·]|[^\\_#$%&{}^~·]+", words)
    return "".join(_ESCAPED.get(piece) or rf"\text{{{piece}}}" for piece in pieces) or r"\text{}"


def _latex_name(name: str) -> str:
    """Write a letter in italics, a word upright, code as text; numbers and paths as subscripts."""
    base = name.rstrip(_SUBSCRIPTS)
    number = "".join(str(_SUBSCRIPTS.index(digit)) for digit in name[len(base) :])
    *path, last = base.split("/") if _PATH.fullmatch(base) else [base]
    below = ", ".join([*map(_latex_word, path), *([number] if number else [])])
    return f"{_latex_word(last)}_{{{below}}}" if below else _latex_word(last)


def _latex_word(word: str) -> str:
    if len(word) == 1:
        return _ESCAPED.get(word, word)
    if word.isidentifier():
        return rf"\mathrm{{{word.replace('_', _ESCAPED['_'])}}}"
    return _latex_text(word)


def _latex_index(base: str, index: str) -> str:
    """Write an index as a subscript; the base gets braces, as it may have one already."""
    below = index if index.lstrip("-").isdigit() else _latex_text(index)
    has_own = re.search(r"_\{[^{}]*\}$", base)
    return rf"\left({base}\right)_{{{below}}}" if has_own else f"{base}_{{{below}}}"


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
    times=lambda are_arrays, is_number: " · ",
    about="≈",
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
    replaced="(%s with %s replaced by %s)",
    indexed=lambda base, index: f"{base}[{index}]",
    ones="ones(%s)",
    call="%s(%s)",
    has_bars=False,
)
LABEL = TEXT._replace(outer="outer(%s, %s)")  # of signs that the fonts of pictures have

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
    times=lambda are_arrays, is_number: (
        r" \odot " if are_arrays else r" \cdot " if is_number else r" \, "
    ),
    about=r"\approx",
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
    replaced=r"\left(%s~\text{with}~%s~\text{replaced by}~%s\right)",
    indexed=_latex_index,
    ones=r"\mathbf{1}_{%s}",
    call=r"%s\left(%s\right)",
    has_bars=True,
)
