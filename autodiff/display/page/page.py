"""The page to step through: one HTML file without dependencies.

Python records the computation, lays it out and writes its labels. The JavaScript in ``static/``
displays it, and recomputes it when a number is changed.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from autodiff.display.page.content import content_of
from autodiff.display.working.working import Working

__all__ = ["page_of"]

_SCRIPTS = ("numbers", "operations", "program", "story", "graph", "panel", "main")


def page_of(working: Working, depth: int | None = None) -> str:
    """Write the page of a computation: HTML, with its styles, scripts and data inside.

    It makes no network requests, and its content security policy forbids them.

    Args:
        working: the computation.
        depth: how many levels of scopes are opened; by default all, up to 200 values.
    """
    content, layout = content_of(working, depth)
    scripts = [_static(f"{name}.js") for name in _SCRIPTS]
    if layout.svg is None:  # Graphviz lays the boxes out in the browser
        scripts.insert(0, _static("viz.js"))
    parts = {
        "title": _escaped(content["title"]),
        "style": _static("page.css"),
        "content": _json(content),
        "drawing": layout.svg or "",
        "dot": _json(layout.dot if layout.svg is None else ""),
        "script": "\n".join(scripts),
    }
    page = _static("page.html")
    before, *rest = page.split("{{")
    for piece in rest:  # in one pass, since the parts may contain braces
        name, _, after = piece.partition("}}")
        before += parts[name] + after
    return before


def _static(name: str) -> str:
    return (resources.files("autodiff.display.page") / "static" / name).read_text(encoding="utf-8")


def _json(value: Any) -> str:
    """Write JSON that is safe inside an HTML script element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _escaped(text: str) -> str:
    import html

    return html.escape(text)
