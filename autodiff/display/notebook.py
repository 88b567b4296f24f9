"""Notebooks: pages and pictures as the output of a cell, without a server.

A page is an ``<iframe>`` whose ``srcdoc`` is the whole page, so that JupyterLab, the classic
notebook, VS Code, Colab and ``nbconvert`` show it as they show any HTML. Where a site removes
frames and styles, as GitHub does, an image is left.
"""

from __future__ import annotations

import base64
import html
import sys
from pathlib import Path
from typing import Any

__all__ = ["ShownPage", "in_notebook", "inline_page", "inline_picture"]

_HEIGHT = "680px"
_HIDDEN = "<style>.slopes-inline + .slopes-image {display: none}</style>"


class ShownPage(type(Path())):  # type: ignore[misc]  # Path itself can't be subclassed before 3.12
    """The path of a page that is shown already, so that a notebook doesn't print it."""

    def _ipython_display_(self) -> None:
        """Display nothing more."""


def in_notebook() -> bool:
    """Return whether the code runs in the kernel of a notebook, not in a terminal."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return hasattr(shell, "kernel")


def inline_page(page: str, image: bytes | None) -> str:
    """Return HTML that shows a page in a frame, and an image where frames are removed."""
    frame = (
        f'<iframe class="slopes-inline" style="width:100%;height:{_HEIGHT};border:0" '
        f'title="a page to step through" srcdoc="{html.escape(page)}"></iframe>'
    )
    return f"<div>{_HIDDEN}\n{frame}\n{_image(image)}</div>"


def inline_picture(svg: str, image: bytes | None) -> str:
    """Return HTML that shows a picture in its size, to be scrolled, and an image without styles."""
    whole = svg[svg.index("<svg") :].replace("<svg", '<svg style="max-width:none"', 1)
    picture = f'<div class="slopes-inline" style="overflow-x:auto">{whole}</div>'
    return f"<div>{_HIDDEN}\n{picture}\n{_image(image)}</div>"


def _image(image: bytes | None) -> str:
    if image is None:
        return ""
    data = base64.b64encode(image).decode()
    return f'<img class="slopes-image" alt="the picture" src="data:image/png;base64,{data}"/>'
