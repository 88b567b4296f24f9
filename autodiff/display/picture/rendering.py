"""Render DOT text, with the system's ``dot`` if there is one, else with graphviz-pure.

graphviz-pure is a ``dot`` that can be installed with pip.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig

__all__ = ["can_render", "render", "rendered"]

_MISSING = (
    "expected Graphviz's program dot or graphviz-pure to render the drawing, found neither. Run: "
    "pip install graphviz-pure (the extra [draw]). Or save the drawing as .html, which needs no "
    "program, or as .dot, or print its .text()."
)
_STRAIGHT = "{ splines=line"


def can_render() -> bool:
    """Return whether a program to render with is installed."""
    return shutil.which("dot") is not None or _graphviz_pure() is not None


def render(dot: str) -> str | None:
    """Render DOT text as SVG; return None if no program to render with is installed."""
    return rendered(dot, "svg").decode() if can_render() else None


def rendered(dot: str, form: str) -> bytes:
    """Render DOT text in a format: ``svg``, ``png``, ``pdf``.

    Raises:
        RuntimeError: no program to render with is installed, or it failed.
    """
    import graphviz  # rarely needed, and slower to import than the engine

    try:
        if shutil.which("dot"):
            return bytes(graphviz.pipe("dot", form, dot.encode(), quiet=True))
        return _render_with_pure(dot, form)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        if "routesplines" in str(reason) and _STRAIGHT not in dot:  # a curve wasn't found
            return rendered(dot.replace("{", _STRAIGHT, 1), form)
        raise RuntimeError(
            f"Graphviz couldn't render the drawing as {form}: {' '.join(reason[-2:])}. Save it as "
            f".dot to see its source, or try another format (.svg, .png)."
        ) from error


def _render_with_pure(dot: str, form: str) -> bytes:
    if form == "pdf":
        raise RuntimeError(
            "expected a system installation of Graphviz for PDF, found no dot. Install it "
            "(https://graphviz.org/download), or save as .svg, .png or .html."
        )
    program = _graphviz_pure()
    if program is None:
        raise RuntimeError(_MISSING)
    return subprocess.run(
        [program, "-Kdot", f"-T{form}"], input=dot.encode(), capture_output=True, check=True
    ).stdout


def _graphviz_pure() -> str | None:
    """Find graphviz-pure on the path or beside this Python."""
    name = "graphviz-pure"
    return shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
