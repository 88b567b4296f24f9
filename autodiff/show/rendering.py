"""Rendering DOT text: by a system's ``dot`` where there is one, else by graphviz-pure.

graphviz-pure is a ``dot`` that pip installs.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig

__all__ = ["can_render", "render", "rendered"]

_MISSING = (
    "a drawing is rendered by Graphviz's program dot, but neither a system dot nor graphviz-pure "
    "was found. Run: pip install graphviz-pure (the extra [draw]). Without it, save the drawing as "
    ".html (the page lays it out by itself) or as .dot, or print its .text()."
)


def can_render() -> bool:
    """Whether there is a program to render with."""
    return shutil.which("dot") is not None or _pure() is not None


def render(dot: str) -> str | None:
    """Render DOT text as SVG; None where there is no program to do it."""
    return rendered(dot, "svg").decode() if can_render() else None


def rendered(dot: str, form: str) -> bytes:
    """Render DOT text in a format: ``svg``, ``png``, ``pdf``.

    Raises:
        RuntimeError: no program to render with is installed, or it failed.
    """
    import graphviz  # a drawing is rarely made, and the import costs more than the engine's own

    try:
        if shutil.which("dot"):
            return bytes(graphviz.pipe("dot", form, dot.encode(), quiet=True))
        return _rendered_without_system(dot, form)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        raise RuntimeError(
            f"Graphviz couldn't render the drawing as {form}: {' '.join(reason[-2:])}. Save it as "
            f".dot to see what it was given, or try another format (.svg, .png)."
        ) from error


def _rendered_without_system(dot: str, form: str) -> bytes:
    if form == "pdf":
        raise RuntimeError(
            "PDF needs a system's Graphviz (https://graphviz.org/download), but no dot was found. "
            "Install it, or save as .svg, .png or .html."
        )
    program = _pure()
    if program is None:
        raise RuntimeError(_MISSING)
    return subprocess.run(
        [program, "-Kdot", f"-T{form}"], input=dot.encode(), capture_output=True, check=True
    ).stdout


def _pure() -> str | None:
    """Find graphviz-pure on the path or beside this Python."""
    name = "graphviz-pure"
    return shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
