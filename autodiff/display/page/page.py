"""The page to step through: one HTML file without dependencies.

Python records the computation, lays it out and writes its labels. The JavaScript in ``static/``
displays it, and recomputes it when a number is changed.
"""

from __future__ import annotations

from autodiff.display.page.content import content_of
from autodiff.display.page.filling import as_json, escaped, filled, static
from autodiff.display.working.working import Working

__all__ = ["page_of"]

_SCRIPTS = (
    "elements", "numbers", "operations", "noise", "program", "story", "graph", "panel", "inputs",
    "main",
)  # fmt: skip


def page_of(working: Working, depth: int | None = None, fold: bool | None = None) -> str:
    """Write the page of a computation: HTML, with its styles, scripts and data inside.

    It makes no network requests, and its content security policy forbids them.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened; by default all but layers, up to 200 values.
        fold: whether the rounds of loops are folded; by default from 200 values.
    """
    content, layout = content_of(working, depth, fold)
    scripts = [static(f"{name}.js") for name in _SCRIPTS]
    if layout.svg is None:  # Graphviz lays the boxes out in the browser
        scripts.insert(0, static("viz.js"))
    parts = {
        "title": escaped(content["title"]),
        "style": static("page.css"),
        "content": as_json(content),
        "drawing": layout.svg or "",
        "dot": as_json(layout.dot if layout.svg is None else ""),
        "script": "\n".join([*scripts, "start(Page);"]),
    }
    return filled(static("page.html"), parts)
