"""Pages of code: scripts in cells, run when the site is built, with their output and pictures.

A page is a notebook with its output, which Sphinx shows, and beside it the same notebook without,
to download. A page is run again when its script, or a module that it may import, has changed.
"""

from __future__ import annotations

import doctest
import hashlib
import os
import re
import zipfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

_SECONDS = 1800  # the longest that a page may run, on a busy machine
_TITLE = re.compile(r"^#+ +(.+)$", re.M)
_TITLE_AND_PERIOD = re.compile(r"^(#+ .+)\.$", re.M)
_PARTS = re.compile(r"(^<details>.*?^</details>|^```python.*?^```)", re.M | re.S)
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
_IN_PAGE = re.compile(
    r"^<(?:iframe|p)[ >].*?</(?:iframe|p)>$|\{download\}`[^`]*`[^.]*\.", re.M | re.S
)
_DARK = re.compile(r"<style>@media \(prefers-color-scheme: dark\).*?</style>", re.S)


@dataclass(frozen=True)
class Page:
    """A script and the page that it becomes.

    Attributes:
        script: a Python file in cells, ``# %%``.
        target: the page, a notebook.
        modules: those beside the script that it may import.
        exercises: the address of exercises, which the last line of the page links to; "" for none.
    """

    script: Path
    target: Path
    modules: tuple[Path, ...] = ()
    exercises: str = ""

    @property
    def download(self) -> Path:
        """The notebook without output."""
        return self.target.parent / "notebooks" / self.target.name

    @property
    def fingerprint(self) -> str:
        """A hash of what the page is made from."""
        files = [self.script, *self.modules]
        content = b"".join(path.read_bytes() for path in files) + self.exercises.encode()
        return hashlib.sha256(content).hexdigest()


def run_pages(pages: Iterable[Page], root: Path) -> None:
    """Run those pages that have changed, as many at once as there are cores.

    Args:
        pages: those of the site.
        root: the clone, whose packages the pages import.
    """
    stale = [page for page in pages if not _is_fresh(page)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda page: _run(page, root), stale))


def write_archive(path: Path, scripts: Sequence[Path], notebooks: Sequence[Path]) -> None:
    """Write an archive of notebooks, with the modules that they import."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (*scripts, *notebooks):
            archive.write(file, f"course/{file.name}")


def write_exercises(page: Path, target: Path) -> None:
    """Write a page of exercises as a notebook: for each, the question, an empty cell, the solution.

    Args:
        page: in Markdown, with examples as doctests, and solutions in ``<details>``.
        target: the notebook.
    """
    cells = []
    for part in _PARTS.split(page.read_text(encoding="utf-8")):
        code = _code_of(part)
        if part.startswith("```python"):
            cells.append(nbformat.v4.new_code_cell(code))
        elif part.strip():
            if part.startswith("<details>\n<summary>Solution"):
                cells.append(nbformat.v4.new_code_cell("# your code"))
            cells.append(nbformat.v4.new_markdown_cell(_IN_PAGE.sub("", code).strip()))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), target)


def _code_of(part: str) -> str:
    """Return code without its fence, prompts and results; of a solution, the text with its code."""

    def plain(block: re.Match[str]) -> str:
        examples = doctest.DocTestParser().get_examples(block[1])
        return "```python\n" + "".join(example.source for example in examples) + "```"

    text = _BLOCK.sub(plain, part)
    return text.split("\n", 1)[1].rsplit("\n", 1)[0] if part.startswith("```") else text


def _is_fresh(page: Page) -> bool:
    if not page.target.exists() or not page.download.exists():
        return False
    found = nbformat.read(page.target, as_version=4)
    return found.metadata.get("fingerprint") == page.fingerprint


def _run(page: Page, root: Path) -> None:
    notebook = jupytext.read(page.script)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for cell in notebook.cells:
        if cell.cell_type == "markdown":  # docstrings end with a period, titles don't
            cell["source"] = _TITLE_AND_PERIOD.sub(r"\1", cell.source)
        cell.metadata = NotebookNode()
        cell["id"] = hashlib.sha256(cell.source.encode()).hexdigest()[:12] + str(
            notebook.cells.index(cell)
        )
    page.download.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, page.download)
    environment = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}
    client = NotebookClient(
        notebook,
        timeout=_SECONDS,
        resources={"metadata": {"path": str(page.script.parent)}},
        coalesce_streams=True,  # of a progress bar, the last line stays
    )
    client.execute(env=environment)
    _describe_images(notebook)
    _keep_light(notebook)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(_downloads(page)))
    if page.exercises:
        link = f"Now try [the exercises]({page.exercises}) of this chapter."
        notebook.cells.append(nbformat.v4.new_markdown_cell(link))
    notebook.metadata["fingerprint"] = page.fingerprint
    nbformat.write(notebook, page.target)


def _downloads(page: Page) -> str:
    notebook = f"Download this page as {{download}}`a notebook <notebooks/{page.download.name}>`"
    if not page.modules:
        return f"{notebook}."
    archive = "{download}`course.zip <notebooks/course.zip>`"
    return f"{notebook}. Chapters import one another: {archive} has all of them."


def _describe_images(notebook: NotebookNode) -> None:
    """Give each image the heading above it as its text, or the first line of its cell."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = (_TITLE.findall(cell.source) or [heading])[-1]
        else:
            cell.metadata["mystnb"] = {"image": {"alt": f"Picture: {heading}"}}


def _keep_light(notebook: NotebookNode) -> None:
    """Keep pictures light: the site's own switch chooses dark mode, which a picture can't know."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in data.keys() & {"text/html", "image/svg+xml"}:
                data[kind] = _DARK.sub("", data[kind])
