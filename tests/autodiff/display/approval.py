"""What a program displays in each form, as text to be compared with what was approved.

``python -m tests.autodiff.display.approval`` writes it anew, after a change that is meant: look at
what ``git diff`` then shows. Numbers are rounded, so that the last digits of a library don't
matter; Graphviz is replaced by a layout in columns, since versions of it differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import autodiff as ad
from autodiff.display.page.content import content_of
from autodiff.display.page.questions import mistakes_of
from autodiff.display.slides import staging
from autodiff.display.working.data import of_function_with_data
from autodiff.display.working.working import of_function
from tests.autodiff.display.formulas import FORMULAS, slopes_of
from tests.autodiff.display.operations import OPERATIONS, written
from tests.autodiff.display.programs import PROGRAMS, Program

__all__ = ["cases", "is_as_approved"]

FOLDER = Path(__file__).parent / "approved"


def cases(*forms: str) -> list[tuple[str, str]]:
    """List the programs of which one of these forms is approved, each with the form."""
    every = [(name, form) for name, x in PROGRAMS.items() for form in x.forms.split()]
    every += [*((name, "written") for name in OPERATIONS), ("all", "formulas")]
    return [(name, form) for name, form in every if form in forms]


def is_as_approved(name: str, form: str) -> bool:
    """Return whether a form of a program is the approved one; report where it isn't."""
    found = displayed(name, form)
    assert found.splitlines() == approved(name, form).splitlines()
    return True


def approved(name: str, form: str) -> str:
    """Return what was approved of a program in a form."""
    return (FOLDER / f"{name}.{form}.txt").read_text(encoding="utf-8")


def displayed(name: str, form: str) -> str:
    """Display a program in a form."""
    if form == "written":
        return written(OPERATIONS[name]) + "\n"
    if form == "formulas":
        return "\n".join(f"{name}\n  {slopes_of(name)}" for name in FORMULAS) + "\n"
    with np.errstate(all="ignore"):
        return with_relative_lines(FORMS[form](PROGRAMS[name]), PROGRAMS[name]) + "\n"


def with_relative_lines(text: str, program: Program) -> str:
    """Count lines of code from the first one of the program, so that others may move it."""
    first = program.f.__code__.co_firstlineno

    def relative(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) - first:+}"

    return re.sub(r'(programs\.py:|"source": \[\d+, |"first": )(\d+)', relative, text)


def drawn(program: Program) -> Any:
    draw = ad.draw(program.f, program.argnums, program.depth, program.images, program.fold)
    return draw(*program.args)


def explained(program: Program) -> Any:
    explain = ad.explain(program.f, program.argnums, program.of, program.depth)
    return explain(*program.args)


def of_result(program: Program) -> str:
    """Display a program's result, a Tensor, by text and equations."""
    result = program.f(*map(ad.tensor, program.args))
    return f"{ad.draw(result).text()}\n\n{ad.explain(result)}"


def content(program: Program, run: Any = of_function) -> Any:
    working = run(program.f, program.argnums, program.args, {})
    return content_of(working, program.depth, program.fold)


def records(program: Program, run: Any = of_function) -> str:
    """Write the content of a page, a record in a line, without fields that are empty."""
    lines = []
    for key, value in content(program, run)[0].items():
        several = value if isinstance(value, list) else [value]
        lines += [f"{key}: {json.dumps(shortened(x), ensure_ascii=False)}" for x in several]
    return "\n".join(lines)


def mistakes(program: Program) -> str:
    """Write the mistakes by which a quiz judges wrong answers, of each value."""
    working = of_function(program.f, program.argnums, program.args, {})
    return "\n".join(
        f"{working.names.get(node, node.primitive.name)} {kind}: {json.dumps(shortened(found))}"
        for node in working.nodes
        for kind, listed in mistakes_of(node, working).items()
        for found in listed
    )


def layout(program: Program) -> str:
    """Write the layout of a page; the ids of scopes count all scopes of the process."""
    return re.sub(r"(cluster_\w+?)_\d+", r"\1", content(program)[1].dot)


def shortened(x: Any) -> Any:
    """Round the numbers in a structure to six digits, and leave out empty fields."""
    if isinstance(x, float):
        return float(f"{x:.6g}")
    if isinstance(x, dict):
        return {k: shortened(v) for k, v in x.items() if v not in (None, "", []) and v is not False}
    return [shortened(v) for v in x] if isinstance(x, (list, tuple)) else x


def steps(program: Program) -> Any:
    with mock.patch.object(staging, "rendered", in_columns):
        return drawn(program).steps()


def in_columns(dot: str, form: str) -> bytes:
    """Lay out boxes from left to right, and arrows as one to four curves, as Graphviz's JSON."""
    assert form == "json"
    objects, edges, places = [], [], {}
    for name, look in re.findall(r"^\s*(\w+) \[(.*)\]$", dot, re.M):
        known = attributes(look)
        if name in ("graph", "node", "edge") or "height" not in known:
            continue
        width, height = float(known.get("width", 1.5)), float(known["height"])
        places[name] = (150.0 + 250 * len(places), 100.0 + 30 * (len(places) % 3))
        x, y = places[name]
        own = {"id": known["id"]} if "id" in known else {"label": known["label"]}
        objects.append({"pos": f"{x},{y}", "width": str(width), "height": str(height), **own})
    for tail, head, look in re.findall(r"^\s*(\w+)[\w:]* -> (\w+)[\w:]* \[(.*)\]$", dot, re.M):
        (x, y), (a, b) = places[tail], places[head]
        count = (7, 4, 10, 13)[len(edges) % 4]
        shares = np.linspace(0, 0.95, count)
        points = [f"{x + (a - x) * t:.1f},{y + (b - y) * t:.1f}" for t in shares]
        pos = " ".join([f"e,{a:.1f},{b:.1f}", *points])
        edges.append({"id": attributes(look)["id"], "pos": pos})
    bounds = f"10,20,{400 + 250 * len(places)},{330}"
    return json.dumps({"bb": bounds, "objects": objects, "edges": edges}).encode()


def attributes(look: str) -> dict[str, str]:
    """Read the attributes of a box or an arrow."""
    found = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s"]+))', look)
    return {key: quoted or plain for key, quoted, plain in found}


FORMS = {
    "text": lambda program: drawn(program).text(),
    "dot": lambda program: drawn(program).dot,
    "explained": lambda program: str(explained(program)),
    "markdown": lambda program: explained(program).markdown(),
    "latex": lambda program: explained(program).latex(),
    "content": records,
    "data": lambda program: records(program, of_function_with_data),
    "tensor": of_result,
    "page": layout,
    "mistakes": mistakes,
    "slides": lambda program: steps(program).svg(),
    "tikz": lambda program: steps(program).tikz(),
}


def write() -> Iterator[str]:
    """Approve what is displayed now."""
    FOLDER.mkdir(exist_ok=True)
    for name, form in cases(*FORMS, "written", "formulas"):
        path = FOLDER / f"{name}.{form}.txt"
        path.write_text(displayed(name, form), encoding="utf-8")
        yield path.name


if __name__ == "__main__":
    print(*write())
