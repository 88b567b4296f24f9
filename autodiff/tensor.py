"""Tensor: the handle that a user holds on a Node of the graph.

A Tensor is a mutable name for an immutable Node. An in-place edit (``t[0] = 1``, ``t += 1``)
records a new Node over an edited copy and points the name at it, so all that was recorded earlier
keeps the old value: in-place edits differentiate rightly and can't corrupt a graph.

What is a view in NumPy is one here too: see ``view.py``.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.dispatch import Dispatching, is_foreign, run
from autodiff.errors import describe, user_line
from autodiff.graph import NO_OPTIONS, Node, plain_watchers
from autodiff.plain_index import noting, refuse_positions
from autodiff.refused import REFUSED
from autodiff.registry import handler, registry

__all__ = ["Tensor", "form", "plain", "tell_of_count", "tensor"]


def _binary(
    ufunc: np.ufunc, compute: Callable[[Any, Any], Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Make an operator and its reflection. They skip NumPy's dispatch: it costs more than they do.

    Numbers and Tensors, by far the most common operands, are recorded right here.
    """
    primitive: Any = None  # looked up at the first use: it is registered after this module

    def forward(self: Tensor, other: Any) -> Any:
        nonlocal primitive
        if primitive is None:
            primitive = registry[ufunc]
        kind = type(other)
        if kind is Tensor:
            y = other.node
            value = y.value
        elif kind is float or kind is int:
            value = y = other
        elif is_foreign(other):
            return NotImplemented
        else:
            return registry[ufunc](self, other)
        x = self.node
        try:
            z = compute(x.value, value)
        except ValueError:
            return registry[ufunc](self, other)  # fails again, with the words for it
        return Tensor(Node(z, primitive, (x, y)))

    def reflected(self: Tensor, other: Any) -> Any:
        kind = type(other)
        if kind is float or kind is int:
            x = self.node
            return Tensor(Node(compute(other, x.value), registry[ufunc], (other, x)))
        if is_foreign(other):
            return NotImplemented
        return registry[ufunc](other, self)

    return forward, reflected


def _unary(ufunc: np.ufunc) -> Callable[[Tensor], Any]:
    def forward(self: Tensor) -> Any:
        return registry[ufunc](self)

    return forward


def _in_place(compute: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Any]:
    def update(self: Tensor, other: Any) -> Any:
        result = compute(self, other)
        if not isinstance(result, Tensor) or (self.ndim == 0 and type(self) is Tensor):
            return result  # numbers have no in-place edits: the name gets a new value
        self._take(result)
        return self

    return update


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the ndarray method that has the parameters of a NumPy function after its first."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return run(function, (self, *args), kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"As the ndarray method; see ``np.{function.__name__}``."
    return method


def _refuse_number(kind: str) -> Callable[[Tensor], Any]:
    def refuse(self: Tensor) -> Any:
        self._given_out(kind)  # whoever watches may know more to say
        raise TypeError(
            f"{kind} of a traced value at {user_line()}: as a plain number it would lose its "
            f"slope, silently. Keep computing with it as it is; to build an array of traced "
            f"values use np.array([a, b]) or np.stack instead of assigning into a plain array; "
            f"where no slope is wanted write t.item() or t.numpy()."
        )

    return refuse


class _Keeps:
    """What NumPy's mean, var and std of an array of objects take for a Tensor's dtype.

    They end in ``total.dtype.type(total / count)``, which would turn a Tensor into a number. With
    this, ``np.array([a, b]).mean()`` of traced values stays traced.
    """

    @staticmethod
    def type(value: Any) -> Any:
        """Give the value on as it is."""
        return value


_KEEPS = _Keeps()


class Tensor(Dispatching):
    """A traced value: it behaves as the array or number that it holds, and remembers its origin.

    Made by ``ad.tensor``, or given to your function by ``ad.grad`` and its siblings.

    >>> import autodiff as ad
    >>> x = ad.tensor(3.0)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> print(x.grad)
    8.0
    """

    __slots__ = ("node",)
    __array_priority__ = 1000
    __pandas_priority__ = 5000  # a Series or frame on the left leaves its operators to ours
    __hash__ = None  # type: ignore[assignment]  # == is elementwise, as for ndarray

    node: Node

    def __init__(self, node: Node) -> None:
        if type(node) is not Node:
            raise TypeError(f"make a Tensor with autodiff.tensor(x), got Tensor({describe(node)})")
        self.node = node

    # What it holds.

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        shape: tuple[int, ...] = self.node.value.shape
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value."""
        if sys._getframe(1).f_globals.get("__name__") == "numpy._core._methods":
            return _KEEPS  # type: ignore[return-value]
        dtype: np.dtype[Any] = self.node.value.dtype
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
        """The bytes of one entry."""
        return int(self.node.value.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of all entries."""
        return int(self.node.value.nbytes)

    def numpy(self) -> Any:
        """Give the value as a plain array (a copy) or NumPy scalar, without a slope."""
        value = self._given_out("numpy")
        return value.copy() if isinstance(value, np.ndarray) else value

    def item(self, *index: Any) -> Any:
        """Give one entry as a plain Python number, without a slope."""
        return self._given_out("item").item(*index)

    def tolist(self) -> Any:
        """Give the entries as nested lists of plain Python numbers, without slopes."""
        return self._given_out("tolist").tolist()

    def _given_out(self, how: str) -> Any:
        for see in plain_watchers:
            see(self.node, how)
        return self.node.value

    def detach(self) -> Tensor:
        """Give a new Tensor of the same value that starts a graph of its own."""
        return Tensor(Node(self.numpy()))

    # Slopes.

    def backward(self, cotangent: Any = None) -> None:
        """Find the slope of this scalar with respect to every Tensor it was computed from.

        Fills ``.grad`` of each of them; it sets, and never adds up, so that a second call gives the
        same slopes. For a non-scalar, ``cotangent`` (of its shape) weighs the entries.

        Raises:
            ValueError: not a scalar, and no cotangent was given.
            TypeError: the value is an integer or bool, which has no slope.
        """
        from autodiff.backward import backward  # backward.py builds on this module

        backward(self, cotangent)

    @property
    def grad(self) -> Any:
        """The slope that the last ``backward()`` found here; None before."""
        return getattr(self.node, "slope", None)

    # Numbers out: only where the user says so.

    __float__ = _refuse_number("float()")
    __int__ = _refuse_number("int()")
    __complex__ = _refuse_number("complex()")
    __index__ = noting(_refuse_number("the use as an index or count"))
    __array_struct__ = property(refuse_positions)  # what NumPy asks next, to index a plain array

    def __bool__(self) -> bool:
        return bool(self._given_out("__bool__") if plain_watchers else self.node.value)

    def __len__(self) -> int:
        value = self.node.value
        if value.ndim == 0:
            raise TypeError("len() of a 0-d Tensor: it is a single number")
        return len(value)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d Tensor: it is a single number")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    # Writing it down.

    def __repr__(self) -> str:
        value = self.node.value
        if isinstance(value, np.ndarray):
            return repr(value).replace("array(", "Tensor(", 1)
        number = f"{value.item()!r}"
        return f"Tensor({number})" if value.dtype == float else f"Tensor({number}, {value.dtype})"

    def __str__(self) -> str:
        return str(self.node.value)

    def __format__(self, spec: str) -> str:
        return format(self.node.value, spec)

    def __getattr__(self, name: str) -> Any:
        cure = REFUSED.get(f"ndarray.{name}")
        if cure is None:
            raise AttributeError(f"a Tensor has no attribute {name!r}", name=name, obj=self)
        raise AttributeError(f"a Tensor has no {name} (asked for at {user_line()}). {cure}")

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return Tensor(self.node)  # the Node is immutable, so a new name for it is a copy

    def __copy__(self) -> Tensor:
        return Tensor(self.node)

    def __reduce__(self) -> Any:
        raise TypeError(
            "a Tensor can't be pickled: it would drag its whole graph along. Pickle t.numpy()."
        )

    # Operators.

    __add__, __radd__ = _binary(np.add, operator.add)
    __sub__, __rsub__ = _binary(np.subtract, operator.sub)
    __mul__, __rmul__ = _binary(np.multiply, operator.mul)
    __truediv__, __rtruediv__ = _binary(np.divide, operator.truediv)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide, operator.floordiv)
    __mod__, __rmod__ = _binary(np.remainder, operator.mod)
    __pow__, __rpow__ = _binary(np.power, operator.pow)
    __matmul__, __rmatmul__ = _binary(np.matmul, operator.matmul)
    __and__, __rand__ = _binary(np.bitwise_and, operator.and_)
    __or__, __ror__ = _binary(np.bitwise_or, operator.or_)
    __xor__, __rxor__ = _binary(np.bitwise_xor, operator.xor)
    __lt__ = _binary(np.less, operator.lt)[0]
    __le__ = _binary(np.less_equal, operator.le)[0]
    __gt__ = _binary(np.greater, operator.gt)[0]
    __ge__ = _binary(np.greater_equal, operator.ge)[0]
    __eq__ = _binary(np.equal, operator.eq)[0]
    __ne__ = _binary(np.not_equal, operator.ne)[0]
    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)
    __invert__ = _unary(np.invert)
    __lshift__, __rlshift__ = _binary(np.left_shift, operator.lshift)
    __rshift__, __rrshift__ = _binary(np.right_shift, operator.rshift)
    # NumPy calls these for each entry of an array of objects: np.exp(np.array([a, b])).
    exp = _unary(np.exp)
    exp2 = _unary(np.exp2)
    expm1 = _unary(np.expm1)
    log = _unary(np.log)
    log2 = _unary(np.log2)
    log10 = _unary(np.log10)
    log1p = _unary(np.log1p)
    sqrt = _unary(np.sqrt)
    cbrt = _unary(np.cbrt)
    sin = _unary(np.sin)
    cos = _unary(np.cos)
    tan = _unary(np.tan)
    arcsin = _unary(np.arcsin)
    arccos = _unary(np.arccos)
    arctan = _unary(np.arctan)
    sinh = _unary(np.sinh)
    cosh = _unary(np.cosh)
    tanh = _unary(np.tanh)
    arcsinh = _unary(np.arcsinh)
    arccosh = _unary(np.arccosh)
    arctanh = _unary(np.arctanh)
    degrees = _unary(np.degrees)
    radians = _unary(np.radians)
    rad2deg = _unary(np.rad2deg)
    deg2rad = _unary(np.deg2rad)
    fabs = _unary(np.fabs)
    rint = _unary(np.rint)
    __floor__ = _unary(np.floor)
    __ceil__ = _unary(np.ceil)
    __trunc__ = _unary(np.trunc)
    __iadd__ = _in_place(operator.add)
    __isub__ = _in_place(operator.sub)
    __imul__ = _in_place(operator.mul)
    __itruediv__ = _in_place(operator.truediv)
    __ifloordiv__ = _in_place(operator.floordiv)
    __imod__ = _in_place(operator.mod)
    __ipow__ = _in_place(operator.pow)
    __imatmul__ = _in_place(operator.matmul)
    __iand__ = _in_place(operator.and_)
    __ior__ = _in_place(operator.or_)
    __ixor__ = _in_place(operator.xor)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __round__(self, digits: int | None = None) -> Any:
        return handler(np.round)(self, digits or 0)

    # Indexing and in-place edits.

    def __getitem__(self, index: Any) -> Any:
        return registry["read"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.ndim == 0:
            raise TypeError(
                "assignment into a 0-d Tensor: it is a single number. Give the name a new value."
            )
        self._take(registry["write"](self, value, index))

    def _take(self, result: Any) -> None:
        """Point this name at an edited value of the same shape and dtype, as NumPy would."""
        if not isinstance(result, Tensor):
            result = Tensor(Node(np.asarray(result)[()]))
        if result.shape != self.shape:
            raise ValueError(
                f"an in-place edit can't change the shape {self.shape} to {result.shape} "
                f"({user_line()}). Write x = x + y instead of x += y."
            )
        if result.dtype != self.dtype:
            if not np.can_cast(result.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"an in-place edit can't turn {self.dtype} into {result.dtype} "
                    f"({user_line()}). Start from floats, or write x = x + y instead of x += y."
                )
            result = result.astype(self.dtype)
        self._point_at(result.node)

    def _point_at(self, node: Node) -> None:
        """Name another Node, whose value lies in memory as the old one did: so do its views."""
        old, new = self.node.value, node.value
        if new.strides != old.strides:
            laid_out = np.empty_like(old)
            laid_out[...] = new
            node = Node(laid_out, node.primitive, node.inputs, node.options)
        self.node = node

    # ndarray's methods.

    sum = _method(np.sum)
    mean = _method(np.mean)
    prod = _method(np.prod)
    max = _method(np.max)
    min = _method(np.min)
    var = _method(np.var)
    std = _method(np.std)
    all = _method(np.all)
    any = _method(np.any)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argsort = _method(np.argsort)
    argpartition = _method(np.argpartition)
    nonzero = _method(np.nonzero)
    searchsorted = _method(np.searchsorted)
    cumsum = _method(np.cumsum)
    cumprod = _method(np.cumprod)
    dot = _method(np.dot)
    clip = _method(np.clip)
    round = _method(np.round)
    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    take = _method(np.take)
    squeeze = _method(np.squeeze)
    swapaxes = _method(np.swapaxes)
    diagonal = _method(np.diagonal)
    trace = _method(np.trace)
    choose = _method(np.choose)
    put = _method(np.put)
    real = property(_method(np.real))
    imag = property(_method(np.imag))

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """As ``ndarray.reshape``; a view, as there."""
        target = shape[0] if len(shape) == 1 else shape
        return handler(np.reshape)(self, target, order=order)

    def flatten(self, order: str = "C") -> Any:
        """As ``ndarray.flatten``: a copy, not a view."""
        return self.ravel(order).copy()

    def transpose(self, *axes: Any) -> Any:
        """As ``ndarray.transpose``; a view, as there."""
        if not axes or axes == (None,):
            return handler(np.transpose)(self)
        return handler(np.transpose)(self, axes[0] if len(axes) == 1 else axes)

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose; a view."""
        return handler(np.transpose)(self)

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose of the last two axes; a view."""
        return handler(np.matrix_transpose)(self)

    @property
    def flat(self) -> Any:
        """The entries in C order, as a 1-d view; a write to it is a write to this Tensor."""
        from autodiff.view import View  # view.py builds on this module

        entries = self.reshape(-1)
        return View(entries.node, self, lambda base: base.reshape(-1), writable=True)

    def sort(self, axis: int = -1) -> None:
        """Sort in place, as ``ndarray.sort``."""
        self._take(handler(np.sort)(self, axis))

    def partition(self, kth: Any, axis: int = -1) -> None:
        """Partition in place, as ``ndarray.partition``."""
        self._take(handler(np.partition)(self, kth, axis))

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """As ``ndarray.compress``."""
        return handler(np.compress)(condition, self, axis)

    def fill(self, value: Any) -> None:
        """Set every entry, as ``ndarray.fill``."""
        self[...] = value

    def astype(self, dtype: Any, *, copy: bool = True) -> Tensor:
        """As ``ndarray.astype``; the slope passes through, except to integers and bools."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype and not copy:
            return self
        name = "astype" if dtype.kind in "fc" else "astype_constant"
        converted: Tensor = registry[name].apply((self,), {"dtype": dtype})
        return converted

    def conj(self) -> Tensor:
        """As ``ndarray.conj``: a real array itself, else a copy with its conjugates."""
        return handler(np.conjugate)(self) if self.dtype.kind == "c" else self

    conjugate = conj

    def copy(self, order: str = "C") -> Tensor:
        """As ``ndarray.copy``: later edits of one don't show in the other."""
        node = self.node
        if np.ndim(node.value) < 2 and order in "CKAF":
            return Tensor(node)  # the Node is immutable, so a new name for it is a copy
        copied: Tensor = registry["copy"].apply((self,), {"order": order})
        return copied


def plain(value: Any) -> Any:
    """Take the value behind a Tensor, for what has no slope: a position, a decision."""
    return value._given_out("plain") if isinstance(value, Tensor) else value


def tell_of_count(mask: Tensor) -> None:
    """Tell those who watch that how many entries a result has depends on a traced mask."""
    mask._given_out("count")


def form(value: Any) -> Any:
    """Look at the value behind a Tensor for its shape, dtype or layout only."""
    return value.node.value if isinstance(value, Tensor) else value


def tensor(value: Any, dtype: Any = None) -> Tensor:
    """Make a Tensor from a number, an array or a list of numbers: the start of a graph.

    Integers and bools become float64, since slopes are sought. The value is copied.

    Args:
        value: a number, array, or nested list; a Tensor gives a new one, connected to it.
        dtype: a float or complex dtype; by default the value's own.

    Raises:
        TypeError: not numeric.

    >>> import autodiff as ad
    >>> ad.tensor([1, 2, 3])
    Tensor([1., 2., 3.])
    """
    if isinstance(value, Tensor):
        return value.copy() if dtype is None else value.astype(dtype)
    array = np.array(value)
    if array.dtype == object:
        lifted = registry["lift"](array)
        if isinstance(lifted, Tensor):
            return lifted if dtype is None else lifted.astype(dtype)
        array = lifted
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.kind not in "fc":
        raise TypeError(f"tensor needs numbers, got {describe(value)}")
    if dtype is not None:
        if np.dtype(dtype).kind not in "fc":
            raise TypeError(
                f"tensor needs a float or complex dtype, since slopes are sought; got {dtype}"
            )
        array = array.astype(dtype)
    return Tensor(Node(array[()], None, (), NO_OPTIONS))
