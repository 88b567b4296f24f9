"""The structure that ARCHITECTURE.md describes: imports go down, names are unique, files short."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import autodiff as ad
import nn

ROOT = Path(__file__).parents[1]
FILES = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for package in ("autodiff", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
}
TABLES = {  # lists of names or of examples, one a line
    "nn/ops/__init__.py",
    "tests/laws/everyday.py",
    "tests/laws/forms.py",
    "tests/laws/scipy_domains/linalg.py",
    "tests/nn/ops/cases.py",
}
LONGEST = 400
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def module_of(path):
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imported_by(text):
    """Yield the modules of the two packages that a file imports, at any place in it."""
    text = re.sub(r'""".*?"""', "", text, flags=re.S)  # examples in docstrings
    for module, names in re.findall(r"^ *from ([\w.]+) import (\([^)]*\)|[^\n]*)", text, re.M):
        for name in re.findall(r"(\w+)(?: as \w+)?", re.sub(r"#.*", "", names)):
            inner = f"{module}.{name}"
            found = inner if inner in MODULES else module
            if found in MODULES:
                yield found


def in_or_above_circles(imports):
    """Return the modules that are left when those that need no others are removed, repeatedly."""
    left = {module: set(below) for module, below in imports.items()}
    while lowest := [module for module, below in left.items() if not below & left.keys()]:
        for module in lowest:
            del left[module]
    return left


def test_imports_go_down_outside_of_the_core():
    imports = {module: set(imported_by(FILES[path])) - {module} for module, path in MODULES.items()}
    assert sum(map(len, imports.values())) > 1000
    core = {name for name in in_or_above_circles(imports) if name.startswith("autodiff.core.")}
    assert core
    outside = {module: below for module, below in imports.items() if module not in core}
    assert not in_or_above_circles(outside)


def floors():
    """Return the floor of each module and subpackage in ARCHITECTURE.md's tree, from the top."""
    tree = re.search(r"^## The tree$.*?^```$(.*?)^```$", ARCHITECTURE, re.M | re.S)[1]
    package, found = "", {}
    for number, line in enumerate(tree.splitlines()):
        if top := re.match(r"(\w+)/", line):
            package = top[1]
        elif names := re.match(r"  (\w[\w./]*(?: [\w./]+)*)", line):
            for name in names[1].split():
                found[f"{package}.{name.removesuffix('/').removesuffix('.py')}"] = number
    return found


def test_the_tree_in_the_architecture_is_complete_and_imports_go_down_it():
    known = floors()
    tops = {".".join(name.split(".")[:2]) for name in MODULES if "." in name}
    assert tops == known.keys()
    climbing = {
        (module, below)
        for module, path in MODULES.items()
        for below in imported_by(FILES[path])
        if module.split(".")[0] == below.split(".")[0] and "." in module and "." in below
        if known[".".join(below.split(".")[:2])] < known[".".join(module.split(".")[:2])]
    }
    assert climbing == set()


def test_the_engine_imports_nothing_of_the_networks():
    assert not [path for path, text in FILES.items() if path.parts[0] == "autodiff" and re.search(
        r"^ *(from|import) nn\b", text, re.M
    )]  # fmt: skip


def test_no_two_classes_have_one_name():
    places = defaultdict(list)
    for path, text in FILES.items():
        for name in re.findall(r"^class (\w+)", text, re.M):
            places[name].append(path)
    public = [nn.layers, nn.losses, nn.metrics, nn.initializers]  # where Keras repeats names
    assert {
        name: found
        for name, found in places.items()
        if len(found) > 1 and sum(hasattr(module, name) for module in public) < len(found)
    } == {}


@pytest.mark.slow
def test_refusals_of_numpy_and_scipy_name_the_users_line():
    refusals = [
        (path, call.args[0])
        for path, text in FILES.items()
        if path.parts[:2] in (("autodiff", "rules"), ("autodiff", "scipy"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "NotImplementedError"
    ]
    assert len(refusals) > 50
    assert not [
        (path, ast.unparse(message))
        for path, message in refusals
        if isinstance(message, (ast.JoinedStr, ast.Constant))
        if not re.search(r"\{.*(line|place)", ast.unparse(message))
    ]


def test_files_are_short():
    paths = [
        path for folder in ("autodiff", "nn", "tests") for path in (ROOT / folder).rglob("*.py")
    ]
    long = {
        path.relative_to(ROOT).as_posix()
        for path in [*paths, ROOT / "conftest.py"]
        if path.read_text(encoding="utf-8").count("\n") > LONGEST
    }
    assert long <= TABLES


def test_the_citation_has_the_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {ad.__version__}\n" in citation
    assert nn.__version__ == ad.__version__
