"""Writing: the program as Python source, the one that is run.

What has a fixed place is made first, at the level of the module; the function that follows computes
into it. A line says in a comment what shape it makes and which line of the user's it comes from.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.jit.effects import assigned, drawn
from autodiff.jit.forms import OPERATORS, form_of
from autodiff.jit.given import CONSTANT, READ, WRITTEN, Given
from autodiff.jit.plan import Plan
from autodiff.jit.program import Program, Value, word_of
from autodiff.positions import GAP
from autodiff.primitive import Primitive
from autodiff.registry import registry
from autodiff.rules.shape import reshape, transpose

__all__ = ["Source", "write"]

_RESERVED = {"np", "function", *dir(builtins)}


@dataclass
class Source:
    """Text, and the values that it takes as given.

    Attributes:
        text: of a module that defines one function.
        function: its name.
        given: what the module needs to find under its names: constants, live arrays, functions.
    """

    text: str
    function: str
    given: dict[str, Any]


def write(program: Program, plan: Plan, title: str) -> Source:
    """Write a program down."""
    return _Writer(program, plan).source(title)


class _Writer:
    def __init__(self, program: Program, plan: Plan) -> None:
        self.program, self.plan = program, plan
        self.given = Given()
        self.taken: set[str] = set()
        self.counts: Counter[str] = Counter()  # how often a name was asked for
        self.function = self._new_name(_short(program.name), "program")
        self.names: dict[Value, str] = {}
        self.constants: dict[int, str] = {}
        short = Counter(_short(v.name) for v in plan.values if v.primitive is None)
        for value in plan.values:
            name = self._of_view(value) or _short(value.name)
            if short[name.removeprefix("d_")] > 1:  # weights['w'] and moments['w']
                name = re.sub(r"\W+", "_", value.name).strip("_")
            self.names[value] = self._new_name(name, _default(value))

    def source(self, title: str) -> Source:
        before = [line for value in self.plan.values for line in self._made_before(value)]
        body = self._body()
        inputs = ", ".join(self.names[v] for v in self.program.inputs)
        answer = ", ".join(self._result(r) for r in self.program.results)
        if before:
            before = [
                "# Memory, made once; what isn't needed any more gives its place to another:",
                *before,
                "",
            ]
        lines = [f"# {title}", "import numpy as np", "", *self.given.listed(), *before, ""]
        comma = "," if len(self.program.results) == 1 else ""
        lines += [f"def {self.function}({inputs}):", *body, f"    return ({answer}{comma})", ""]
        return Source("\n".join(lines), self.function, self.given.values)

    def _of_view(self, value: Value) -> str:
        """Call a view after what it is a view of."""
        base = value.inputs[0] if value.inputs else None
        if not isinstance(base, Value) or value.shape is None:
            return ""
        name = self.names[base]
        if value.primitive is transpose:
            return f"{name}_T"
        if value.primitive is reshape and not value.name:
            is_column = len(value.shape) == 2 and value.shape[-1] == 1
            return f"{name}_{'column' if is_column else 'flat' if value.ndim == 1 else 'reshaped'}"
        return ""

    # What is there before the function runs.

    def _made_before(self, value: Value) -> list[str]:
        slot, name = self.plan.slots[value], self.names[value]
        if value.memory is not None:
            self.given.add(name, value.memory, READ if value.is_live else CONSTANT)
            return []
        if slot.origin == "given":  # computed right where it is assigned to
            self.given.add(name, slot.memory, WRITTEN)
            return []
        if slot.origin == "new":
            return [f"{name} = np.empty({value.shape}, {_dtype(value.dtype)})"]
        if slot.origin == "taken over":
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
                heading = "Afterwards."
            if code and heading != before:
                lines += [""] * bool(lines) + [f"    # {heading}"]
                before = heading
            for number, line in enumerate(code):
                lines.append(f"    {line}" + (self._comment(value) if number == 0 else ""))
        return _aligned(lines)

    def _comment(self, value: Value) -> str:
        shape = "×".join(map(str, value.shape)) if value.shape else ""
        parts = [part for part in (shape, value.place) if part]
        return f"  # {', '.join(parts)}" if parts else ""

    def _lines(self, value: Value) -> list[str]:
        slot, name = self.plan.slots[value], self.names[value]
        if value.primitive is assigned:
            return [] if value in self.plan.done else self._assignment(value)
        if value.primitive is None and not (value.is_live and slot.kind == "local"):
            return []
        if value.is_live:
            self.given.add(f"live_{name}", value.memory, READ)
            return [f"{name} = live_{name}{'.copy()' if value.shape else '[()]'}"]
        if slot.kind == "local":
            return [f"{name} = {self._expression(value)}"]
        if slot.origin == "view":
            return []
        return [self._into(value, name)]

    def _assignment(self, value: Value) -> list[str]:
        stem = _short(value.options["name"]) or "target"
        target = self._constant(value.options["array"], stem, WRITTEN)
        return [f"{target}[...] = {self._operand(value.inputs[0])}"]

    def _into(self, value: Value, out: str) -> str:
        """Write an operation whose result goes into memory that is there."""
        template, defaults = form_of(value)  # type: ignore
        return self._filled(template, defaults, value, out)

    def _filled(self, template: str, defaults: dict[str, Any], value: Value, out: str) -> str:
        primitive: Any = value.primitive
        operands = [self._operand(x) for x in value.inputs]
        named = dict(zip(primitive.inputs, operands, strict=False))
        options = {n: self._literal(x) for n, x in {**defaults, **value.options}.items()}
        return _tidied(template.format(*operands, **named, **options, out=out))

    def _expression(self, value: Value) -> str:
        """Write an operation as an expression that makes its own result; 0-d ones are scalars."""
        primitive: Any = value.primitive
        special = _WRITTEN.get(primitive)
        if special is not None:
            return f"{special(self, value)}{'[()]' if value.shape == () else ''}"
        operands = [self._operand(x) for x in value.inputs]
        sign = OPERATORS.get(primitive.function) if value.shape == () else None
        if sign and len(operands) == 2:
            return f"{operands[0]} {sign} {operands[1]}"
        if primitive.function is np.negative and value.shape == ():
            return f"-{operands[0]}"
        form = form_of(value)
        if form is not None:
            return self._filled(*form, value, "None")
        options = [f"{name}={self._literal(x)}" for name, x in value.options.items()]
        call = f"{self._callable(primitive)}({', '.join([*operands, *options])})"
        return f"np.asarray({call})[()]" if value.shape == () else call

    def _drawn(self, value: Value) -> str:
        options = value.options
        args = [self._literal(x) for x in options["args"]]
        args += [f"{name}={self._literal(x)}" for name, x in options["kwargs"].items()]
        draw = self._constant(options["draw"], getattr(options["draw"], "__name__", "draw"))
        return f"np.asarray({draw}({', '.join(args)}))"

    def _getitem(self, value: Value) -> str:
        x, *parts = (self._operand(x) for x in value.inputs)
        return f"{x}[{self._index(value.options['index'], parts)}]"

    def _reshape(self, value: Value) -> str:
        return self._call(value, "reshape", value.shape)

    def _transpose(self, value: Value) -> str:
        axes = value.options["axes"]
        if axes == tuple(range(len(axes)))[::-1]:
            return f"{self._operand(value.inputs[0])}.T"
        return self._call(value, "transpose", axes)

    def _astype(self, value: Value) -> str:
        return f"{self._operand(value.inputs[0])}.astype({_dtype(value.dtype)})"

    def _copy(self, value: Value) -> str:
        return f"{self._operand(value.inputs[0])}.copy()"

    def _call(self, value: Value, method: str, argument: Any) -> str:
        order = value.options.get("order", "C")
        extra = "" if order == "C" else f", order={order!r}"
        return f"{self._operand(value.inputs[0])}.{method}({argument!r}{extra})"

    def _index(self, index: Any, parts: Iterable[str]) -> str:
        rest = iter(parts)

        def written(entry: Any) -> str:
            if entry is GAP:
                return next(rest)
            if isinstance(entry, slice):
                ends = ["" if x is None else str(x) for x in (entry.start, entry.stop)]
                return ":".join(ends) + ("" if entry.step is None else f":{entry.step}")
            return "..." if entry is ... else self._literal(entry)

        if not isinstance(index, tuple):
            return written(index)
        return ", ".join(map(written, index)) or "()"

    # Operands, literals, names.

    def _operand(self, x: Any) -> str:
        return self.names[x] if isinstance(x, Value) else self._literal(x, nested=True)

    def _literal(self, x: Any, nested: bool = False) -> str:
        if x is None or isinstance(x, (bool, str)) or type(x) is int:
            return f"({x})" if nested and type(x) is int and x < 0 else repr(x)
        if type(x) is float:
            if not math.isfinite(x):
                return {"inf": "np.inf", "-inf": "(-np.inf)"}.get(str(x), "np.nan")
            return f"({x!r})" if nested and math.copysign(1, x) < 0 else repr(x)
        if type(x) is complex:
            return self._constant(x, "number")
        if isinstance(x, np.dtype) or (isinstance(x, type) and issubclass(x, np.generic)):
            return _dtype(x)
        if type(x) in (tuple, list) and all(_is_simple(part) for part in x):
            inner = ", ".join(self._literal(part) for part in x)
            comma = "," if len(x) == 1 and type(x) is tuple else ""
            return f"({inner}{comma})" if type(x) is tuple else f"[{inner}]"
        return self._constant(x, "number" if isinstance(x, np.generic) else "constant")

    def _constant(self, x: Any, stem: str, kind: str = CONSTANT) -> str:
        """Name something that the source takes as given."""
        name = self.constants.get(id(x))
        if name is None:
            name = self.constants[id(x)] = self._new_name(_short(stem), "constant")
            self.given.add(name, x, kind)
        return name

    def _callable(self, primitive: Any) -> str:
        for module, prefix in ((np, "np"), (np.linalg, "np.linalg"), (np.fft, "np.fft")):
            if getattr(module, primitive.name, None) is primitive.evaluate:
                return f"{prefix}.{primitive.name}"
        return self._constant(primitive.evaluate, primitive.name)

    def _result(self, x: Any) -> str:
        if not isinstance(x, Value):
            return self._literal(x)
        if x in self.plan.fresh:
            self.plan.fresh.remove(x)  # a second time it is a copy
            return self.names[x]
        if x.shape == ():
            return f"{self.names[x]}[()]" if x.is_live else self.names[x]
        return f"{self.names[x]}.copy()"

    def _new_name(self, name: str, default: str) -> str:
        stem = name or default
        while True:
            count = self.counts[stem]
            self.counts[stem] += 1
            found = f"{stem}_{count}" if count else stem
            if found not in self.taken and found not in _RESERVED:
                self.taken.add(found)
                return found


_WRITTEN: dict[Primitive, Callable[[_Writer, Value], str]] = {
    drawn: _Writer._drawn,
    registry["getitem"]: _Writer._getitem,
    reshape: _Writer._reshape,
    transpose: _Writer._transpose,
    registry["astype"]: _Writer._astype,
    registry["copy"]: _Writer._copy,
}


def _heading(value: Value | None) -> str:
    """Say what a stretch of the function is about: a layer, the loss; and whether backward."""
    if value is None or value.scope is None:
        return "Backward: the slopes." if value and value.is_backward else "Forward."
    name, label, _ = value.scope
    if value.is_backward:
        return f"{name}, backward"
    return name if label in ("", name) else f"{name}: {label}"


def _default(value: Value) -> str:
    if value.primitive is None:
        return "constant" if value.memory is not None else "x"
    word = word_of(value.primitive)
    if value.scope is None:
        return word
    return f"{'d_' * value.is_backward}{_short(value.scope.name)}_{word}"


def _short(name: str) -> str:
    """Make a name of Python's: ``node_0`` of ``weights['node_0']``, ``w_1`` of ``w[1]``."""
    keys = re.findall(r"\[(?:'([^']*)'|(\d+))\]|\.(\w+)", name)
    stem = re.split(r"[\[.]", name, maxsplit=1)[0]
    prefix = "d_" if name.startswith("d_") else ""
    if keys:
        words = [next(filter(None, key), "") for key in keys]
        letters = [word for word in words if not word.isdigit()]
        stem = "_".join([prefix[:-1], *words] if letters and prefix else words) if letters else (
            "_".join([stem, *words])
        )  # fmt: skip
    found = re.sub(r"\W", "_", stem).strip("_")
    if not found or found[0].isdigit():
        found = f"x_{found}" if found else ""
    return f"{found}_" if keyword.iskeyword(found) else found


def _dtype(dtype: Any) -> str:
    name = np.dtype(dtype).name
    return f"np.{name}" if hasattr(np, name) else repr(np.dtype(dtype).str)


def _is_simple(x: Any) -> bool:
    return x is None or isinstance(x, (int, float, str, np.dtype)) or (
        type(x) in (tuple, list) and all(map(_is_simple, x))
    )  # fmt: skip


def _tidied(call: str) -> str:
    """Leave out what says nothing at the end of a call; an axis of None says something."""
    call = re.sub(r", out=None\)$", ")", call)
    call = re.sub(r"(, None, None, False|, None, None|, None)\)$", ")", call)
    return re.sub(r", None, (\w+), False\)$", r", None, \1)", call)


def _aligned(lines: list[str]) -> list[str]:
    """Put the comments behind the code in one column, as far as that helps reading."""
    codes = [re.split(r"(?<=\S)  # ", line)[0] for line in lines]
    width = min(72, max((len(code) for code in codes if code.strip()[:1] != "#"), default=0))
    aligned = []
    for line, code in zip(lines, codes, strict=True):
        comment = line[len(code) :].strip()
        aligned.append(f"{code:<{width}}  {comment}" if comment and code.strip() else line)
    return aligned
