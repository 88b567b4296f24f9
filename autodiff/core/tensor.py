"""Tensor: the user's handle of a Node of the graph.

A Tensor is a mutable reference to an immutable Node. An in-place edit (``t[0] = 1``, ``t += 1``)
records a new Node with an edited copy, and the Tensor then refers to that Node. Earlier operations
keep the old value, so in-place edits differentiate correctly and can't corrupt a graph.

Results that are views in NumPy are views here too: see ``view.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autodiff.core.array_methods import ArrayMethods
from autodiff.core.backends import give_backends
from autodiff.core.dispatch import Dispatching
from autodiff.core.errors import describe, user_line
from autodiff.core.graph import Node, RecordingError
from autodiff.core.layout import copied, order_name
from autodiff.core.objects import as_objects, refuse_fields
from autodiff.core.observer import notify_plain, observers
from autodiff.core.operators import Operators
from autodiff.core.plain_index import INDEX, expose_positions, with_place
from autodiff.core.plain_numbers import as_number
from autodiff.core.polynomials import check_no_trimming
from autodiff.core.refused import OF_LISTS, REFUSED
from autodiff.core.typing import Array

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["Tensor", "notify_count", "peek", "plain", "tensor"]


class _DtypeOfTotal:
    """A Tensor's dtype for NumPy's mean, var and std of an array of objects or by a traced mean.

    They end with ``total.dtype.type(total / count)``, which would turn a Tensor into a number. With
    this, ``np.array([a, b]).mean()`` of traced values stays traced.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    def type(self, value: Array) -> Array:
        """Return a mean in the dtype of the total, but of integers as it is."""
        return value.astype(self.dtype) if self.dtype.kind in "fc" else value


class Tensor(Operators, ArrayMethods):
    """A traced value: it behaves like its array or number, and records how it was computed.

    Created by ``ad.tensor``, or passed to your function by ``ad.grad`` and related functions.

    >>> import autodiff as ad
    >>> x = ad.tensor(3.0)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> print(x.grad)
    8.0
    """

    __slots__ = ("__weakref__", "node")
    __array_priority__ = 1000
    __pandas_priority__ = 5000  # a Series or DataFrame on the left defers to these operators

    node: Node

    def __init__(self, node: Node) -> None:
        if type(node) is not Node:
            raise TypeError(f"make a Tensor with autodiff.tensor(x), got Tensor({describe(node)})")
        self.node = node

    def __hash__(self) -> int:
        """Raise a TypeError, as arrays do: ``==`` compares entries."""
        raise TypeError(
            f"a traced value is unhashable (at {user_line()}), so that it can't be in a set or be "
            f"a key. Keep it in a list, or use t.item() where no slope is wanted."
        )

    # The value.

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        shape: tuple[int, ...] = self.node.value.shape
        return shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise AttributeError(
            f"the shape of a traced value can't be set (at {user_line()}). Write t = "
            f"t.reshape({shape})."
        )

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value."""
        dtype: np.dtype[Any] = self.node.value.dtype
        if sys._getframe(1).f_globals.get("__name__") == "numpy._core._methods":
            return _DtypeOfTotal(dtype)  # type: ignore[return-value]
        return dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return int(self.node.value.ndim)

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(self.node.value.size)

    @property
    def itemsize(self) -> int:
        """The size of one entry in bytes."""
        return int(self.node.value.itemsize)

    @property
    def nbytes(self) -> int:
        """The size of all entries in bytes."""
        return int(self.node.value.nbytes)

    def numpy(self) -> Array:
        """Return the value as a plain array (a copy) or NumPy scalar, without a slope."""
        value = self._plain_value("numpy")
        return value.copy("K") if isinstance(value, np.ndarray) else value

    def item(self, *index: Any) -> Any:
        """Return one entry as a plain Python number, without a slope."""
        return self._plain_value("item").item(*index)

    def tolist(self) -> Any:
        """Return the entries as nested lists of plain Python numbers, without slopes."""
        return self._plain_value("tolist").tolist()

    def _plain_value(self, how: str) -> Array:
        if observers:
            notify_plain(self.node, how)
        return self.node.value

    def detach(self) -> Tensor:
        """Return a new Tensor of the same value that starts a separate graph."""
        return Tensor(Node(self.numpy()))

    # Slopes.

    def backward(self, cotangent: Array | None = None) -> None:
        """Compute the slope of this scalar with respect to every Tensor it was computed from.

        Sets ``.grad`` of each of them. Slopes don't accumulate: a second call returns the same
        ones. For a non-scalar, ``cotangent`` (of its shape) weights the entries.

        Raises:
            ValueError: the value isn't a scalar, and there is no cotangent.
            TypeError: the value is an integer or bool, which has no slope.
        """
        from autodiff.core.backward import backward  # backward.py builds on this module

        backward(self, cotangent)

    @property
    def grad(self) -> Array:
        """The slope that the last ``backward()`` computed; None before."""
        return getattr(self.node, "slope", None)

    # Conversion to plain numbers: of floats only where the user asks for it.

    __float__ = as_number("float()", float)
    __int__ = as_number("int()", int)
    __complex__ = as_number("complex()", complex)
    __index__ = with_place(as_number(INDEX))
    __array_struct__ = property(expose_positions)  # NumPy reads it next, to index a plain array
    __array__ = as_objects

    def __bool__(self) -> bool:
        value = bool(self._plain_value("__bool__") if observers else self.node.value)
        if not value:
            check_no_trimming(sys._getframe(1))
        return value

    def __len__(self) -> int:
        self._need_axes("len()", "Use t.size, which is 1.")
        return len(self.node.value)

    def __iter__(self) -> Iterator[Array]:
        self._need_axes("iteration", "Use it as it is; pass an axis or a count as a Python int.")
        return (self[i] for i in range(len(self)))

    def _need_axes(self, what: str, advice: str) -> None:
        if self.ndim == 0:
            raise TypeError(
                f"{what} needs a Tensor with at least one axis, got a 0-d one, a single number, at "
                f"{user_line()}. {advice}"
            )

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    # Text.

    def __repr__(self) -> str:
        try:
            value = self._plain_value("repr()")
        except RecordingError:  # still something to show in messages and debuggers
            return f"<Tensor of {self.dtype}, shape {self.shape}>"
        if isinstance(value, np.ndarray):
            return repr(value).replace("array(", "Tensor(", 1)
        number = f"{value.item()!r}"
        return f"Tensor({number})" if value.dtype == float else f"Tensor({number}, {value.dtype})"

    def __str__(self) -> str:
        return str(self._plain_value("str()"))

    def __format__(self, spec: str) -> str:
        return format(self._plain_value("str()"), spec)

    def __getattr__(self, name: str) -> Any:
        cure = REFUSED.get(f"ndarray.{name}") or OF_LISTS.get(name)
        if cure is None and (name[0] == "_" or not hasattr(type(self.node.value), name)):
            raise AttributeError(f"a Tensor has no attribute {name!r}", name=name, obj=self)
        place, cure = user_line(), cure or "Plain values have it: use t.numpy()."
        raise AttributeError(f"a Tensor has no {name} (read at {place}). {cure}")

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return self.copy("K")

    def __copy__(self) -> Tensor:
        return self.copy("K")

    def __reduce__(self) -> Any:
        message = "a Tensor can't be pickled: it would include its whole graph. Pickle t.numpy()"
        raise TypeError(f"{message} (at {user_line()}).")

    # Indexing and in-place edits.

    def __getitem__(self, index: Any) -> Array:
        return indexing.read(self, index)

    def __setitem__(self, index: Any, value: Array) -> None:
        self._need_axes("assignment", "Give the name a new value: t = ...")
        self._take(indexing.write(self, value, index))

    def _edited(self, result: Array) -> Array:
        """Return the value of an in-place operator: this Tensor, which gets the result.

        Numbers have no in-place edits: the variable gets a new value.
        """
        if self.ndim == 0 and type(self) is Tensor:
            return result
        if not isinstance(result, Tensor):
            raise TypeError(
                f"an in-place edit can't turn {self.dtype} into {describe(result)} "
                f"({user_line()}). Write x = x * y instead of x *= y."
            )
        self._take(result)
        return self

    def _take(self, result: Array) -> None:
        """Refer to an edited value of the same shape, in the same dtype, from now on."""
        if not isinstance(result, Tensor):
            result = Tensor(Node(np.asarray(result)[()]))
        if result.shape != self.shape:
            raise ValueError(
                f"an in-place edit can't change the shape {self.shape} to {result.shape} "
                f"({user_line()}). Write x = x + y instead of x += y, or leave out= out."
            )
        if result.dtype != self.dtype:
            if not np.can_cast(result.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"an in-place edit can't turn {self.dtype} into {result.dtype} ({user_line()})."
                    f" Start from floats, or write x = x + y instead of x += y, or leave out= out."
                )
            result = result.astype(self.dtype)
        self._point_at(result.node)

    def _overlaps(self, other: Dispatching) -> bool:
        """Return whether an edit of one edits the other: both are the same, or views of it."""
        alike = getattr(self, "_root", self) is getattr(other, "_root", other)
        return alike and np.shares_memory(self.node.value, cast("Tensor", other).node.value)

    def _point_at(self, node: Node) -> None:
        """Refer to another Node, whose value gets the old one's memory layout, as in NumPy."""
        old, new = self.node.value, node.value
        if new.strides != old.strides:
            laid_out = copied(old)
            laid_out[...] = new
            node = Node(laid_out, node.primitive, node.inputs, node.options)
        self.node = node

    def astype(
        self,
        dtype: DTypeLike,
        order: Any = "K",
        casting: Any = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> Array:
        """Convert like ``ndarray.astype``; floats and complex numbers keep their slope."""
        del subok
        dtype, value = np.dtype(dtype), np.asarray(self.node.value)
        if not np.can_cast(value.dtype, dtype, casting):
            raise TypeError(
                f"can't cast {value.dtype} to {dtype} by the rule {casting!r} ({user_line()}). "
                f"Convert the value with astype, or pass casting='unsafe'."
            )
        refuse_fields(dtype)
        if dtype.kind == "O":
            return as_objects(self).astype(object, order, copy=False)[()]
        if not copy and value.astype(dtype, order, copy=False) is value:
            return self
        operation = conversion.astype if dtype.kind in "fc" else conversion.astype_constant
        converted: Tensor = operation.apply((self,), {"dtype": dtype})
        order = order_name(order, "K", value)
        return converted if order == "K" else converted.copy(order)

    def copy(self, order: str | None = "C") -> Tensor:
        """Return a copy: later edits of one don't change the other."""
        node, value, order = self.node, self.node.value, order_name(order, "C")
        is_plain = not value.ndim or (value.ndim == 1 and value.flags.contiguous)
        if is_plain and order in tuple("CKAF"):
            return Tensor(node)  # the Node is immutable, so a new handle is a copy
        copied: Tensor = conversion.copy.apply((self,), {"order": order})
        return copied


def plain(value: Array, how: str = "plain") -> Array:
    """Return the value of a Tensor, for uses without a slope: a position, a condition, a text."""
    return value._plain_value(how) if isinstance(value, Tensor) else value


def notify_count(mask: Tensor) -> None:
    """Notify observers that the number of entries of a result depends on a traced mask."""
    mask._plain_value("count")


def peek(value: Array) -> Array:
    """Return the value of a Tensor without notifying observers; for shape, dtype, layout only."""
    return value.node.value if isinstance(value, Tensor) else value


def tensor(value: Array, dtype: DTypeLike | None = None) -> Tensor:
    """Create a Tensor from a number, an array or a list of numbers: the start of a graph.

    Integers and bools become float64, since they have no slopes. The value is copied.

    Args:
        value: a number, array, or nested list; from a Tensor a new one is made, connected to it.
        dtype: a float or complex dtype; by default that of the value.

    Raises:
        TypeError: not numeric, or an array with its own arithmetic, such as a masked array.
        ValueError: an integer beyond the range of float64.

    >>> import autodiff as ad
    >>> ad.tensor([1, 2, 3])
    Tensor([1., 2., 3.])
    """
    give_backends()
    if isinstance(value, Tensor):
        return value.copy() if dtype is None else value.astype(dtype)
    lifting.plain_parts(value)
    array = np.array(value)
    if array.dtype == object:
        lifted = lifting.lift(array)
        if isinstance(lifted, Tensor):
            return lifted if dtype is None else lifted.astype(dtype)
        array = np.asarray(lifted)
    if array.dtype.kind in "biuO":  # objects are Python integers beyond every integer dtype
        array = lifting.as_floats(array)
    if array.dtype.kind not in "fc":
        raise TypeError(
            f"tensor needs numbers, got {describe(value)}. Pass a number, an array, or a list of "
            f"numbers."
        )
    if dtype is not None:
        if np.dtype(dtype).kind not in "fc":
            raise TypeError(
                f"tensor needs a float or complex dtype, which has slopes; got {dtype}. Leave "
                f"dtype out."
            )
        array = array.astype(dtype)
    return Tensor(Node(array[()]))


# These build on Tensor, whose methods use them.
from autodiff.core import conversion, indexing  # noqa: E402
from autodiff.core import lift as lifting  # noqa: E402
