"""A finished picture: its DOT text, and what becomes of it."""

from __future__ import annotations

import functools
import html
import os
import re
from collections.abc import Mapping
from pathlib import Path

from autodiff.show import colors
from autodiff.show.folding import Outline
from autodiff.show.rendering import can_render, render, rendered
from autodiff.show.terminal import description, text_of
from autodiff.show.working import Working

__all__ = ["Drawing", "render"]

_TEXT_FORMATS = (".dot", ".gv")
_PLACES = re.compile(r":\w+")  # in a box, where an arrow starts or ends
_FONTS = (  # the last ones are as narrow as those that the layout reckoned with
    'font-family="Helvetica,Arial,Liberation Sans,Nimbus Sans,DejaVu Sans Condensed,sans-serif"'
)


class Drawing:
    """A picture of a computation; notebooks show it by themselves.

    Attributes:
        dot: the picture in Graphviz's language.
        title: what it shows, in a line.
    """

    def __init__(
        self,
        dot: str,
        title: str,
        details: Mapping[str, str],
        shown: tuple[Working, Outline],
    ) -> None:
        self.dot = dot
        self.title = title
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

    @functools.cached_property
    def description(self) -> str:
        """The same picture in words, for those who can't see it."""
        return description(*self._shown)

    def text(self) -> str:
        """Write the picture as plain text, for a terminal."""
        return text_of(*self._shown)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a file whose ending says how: ``.svg``, ``.png``, ``.pdf``, ``.html``, ``.dot``.

        ``.html`` is a page to step through, which needs no program and no network.

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
        elif ending == ".html":
            target.write_text(self._page(), encoding="utf-8")
        else:
            raise ValueError(
                f"a drawing is saved as .svg, .png, .pdf, .html or .dot, got {target.name!r}. "
                f"Change the ending of the file's name."
            )
        return target

    def _repr_svg_(self) -> str | None:
        return self.svg() if can_render() else None

    def _repr_html_(self) -> str:
        """Show the picture, or where no program can render it, the page that does so by itself."""
        if can_render():
            svg = self.svg()
            return f'<div style="overflow-x:auto">{svg[svg.index("<svg") :]}</div>'
        look = "width:100%;height:40em;border:0"
        return f'<iframe style="{look}" srcdoc="{html.escape(self._page())}"></iframe>'

    def _page(self) -> str:
        from autodiff.show.page.page import page_of  # rarely wanted

        working, chosen = self._shown
        return page_of(working, chosen.depth)

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
