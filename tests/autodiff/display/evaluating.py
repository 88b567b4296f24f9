"""Evaluate formulas from their parts, independently of the package."""

import numpy as np


class UnknownCallError(Exception):
    """A formula calls a function that NumPy doesn't have."""


def evaluate(x):
    """Compute a formula; raise UnknownCallError if it calls an unknown function."""
    result = OPERATIONS[x.kind](x, *(evaluate(part) for part in x.parts))
    return np.broadcast_to(result, x.shape) if x.kind != "call" else result


KNOWN = {
    "exp", "log", "sin", "cos", "sinh", "cosh", "sqrt", "sign", "floor", "maximum", "mean", "conj",
    "where",
}  # fmt: skip


def _call(x, *parts):
    name, options = x.label
    if options or name not in KNOWN:
        raise UnknownCallError(name)
    return getattr(np, name)(*parts)


def _replaced(x, part, value):
    found = np.array(np.broadcast_to(part, x.shape), np.result_type(part, value))
    found[x.key] = value
    return found


def _at(x, part):
    found = np.zeros(x.shape)
    np.add.at(found, x.key, part)
    return found


def _unknown(x, *_):
    raise UnknownCallError(x.kind)


RELATIONS = {
    "<": np.less, "≤": np.less_equal, ">": np.greater, "≥": np.greater_equal,
    "=": np.equal, "≠": np.not_equal, "and": np.logical_and, "or": np.logical_or,
}  # fmt: skip


def _total(x, a):
    if not x.label:
        return np.sum(a).reshape(x.shape)
    axis = eval(x.label.removeprefix("axis "))
    return np.sum(a, axis=axis).reshape(x.shape)


def _product(_, *parts):
    result = 1
    for part in parts:
        result = result * part
    return result


OPERATIONS = {
    "leaf": lambda x: x.value,
    "slope": lambda x: x.value,
    "number": lambda x: x.label,
    "ones": lambda x: np.ones(x.shape),
    "sum": lambda x, *parts: sum(parts),
    "product": _product,
    "power": lambda x, a: np.asarray(a) ** float(x.label),
    "matmul": lambda x, a, b: a @ b,
    "transpose": lambda x, a: a.T,
    "outer": lambda x, a, b: np.multiply.outer(a, b),
    "total": _total,
    "index": lambda x, a: a[x.key],
    "relation": lambda x, a, b: RELATIONS[x.label](a, b),
    "stack": lambda x, *parts: np.array(parts),
    "raised": lambda _, a, b: np.float_power(a, b),
    "where": lambda _, c, a, b: np.where(c, a, b),
    "at": _at,
    "replaced": _replaced,
    "sign": _unknown,
    "call": _call,
}
