"""NumPy's two protocols: all NumPy functions of Tensors are dispatched here."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import ufunc_name, user_line
from autodiff.core.graph import NeedsNumbersError
from autodiff.core.joins import converted, needs_conversion
from autodiff.core.layout import copied, order_name
from autodiff.core.located import OF_ARGUMENTS, locate
from autodiff.core.masks import check_mask
from autodiff.core.observer import is_observed
from autodiff.core.out_dtypes import (
    EXTREMES,
    check_casting,
    check_integers,
    check_method,
    check_out_dtypes,
    dtype_of_out,
    dtype_of_out_of_method,
)
from autodiff.core.out_shapes import as_wide_as
from autodiff.core.positional import out_by_name, unsupported
from autodiff.core.registry import handler, public_name, registry
from autodiff.core.typing import Array, Function

__all__ = ["KNOWN", "Dispatching", "cast", "is_collected", "is_foreign", "run"]


class Dispatching:
    """The base class of Tensor, which implements NumPy's protocols."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Array, **kwargs: Any) -> Array:
        for value in inputs:
            if not isinstance(value, KNOWN) and is_foreign(value):
                return NotImplemented
        if method == "reduce" and "out" in kwargs:
            check_method(sys._getframe(1))
        if method != "at" and any(type(x) in _LISTS for x in inputs):
            inputs = tuple(map(_as_array, inputs))
        if method == "__call__" and not kwargs:
            return handler(ufunc)(*inputs)
        return _call(ufunc, method, inputs, kwargs)

    def __array_function__(
        self,
        function: Function,
        types: Iterable[type],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        for kind in types:
            if not issubclass(kind, _ARRAYS):
                return NotImplemented  # a type of another library handles it
        try:
            return run(function, args, dict(kwargs))
        except OF_ARGUMENTS as error:
            locate(error, public_name(function))
            raise

    def _take(self, result: Array) -> None:
        """Refer to a result of the same shape, in the same dtype, from now on."""
        raise NotImplementedError

    def _overlaps(self, other: Dispatching) -> bool:
        """Return whether an edit of one edits the other."""
        raise NotImplementedError


_ARRAYS = (Dispatching, np.ndarray)
KNOWN = (*_ARRAYS, np.generic, int, float, complex)  # operands that the engine records


def is_foreign(value: Any) -> bool:
    """Return whether a value of another library handles NumPy's functions itself.

    DataFrames and Series of pandas would, entry by entry; with a Tensor they count as arrays.
    """
    kind = type(value)
    return (
        not isinstance(value, KNOWN)
        and hasattr(kind, "__array_ufunc__")
        and not hasattr(kind, "__pandas_priority__")
    )


def run(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run the traceable version of a function; a Tensor as ``out=`` receives the result."""
    if len(args) > 1:
        args, kwargs = out_by_name(function, args, kwargs)
    module = getattr(function, "__module__", None) or "numpy"  # ufuncs have none in NumPy 2.0
    is_refused = function not in registry  # which says what to write instead
    if function not in _OF_SEQUENCES and module.startswith("numpy") and not is_refused:
        args = tuple(map(_as_array, args)) if any(map(is_collected, args)) else args
        lists = [n for n, x in kwargs.items() if n != "out" and is_collected(x)]
        kwargs.update({n: _as_array(kwargs[n]) for n in lists})
    if function is np.clip and kwargs.get("where", True) is not True:
        raise NotImplementedError(
            f"np.clip with where= leaves other entries undefined (called at {user_line()}). Use "
            f"np.where(mask, np.clip(t, low, high), value)."
        )
    if needs_conversion(function, kwargs):
        args, dtype = converted(function, args, kwargs)
        if not dtype.isnative and kwargs.get("out") is None:
            return run(function, args, kwargs).astype(dtype)
    out = kwargs.get("out")
    if out is None:
        kwargs.pop("out", None)
        try:
            return handler(function)(*args, **kwargs)
        except NeedsNumbersError as error:
            return error.boxed(function, args, kwargs)
        except TypeError as error:
            refused = unsupported(function, args, kwargs)
            if refused is None:
                raise
            raise refused from error
        except NotImplementedError as error:
            if function in registry or not is_observed():
                raise
            raise NotImplementedError(
                f"{error} While jit records, t.numpy() of what depends on an argument is refused: "
                f"pass counts and positions as Python ints, for each of which jit records again, "
                f"or compute this outside of the jitted function."
            ) from None
    from autodiff.core.lift import is_traced  # which builds on this module

    del kwargs["out"]
    targets = out if isinstance(out, tuple) else (out,)
    if function in EXTREMES and "initial" in kwargs:
        _refuse_start(function, args or tuple(kwargs.values()), targets)
    args = dtype_of_out(function, args, kwargs, *targets[:1])
    compute = handler(function) if is_traced(args) or is_traced(kwargs) else function
    try:
        result = compute(*args, **kwargs)
    except NeedsNumbersError as error:
        result = error.boxed(function, args, kwargs)
    check_out_dtypes(function, result, targets)
    return _write(result, targets)


_LISTS = (list, tuple)
_OF_SEQUENCES = {
    np.concatenate, np.stack, np.vstack, np.hstack, np.dstack, np.column_stack, np.block, np.select,
    np.choose, np.lexsort, np.linalg.multi_dot, np.piecewise, np.apply_along_axis,
    np.apply_over_axes, np.einsum, np.take, np.place, np.put, np.putmask, np.copyto,
    np.put_along_axis, np.fill_diagonal, np.shares_memory, np.may_share_memory,
    np.ravel_multi_index,
}  # fmt: skip
"""Functions of sequences of arrays, edits, and comparisons of memory, which convert what they need.

For other functions, a list or an array of objects with traced values is one array.
"""


def _refuse_start(function: Function, args: tuple[Any, ...], targets: tuple[Any, ...]) -> None:
    """Refuse ``initial=`` of an extreme with ``out=`` of another dtype, which NumPy computes in."""
    if hasattr(targets[0], "dtype") and _dtype(args[0]) != targets[0].dtype:
        raise NotImplementedError(
            f"np.{function.__name__} of a traced value with initial= isn't computed in the dtype "
            f"of out= (called at {user_line()}). Convert the value, t.astype(dtype), and initial=."
        )


def is_collected(x: Any) -> bool:
    """Return whether a value is a list or an array of objects, which may hold traced values."""
    kind = type(x)
    return kind in _LISTS or (kind is np.ndarray and x.dtype.char == "O")


def _as_array(x: Any) -> Any:
    """Return a list or array of traced values as one, in the common dtype; others as they are."""
    from autodiff.core.lift import as_operand, is_traced  # which builds on this module

    return as_operand(x) if is_collected(x) and is_traced(x) else x


def _call(ufunc: np.ufunc, method: str, inputs: tuple[Array, ...], kwargs: dict[str, Any]) -> Array:
    """Run a universal function with options, or one of its methods."""
    out = kwargs.pop("out", None)
    if method != "__call__":
        if ufunc.signature is not None:
            raise NotImplementedError(f"NumPy has no {ufunc_name(ufunc)}.{method}")
        handler(ufunc)
        if method == "outer":  # a plain call, which takes out= and where=
            kwargs |= {} if out is None else {"out": out}
            return registry[np.ufunc.outer](ufunc, *inputs, **kwargs)
        if out is not None:
            dtype_of_out_of_method(ufunc, method, inputs[0], kwargs, out)
        result = registry[getattr(np.ufunc, method)](ufunc, *inputs, **kwargs)
        if out is not None:
            check_integers(ufunc, result, out[0])
    else:
        where, order = kwargs.pop("where", True), kwargs.pop("order", "K")
        if out is not None and kwargs.get("axes") in _OF_INPLACE_PRODUCTS:
            del kwargs["axes"]
        if where is not True:
            check_mask(where)
            inputs = tuple(_harmless(ufunc, x, where) for x in inputs)
        result = _computed_in_dtype(ufunc, inputs, kwargs)
        if out is not None and "casting" in kwargs:
            check_casting(result, out, kwargs["casting"])
        if where is not True:
            result = _selected(ufunc, result, where, out)
        if out is not None and ufunc.signature is None:
            result = as_wide_as(result, out)
        order = order_name(order, "K")
        if out is not None and len(out) > 1 and any(x is None for x in out):
            result = _laid_out_beside(ufunc, result, inputs, out, order)
        elif order != "K" and out is None:
            result = _in_order(result, order, inputs)
    return result if out is None else _write(result, out)


_OF_INPLACE_PRODUCTS = ([(-2, -1)] * 3, [(-1,), (-2, -1), (-1,)])
"""The axes that NumPy passes for ``a @= b``: those of any product."""


def _laid_out_beside(
    ufunc: np.ufunc,
    results: Any,
    inputs: tuple[Array, ...],
    out: tuple[Array | None, ...],
    order: str,
) -> Any:
    """Lay results that ``out=`` leaves to NumPy out as it does, which looks at its other arrays."""
    from autodiff.core.view import laid_out_like  # which builds on this module

    with np.errstate(all="ignore"):
        targets = tuple(None if x is None else copied(np.asarray(_value(x))) for x in out)
        patterns = ufunc(*map(_value, inputs), out=targets, order=order)
    return tuple(map(laid_out_like, results, patterns))


def _value(x: Array) -> Array:
    return x.node.value if isinstance(x, Dispatching) else x  # type: ignore[attr-defined]


def _in_order(
    result: Array | tuple[Array, ...], order: str, inputs: tuple[Array, ...]
) -> Array | tuple[Array, ...]:
    """Return results in a memory layout; "A" is "F" where all operands are in that order."""
    if isinstance(result, tuple):
        return tuple(_in_order(part, order, inputs) for part in result)
    if order == "A":
        order = "F" if all(map(_is_in_fortran_order, inputs)) else "C"
    return handler(np.copy)(result, order)


def _is_in_fortran_order(x: Array) -> bool:
    return bool(np.asarray(_value(x)).flags.f_contiguous)


def _computed_in_dtype(ufunc: np.ufunc, inputs: tuple[Array, ...], kwargs: dict[str, Any]) -> Array:
    """Compute in the dtype of ``dtype=``, if there is one."""
    dtype = kwargs.pop("dtype", None)
    _refuse_options(ufunc, kwargs)
    if dtype is None or (np.dtype(dtype) == bool and all(x[-1] in "?O" for x in ufunc.types)):
        return handler(ufunc)(*inputs, **kwargs)
    dtype, cure, name = np.dtype(dtype), "", ufunc_name(ufunc)
    if dtype.kind == "O":
        cure = (
            "array of traced values, np.stack([t, u]) instead of np.array([t, u]), or the result: "
            "t.astype(object)"
        )
    elif dtype.kind not in "fc":
        cure = f"arguments: {name}(t.astype({dtype}), ...)"
    elif not all(type(x) is int or np.can_cast(_dtype(x), dtype, "same_kind") for x in inputs):
        cure = f"result: {name}(t).astype({dtype})"
    if cure:
        raise NotImplementedError(
            f"{name} of a traced value can't be computed in dtype={dtype} (at {user_line()}). "
            f"Convert the {cure}."
        )
    result = handler(ufunc)(*map(cast, inputs, _taken(ufunc, inputs, dtype)), **kwargs)
    if isinstance(result, tuple) or result.dtype != dtype:
        raise NotImplementedError(
            f"{name} doesn't return in dtype={dtype} (at {user_line()}). Leave dtype= out."
        )
    return result


def _taken(ufunc: np.ufunc, inputs: tuple[Array, ...], dtype: np.dtype[Any]) -> Any:
    """Return the dtypes of operands for that of the result: ldexp, for one, takes an integer."""
    signature = (*[None] * ufunc.nin, *[dtype] * ufunc.nout)
    try:
        return ufunc.resolve_dtypes(
            (*map(_dtype, inputs), *[None] * ufunc.nout), signature=signature
        )[: ufunc.nin]
    except TypeError:  # it doesn't return in this dtype
        return [dtype] * ufunc.nin


def cast(x: Array, dtype: np.dtype[Any]) -> Array:
    """Convert an operand."""
    from autodiff.core.view import once  # which builds on this module

    return (
        once(lambda part: part.astype(dtype), x) if hasattr(x, "astype") else np.asarray(x, dtype)
    )


def _refuse_options(ufunc: np.ufunc, options: Mapping[str, Any]) -> None:
    """Refuse options that a function written with other operations doesn't take.

    Primitives refuse theirs themselves.
    """
    stand_in = registry.get(ufunc)
    if not options or stand_in is None or hasattr(stand_in, "binding"):
        return
    unknown = [n for n in options if n not in inspect.signature(stand_in).parameters]
    if unknown:
        raise NotImplementedError(
            f"{ufunc_name(ufunc)} of a traced value doesn't support the option {unknown[0]}= at "
            f"{user_line()}. Leave it out, and convert the arguments or the result."
        )


def _dtype(x: Array) -> np.dtype[Any]:
    dtype: np.dtype[Any] = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    return dtype


def _harmless(ufunc: np.ufunc, x: Array, where: Array) -> Array:
    """Return an input with a number from inside the domain where a mask is false.

    NumPy doesn't compute these entries, so that the slope of a logarithm at 0 must not be either.
    """
    if x is None:
        raise TypeError(
            f"{ufunc_name(ufunc)} needs numbers, got None (at {user_line()}). Pass a number."
        )
    if not hasattr(x, "dtype"):
        return x
    inside = 2.0 if ufunc is np.arccosh else 0.5
    return np.where(where, x, inside if x.dtype.kind in "fc" else True)


def _selected(
    ufunc: np.ufunc, result: Any, where: Array, out: tuple[Array | None, ...] | None
) -> Any:
    """Return results where a mask is true, and the values of ``out=`` elsewhere."""
    if out is None or any(target is None for target in out):
        raise NotImplementedError(
            f"{ufunc_name(ufunc)} with where= leaves other entries undefined (called at "
            f"{user_line()}). Use np.where(mask, {ufunc_name(ufunc)}(t), value), or pass out= too."
        )
    choose = handler(np.where)
    if not isinstance(result, tuple):
        return choose(where, result, out[0])
    return tuple(choose(where, part, x) for part, x in zip(result, out, strict=False))


def _write(
    result: Array | tuple[Array, ...], out: tuple[Array | None, ...]
) -> Array | tuple[Array, ...]:
    """Write a result to ``out=``, and return it; None in ``out=`` stands for a new value.

    Raises:
        TypeError: there isn't one target for each result, or one is a plain array, which would
            lose the slope.
    """
    results = result if isinstance(result, tuple) else (result,)
    if len(out) != len(results):
        raise TypeError(
            f"expected as many values in out= as there are results, {len(results)}, got {len(out)} "
            f"at {user_line()}. Pass a single one without a tuple: out=t."
        )
    _refuse_overlap([target for target in out if isinstance(target, Dispatching)])
    pairs = list(zip(out, results, strict=True))
    for target, value in pairs:
        if target is None:
            continue
        if not isinstance(target, Dispatching):
            raise TypeError(
                f"out= of a traced result must be a Tensor, got {type(target).__name__} at "
                f"{user_line()}: a plain array would lose the slope. Leave out= out, "
                f"or write z = z + t instead of z += t."
            )
        target._take(value)
    written = tuple(value if target is None else target for target, value in pairs)
    return written if isinstance(result, tuple) else written[0]


def _refuse_overlap(targets: Sequence[Dispatching]) -> None:
    """Refuse targets of out= that share entries, where NumPy's results depend on its loops."""
    for number, target in enumerate(targets):
        if any(target._overlaps(other) for other in targets[:number]):
            raise ValueError(
                f"the values in out= share memory (at {user_line()}), so that one result would "
                f"overwrite another. Pass separate ones, or leave out= away."
            )
