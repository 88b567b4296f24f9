"""Symbols: values without numbers, from which functional models are built.

``Input(shape=(9,))`` returns the first one. A layer that is called on a Symbol returns a Symbol,
and so does a NumPy function or an operator: each remembers the call that made it. `nn.Model`
collects the calls between its inputs and its outputs.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autodiff import Array
from nn import naming, tree
from nn.layers.shape_inference import infer
from nn.layers.spec import Spec, filled, has_specs, specs_in
from nn.layers.tensor_methods import cure_of_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import DTypeLike

    from nn.layers.shapes import Shape

__all__ = ["Call", "Operation", "Symbol", "record"]

# Methods of arrays that are functions of NumPy too.
_METHODS = """
    all any argmax argmin argsort clip conj cumprod cumsum diagonal dot max mean min prod ravel
    repeat round squeeze std sum swapaxes take trace var
"""


class Symbol(NDArrayOperatorsMixin, Spec):
    """A value of a known shape and dtype, without numbers.

    Args:
        shape: the length of each axis; None where it isn't known, as for the batch.
        dtype: the dtype of its numbers.
        name: the name in messages.

    The methods of arrays make further Symbols: ``x.max(axis=1)`` is ``np.max(x, axis=1)``.

    Attributes:
        call: the call that made it; None for a value that no call made.

    >>> x = Symbol((None, 3), name="x")
    >>> np.concatenate([x, 2 * x], axis=1).shape
    (None, 6)
    """

    def __init__(
        self, shape: Shape, dtype: DTypeLike = np.float32, name: str | None = None
    ) -> None:
        super().__init__(shape, dtype)
        self.name = name or naming.unique_name("symbol")
        self.call: Call | None = None

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS.split():
            return partial(self.apply_later, getattr(np, name), self)
        text = f"a value of a functional model has no attribute {name!r}"
        if name[0] != "_":
            text += (
                f", got {self!r}. {cure_of_attribute(name)}, or write a Layer with call(inputs)."
            )
        raise AttributeError(text, name=name, obj=self)

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The value with its axes reversed."""
        return self.apply_later(np.transpose, self)

    def reshape(self, *shape: Any) -> Any:
        """Return the value in another shape, the batch included: ``x.reshape(-1, 4)``."""
        whole = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return self.apply_later(np.reshape, self, whole)

    def astype(self, dtype: DTypeLike) -> Any:
        """Return the value in another dtype."""
        return self.apply_later(np.astype, self, np.dtype(dtype))

    def __getitem__(self, index: Any) -> Any:
        return self.apply_later(operator.getitem, self, index)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Array, **options: Any) -> Any:
        called = ufunc if method == "__call__" else getattr(ufunc, method)
        return self.apply_later(called, *inputs, **options)

    def __array_function__(
        self,
        function: Callable[..., Any],
        _types: Iterable[type],
        args: tuple[Any, ...],
        options: Mapping[str, Any],
    ) -> Any:
        return self.apply_later(function, *args, **options)

    def apply_later(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Return the Symbols of a function's results; the model that has them calls it."""
        return Operation(function)(*args, **options)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        self._refuse("an array")

    def __bool__(self) -> NoReturn:
        self._refuse("True or False")

    def __float__(self) -> NoReturn:
        self._refuse("a number")

    def __iter__(self) -> NoReturn:
        self._refuse("a sequence of rows")

    def __len__(self) -> NoReturn:
        self._refuse("a length")

    def _refuse(self, wanted: str) -> NoReturn:
        raise TypeError(
            f"expected numbers, to make {wanted}, got {self!r}: a functional model has numbers "
            "only when it is called. Use NumPy functions and layers, or write a Layer whose "
            "call(inputs) does this."
        )

    __hash__ = object.__hash__  # an operator makes an operation, also ==

    def __repr__(self) -> str:
        return f"<Symbol {self.name}, shape {self.shape}, {self.dtype}>"


@dataclass(eq=False)
class Call:
    """A call of a layer or an operation on Symbols.

    Attributes:
        operation: what was called.
        args: the positional arguments, with Symbols at any depth.
        kwargs: the named arguments.
        outputs: the structure of Symbols that the call returned.
    """

    operation: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: Any = field(repr=False)

    def inputs(self) -> list[Symbol]:
        """Return the Symbols in the arguments, in order."""
        return specs_in((self.args, dict(self.kwargs)))

    def run(self, values: Mapping[int, Any], **options: Any) -> Any:
        """Call the operation again, with a value for each Symbol.

        Args:
            values: the value of each Symbol, by the id of the Symbol.
            options: further named arguments; those of the recorded call come first.
        """
        args, kwargs = filled((self.args, dict(self.kwargs)), values)
        return self.operation(*args, **{**options, **kwargs})


def record(operation: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], outputs: Any) -> Any:
    """Return Symbols for the outputs of a call, which refer to the call that made them.

    Args:
        operation: what was called: a layer or an operation, whose name the Symbols get.
        args: the positional arguments, with Symbols at any depth.
        kwargs: the named arguments.
        outputs: the Specs of the outputs, in their structure.
    """
    symbols = tree.map_leaves(
        lambda x: Symbol(x.shape, x.dtype, operation.name) if isinstance(x, Spec) else x, outputs
    )
    call = Call(operation, args, dict(kwargs), symbols)
    for symbol in specs_in(symbols):
        symbol.call = call
    operation.calls.append(call)
    return symbols


class Operation:
    """A function of arrays in a functional model; it isn't one of the model's layers.

    Args:
        function: a NumPy function, a method of a universal function, or an operator.
        name: the name; made from that of the function by default.

    >>> import numpy as np
    >>> Operation(np.add, name="sum")(Symbol((None, 3)), 1.0)
    <Symbol sum, shape (None, 3), float32>
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        self.function = function
        self.name = name or naming.unique_name(getattr(function, "__name__", "operation"))
        self.calls: list[Call] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's result, or Symbols for Symbols."""
        if not has_specs((*args, *kwargs.values())):
            return self.function(*args, **kwargs)
        return record(self, args, kwargs, infer(self.function, args, kwargs))

    @property
    def kind(self) -> str:
        """The name of the function: ``'concatenate'``, ``'get_item'``."""
        name: str = getattr(self.function, "__name__", "operation")
        return "get_item" if self.function is operator.getitem else name

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"
