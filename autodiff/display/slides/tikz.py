r"""The steps of a computation as TikZ, whose parts appear slide by slide in Beamer.

Elsewhere than in Beamer, ``\only`` isn't defined, and the picture is that of the last step.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autodiff.display.picture import colors
from autodiff.display.slides.scene import HEADING, Scene, SceneArrow, SceneBox, SceneCell
from autodiff.display.slides.svg import middle

__all__ = ["escaped", "tikz"]

_HEADER = r"""% {title}, step by step. In a Beamer frame:
%   \usepackage{{tikz}}
%   \begin{{frame}}\resizebox{{\textwidth}}{{!}}{{\input{{this file}}}}\end{{frame}}
\ifdefined\only
  \long\def\slopesfrom#1#2{{\only<#1->{{#2}}}}\long\def\slopesat#1#2{{\only<#1>{{#2}}}}
\else
  \long\def\slopesfrom#1#2{{#2}}\long\def\slopesat#1#2{{}}
\fi
"""
_SIGNS = {
    "·": r"\cdot", "−": "-", "Σ": r"\Sigma", "∂": r"\partial", "√": r"\surd", "≤": r"\leq",
    "≥": r"\geq", "≠": r"\neq", "∞": r"\infty", "×": r"\times", "…": r"\ldots", "→": r"\to",
    "²": "^2", "³": "^3", "ᵀ": r"^\top", "⊗": r"\otimes", "⊙": r"\odot", "Π": r"\Pi", "π": r"\pi",
    "σ": r"\sigma", "|": "|", "<": "<", ">": ">",
}  # fmt: skip
_SPECIAL = {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    **{sign: f"\\{sign}" for sign in "_#$%&{}"},
}  # fmt: skip


def tikz(scene: Scene) -> str:
    """Write the picture of all steps."""
    lines = [
        _HEADER.format(title=scene.title.replace("\n", " ")),
        r"\begin{tikzpicture}[x=1pt, y=-1pt, every node/.style={inner sep=0pt, font=\small}]",
        rf"\path (0, 0) rectangle ({scene.width:.1f}, {scene.height:.1f});",
        *_parts(scene),
        r"\end{tikzpicture}",
        "",
    ]
    return "\n".join(lines)


def escaped(text: str) -> str:
    r"""Write a text for LaTeX: ``error²`` as ``error$^2$``, ``node_0`` with an escape.

    >>> escaped("Σ(w · x_1)²")
    '$\\Sigma$(w $\\cdot$ x\\_1)$^2$'
    """
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return f"${_SIGNS[letter]}$"
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and plain.isdigit():
        is_low = "SUBSCRIPT" in unicodedata.name(letter, "")
        return f"$_{plain}$" if is_low else f"$^{plain}$"
    return letter


def _parts(scene: Scene) -> Iterator[str]:
    for i, caption in enumerate(scene.captions):
        count = f"{i} of {len(scene.captions) - 1}: " if i else ""
        words = _node(0, HEADING / 2 - 4, f"{count}{caption}", r"anchor=west, font=\bfseries")
        yield _at(i, words)
    for arrow in scene.arrows:
        yield _curve(arrow, colors.PALE_ARROW, 0.8)
        for step in filter(None, (arrow.forward, arrow.backward)):
            color = arrow.color if step == arrow.backward else colors.ARROW
            yield _at(step, _curve(arrow, color, 2.4))
    for one in scene.references:
        middle_x, middle_y = one.x + one.width / 2, one.y + one.height / 2
        look = rf"font=\scriptsize, text={_color(colors.MUTED)}"
        yield _outline(one, colors.PALE_FRAME, 0.6) + _node(middle_x, middle_y, one.text, look)
    for number, box in enumerate(scene.boxes):
        yield _outline(box, colors.FRAME, 0.8)
        for step in (i for i, active in enumerate(scene.active) if active == number):
            yield _at(step, _outline(box, "#ffd84d", 2.8))
        yield from _content(box)
    for arrow in scene.arrows:
        if arrow.backward and arrow.text:
            x, y = middle(arrow)
            look = f"fill={_color(arrow.color)}, rounded corners=3pt, inner sep=2pt"
            yield _at(arrow.backward, _node(x, y - 14, arrow.text, look))


def _content(box: SceneBox) -> Iterator[str]:
    for word in box.words:
        font = r"anchor=west, font=\small\bfseries" if word.is_name else "anchor=west"
        yield _node(word.x, word.y, word.text, font)
    yield _from(box.valued, _row("value", box.values, box))
    if box.slopes:
        yield _from(box.sloped, _row("slope", box.slopes, box))


def _row(label: str, cells: list[SceneCell], box: SceneBox) -> str:
    look = rf"anchor=west, font=\scriptsize, text={_color(colors.MUTED)}"
    words = _node(box.x + 8, cells[0].y + cells[0].height / 2, label, look)
    return " ".join([words, *map(_cell, cells)])


def _cell(cell: SceneCell) -> str:
    right, middle_y = cell.x + cell.width, cell.y + cell.height / 2
    look = f"fill={_color(cell.fill)}, rounded corners=2pt" if cell.fill else ""
    back = (
        rf"\fill[{look}] ({cell.x + 1:.1f}, {cell.y + 1:.1f}) "
        rf"rectangle ({right - 1:.1f}, {cell.y + cell.height - 1:.1f}); "
        if cell.fill
        else ""
    )
    ink = ", text=white" if cell.fill == colors.NOT_FINITE else ""
    return back + _node(right - 5, middle_y, cell.text, f"anchor=east{ink}")


def _outline(box: SceneBox | SceneCell, color: str, width: float) -> str:
    return (
        rf"\draw[draw={_color(color)}, line width={width:g}pt, rounded corners=5pt] "
        rf"({box.x:.1f}, {box.y:.1f}) rectangle ({box.x + box.width:.1f}, "
        rf"{box.y + box.height:.1f});"
    )


def _curve(arrow: SceneArrow, color: str, width: float) -> str:
    (x, y), *rest = arrow.points
    path = f"({x:.1f}, {y:.1f})"
    for i in range(0, len(rest), 3):
        (ax, ay), (bx, by), (cx, cy) = rest[i : i + 3]
        path += (
            f" .. controls ({ax:.1f}, {ay:.1f}) and ({bx:.1f}, {by:.1f}) .. ({cx:.1f}, {cy:.1f})"
        )
    tx, ty = arrow.tip
    look = f"draw={_color(color)}, line width={width:g}pt, ->"
    return rf"\draw[{look}] {path} -- ({tx:.1f}, {ty:.1f});"


def _node(x: float, y: float, text: str, look: str) -> str:
    return rf"\node[{look}] at ({x:.1f}, {y:.1f}) {{{escaped(text)}}};"


def _from(step: int, text: str) -> str:
    """Show a part from a step on; slides count from 1."""
    return text if step == 0 else rf"\slopesfrom{{{step + 1}}}{{{text}}}"


def _at(step: int, text: str) -> str:
    return rf"\slopesat{{{step + 1}}}{{{text}}}"


def _color(hexadecimal: str) -> str:
    red, green, blue = (int(part, 16) for part in re.findall("[0-9a-f]{2}", hexadecimal.lower()))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"
