"""Write a program as the Python source that runs.

Buffers and views are allocated first, at module level; the function that follows computes into
them. A comment on each line has the result's shape and the user's line.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from autodiff.compiler.effects import assigned
from autodiff.compiler.namespace import CONSTANT, READ, WRITTEN
from autodiff.compiler.plan import Plan, may_alias
from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.compiler.writers.expressions import Expressions
from autodiff.compiler.writers.loops import LoopText, is_loop, used_results
from autodiff.compiler.writers.names import comment, default_name, dtype_name, identifier
from autodiff.rules.shape import reshape, transpose

__all__ = ["GeneratedModule", "write"]

_OF_LOOPS = re.compile(r"i\d+|\w+_i|\w+_so_far")
"""Names that machine code gives to positions in loops, and to entries there."""


@dataclass
class GeneratedModule:
    """The text of a module, and the objects that it refers to.

    Attributes:
        text: of a module that defines one function.
        function: its name.
        namespace: constants, live arrays and functions, by their names in the text.
    """

    text: str
    function: str
    namespace: dict[str, Any]


def write(program: Program, plan: Plan, title: str) -> GeneratedModule:
    """Return the source of a program; ``title`` is its first comment."""
    return ProgramWriter(program, plan).source(title)


class ProgramWriter(Expressions):
    def __init__(self, program: Program, plan: Plan, outer: ProgramWriter | None = None) -> None:
        super().__init__(outer)
        self.program, self.plan = program, plan
        self.function = self.new_name(identifier(program.name), "program")
        short = Counter(identifier(v.name) for v in plan.values if not v.is_computed)
        for value in plan.values:
            if outer is not None and value in outer.names:
                self.names[value] = outer.names[value]  # an array of both
                continue
            name = self._view_name(value) or identifier(value.name)
            if short[name.removeprefix("d_")] > 1:  # weights['w'] and moments['w']
                name = re.sub(r"\W+", "_", value.name).strip("_")
            name = name or default_name(value)
            name = f"{name}_" if _OF_LOOPS.fullmatch(name) else name
            self.names[value] = self.new_name(name, default_name(value))
        self.cells = {  # 0-d arrays that are written to; operations use their scalars
            value: self.new_name(f"{self.names[value]}_array", "array")
            for value, _ in program.writes
            if value.shape == ()
        }

    def source(self, title: str) -> GeneratedModule:
        definition = self._definition()
        lines = [comment(title), "import numpy as np", "", *self.namespace.comments(), *definition]
        return GeneratedModule("\n".join(lines), self.function, self.namespace.values)

    def function_of(self, program: Program, plan: Plan) -> tuple[list[str], str]:
        """Write another program as a function of the same module; return its lines and its name."""
        inner = ProgramWriter(program, plan, self)
        return inner._definition(), inner.function

    def _definition(self) -> list[str]:
        """Return the lines of the buffers, of loops, and of the function."""
        buffers = [line for value in self.plan.values for line in self._preparation(value)]
        loops = [line for value in self.plan.values for line in self._loop(value)]
        body = self._body()
        inputs = [self.cells.get(v, self.names[v]) for v in self.program.inputs]
        inputs += [self.names[v] for v in self.plan.given]
        returned = [r for r in self.program.results if r not in self.plan.given]
        results = ", ".join(map(self._result, returned))
        if buffers:
            buffers = ["# Buffers, allocated once and reused:", *buffers, ""]
        lines = [*buffers, "", *loops]
        comma = "," if len(returned) == 1 else ""
        lines += [f"def {self.function}({', '.join(inputs)}):"]
        lines += [f"    {self.names[v]} = {array}[()]" for v, array in self.cells.items()]
        return [*lines, *body, *self._ending(f"({results}{comma})"), ""]

    def _loop(self, value: ProgramValue) -> list[str]:
        """Return the lines that define the function of a loop."""
        if not is_loop(value):
            return []
        text = LoopText(value, used_results(value, self.plan.values), self)
        self.loops[value] = text
        return text.lines()

    def _view_name(self, value: ProgramValue) -> str:
        """Return a name for a view, from the name of its base; empty for other values."""
        base = value.inputs[0] if value.inputs else None
        if not isinstance(base, ProgramValue) or value.shape is None:
            return ""
        name = self.names[base]
        if value.primitive is transpose:
            return f"{name}_T"
        if value.primitive is reshape and not value.name:
            is_column = len(value.shape) == 2 and value.shape[-1] == 1
            return f"{name}_{'column' if is_column else 'flat' if value.ndim == 1 else 'reshaped'}"
        return ""

    # Module level.

    def _preparation(self, value: ProgramValue) -> list[str]:
        slot, name = self.plan.slots[value], self.names[value]
        if value.memory is not None:
            if name not in self.namespace.values:
                self.namespace.add(name, value.memory, READ if value.is_live else CONSTANT)
            return []
        if slot.origin == "existing":  # computed directly in the array that it is assigned to
            self.namespace.add(name, slot.memory, WRITTEN)
            return []
        if slot.origin == "new":
            return [f"{name} = np.empty({value.shape}, {dtype_name(value.dtype)})"]
        if slot.origin == "reused":
            other = self.plan.slots[slot.other]  # type: ignore[index]
            of = self.names[slot.other]  # type: ignore[index]
            same = other.memory.shape == slot.memory.shape
            return [f"{name} = {of if same else f'{of}.reshape({value.shape})'}"]
        if slot.origin == "view":
            return [f"{name} = {self._expression(value)}"]
        return []

    # The function.

    def _body(self) -> list[str]:
        lines: list[str] = []
        before = "" if any(v.is_backward for v in self.plan.values) else _heading(None)
        for value in self.plan.values:
            code = self._lines(value)
            heading = _heading(value)
            if heading == _heading(None) and before not in ("", heading):
                heading = "After the backward pass."
            if code and heading != before:
                lines += [""] * bool(lines) + [f"    # {heading}"]
                before = heading
            for number, line in enumerate(code):
                lines.append(f"    {line}" + (self._comment(value) if number == 0 else ""))
        return _aligned(lines)

    def _comment(self, value: ProgramValue) -> str:
        shape = "×".join(map(str, value.shape)) if value.shape else ""
        parts = [part for part in (shape, value.place) if part]
        return f"  {comment(', '.join(parts))}" if parts else ""

    def _lines(self, value: ProgramValue) -> list[str]:
        slot, name = self.plan.slots[value], self.names[value]
        if value.primitive is assigned:
            return [] if value in self.plan.done else self._assignment(value)
        if not value.is_computed and not (value.is_live and slot.kind == "local"):
            return []
        if value.is_live:
            self.namespace.add(f"live_{name}", value.memory, READ)
            return [f"{name} = live_{name}{'.copy()' if value.shape else '[()]'}"]
        if slot.kind == "local":
            return [f"{name} = {self._expression(value)}"]
        if slot.origin == "view":
            return []
        return [self._into(value, name)]

    def _ending(self, results: str) -> list[str]:
        """Write the lines that edit arguments and return the results."""
        if not self.program.writes:
            return [f"    return {results}"]
        lines, name = ["", "    # Edit arguments."], "()"
        if self.program.results:
            name = self.new_name("results", "results")
            lines.append(f"    {name} = {results}")
        writes = []
        for target, new in self.program.writes:
            value = self._operand(new)
            if len(self.program.writes) > 1 and self._may_be_written(new):
                copied = self.new_name(f"{self.names[target]}_new", "new")
                lines.append(f"    {copied} = {value}.copy()")
                value = copied
            where = self.cells.get(target, self.names[target])
            writes.append(f"    {where}[...] = {value}")
        return [*lines, *writes, f"    return {name}"]

    def _may_be_written(self, value: Operand) -> bool:
        """Return whether a value may share memory with an argument."""
        if not isinstance(value, ProgramValue) or not value.shape:
            return False
        kind = self.plan.slots[value].kind
        return kind == "input" or (kind == "local" and may_alias(value))

    def _assignment(self, value: ProgramValue) -> list[str]:
        stem = identifier(value.options["name"]) or "target"
        target = self.constant(value.options["array"], stem, WRITTEN)
        return [f"{target}[...] = {self._operand(value.inputs[0])}"]

    def _result(self, x: Operand) -> str:
        if not isinstance(x, ProgramValue):
            return self._literal(x)
        if x in self.plan.fresh:
            self.plan.fresh.remove(x)  # copied where it is returned twice
            return self.names[x]
        if x.shape == ():
            return f"{self.names[x]}[()]" if x.is_live else self.names[x]
        return f"{self.names[x]}.copy()"


def _heading(value: ProgramValue | None) -> str:
    """Return the heading of a value's section: its layer or loss, or the pass."""
    if value is None or value.scope is None:
        return "Backward pass." if value and value.is_backward else "Forward pass."
    name, label, *_ = value.scope
    if value.is_backward:
        return f"{name}, backward"
    return name if label in ("", name) else f"{name}: {label}"


def _aligned(lines: list[str]) -> list[str]:
    """Align the comments in one column, up to column 72."""
    codes = [re.split(r"(?<=\S)  # ", line)[0] for line in lines]
    width = min(72, max((len(code) for code in codes if code.strip()[:1] != "#"), default=0))
    aligned = []
    for line, code in zip(lines, codes, strict=True):
        comment = line[len(code) :].strip()
        aligned.append(f"{code:<{width}}  {comment}" if comment and code.strip() else line)
    return aligned
