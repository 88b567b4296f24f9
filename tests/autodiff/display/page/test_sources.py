"""The code beside the graph: the innermost function around a line, or else a statement."""

import pytest

from autodiff.display.page.sources import CodePieces
from autodiff.tracing.trail import Line

CODE = """\
def outer(x):
    y = x + 1

    def inner(z):
        return z * 2

    return inner(y)


class Kind:
    size = 1

    async def method(self):
        return 3


if True:
    value = 4
double = lambda x: (
    x * 2
)
"""


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [(2, 1, 7), (5, 4, 5), (7, 1, 7), (11, 11, 11), (14, 13, 14), (18, 18, 18), (20, 19, 21)],
)
def test_the_innermost_function_is_shown(number, first, last, tmp_path):
    path = tmp_path / "code.py"
    path.write_text(CODE, encoding="utf-8")
    sources = CodePieces()
    assert sources.add(Line(str(path), number, "f")) == [0, number]
    (piece,) = sources.pieces
    lines = CODE.splitlines()[first - 1 : last]
    margin = len(lines[0]) - len(lines[0].lstrip())
    assert (piece["first"], piece["lines"]) == (first, [line[margin:] for line in lines])


def test_functions_that_end_together_are_pieces_of_their_own(tmp_path):
    path = tmp_path / "code.py"
    path.write_text(
        "def outer():\n    y = 2\n    def inner():\n        return 1\n", encoding="utf-8"
    )
    sources = CodePieces()
    added = [sources.add(Line(str(path), number, "f")) for number in (2, 4, 2)]
    assert added == [[0, 2], [1, 4], [0, 2]]
    assert [piece["first"] for piece in sources.pieces] == [1, 3]


@pytest.mark.parametrize(("length", "first", "last"), [(60, 1, 60), (61, 31, 61), (90, 60, 90)])
def test_a_long_function_is_cut_around_the_line(length, first, last, tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def f():\n" + "    pass\n" * (length - 1), encoding="utf-8")
    sources = CodePieces()
    sources.add(Line(str(path), length, "f"))
    (piece,) = sources.pieces
    assert (piece["first"], piece["first"] + len(piece["lines"]) - 1) == (first, last)
