"""A finished explanation: printed as text, as Markdown, as LaTeX."""

from __future__ import annotations

import re
import textwrap

from autodiff.core.typing import Array
from autodiff.display.derivation.derivation import Derivation
from autodiff.display.derivation.document import (
    Chain,
    Code,
    Given,
    Heading,
    Item,
    Note,
    Remark,
    document,
)
from autodiff.display.mathematics.notation import LATEX, TEXT, Notation
from autodiff.display.mathematics.writing import text

__all__ = ["Explanation"]

_WIDTH = 96
_LATEX_WIDTH = 64  # characters; about the width of a page's text, or of a notebook's cell
_LONGEST_LEFT = 44
_FRACTION = re.compile(r"\\frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_COMMAND = re.compile(r"\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+|\\.|[{}_^&\s]")
_NO_WIDTH = {*"{}_^& ", r"\mathrm", r"\text", r"\left", r"\right", r"\,", r"\operatorname"}


class Explanation:
    """The chain rule, step by step, with the numbers: the result of ``ad.explain``.

    Print it; a notebook displays it.

    Attributes:
        derivation: the equations, as formulas and numbers.

    >>> import autodiff as ad
    >>> found = ad.explain(lambda x: x**2)(3.0)
    >>> found.formulas, found.slopes
    ({'x': '2 · x'}, {'x': np.float64(6.0)})
    """

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation

    @property
    def formulas(self) -> dict[str, str]:
        """The formula of the slope of each argument, by its name: ``2 · x · error``.

        Where a single formula would overflow, underflow or hide a NaN, it refers to other slopes.
        """
        return {text(s.of.label[1]): text(s.symbols) for s in self.derivation.slopes}

    @property
    def slopes(self) -> dict[str, Array]:
        """The slope of each argument in numbers, by its name."""
        return {text(s.of.label[1]): s.value for s in self.derivation.slopes}

    def __repr__(self) -> str:
        slopes = ", ".join(text(slope.of) for slope in self.derivation.slopes)
        return f"<Explanation of {slopes}: print it>"

    def __str__(self) -> str:
        return "\n".join(map(_as_text, document(self.derivation, TEXT))).strip("\n")

    def markdown(self) -> str:
        """Return the explanation as Markdown, with formulas between dollar signs."""
        return "\n\n".join(_as_markdown(item) for item in document(self.derivation, LATEX))

    def latex(self) -> str:
        """Return the explanation as one block of aligned equations for LaTeX, KaTeX or MathJax.

        MathJax 2 refuses blocks over 5 kB: use :meth:`markdown`, with a block per equation.
        """
        rows = [_as_latex(item) for item in document(self.derivation, LATEX)]
        return "\\begin{aligned}\n" + " \\\\[0.5em]\n".join(rows) + "\n\\end{aligned}"

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex()}\n$$"


def _as_text(item: Item) -> str:
    match item:
        case Heading(words):
            return f"\n{words}\n"
        case Code(source, place):
            return f"  {source:<{_WIDTH - len(place) - 4}}  {place}"
        case Chain(sides, level, label):
            sides = [sides[0], *item.right_sides(TEXT)]
            return _wrap("    " * level, f"{label}: " if label else "", sides)
        case Given():
            return textwrap.fill(
                _given(item, TEXT), _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8
            )
        case Note(sign, words):
            return f"    {sign:<10} {words}"
        case Remark(words):
            return textwrap.fill(words, _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)


def _given(item: Given, notation: Notation) -> str:
    """Write relations under which formulas hold: ``while x > 0 and y ≤ 1``."""
    more = [notation.text(f"{item.more} more choices")] if item.more else []
    relations = notation.text(" and ").join([*item.relations, *more])
    return f"{notation.text(f'{item.words} ')}{relations}"


def _wrap(margin: str, label: str, sides: list[str]) -> str:
    """Write the sides of an equation in one line; if it is too long, one below the other."""
    line = margin + label + " ".join(sides)
    if len(line) <= _WIDTH:
        return line
    if label:
        return f"{margin}{label.strip()}\n{_wrap(margin + '    ', '', sides)}"
    first = margin + sides[0]
    if len(first) > _LONGEST_LEFT:
        indent = " " * (len(margin) + 8)
        first += "\n" + indent
    else:
        first, indent = first + " ", " " * (len(first) + 1)
    wrapped = [textwrap.wrap(side, _WIDTH - len(indent)) for side in sides[1:]]
    lines = [f"  {line}" if i else line for parts in wrapped for i, line in enumerate(parts)]
    return first + f"\n{indent}".join(lines)


def _as_markdown(item: Item) -> str:
    match item:
        case Heading(words):
            return f"**{words}**"
        case Code(source, place):
            return f"`{source}` ({place})"
        case Chain():
            return f"$${_latex_chain(item)}$$"
        case Given():
            return f"$${_given(item, LATEX)}$$"
        case Note(sign, words):
            return f"- ${sign}$ : {words}"
        case Remark(words):
            return f"*{words}*"


def _as_latex(item: Item) -> str:
    match item:
        case Heading(words) | Remark(words):
            return f"& {LATEX.text(words)}"
        case Code(source, place):
            return rf"& {LATEX.words(source)} \quad {LATEX.text(f'({place})')}"
        case Given():
            return rf"& \quad {_given(item, LATEX)}"
        case Note(sign, words):
            return rf"& \quad {sign} \quad {LATEX.text(words)}"
        case Chain():
            return rf"& \quad {_latex_chain(item)}"


def _latex_chain(item: Chain) -> str:
    """Write the sides of an equation as LaTeX; if they are long, one below the other."""
    over = rf"{item.label}{{:}}\quad " if item.label else ""
    left, right = item.sides[0], item.right_sides(LATEX)
    if len(right) < 2 or sum(map(_latex_width, [over, left, *right])) <= _LATEX_WIDTH:
        return over + " ".join([left, *right])
    rows = r" \\ ".join(f"&{side}" for side in right)
    return rf"{over}\begin{{aligned}}[t] {left} {rows} \end{{aligned}}"


def _latex_width(written: str) -> int:
    """Estimate the width of LaTeX in characters: a fraction is as wide as its longer part."""
    while found := _FRACTION.search(written):
        written = written[: found.start()] + max(found.groups(), key=len) + written[found.end() :]
    return len(_COMMAND.sub(lambda found: "" if found[0] in _NO_WIDTH else "x", written))
