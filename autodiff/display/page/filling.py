"""Fill a page: put styles, scripts and data into the one HTML file that a reader opens."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

__all__ = ["as_json", "escaped", "filled", "static"]


def filled(template: str, parts: Mapping[str, str]) -> str:
    """Replace ``{{name}}`` in a template by the part of that name.

    It is done in one pass, since the parts may contain braces.

    >>> filled("<p>{{text}}</p>", {"text": "{{braces}}"})
    '<p>{{braces}}</p>'
    """
    page, *rest = template.split("{{")
    for piece in rest:
        name, _, after = piece.partition("}}")
        page += parts[name] + after
    return page


def static(name: str, package: str = "autodiff.display.page") -> str:
    """Return the text of a file in the folder ``static`` of a package."""
    return (resources.files(package) / "static" / name).read_text(encoding="utf-8")


def as_json(value: Any) -> str:
    """Write JSON that is safe inside an HTML script element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def escaped(text: str) -> str:
    """Escape text for HTML."""
    return html.escape(text)
