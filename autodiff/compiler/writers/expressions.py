"""Write one value of a program as a NumPy expression: its operation, operands and literals."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np

from autodiff.compiler.effects import drawn
from autodiff.compiler.forms import OPERATORS, form_of
from autodiff.compiler.loop import looped, looped_back
from autodiff.compiler.namespace import CONSTANT, Namespace
from autodiff.compiler.program import Operand, ProgramValue
from autodiff.compiler.writers.loops import LoopText
from autodiff.compiler.writers.names import dtype_name, identifier
from autodiff.core import conversion, indexing
from autodiff.core.cotangents import part
from autodiff.core.positions import GAP
from autodiff.core.primitive import Primitive
from autodiff.rules.shape import reshape, transpose
from autodiff.transforms.opaque import opaque, opaque_constant

__all__ = ["Expressions"]

_RESERVED = {"np", "function", *dir(builtins)}


class Expressions:
    """The names of a module's values and objects, and the expressions that use them.

    Args:
        outer: that of the module, for a function that is written into the same module.
    """

    def __init__(self, outer: Expressions | None = None) -> None:
        self.namespace: Namespace = outer.namespace if outer else Namespace()
        self.taken: set[str] = outer.taken if outer else set()
        self.counts: Counter[str] = outer.counts if outer else Counter()  # of requests for a name
        self.constants: dict[int, str] = outer.constants if outer else {}
        self.names: dict[ProgramValue, str] = {}
        self.loops: dict[ProgramValue, LoopText] = {}

    def _into(self, value: ProgramValue, out: str) -> str:
        """Write an operation that computes into an existing array."""
        template, defaults = form_of(value)  # type: ignore
        return self._filled(template, defaults, value, out)

    def _filled(
        self, template: str, defaults: dict[str, Any], value: ProgramValue, out: str
    ) -> str:
        primitive: Any = value.primitive
        operands = [self._operand(x) for x in value.inputs]
        named = dict(zip(primitive.inputs, operands, strict=False))
        options = {n: self._literal(x) for n, x in {**defaults, **value.options}.items()}
        if "{function}" in template:
            options["function"] = self.constant(primitive.evaluate, primitive.name)
        inputs = ", ".join(operands)
        text = template.format(*operands, **named, **options, inputs=inputs, out=out)
        return _without_defaults(text)

    def _expression(self, value: ProgramValue) -> str:
        """Write an operation as an expression that allocates its result; 0-d ones are scalars."""
        primitive: Any = value.primitive
        special = _WRITTEN.get(primitive)
        if special is not None:
            return f"{special(self, value)}{'[()]' if value.shape == () else ''}"
        operands = [self._operand(x) for x in value.inputs]
        is_plain_scalar = value.shape == () and not value.options
        sign = OPERATORS.get(primitive.function) if is_plain_scalar else None
        if sign and len(operands) == 2 and type(value.inputs[0]) is not complex:
            # Python makes a complex number of its own of 1j * np.float64(2)
            return f"{operands[0]} {sign} {operands[1]}"
        if primitive.function is np.negative and is_plain_scalar:
            return f"-{operands[0]}"
        form = form_of(value)
        if form is not None:
            return self._filled(*form, value, "None")
        options = [f"{name}={self._literal(x)}" for name, x in value.options.items()]
        call = f"{self._callable(primitive)}({', '.join([*operands, *options])})"
        return f"np.asarray({call})[()]" if value.shape == () else call

    def _drawn(self, value: ProgramValue) -> str:
        options = value.options
        args = [self._literal(x) for x in options["args"]]
        args += [f"{name}={self._literal(x)}" for name, x in options["kwargs"].items()]
        draw = self.constant(options["draw"], getattr(options["draw"], "__name__", "draw"))
        return f"np.asarray({draw}({', '.join(args)}))"

    def _opaque(self, value: ProgramValue) -> str:
        """Write a call of an opaque function by its name."""
        call = value.options["call"]
        operands = ", ".join(map(self._operand, value.inputs))
        text = f"{self.constant(call, call.__name__)}({operands})"
        return f"np.asarray({text})" if value.shape == () else text

    def _looped(self, value: ProgramValue) -> str:
        text = self.loops[value]
        operands = value.inputs[: len(text.step.program.inputs)]
        return f"{text.name}({', '.join(map(self._number_or_array, operands))})"

    def _number_or_array(self, x: Operand) -> str:
        """Return an operand of a loop, for which a live array without axes is a number."""
        is_live_number = isinstance(x, ProgramValue) and x.is_live and not x.shape
        return f"{self._operand(x)}[()]" if is_live_number else self._operand(x)

    def _part(self, value: ProgramValue) -> str:
        several, number = value.inputs[0], value.options["number"]
        text = self.loops.get(several)
        return f"{self._operand(several)}[{text.used.index(number) if text else number}]"

    def _getitem(self, value: ProgramValue) -> str:
        x, *parts = (self._operand(x) for x in value.inputs)
        return f"{x}[{self._index(value.options['index'], parts)}]"

    def _reshape(self, value: ProgramValue) -> str:
        return self._call(value, "reshape", value.shape)

    def _transpose(self, value: ProgramValue) -> str:
        axes = value.options["axes"]
        if axes == tuple(range(len(axes)))[::-1]:
            return f"{self._operand(value.inputs[0])}.T"
        return self._call(value, "transpose", axes)

    def _astype(self, value: ProgramValue) -> str:
        return f"{self._operand(value.inputs[0])}.astype({dtype_name(value.dtype)})"

    def _call(self, value: ProgramValue, method: str, argument: Any) -> str:
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

    def _operand(self, x: Operand) -> str:
        return self.names[x] if isinstance(x, ProgramValue) else self._literal(x, nested=True)

    def _literal(self, x: Any, nested: bool = False) -> str:
        if x is None or isinstance(x, (bool, str)) or type(x) is int:
            return f"({x})" if nested and type(x) is int and x < 0 else repr(x)
        if type(x) is float:
            if not math.isfinite(x):
                return {"inf": "np.inf", "-inf": "(-np.inf)"}.get(str(x), "np.nan")
            return f"({x!r})" if nested and math.copysign(1, x) < 0 else repr(x)
        if type(x) is complex:
            return self.constant(x, "number")
        if isinstance(x, np.dtype) or (isinstance(x, type) and issubclass(x, np.generic)):
            return dtype_name(x)
        if type(x) in (tuple, list) and all(_is_simple(part) for part in x):
            inner = ", ".join(self._literal(part) for part in x)
            comma = "," if len(x) == 1 and type(x) is tuple else ""
            return f"({inner}{comma})" if type(x) is tuple else f"[{inner}]"
        return self.constant(x, "number" if isinstance(x, np.generic) else "constant")

    def constant(self, x: Any, stem: str, kind: str = CONSTANT) -> str:
        """Return the name of an object in the source's namespace; add it if necessary."""
        name = self.constants.get(id(x))
        if name is None:
            name = self.constants[id(x)] = self.new_name(identifier(stem), "constant")
            self.namespace.add(name, x, kind)
        return name

    def _callable(self, primitive: Any) -> str:
        for module, prefix in ((np, "np"), (np.linalg, "np.linalg"), (np.fft, "np.fft")):
            if getattr(module, primitive.name, None) is primitive.evaluate:
                return f"{prefix}.{primitive.name}"
        return self.constant(primitive.evaluate, primitive.name)

    @cached_property
    def counter(self) -> str:
        """The name of the number of a loop's step."""
        return self.new_name("t", "t")

    def new_name(self, name: str, default: str) -> str:
        """Return a name that nothing else in the module has."""
        stem = name or default
        stem = f"{stem}_" if keyword.iskeyword(stem) else stem
        while True:
            count = self.counts[stem]
            self.counts[stem] += 1
            found = f"{stem}_{count}" if count else stem
            if found not in self.taken and found not in _RESERVED:
                self.taken.add(found)
                return found


_WRITTEN: dict[Primitive, Callable[[Expressions, ProgramValue], str]] = {
    drawn: Expressions._drawn,
    opaque: Expressions._opaque,
    opaque_constant: Expressions._opaque,
    looped: Expressions._looped,
    looped_back: Expressions._looped,
    part: Expressions._part,
    indexing.getitem: Expressions._getitem,
    reshape: Expressions._reshape,
    transpose: Expressions._transpose,
    conversion.astype: Expressions._astype,
}


def _is_simple(x: Any) -> bool:
    return x is None or isinstance(x, (int, float, str, np.dtype)) or (
        type(x) in (tuple, list) and all(map(_is_simple, x))
    )  # fmt: skip


def _without_defaults(call: str) -> str:
    """Drop trailing default arguments of a call; an axis of None stays."""
    call = re.sub(r", out=None\)$", ")", call)
    call = re.sub(r"(, None, None, False|, None, None|, None)\)$", ")", call)
    return re.sub(r", None, (\w+), False\)$", r", None, \1)", call)
