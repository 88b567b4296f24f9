"""A finished picture: its DOT text, rendered, saved and displayed."""

from __future__ import annotations

import functools
import html
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from autodiff.display.notebook import inline_page, inline_picture
from autodiff.display.picture import colors
from autodiff.display.picture.folding import Outline
from autodiff.display.picture.rendering import can_render, render, rendered
from autodiff.display.picture.terminal import description, text_of
from autodiff.display.slides.steps import Steps
from autodiff.display.working.working import Working

__all__ = ["Drawing", "render"]

_TEXT_FORMATS = (".dot", ".gv")
_PORTS = re.compile(r":\w+")  # ports, where an arrow starts or ends
_FONTS = (  # the fallbacks are as narrow as the font of the layout
    'font-family="Helvetica,Arial,Liberation Sans,Nimbus Sans,DejaVu Sans Condensed,sans-serif"'
)


class Drawing:
    """A picture of a computation, which notebooks display.

    Attributes:
        dot: the picture in Graphviz's language.
        title: the results, in a line.

    >>> import autodiff as ad
    >>> drawing = ad.draw(lambda x: x**2)(3.0)
    >>> drawing
    <Drawing of result = 9: .save('picture.svg') writes it to a file>
    >>> drawing.text().splitlines()[-1]
    '    ∂result/∂x = 2 · x = 6'
    """

    def __init__(
        self,
        dot: str,
        title: str,
        details: Mapping[str, str],
        shown: tuple[Working, Outline],
        page: Callable[[], str],
        steps: Callable[[], Steps],
    ) -> None:
        self.dot = dot
        self.title = title
        self._details = details  # tooltips, by the name of a box or an arrow
        self._shown = shown
        self._page = page
        self._steps = steps

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
        """The picture in words, for screen readers."""
        return description(*self._shown)

    def text(self) -> str:
        """Return the picture as plain text, for a terminal."""
        return text_of(*self._shown)

    def steps(self) -> Steps:
        """Return the steps for slides: an animated SVG, a series of SVGs, or TikZ for Beamer.

        Raises:
            RuntimeError: no program to lay out the boxes is installed.
        """
        return self._steps()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a ``.svg``, ``.png``, ``.pdf``, ``.html`` or ``.dot`` file, by the ending.

        ``.html`` is a page to step through, which needs no other program and no network.

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
                f"expected a file name that ends in .svg, .png, .pdf, .html or .dot, got "
                f"{target.name!r}. Change the ending."
            )
        return target

    def _repr_svg_(self) -> str | None:
        return self.svg() if can_render() else None

    def _repr_html_(self) -> str:
        """Return the picture, or the page if no program to render the picture is installed."""
        if can_render():
            return inline_picture(self.svg(), self.png())
        return inline_page(self._page(), None)

    def png(self) -> bytes:
        """Render as PNG.

        Raises:
            RuntimeError: no program to render with is installed, or it failed.
        """
        return rendered(self.dot, "png")

    def _annotated(self, svg: str) -> str:
        """Add a description, dark colors, unique ids, and fonts that browsers have."""
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
        """Replace the title of a box or an arrow by its tooltip."""
        detail = self._details.get(_PORTS.sub("", html.unescape(found[1])))
        return f"<title>{html.escape(detail)}</title>" if detail else ""


def _dark(prefix: str) -> str:
    """Write the styles of dark mode."""
    return " ".join(
        f'#{prefix} [{part}="{light}"] {{{part}: {dark}}}'
        for light, dark in colors.DARK.items()
        for part in ("fill", "stroke")
    )
