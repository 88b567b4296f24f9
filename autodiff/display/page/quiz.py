"""The page that asks for slopes: the page to step through, with its slopes hidden."""

from __future__ import annotations

from autodiff.display.page.content import content_of
from autodiff.display.page.filling import as_json, escaped, filled, static
from autodiff.display.page.questions import mistakes_of
from autodiff.display.picture.folding import MOST
from autodiff.display.working.working import Working

__all__ = ["quiz_of"]

_SCRIPTS = (
    "elements", "numbers", "operations", "noise", "program", "story", "graph", "panel",
    "main", "expressions", "diagnosis", "quiz",
)  # fmt: skip


def quiz_of(working: Working) -> str:
    """Write the page of a quiz: HTML, with its styles, scripts and data inside.

    Raises:
        ValueError: the computation has no slopes to ask for, or too many values.
    """
    if not working.slopes or len(working.nodes) > MOST:
        raise ValueError(
            f"expected a computation with slopes and at most {MOST} values to ask about, got "
            f"{len(working.nodes)} values and {len(working.slopes)} slopes in {working.subject}. "
            "Pass a smaller function of floats."
        )
    content, layout = content_of(working)
    content["mistakes"] = {
        f"n{i}": mistakes_of(node, working)
        for i, node in enumerate(working.nodes)
        if node in working.slopes and node not in working.results
    }
    scripts = [static(f"{name}.js") for name in _SCRIPTS]
    if layout.svg is None:
        scripts.insert(0, static("viz.js"))
    parts = {
        "title": escaped(content["title"]),
        "style": static("page.css") + static("quiz.css"),
        "content": as_json(content),
        "drawing": layout.svg or "",
        "dot": as_json(layout.dot if layout.svg is None else ""),
        "script": "\n".join([*scripts, "start(Quiz);"]),
    }
    return filled(static("quiz.html"), parts)
