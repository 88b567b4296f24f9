"""The page of the names of Keras that don't exist here, written from their messages."""

from __future__ import annotations

from collections.abc import Mapping

from nn.absent.names import METHODS, NAMES, OLDER

_INTRODUCTION = """\
# Names of Keras that don't exist

Each of these raises an error that says what to use instead; this page lists all of them.
[Coming from Keras](../from_keras.md) has what is spelled as in Keras and differs.
"""


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([
        _INTRODUCTION,
        *_sections("keras.{}", NAMES),
        *_sections("Methods and attributes of {}", METHODS),
        *_sections("keras.{}, before Keras 3", OLDER),
    ])  # fmt: skip


def _sections(title: str, tables: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        line
        for name, cures in tables.items()
        for line in [
            f"## {title.format(name).replace('keras.,', 'keras,').removesuffix('.')}",
            *("", "| | instead |", "| --- | --- |", *_rows(cures), ""),
        ]
    ]


def _rows(cures: Mapping[str, str]) -> list[str]:
    """Return the rows of a table.

    >>> _rows({"Progbar RaggedTensor": "Use tqdm"})
    ['| `Progbar`, `RaggedTensor` | Use tqdm. |']
    """
    return [
        f"| {', '.join(f'`{name}`' for name in names.split())} | {cure}. |"
        for names, cure in cures.items()
    ]
