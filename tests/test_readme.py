"""The pages in Markdown: their examples run, their links work, and the README has two commands."""

import doctest
import re
import tempfile
import webbrowser
from collections import defaultdict
from pathlib import Path

import pytest

import autodiff as ad

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
FOLDERS = (ROOT, *(ROOT / name for name in ("benchmarks", "nn/datasets")))
GENERATED = re.compile(r"reference/((autodiff|nn)[\w.]*\.rst|numpy\.rst|(rules|keras_names)\.md)")


def is_written_by_hand(page):
    """Return whether a page of the site is in the clone, and not written when it is built."""
    name = page.relative_to(ROOT / "docs").as_posix()
    return not GENERATED.fullmatch(name) and name not in ("release_notes.md", "versions.md")


PAGES = [
    *(page for folder in FOLDERS for page in sorted(folder.glob("*.md"))),
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if is_written_by_hand(page)),
]
PLAIN_BLOCKS = {  # Python code that isn't a doctest
    README: 1,  # its first screen, which is tested below
    ROOT / "CONTRIBUTING.md": 1,  # a rule that is in the engine already
}

NEEDS = {  # versions of libraries without which a page's examples don't run
    ROOT / "docs" / "other_libraries.md": {
        "scipy": "1.17",
        "opt_einsum": "3.4",
        "einops": "0.8",
        "pandas": "3.0",
        "sklearn": "1.8",
    },
}


def text_of(page):
    return page.read_text(encoding="utf-8")


WITH_EXAMPLES = [page for page in PAGES if ">>> " in text_of(page)]


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name_of)
def test_examples_return_the_shown_results(page):
    for library, version in NEEDS.get(page, {}).items():
        pytest.importorskip(library, version)
    outcome = doctest.testfile(
        str(page), module_relative=False, encoding="utf-8", optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_blocks_are_doctests(page):
    blocks = re.findall(r"^```python\n(.*?)^```$", text_of(page), re.M | re.S)
    plain = [block for block in blocks if not block.startswith(">>> ")]
    assert len(plain) == PLAIN_BLOCKS.get(page, 0)


def test_the_first_example_of_the_readme_runs(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(webbrowser, "open", lambda url: True)
    code = re.search(r"^```python\n(.*?)^```$", text_of(README), re.M | re.S)[1]
    names = {}
    exec(code, names)
    assert "∂loss/∂weights = 2 · x · error" in capsys.readouterr().out
    assert (tmp_path / "slopes.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
    slopes = ad.grad(names["loss"])(names["w"], names["x"], 0)
    assert f"{slopes!r} = 2 * x * error" in code


def test_the_readme_is_short():
    assert text_of(README).count("\n") < 100


def test_no_paragraph_or_example_is_on_two_pages():
    pages = defaultdict(set)
    for page in PAGES:
        for block in re.split(r"\n{2,}", text_of(page)):
            if block.count("\n") > 1:
                pages[block].add(name_of(page))
    assert not {block: names for block, names in pages.items() if len(names) > 1}


def test_the_readme_has_two_commands_of_one_line_each():
    commands = re.findall(r"^```sh\n(.*?)```$", text_of(README), re.M | re.S)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert all("-m venv" in command for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_linked_files_and_headings_exist(page):
    for target, heading in re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", text_of(page)):
        path = (page.parent / target).resolve()
        assert path.exists() or is_generated(path), target
        assert not heading or heading in headings_of(page.parent / target), heading


def is_generated(path):
    """Return whether a page is written when the site is built."""
    if path.suffix == ".ipynb":
        folder = path.parent if path.parent.name == "gallery" else ROOT / "examples"
        return (folder / f"{path.stem}.py").exists()
    return not is_written_by_hand(path)


def headings_of(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", text_of(page), re.M)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_files_exist(page):
    text = text_of(page)
    for name in re.findall(r"`((?:autodiff|nn|tests|benchmarks|examples|docs)/[\w/.]+)`", text):
        assert (ROOT / name).exists(), name
