"""The page of versions, written from the changelog, and the switcher between their sites."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RELEASE = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?", re.M)


def page(changelog: str) -> str:
    """Return the page, in Markdown."""
    rows = [f"| {name} | {date or 'not yet'} |" for name, date in _RELEASE.findall(changelog)]
    return "\n".join([
        "# Versions",
        "",
        "The version that this site describes stands at the top of the sidebar. The changes in",
        "each are in the [release notes](release_notes.md).",
        "",
        "| version | released |",
        "| --- | --- |",
        *rows,
        "",
        "The site of another version is built from its tag, in a clone of the repository:",
        "",
        "```",
        "git checkout v0.1.0",
        'pip install ".[docs]" && python -m sphinx -W docs site/0.1.0',
        "```",
        "",
        "Sites of several versions can stand side by side, each in a folder of its name. Where",
        "the variable `SLOPES_SITE_VERSIONS` lists them when they are built, such as",
        "`0.2.0 0.1.0`, the sidebar has a list to go from one to the other.",
        "",
    ])  # fmt: skip


def choices(names: Sequence[str], current: str) -> list[tuple[str, bool]]:
    """Return the names for the switcher, each with whether it is this version; none for one.

    >>> choices(["0.2.0", "0.1.0"], "0.2.0")
    [('0.2.0', True), ('0.1.0', False)]
    >>> choices([], "0.2.0")
    []
    """
    return [(name, name == current) for name in names] if len(names) > 1 else []
