"""How each operation is written with the operators of ONNX, version 18 of its set."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from autodiff.core.graph import Node, name_of
from autodiff.onnx.writer import Value, Writer

__all__ = ["form_of", "operator"]

Form: TypeAlias = Callable[..., str]
_forms: dict[Any, Form] = {}  # by functions, those of NumPy by names


def operator(function: Callable[..., Any]) -> Callable[[Form], Form]:
    """Say how an operation is written; decorate a function ``(writer, *values, **options)``.

    Args:
        function: NumPy's function, or a user-defined primitive.

    The decorated function takes the operation's inputs as `Value`, its options by name, and returns
    the name of the result.

    >>> import autodiff as ad
    >>> @ad.primitive
    ... def double(x):
    ...     return x + x
    >>> @operator(double)
    ... def form(writer, x):
    ...     return writer.add("Add", x.name, x.name)
    """

    def register(form: Form) -> Form:
        _forms[_key(function)] = form
        return form

    return register


def form_of(node: Node, other: Node) -> tuple[Form, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the form of an operation, and its options in both recordings.

    Raises:
        NotImplementedError: it has none, or none with these options.
    """
    options: tuple[Any, Any] = (node.options, other.options)
    function: Any = node.primitive.function
    form = _forms.get(_key(function))
    name = name_of(node.primitive, node.options)
    if form is None:
        raise NotImplementedError(
            f"expected operations that ONNX has, got {name!r}. Leave it out of the function, or "
            "say how it is written with autodiff.onnx.operator."
        )
    parameters = inspect.signature(form).parameters
    unknown = node.options.keys() - parameters.keys()
    if unknown and all(p.kind is not p.VAR_KEYWORD for p in parameters.values()):
        raise NotImplementedError(
            f"expected options that ONNX has, got {min(unknown)}= of {name!r}. Write it without "
            "this option, or say how it is written with autodiff.onnx.operator."
        )
    return form, options


def _key(function: Any) -> Any:
    """Return the name of a function of NumPy, which several functions of the engine record."""
    function = getattr(function, "function", function)
    library = getattr(function, "__module__", None) or "numpy"
    is_ours = library.startswith(("numpy", "autodiff.", "_operator"))
    return str(function.__name__).removesuffix("_constant") if is_ours else function


# --- entry by entry


def _elementwise(function: Any, kind: str) -> Form:
    """Return the form of a universal function that is an operator."""

    def form(writer: Writer, *values: Value) -> str:
        dtypes = [bool] * len(values) if kind in _LOGICAL else computed_in(function, values)
        dtype = np.dtype(dtypes[0])
        found = _OF_KINDS.get(dtype.kind, {}).get(kind, kind)
        computed = [computable(np.dtype(dtype), found) for dtype in dtypes]
        name = writer.add(found, *map(writer.cast, values, computed))
        return writer.cast_name(name, dtype, computed[0])

    return form


_LOGICAL = ("And", "Or", "Not", "Xor")
_WHOLE = dict.fromkeys(("Floor", "Ceil", "Round"), "Identity")
_OF_KINDS = {  # the operators for some kinds of dtypes
    "b": {"Add": "Or", "Max": "Or", "Mul": "And", "Min": "And", "Abs": "Identity", **_WHOLE}
    | {f"Bitwise{kind}": kind for kind in _LOGICAL},
    "i": _WHOLE,
    "u": _WHOLE,
}
_WRAPPING = ("Pow", "MatMul", "Neg", "ReduceSum", "ReduceProd", "CumSum")
_COMPARING = ("Max", "Min", "ReduceMax", "ReduceMin", "ArgMax", "ArgMin", "TopK")


def computable(dtype: np.dtype[Any], kind: str) -> np.dtype[Any]:
    """Return the dtype in which an operator computes, to the same result once it is cast back."""
    is_number = dtype.kind in "biu"
    is_known = dtype in (np.int32, np.int64) or (kind in _COMPARING and dtype == np.uint64)
    is_wide = is_number and not is_known and kind in (*_WRAPPING, *_COMPARING)
    return np.dtype(np.int64) if is_wide else dtype


def computed_in(function: Any, values: Sequence[Value]) -> Sequence[Any]:
    """Return the dtypes to which NumPy converts the inputs of a universal function."""
    types = [type(x.constant) if type(x.constant) in (int, float) else x.dtype for x in values]
    found = function.resolve_dtypes((*types, *[None] * function.nout))
    return list(found[: len(values)])


def result_dtype(values: tuple[Value, ...]) -> Any:
    """Return the dtype of all values together; Python's numbers adapt to arrays."""
    weak = (bool, int, float)
    return np.result_type(*(x.constant if type(x.constant) in weak else x.dtype for x in values))


def _comparison(kind: str, negated: bool = False) -> Form:
    def form(writer: Writer, *values: Value) -> str:
        dtype = result_dtype(values)
        if np.dtype(dtype).kind == "b" and kind != "Equal":
            dtype = np.int32
        try:
            compared = [writer.cast(value, dtype) for value in values]
        except OverflowError as error:
            raise NotImplementedError(
                f"expected comparisons within one dtype, as in ONNX, got other numbers: {error}. "
                f"Convert the array: x.astype(float)."
            ) from None
        name = writer.add(kind, *compared)
        return writer.add("Not", name) if negated else name

    return form


for _function, _kind in (
    (np.add, "Add"), (np.subtract, "Sub"), (np.multiply, "Mul"), (np.divide, "Div"),
    (np.maximum, "Max"), (np.minimum, "Min"), (np.power, "Pow"), (np.negative, "Neg"),
    (np.absolute, "Abs"), (np.exp, "Exp"), (np.log, "Log"), (np.sqrt, "Sqrt"), (np.tanh, "Tanh"),
    (np.sin, "Sin"), (np.cos, "Cos"), (np.tan, "Tan"), (np.sinh, "Sinh"), (np.cosh, "Cosh"),
    (np.arcsin, "Asin"), (np.arccos, "Acos"), (np.arctan, "Atan"), (np.sign, "Sign"),
    (np.floor, "Floor"), (np.ceil, "Ceil"), (np.rint, "Round"), (np.matmul, "MatMul"),
    (np.logical_and, "And"), (np.logical_or, "Or"), (np.logical_xor, "Xor"),
    (np.logical_not, "Not"), (np.bitwise_and, "BitwiseAnd"), (np.bitwise_or, "BitwiseOr"),
    (np.bitwise_xor, "BitwiseXor"), (np.invert, "BitwiseNot"), (np.positive, "Identity"),
):  # fmt: skip
    operator(_function)(_elementwise(_function, _kind))

for _compared, _kind, _negated in (
    (np.equal, "Equal", False), (np.not_equal, "Equal", True), (np.greater, "Greater", False),
    (np.less, "Less", False), (np.greater_equal, "GreaterOrEqual", False),
    (np.less_equal, "LessOrEqual", False),
):  # fmt: skip
    operator(_compared)(_comparison(_kind, _negated))


@operator(np.square)
def _square(writer: Writer, x: Value) -> str:
    (dtype,) = computed_in(np.square, [x])
    number = writer.cast(x, dtype)
    return writer.add("Mul", number, number)


@operator(np.reciprocal)
def _reciprocal(writer: Writer, x: Value) -> str:
    (dtype,) = computed_in(np.reciprocal, [x])
    return writer.add("Div", writer.constant(1, dtype), writer.cast(x, dtype))


@operator(np.log1p)
def _log1p(writer: Writer, x: Value) -> str:
    (dtype,) = computed_in(np.log1p, [x])
    return _log_of_one_and(writer, writer.cast(x, dtype), dtype)


def _log_of_one_and(writer: Writer, x: str, dtype: Any) -> str:
    """Write log(1 + x); near 0 as x log(u) / (u - 1), where u is 1 + x as it is rounded."""
    one = writer.constant(1, dtype)
    u = writer.add("Add", x, one)
    log, change = writer.add("Log", u), writer.add("Sub", u, one)
    near = writer.add("Mul", x, writer.add("Div", log, change))
    is_near = writer.add("Less", writer.add("Abs", x), one)
    found = writer.add("Where", is_near, near, log)
    return writer.add("Where", writer.add("Equal", u, one), x, found)


@operator(np.expm1)
def _expm1(writer: Writer, x: Value) -> str:
    """Write exp(x) - 1; near 0 as (u - 1) x / log(u), where u is exp(x) as it is rounded."""
    (dtype,) = computed_in(np.expm1, [x])
    number, one = writer.cast(x, dtype), writer.constant(1, dtype)
    u = writer.add("Exp", number)
    change = writer.add("Sub", u, one)
    near = writer.add("Mul", change, writer.add("Div", number, writer.add("Log", u)))
    is_near = writer.add("Less", writer.add("Abs", number), one)
    found = writer.add("Where", is_near, near, change)
    return writer.add("Where", writer.add("Equal", u, one), number, found)


@operator(np.logaddexp)
def _logaddexp(writer: Writer, x: Value, y: Value) -> str:
    dtype, _ = computed_in(np.logaddexp, [x, y])
    first, second = writer.cast(x, dtype), writer.cast(y, dtype)
    difference = writer.add("Sub", first, second)
    is_equal = writer.add("Equal", first, second)  # also where both are infinite
    apart = writer.add("Where", is_equal, writer.constant(0, dtype), difference)
    rest = writer.add("Exp", writer.add("Neg", writer.add("Abs", apart)))
    above = _log_of_one_and(writer, rest, dtype)
    return writer.add("Add", writer.add("Max", first, second), above)


@operator(np.where)
def _where(writer: Writer, condition: Value, x: Value, y: Value) -> str:
    dtype = result_dtype((x, y))
    chosen = writer.cast(condition, bool)
    return writer.add("Where", chosen, writer.cast(x, dtype), writer.cast(y, dtype))


def _filled(number: int) -> Form:
    def form(
        writer: Writer, a: Value, dtype: Any = None, order: str = "K", shape: Any = None
    ) -> str:
        del order  # files have none
        value = writer.onnx.numpy_helper.from_array(np.full(1, number, dtype or a.dtype))
        lengths = writer.add("Shape", a.name) if shape is None else writer.shape(_lengths(shape))
        return writer.add("ConstantOfShape", lengths, value=value)

    return form


operator(np.zeros_like)(_filled(0))
operator(np.ones_like)(_filled(1))


# --- along axes


def _axes(x: Value, axis: Any) -> tuple[int, ...]:
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(int(axis) % x.ndim for axis in axes)


def _reduction(function: Any, kind: str) -> Form:
    def form(writer: Writer, a: Value, axis: Any = None, keepdims: bool = False) -> str:
        dtype = function(np.ones(1, a.dtype)).dtype
        axes, numbers = _axes(a, axis), writer.cast(a, dtype)
        if not axes:
            return numbers
        computed = computable(dtype, kind)
        numbers = writer.cast_name(numbers, computed, dtype)
        name = writer.add(kind, numbers, writer.numbers(*axes), keepdims=int(keepdims))
        return writer.cast_name(name, dtype, computed)

    return form


for _reduced, _kind in (
    (np.sum, "ReduceSum"), (np.mean, "ReduceMean"), (np.max, "ReduceMax"), (np.min, "ReduceMin"),
    (np.prod, "ReduceProd"), (np.any, "ReduceSum"), (np.all, "ReduceMin"),
):  # fmt: skip
    operator(_reduced)(_reduction(_reduced, _kind))


@operator(np.cumsum)
def _cumsum(writer: Writer, a: Value, axis: int | None = None) -> str:
    if axis is None and a.ndim != 1:
        raise NotImplementedError(
            "expected a running sum along one axis, got one of all entries. Write "
            "np.cumsum(x, axis=1)."
        )
    dtype = np.cumsum(np.ones(1, a.dtype)).dtype
    computed = computable(dtype, "CumSum")
    name = writer.add("CumSum", writer.cast(a, computed), writer.constant((axis or 0) % a.ndim))
    return writer.cast_name(name, dtype, computed)


def _extreme(kind: str) -> Form:
    def form(writer: Writer, a: Value, axis: int | None = None, keepdims: bool = False) -> str:
        numbers = writer.cast(a, computable(a.dtype, kind))
        if axis is not None:
            return writer.add(kind, numbers, axis=int(axis) % a.ndim, keepdims=int(keepdims))
        row = writer.add("Reshape", numbers, writer.numbers(-1))
        name = writer.add(kind, row, axis=0, keepdims=0)
        shape = writer.numbers(*[1] * a.ndim)
        return writer.add("Reshape", name, shape) if keepdims else name

    return form


operator(np.argmax)(_extreme("ArgMax"))
operator(np.argmin)(_extreme("ArgMin"))


@operator(np.argsort)
def _argsort(writer: Writer, a: Value, axis: int | None = -1, **_: Any) -> str:
    """Write the places of the smallest entries, as many as there are; of equal ones, in order."""
    numbers = writer.cast(a, computable(a.dtype, "TopK"))
    if axis is None:
        numbers = writer.add("Reshape", numbers, writer.numbers(-1))
    place = 0 if axis is None else int(axis) % a.ndim
    length = writer.add("Gather", writer.add("Shape", numbers), writer.numbers(place))
    return writer.add_several("TopK", 2, numbers, length, axis=place, largest=0)[1]


# --- shapes


def _lengths(shape: Any) -> Sequence[Any]:
    return shape if isinstance(shape, tuple | list) else (shape,)


@operator(np.reshape)
def _reshape(writer: Writer, a: Value, shape: Any, order: str = "C") -> str:
    shape = _lengths(shape)
    if order == "C":
        return writer.reshape(a, shape)
    turned = Value(writer.transpose(a.name, range(a.ndim)[::-1]), a.shape[::-1], a.dtype)
    return writer.transpose(writer.reshape(turned, shape[::-1]), range(len(shape))[::-1])


@operator(np.transpose)
def _transpose(writer: Writer, a: Value, axes: Sequence[int]) -> str:
    return writer.transpose(a.name, axes)


@operator(np.concatenate)
def _concatenate(writer: Writer, *arrays: Value, axis: int | None = 0) -> str:
    dtype = result_dtype(arrays)
    names = [writer.cast(array, dtype) for array in arrays]
    if axis is None:
        names = [writer.add("Reshape", name, writer.numbers(-1)) for name in names]
        return writer.add("Concat", *names, axis=0)
    return writer.add("Concat", *names, axis=axis % arrays[0].ndim)


@operator(np.stack)
def _stack(writer: Writer, *arrays: Value, axis: int = 0) -> str:
    dtype, place = result_dtype(arrays), axis % (arrays[0].ndim + 1)
    names = [writer.cast(array, dtype) for array in arrays]
    names = [writer.add("Unsqueeze", name, writer.numbers(place)) for name in names]
    return writer.add("Concat", *names, axis=place)


@operator(np.einsum)
def _einsum(writer: Writer, *values: Value, subscripts: str, optimize: bool = False) -> str:
    del optimize
    names = [writer.cast(value, result_dtype(values)) for value in values]
    return writer.add("Einsum", *names, equation=subscripts.replace(" ", ""))
