"""A page in memory: written to a file, opened in the browser, displayed by notebooks."""

from __future__ import annotations

import html
import os
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path

__all__ = ["HtmlPage"]


class HtmlPage:
    """A page of HTML without dependencies, which notebooks display.

    Args:
        description: what it is, in a few words: ``quiz about loss``.
        write: returns the HTML.
    """

    def __init__(self, description: str, write: Callable[[], str]) -> None:
        self._description = description
        self._write = write

    def __repr__(self) -> str:
        return f"<{self._description}: .save('page.html') writes it to a file, .show() opens it>"

    def html(self) -> str:
        """Return the page."""
        return self._write()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to an ``.html`` file, and return its path.

        Raises:
            ValueError: another ending.
        """
        target = Path(path)
        if target.suffix.lower() != ".html":
            raise ValueError(
                f"expected a file name that ends in .html, got {target.name!r}. Change the ending."
            )
        target.write_text(self.html(), encoding="utf-8")
        return target

    def show(self) -> Path:
        """Open the page in the browser, and return the path of its temporary file."""
        path = self.save(Path(tempfile.mkdtemp(prefix="slopes_")) / "slopes.html")
        webbrowser.open(path.as_uri())
        return path

    def _repr_html_(self) -> str:
        look = "width:100%;height:46em;border:0"
        return f'<iframe style="{look}" srcdoc="{html.escape(self.html())}"></iframe>'
