"""A finished picture: its DOT text, and what becomes of it."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping
from pathlib import Path

from autodiff.show import colors
from autodiff.show.folding import Outline
from autodiff.show.rendering import render, rendered
from autodiff.show.working import Working

__all__ = ["Drawing", "render"]

_TEXT_FORMATS = (".dot", ".gv")
_PLACES = re.compile(r":\w+")  # in a box, where an arrow starts or ends
_FONTS = 'font-family="Helvetica,Arial,sans-serif"'


class Drawing:
    """A picture of a computation; notebooks show it by themselves.

    Attributes:
        dot: the picture in Graphviz's language.
        title: what it shows, in a line.
        description: the same picture in words, for those who can't see it.
    """

    def __init__(
        self,
        dot: str,
        title: str,
        description: str,
        details: Mapping[str, str],
        shown: tuple[Working, Outline],
    ) -> None:
        self.dot = dot
        self.title = title
        self.description = description
        self._details = details  # by the name of a box or an arrow, what it says
        self._shown = shown

    def __repr__(self) -> str:
        return f"<Drawing of {self.title}: .save('picture.svg') writes it to a file>"

    def svg(self) -> str:
        """Render as SVG, with a title and a description for screen readers.

        Raises:
            RuntimeError: no program to render with is installed, or it failed.
        """
        return self._annotated(rendered(self.dot, "svg").decode())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a file whose ending says how: ``.svg``, ``.png``, ``.pdf``, ``.dot``.

        Raises:
            ValueError: another ending.
            RuntimeError: no program to render with is installed, or it failed.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending in _TEXT_FORMATS:
            target.write_text(self.dot, encoding="utf-8")
        elif ending == ".svg":
            target.write_text(self.svg(), encoding="utf-8")
        elif ending == ".png":
            target.write_bytes(rendered(self.dot.replace("{", "{\n\tdpi=192", 1), "png"))
        elif ending == ".pdf":
            target.write_bytes(rendered(self.dot, "pdf"))
        else:
            raise ValueError(
                f"a drawing is saved as .svg, .png, .pdf or .dot, got {target.name!r}. Change the "
                f"ending of the file's name."
            )
        return target

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        svg = self.svg()
        return f'<div style="overflow-x:auto">{svg[svg.index("<svg") :]}</div>'

    def _annotated(self, svg: str) -> str:
        """Add words and dark colors; make ids this picture's own; name fonts that browsers have."""
        own = re.search(r'id="(picture_\w+)" class="graph"', svg)
        prefix = own[1] if own else "picture"
        svg = re.sub(r'(id="|url\(#)([lr]_\d+)', rf"\1{prefix}_\2", svg)
        svg = re.sub(r'font-family="[^"]*"', _FONTS, svg)
        svg = re.sub(r"<title>([^<]*)</title>", self._detail, svg)
        words = (
            f'role="img" aria-labelledby="{prefix}_title {prefix}_desc">\n'
            f'<title id="{prefix}_title">{html.escape(self.title)}</title>\n'
            f'<desc id="{prefix}_desc">{html.escape(self.description)}</desc>\n'
            f"<style>@media (prefers-color-scheme: dark) {{{_dark(prefix)}}}</style>"
        )
        return re.sub(r"(<svg\b[^>]*?)>", lambda found: f"{found[1]} {words}", svg, count=1)

    def _detail(self, found: re.Match[str]) -> str:
        """Let the tooltip of a box or an arrow say what it says."""
        detail = self._details.get(_PLACES.sub("", html.unescape(found[1])))
        return f"<title>{html.escape(detail)}</title>" if detail else ""


def _dark(prefix: str) -> str:
    """Write the styles that turn a picture dark, where its reader likes that."""
    return " ".join(
        f'#{prefix} [{part}="{light}"] {{{part}: {dark}}}'
        for light, dark in colors.DARK.items()
        for part in ("fill", "stroke")
    )
