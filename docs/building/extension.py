"""The extension of Sphinx: writes the generated pages before they are read, and fits in links."""

from __future__ import annotations

import functools
import html
import os
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.util.osutil import relative_uri

from building import keras_names, live, rules, supported, thumbnails, versions
from building.notebooks import Page, run_pages, write_archive, write_exercises
from building.reference import Reference, escaped, is_ours

ROOT = Path(__file__).resolve().parents[2]
COURSE = {
    "chapter_1_forward": "chapter-1-predictions",
    "chapter_2_slopes": "chapter-2-slopes",
    "chapter_2_derivations": "chapter-2-slopes",
    "chapter_3_keras": "chapter-3-models",
    "chapter_4_fine_tuning": "chapter-4-fine-tuning",
    "digits": "chapters-5-and-6-images-sequences-two-inputs",
    "chapter_6_beyond": "chapters-5-and-6-images-sequences-two-inputs",
}
"""The scripts of the course, in their order, and the headings of their exercises."""

SUMMARY = (
    "An autograd engine for plain NumPy code (autodiff) that shows its working in pictures,"
    " derivations and NumPy source, and a Keras-like neural network library on top of it (nn)."
)
_LINE = 200
_NAPOLEON = Config(napoleon_use_rtype=False, napoleon_use_ivar=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.setup_extension("sphinx.ext.viewcode")  # whose event is used below
    app.connect("builder-inited", write_pages)
    app.connect("source-read", link_pages)
    app.connect("source-read", show_thumbnails)
    app.connect("doctree-read", link_types)
    app.connect("doctree-resolved", link_pictures)
    app.connect("doctree-read", describe)
    app.connect("html-page-context", name_description)
    app.connect("viewcode-follow-imported", module_of_source)
    app.connect("build-finished", write_list_for_models)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write the generated pages into the sources, where they have changed."""
    docs = Path(app.srcdir)
    reference = Reference(_restructured).pages()
    write_all(docs / "reference", ".rst", {**reference, **supported.pages()})
    remove_others(docs / "reference", {*reference, *supported.pages()})
    generated = {"rules": rules.page(), "keras_names": keras_names.page()}
    write_all(docs / "reference", ".md", generated)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    notes = changelog.replace("# Changelog", "# Release notes", 1)
    notes = re.sub(r"\]\((?!http)", "](../", notes).replace("](../docs/", "](")
    write_all(docs, ".md", {"release_notes": notes, "versions": versions.page(changelog)})
    modules = sorted((ROOT / "examples").glob("*.py"))
    course = [
        Page(
            ROOT / "examples" / f"{name}.py",
            docs / "course" / f"{name}.ipynb",
            tuple(modules),
            f"exercises.md#{heading}",
        )
        for name, heading in COURSE.items()
    ]
    gallery = [
        Page(script, docs / "gallery" / f"{script.stem}.ipynb")
        for script in sorted((docs / "gallery").glob("*.py"))
    ]
    run_pages([*course, *gallery], ROOT)
    live.write_pages(docs / "_extra" / "live")
    downloads = docs / "course" / "notebooks"
    exercises = downloads / "exercises.ipynb"
    write_exercises(docs / "course" / "exercises.md", exercises)
    notebooks = [*(page.download for page in course), exercises]
    write_archive(downloads / "course.zip", modules, notebooks)


def link_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Link to pages of the site what links to files beside its sources on GitHub."""
    folder = (Path(app.srcdir) / name).parent

    def rewritten(found: re.Match[str]) -> str:
        text, target, heading = found.groups()
        path = (folder / target).resolve()
        if path.is_relative_to(app.srcdir) or not path.exists():
            return found[0]
        page = _page_of(path.relative_to(ROOT))
        if page is None:
            return found[0] if path.is_file() and path.suffix != ".md" else text
        return f"[{text}]({os.path.relpath(Path(app.srcdir) / page, folder)}{heading or ''})"

    if app.env.doc2path(name).suffix == ".md":
        source[0] = source[0].replace("\n\n```\n", "\n```\n")  # the empty line that ends a doctest
        source[0] = re.sub(r"\[([^\]]*)\]\((?!https?:)([^)#\s]+)(#[^)]*)?\)", rewritten, source[0])


def link_pictures(app: Sphinx, document: nodes.document, name: str) -> None:
    """Link each picture without a link to itself, where a phone can enlarge it."""
    page = app.builder.get_target_uri(name)
    for picture in list(document.findall(nodes.image)):
        if picture["uri"] in app.env.images and not isinstance(picture.parent, nodes.reference):
            file = f"_images/{app.env.images[picture['uri']][1]}"
            link = nodes.reference("", "", internal=True, refuri=relative_uri(page, file))
            link["classes"].append("picture")
            picture.replace_self(link)
            link += picture


def _page_of(path: Path) -> str | None:
    """Return the page that shows a file of the clone."""
    if path.parts[0] == "examples" and path.stem in COURSE:
        return f"course/{path.stem}.ipynb"
    return {"SUPPORTED.md": "reference/numpy.rst", "CHANGELOG.md": "release_notes.md"}.get(
        str(path)
    )


def show_thumbnails(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the pictures of the gallery's pages onto its first page."""
    if name != "gallery/index":
        return
    docs = Path(app.srcdir)
    for page in thumbnails.pages_of(source[0]):
        app.env.note_dependency(str((docs / "gallery" / page).resolve()))
    source[0] = thumbnails.with_thumbnails(source[0], docs)


def describe(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the first sentences of a page, as its description."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text.split()) > 2:  # not a link to the page above
            app.env.metadata[app.env.docname]["description"] = _shortened(text)
            return


def _shortened(text: str) -> str:
    """Return as many of the first sentences as a line of 200 characters has."""
    if len(text) <= _LINE:
        return text
    end = text.rfind(". ", 0, _LINE)
    return text[: end + 1] if end > 0 else text[:_LINE].rpartition(" ")[0] + " …"


def name_description(
    app: Sphinx, name: str, _: str, context: dict[str, Any], __: nodes.document | None
) -> None:
    """Give a page its description, for search engines."""
    description = app.env.metadata.get(name, {}).get("description")
    if description:
        content = html.escape(description, quote=True)
        context["metatags"] = (
            f'{context["metatags"]}\n<meta name="description" content="{content}">'
        )


def module_of_source(_: Sphinx, module: str, name: str) -> str | None:
    """Return the module of names that other libraries define, whose source the site leaves out."""
    found = getattr(import_module(module), name.partition(".")[0], None)
    return None if is_ours(found) else module


def write_list_for_models(app: Sphinx, error: Exception | None) -> None:
    """Write ``llms.txt``: what the site is, and its pages, each with its description."""
    if error is not None or app.builder.name != "html":
        return
    env = app.env
    lines = ["# slopes", "", "> " + SUMMARY, ""]
    for section, names in _sections(env.found_docs):
        lines += [f"## {section}", ""]
        for name in names:
            title = env.titles[name].astext() if name in env.titles else name
            text = env.metadata.get(name, {}).get("description", "")
            lines.append(
                f"- [{title}]({app.builder.get_target_uri(name)})" + f": {text}" * bool(text)
            )
        lines.append("")
    (Path(app.outdir) / "llms.txt").write_text("\n".join(lines), encoding="utf-8")


def _sections(pages: Iterable[str]) -> list[tuple[str, list[str]]]:
    titles = {"start": "Start here", "course": "The course", "guides": "Guides", "": "More guides",
              "gallery": "Gallery", "reference": "Reference"}  # fmt: skip
    shown = sorted(name for name in pages if name not in ("404", "index"))
    return [
        (title, [name for name in shown if str(Path(name).parent).replace(".", "") == folder])
        for folder, title in titles.items()
    ]


def write_all(folder: Path, suffix: str, pages: dict[str, str]) -> None:
    """Write those pages that have changed."""
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        path = folder / f"{name}{suffix}"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def link_types(_: Sphinx, doctree: nodes.document) -> None:
    """Link the types in signatures to their entries; leave those without one as text.

    Sphinx would search all names for each, and find several for some.
    """
    for reference in list(doctree.findall(addnodes.pending_xref)):
        if "refspecific" not in reference.attributes or reference["refdomain"] != "py":
            continue
        full = _types().get(reference["reftarget"].rpartition(".")[2])
        if full is None:
            reference.replace_self(reference.children)
        else:
            reference["reftarget"], reference["reftype"] = full, "obj"
            del reference["refspecific"]


@functools.cache
def _types() -> dict[str, str]:
    classes = [x for x in Reference().first.values() if x.kind in ("class", "exception")]
    return {"Array": "autodiff.Array"} | {x.name: x.full for x in classes}


def remove_others(folder: Path, names: set[str]) -> None:
    """Remove the entries of names that are no more."""
    for path in folder.glob("*.rst"):
        if path.name.removesuffix(".rst") not in names:
            path.unlink()


def _restructured(docstring: str) -> str:
    return str(GoogleDocstring(escaped(docstring), _NAPOLEON))
