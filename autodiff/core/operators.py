"""The operators of Tensors, and the methods by which NumPy computes with arrays of objects."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, NoneType
from typing import Any

import numpy as np

from autodiff.core.dispatch import KNOWN, Dispatching, is_foreign
from autodiff.core.errors import user_line
from autodiff.core.graph import Node
from autodiff.core.narrow_sums import NARROW, WIDENED, check_widened
from autodiff.core.polynomials import beside_roots
from autodiff.core.registry import handler, operator_of, registry
from autodiff.core.typing import Array, Function
from autodiff.core.user_operands import computes_itself, given_to_operand, is_converted

__all__ = ["Operators"]

_IN_LOOPS = ("__add__", "__radd__", "__mul__", "__rmul__", "__lt__", "__gt__")
_NOTHING: Iterator[object] = iter({})
next(_NOTHING, None)  # exhausted: a loop over it only raises the error that is set, if any


def _binary(ufunc: np.ufunc, compute: Callable[[Array, Array], Array]) -> tuple[Function, Function]:
    """Return an operator and its reflection, which skip NumPy's dispatch: it takes longer.

    Numbers and Tensors, by far the most common operands, are recorded here.

    ``np.dot`` and ``np.argmax`` of an array of objects continue with the next entries after an
    error. Python code that runs while it is set fails anywhere, as an attribute may not be found.
    So it is raised first. A method that isn't found in the class itself clears the error.
    """
    primitive: Any = None
    tensor: Any = None
    new = object.__new__
    narrow = NARROW if ufunc in WIDENED else ()

    def look_up() -> None:  # at the first use: both are defined after this module
        nonlocal primitive, tensor
        from autodiff.core.tensor import Tensor

        primitive, tensor = registry[ufunc], Tensor

    def forward(self: Any, other: Array) -> Array:
        for _ in _NOTHING:
            pass
        if primitive is None:
            look_up()
        kind = type(other)
        if kind is tensor:
            y = other.node
            value = y.value
        elif kind is float or kind is int:
            value = y = other
        elif is_foreign(other):
            return NotImplemented
        else:
            operation = _operator(ufunc, kind)
            is_other = operation is primitive and not isinstance(other, KNOWN)
            if is_other and computes_itself(ufunc, kind):
                found = given_to_operand(ufunc, self, other)
                if found is not NotImplemented or ufunc in _OF_DIFFERENT:
                    return found
            z = operation(self, other)
            if narrow and type(z) is tensor and type(z.node.value) in narrow:
                check_widened(z.node.value)
            return z
        x = self.node
        try:
            z = compute(x.value, value)
        except ValueError:
            return primitive(self, other)  # fails again, with a full message
        if kind is not float and type(z) in narrow:
            check_widened(z)
        made = new(tensor)  # skips the check of tensor(node)
        made.node = Node(z, primitive, (x, y))
        return made

    def reflected(self: Any, other: Array) -> Array:
        for _ in _NOTHING:
            pass
        if primitive is None:
            look_up()
        kind = type(other)
        if kind is float or kind is int:
            x = self.node
            return tensor(Node(compute(other, x.value), primitive, (other, x)))
        if is_foreign(other):
            return NotImplemented
        z = _operator(ufunc, kind)(other, self)
        if narrow and type(z) is tensor and type(z.node.value) in narrow:
            check_widened(z.node.value)
        return z

    return forward, reflected


def _operator(ufunc: np.ufunc, kind: type) -> Function:
    """Return what stands for an operator of a Tensor and a value that isn't a number or Tensor."""
    if ufunc in _OF_DIFFERENT and _is_no_number(kind):
        caller = sys._getframe(2).f_globals.get("__name__", "")
        if caller.partition(".")[0] not in _LIBRARIES:
            return lambda x, other: np.full_like(x.node.value, _OF_DIFFERENT[ufunc], bool)[()]
    if ufunc is np.multiply and issubclass(kind, (list, tuple)):
        return _product_or_repeat
    if ufunc is np.subtract and kind is np.ndarray:
        return _minus_array
    return operator_of(ufunc, kind)


_OF_DIFFERENT = {np.equal: False, np.not_equal: True}
_LIBRARIES = ("numpy", "scipy")  # whose code would go on to compare an option with numbers


_WITHOUT_NUMBERS = (str, bytes, dict, set, frozenset, slice, NoneType, BuiltinFunctionType)


def _is_no_number(kind: type) -> bool:
    """Return whether values of a type, such as texts and options, differ from all numbers."""
    if issubclass(kind, _WITHOUT_NUMBERS):
        return True
    return kind.__eq__ is object.__eq__ and not is_converted(kind)


def _product_or_repeat(x: Any, y: Any) -> Any:
    """Return a product; a list is repeated by a whole number, as by one of NumPy."""
    items, factor = (x, y) if isinstance(x, (list, tuple)) else (y, x)
    if factor.ndim or factor.dtype.kind not in "iu":
        return registry[np.multiply](x, y)
    return items * operator.index(factor)


def _minus_array(x: Any, y: Array) -> Array:
    """Return a difference, with an array in the shape that NumPy's caller would give it."""
    return registry[np.subtract](x, beside_roots(sys._getframe(2), x, y))


def _unary(ufunc: np.ufunc) -> Callable[[Any], Array]:
    def forward(self: Any) -> Array:
        return registry[ufunc](self)

    return forward


def _in_place(compute: Callable[[Array, Array], Array]) -> Callable[[Any, Array], Array]:
    def update(self: Any, other: Array) -> Array:
        return self._edited(compute(self, other))

    return update


class Operators(Dispatching):
    """The operators of a Tensor, each of which is a universal function of NumPy."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Put the methods that NumPy's loops over objects call into the class itself."""
        super().__init_subclass__()
        for name in _IN_LOOPS:
            setattr(cls, name, getattr(cls, name))

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
    arctan2 = _binary(np.arctan2, np.arctan2)[0]
    fmod = _binary(np.fmod, np.fmod)[0]
    hypot = _binary(np.hypot, np.hypot)[0]
    logical_xor = _binary(np.logical_xor, np.logical_xor)[0]
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
    __ilshift__ = _in_place(operator.lshift)
    __irshift__ = _in_place(operator.rshift)

    def __divmod__(self, other: Array) -> tuple[Array, Array]:
        return self // other, self % other

    def __rdivmod__(self, other: Array) -> tuple[Array, Array]:
        return other // self, other % self

    def __round__(self, digits: int | None = None) -> Array:
        operand: Any = self
        if np.iscomplexobj(operand):
            raise TypeError(
                f"round of a complex value isn't defined in Python (at {user_line()}). Use "
                f"np.round(z)."
            )
        return handler(np.round)(self, digits or 0)
