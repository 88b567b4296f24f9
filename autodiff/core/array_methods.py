"""The methods of ndarray that Tensors have too: each is the NumPy function of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from autodiff.core.dispatch import Dispatching, run
from autodiff.core.errors import user_line
from autodiff.core.registry import handler
from autodiff.core.typing import Array, Function

__all__ = ["ArrayMethods"]


def _method(function: Function) -> Function:
    """Return the ndarray method with the parameters of a NumPy function after its first."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return run(function, (self, *args), kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"Same as the ndarray method; see ``np.{function.__name__}``."
    return method


def _refuse_part(name: str) -> Callable[[Any, Any], None]:
    def refuse(self: Any, _value: Array) -> None:
        raise TypeError(
            f"the part .{name} of a traced {self.dtype} array can't be written to (at "
            f"{user_line()}). Make the whole number: t[...] = t.real + 1j * imag."
        )

    return refuse


class ArrayMethods(Dispatching):
    """ndarray's methods, and those of the Python array API standard."""

    __slots__ = ()

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
    round = _method(np.round)
    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    take = _method(np.take)
    squeeze = _method(np.squeeze)
    swapaxes = _method(np.swapaxes)
    diagonal = _method(np.diagonal)
    trace = _method(np.trace)
    choose = _method(np.choose)
    imag = property(_method(np.imag), _refuse_part("imag"))

    @property
    def real(self) -> Any:
        """The real part; of a real Tensor the Tensor itself."""
        return handler(np.real)(self)

    @real.setter
    def real(self: Any, value: Array) -> None:
        if self.dtype.kind == "c":
            _refuse_part("real")(self, value)
        if np.iscomplexobj(value):
            raise TypeError(
                f"complex numbers can't be written into real ones (at {user_line()}): their "
                f"imaginary part would be lost. Write t.real = np.real(values)."
            )
        if type(value) in (int, float):  # which NumPy converts in its own way, with wrapping
            entry = np.zeros(min(self.size, 1), self.dtype)
            entry.real = value
            value = entry if self.size else 0
        elif hasattr(value, "dtype") and not np.ndim(value) and self.dtype.kind in "iu":
            value = np.reshape(value, -1)  # as an array, which NumPy converts, also NaN
        self[...] = value

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Array:
        """Return the same as ``ndarray.reshape``, also a view."""
        target = shape[0] if len(shape) == 1 else shape
        return handler(np.reshape)(self, target, order=order, copy=copy)

    def flatten(self, order: str = "C") -> Array:
        """Return the same as ``ndarray.flatten``: a copy, not a view."""
        return self.ravel(order).copy()

    def transpose(self, *axes: Any) -> Array:
        """Return the same as ``ndarray.transpose``, also a view."""
        return handler(np.transpose)(self, axes[0] if len(axes) == 1 else axes or None)

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The transpose; a view."""
        return handler(np.transpose)(self)

    @property
    def mT(self) -> Array:  # noqa: N802 - NumPy's name
        """The transpose of the last two axes; a view."""
        return handler(np.matrix_transpose)(self)

    @property
    def flat(self: Any) -> Array:
        """The entries in C order, in one axis; a write to it changes this Tensor."""
        from autodiff.core.flat import Flat  # flat.py builds on this module

        return Flat(self)

    @flat.setter
    def flat(self: Any, value: Array) -> None:
        from autodiff.core.flat import refuse_own_entries  # flat.py builds on this module

        refuse_own_entries("an assignment to flat", self, value)
        handler(np.put)(self, np.arange(self.size), value)

    def clip(
        self,
        min: Array | None = None,  # noqa: A002 - NumPy's names
        max: Array | None = None,  # noqa: A002
        out: Array | None = None,
        **options: Any,
    ) -> Array:
        """Return the same as ``ndarray.clip``, which takes one limit alone."""
        return run(np.clip, (self, min, max), {"out": out, **options})

    def sort(
        self, axis: int = -1, kind: Any = None, order: None = None, *, stable: bool | None = None
    ) -> None:
        """Sort in place, like ``ndarray.sort``."""
        self._take(handler(np.sort)(self, index(axis), kind, order, stable=stable))

    def partition(
        self,
        kth: int | Sequence[int],
        axis: int = -1,
        kind: str = "introselect",
        order: None = None,
    ) -> None:
        """Partition in place, like ``ndarray.partition``."""
        self._take(handler(np.partition)(self, kth, index(axis), kind, order))

    def compress(
        self, condition: Array, axis: int | None = None, out: Array | None = None
    ) -> Array:
        """Return the same as ``ndarray.compress``."""
        return run(np.compress, (condition, self, axis), {"out": out})

    def put(self: Any, indices: Array, values: Array, mode: str = "raise") -> None:
        """Set entries at positions in C order, like ``ndarray.put``."""
        handler(np.put)(self, indices, values, mode)

    def fill(self: Any, value: Array) -> None:
        """Set every entry, like ``ndarray.fill``.

        Raises:
            TypeError: the value isn't a single number.
        """
        if np.ndim(value):
            raise TypeError(
                f"fill needs a single number, got the shape {np.shape(value)} at {user_line()}. "
                f"Write t[...] = values."
            )
        self[...] = value

    def conj(self: Any) -> Array:
        """Return the complex conjugate; a real Tensor itself, like ``ndarray.conj``."""
        return handler(np.conjugate)(self) if self.dtype.kind == "c" else self

    conjugate = conj

    # The Python array API standard.

    @property
    def device(self) -> str:
        """Where the values are: ``"cpu"``, as in NumPy."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: None = None) -> Array:
        """Return the array itself, which is on the only device.

        Raises:
            ValueError: another device than ``"cpu"``, or a stream.
        """
        if device != "cpu" or stream is not None:
            raise ValueError(
                f"expected the device 'cpu', and no stream, got {device!r}, {stream!r}. Leave them "
                f"out."
            )
        return self

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        """Return the namespace of the Python array API standard, with functions for Tensors."""
        from autodiff.core import array_namespace  # which builds on this module

        del api_version  # NumPy's functions are those of its newest version
        return array_namespace
