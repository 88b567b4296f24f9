"""The words of a picture: operations as mathematics, numbers with few digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autodiff.graph import Node

__all__ = ["index_text", "is_symmetric", "number", "operation", "shape_text", "signed", "span"]

_INFIX = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "power": "^",
    "float_power": "^", "matmul": "@", "remainder": "mod", "floor_divide": "//",
    "less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥",
    "equal": "=", "not_equal": "≠", "logical_and": "and", "logical_or": "or",
    "bitwise_and": "and", "bitwise_or": "or",
}  # fmt: skip
_SYMBOL = {
    "sum": "Σ", "prod": "Π", "sqrt": "√", "negative": "−", "absolute": "| |", "square": "^ 2",
    "reciprocal": "1 ÷", "maximum": "max", "minimum": "min", "amax": "max", "amin": "min",
    "transpose": "ᵀ", "matrix_transpose": "ᵀ", "logical_not": "not", "invert": "not",
    "argument": "", "getitem": "", "setitem": "write",
    "part": "", "factored": "qr", "decomposed": "svd",
}  # fmt: skip
_AROUND = {
    "negative": ("−", ""), "sqrt": ("√", ""), "absolute": ("|", "|"), "square": ("", " ^ 2"),
    "transpose": ("", "ᵀ"), "matrix_transpose": ("", "ᵀ"),
}  # fmt: skip
_SYMMETRIC = {
    "add", "multiply", "maximum", "minimum", "fmax", "fmin", "logaddexp", "hypot", "equal",
    "not_equal", "logical_and", "logical_or", "bitwise_and", "bitwise_or", "scatter",
}  # fmt: skip
_LONGEST, _MOST_OPERANDS = 28, 6


def operation(node: Node, letters: Mapping[int, str]) -> str:
    """Write the operation of a Node as mathematics: ``× 2``, ``a − b``, ``Σ axis 0``.

    Args:
        node: has a primitive.
        letters: what to call its inputs, by position, where the order matters. A number needs no
            letter; what has none is told by the arrow.
    """
    name = _name(node)
    operands = [letters.get(i, _constant(x)) for i, x in enumerate(node.inputs)]
    if name in _INFIX:
        return " ".join(part for part in (operands[0], _INFIX[name], *operands[1:]) if part)
    if name in _AROUND and operands[0]:
        return operands[0].join(_AROUND[name])
    if name == "stack" and node.options.get("axis", 0) == 0 and len(operands) <= _MOST_OPERANDS:
        return f"[{', '.join(operand or '·' for operand in operands)}]"
    parts = [_call(_SYMBOL.get(name, name), operands), *_options(node)]
    joint = "" if name in ("getitem", "part") else " "
    return joint.join(part for part in parts if part)


def is_symmetric(node: Node) -> bool:
    """Whether the order of the inputs doesn't matter, so that the arrows tell all."""
    return _name(node) in _SYMMETRIC


def number(value: Any) -> str:
    """Write a number with four digits (large ones with six); bools as words."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (complex, np.complexfloating)):
        if not value.imag:
            return number(value.real)
        return f"{number(value.real)} {signed(value.imag)}i".replace(" +", " + ")
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits = 4 if abs(value) < 10_000 else 6
    return f"{float(value):.{digits}g}".replace("-", "−") if value else "0"


def signed(value: Any) -> str:
    """Write a slope: the sign is part of the news, so that it needs no color to be seen."""
    text = number(value)
    is_positive = not np.iscomplexobj(value) and value > 0
    return f"+{text}" if is_positive else text


def shape_text(value: Any) -> str:
    """Write a shape: ``32×10``."""
    return "×".join(map(str, np.shape(value)))


def span(low: Any, high: Any, write: Callable[[Any], str] = number) -> str:
    """Write between what numbers lie: ``−1 … 3``, ``all 2``."""
    return f"all {write(low)}" if low == high else f"{write(low)} … {write(high)}"


def _name(node: Node) -> str:
    return node.primitive.name if node.primitive is not None else "tensor"


def _call(name: str, operands: list[str]) -> str:
    """Write a function with its operands, where the arrows alone don't tell them."""
    if not name:
        return operands[0]
    if not any(operands):
        return name
    if len(operands) > _MOST_OPERANDS:
        return f"{name} of {len(operands)}"
    return f"{name}({', '.join(operand or '·' for operand in operands)})"


def _constant(value: Any) -> str:
    if type(value) is Node or value is None or np.ndim(value):
        return ""
    text = number(value)
    return f"({text})" if text.startswith("−") else text


def _options(node: Node) -> list[str]:
    """Write the options that change what is computed."""
    name, options = _name(node), node.options
    if name in ("getitem", "setitem"):
        return [_shortened(f"[{index_text(options['index'])}]")]
    if name == "part":
        return [f"[{options['number']}]"]
    if name == "reshape":
        return [shape_text(node.value) or "number"]
    if name == "transpose":
        return []
    if name in ("astype", "argument"):
        return [str(option) for option in options.values()]
    told = {key: v for key, v in options.items() if v is not None and key != "keepdims"}
    return [_shortened(f"{key} {value}") for key, value in told.items()]


def index_text(index: Any) -> str:
    """Write what stands in the brackets of an index: ``0``, ``:2``, ``…, None``."""
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index_part(part) for part in parts)


def _index_part(part: Any) -> str:
    if isinstance(part, slice):
        ends = ("" if end is None else str(end) for end in (part.start, part.stop))
        return ":".join(ends) + ("" if part.step is None else f":{part.step}")
    if part is Ellipsis:
        return "…"
    if isinstance(part, np.ndarray):
        return "mask" if part.dtype == bool else "indices"
    return str(part)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
