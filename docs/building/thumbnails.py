"""Thumbnails of the gallery: each picture of its pages, small, with a link to its code."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from docutils.nodes import make_id
from PIL import Image

_WIDTH = 480  # pixels, of screens with two for each
_HEADING = re.compile(r"^##+ +(.+)$", re.M)
_PROGRAM = re.compile(r"^## (.+?)\n.*?^!\[[^\]]*\]\(gallery/([\w.]+)\)", re.M | re.S)
_MARK = re.compile(r"<!-- thumbnails of ([\w/.]+) -->")


@dataclass(frozen=True)
class Thumbnail:
    """A small picture.

    Attributes:
        title: the heading above the picture on its page.
        target: the address of the heading, from the folder of the gallery.
        file: the name of the image, in the folder of thumbnails.
    """

    title: str
    target: str
    file: str

    def html(self) -> str:
        """Write it as a link."""
        title = html.escape(self.title)
        return (
            f'<a href="{self.target}"><img src="../thumbnails/{self.file}" alt="Picture: {title}" '
            f'loading="lazy"><span>{title}</span></a>'
        )


def with_thumbnails(text: str, docs: Path) -> str:
    """Replace each mark in the text of the gallery's first page by the thumbnails of a page.

    Args:
        text: has marks such as ``<!-- thumbnails of functions_pictures.ipynb -->``.
        docs: the folder of the site's sources. Images are written to ``_extra/thumbnails`` in it.
    """

    def grid(mark: re.Match[str]) -> str:
        page = (docs / "gallery" / mark[1]).resolve()
        made = _of_notebook(page, docs) if page.suffix == ".ipynb" else _of_programs(page, docs)
        links = [thumbnail.html() for thumbnail in made]
        return "\n".join(['<div class="thumbnails">', *links, "</div>"])

    (docs / "_extra" / "thumbnails").mkdir(parents=True, exist_ok=True)
    return _MARK.sub(grid, text)


def pages_of(text: str) -> list[str]:
    """Return the pages that marks in a text name."""
    return _MARK.findall(text)


def _of_notebook(page: Path, docs: Path) -> Iterator[Thumbnail]:
    heading = ""
    for number, cell in enumerate(nbformat.read(page, as_version=4).cells):
        if cell.cell_type == "markdown":
            heading = (_HEADING.findall(cell.source) or [heading])[-1]
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            name = f"{page.stem}_{number}"
            if "image/svg+xml" in data:
                name, content = f"{name}.svg", data["image/svg+xml"].encode()
            elif "image/png" in data:
                name, content = f"{name}.png", _small(base64.b64decode(data["image/png"]))
            else:
                continue
            (docs / "_extra" / "thumbnails" / name).write_bytes(content)
            yield Thumbnail(heading, f"{page.stem}.html#{make_id(heading)}", name)


def _of_programs(page: Path, docs: Path) -> Iterator[Thumbnail]:
    for title, picture in _PROGRAM.findall(page.read_text(encoding="utf-8")):
        content = _small((docs / "gallery" / picture).read_bytes())
        (docs / "_extra" / "thumbnails" / picture).write_bytes(content)
        yield Thumbnail(title, f"../{page.stem}.html#{make_id(title)}", picture)


def _small(picture: bytes) -> bytes:
    """Return a PNG picture with fewer pixels and colors."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((_WIDTH, _WIDTH))
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()
