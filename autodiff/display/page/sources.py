"""The user's code beside the graph: the functions that computed the values."""

from __future__ import annotations

import ast
import linecache
from typing import Any

from autodiff.core.places import file_text
from autodiff.tracing.trail import Line, is_user_code

__all__ = ["CodePieces"]

_MOST_LINES = 60
_Compound = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If | ast.With | ast.For
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class CodePieces:
    """Pieces of code, each a function, in the order in which they were added.

    Attributes:
        pieces: the file, the number of the first line, and the lines of each.
    """

    def __init__(self) -> None:
        self.pieces: list[dict[str, Any]] = []
        self._found: dict[tuple[str, int, int], int] = {}
        self._functions: dict[str, list[tuple[int, int]]] = {}  # first and last lines, by file

    def add(self, line: Line | None) -> list[int] | None:
        """Add the function around a line; return the index of the piece and the line number."""
        if line is None or not is_user_code(line.file):  # a layer of a library
            return None
        if not linecache.getline(line.file, line.number):
            return None
        first, last = self._around(line)
        key = (line.file, first, last)
        if key not in self._found:
            self._found[key] = len(self.pieces)
            lines = [linecache.getline(line.file, n).rstrip("\n") for n in range(first, last + 1)]
            self.pieces.append(
                {"file": file_text(line.file), "first": first, "lines": _dedent(lines)}
            )
        return [self._found[key], line.number]

    def _around(self, line: Line) -> tuple[int, int]:
        """Return the lines of the innermost function, or else statement, around a line."""
        if line.file not in self._functions:
            self._functions[line.file] = _functions("".join(linecache.getlines(line.file)))
        spans = [(a, b) for a, b in self._functions[line.file] if a <= line.number <= b]
        first, last = min(spans, key=lambda span: span[1] - span[0], default=(line.number,) * 2)
        if last - first >= _MOST_LINES:
            first = max(first, line.number - _MOST_LINES // 2)
            last = min(last, first + _MOST_LINES)
        return first, last


def _functions(source: str) -> list[tuple[int, int]]:
    """List the first and last lines of functions, and of statements outside of them."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a notebook's cell with a line that only IPython reads
        return []
    functions = [node for node in ast.walk(tree) if isinstance(node, _Function)]
    statements = [node for node in tree.body if not isinstance(node, _Compound)]
    return [(node.lineno, node.end_lineno or node.lineno) for node in (*functions, *statements)]


def _dedent(lines: list[str]) -> list[str]:
    margin = min(len(x) - len(x.lstrip()) for x in lines if x.strip())
    return [line[margin:] for line in lines]
