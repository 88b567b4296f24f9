"""Primitives: the operations that the engine knows, and how each one differentiates.

A derivative rule is an ordinary NumPy expression of ``g`` (the cotangent: the slope of the final
result with respect to this operation's output), ``z`` (the output), and the inputs::

    derivative(np.divide, x=lambda g, z, x, y: g / y,
                          y=lambda g, z, x, y: -g * z / y)

Given arrays, a rule computes at NumPy's speed. Given Tensors, the same line records a graph, which
is all that higher derivatives need. Rules know nothing of broadcasting: the backward sweep sums a
cotangent back to its input's shape.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, overload

import numpy as np

from autodiff.binding import Binding
from autodiff.errors import describe, user_line
from autodiff.graph import NO_OPTIONS, Node
from autodiff.lift import recordable
from autodiff.registry import registry
from autodiff.tensor import Tensor
from autodiff.view import View

__all__ = ["Primitive", "composite", "constant", "derivative", "parts_of", "primitive"]

Function: TypeAlias = Callable[..., Any]


class Missing:
    """Stands where an input has no rule."""

    def __repr__(self) -> str:
        return "no rule"


MISSING = Missing()
_PYTHONS_NUMBERS = frozenset((int, float, bool, complex))
_NUMBERS = _PYTHONS_NUMBERS | {np.float64, np.float32}


class Primitive:
    """A function that is recorded as one Node, with one rule per differentiable input.

    Call it like the function itself; without a Tensor among its inputs it is the function itself.
    """

    def __init__(self, function: Function, evaluate: Function | None = None) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.name: str = function.__name__
        self.evaluate = evaluate or function
        self.inputs: tuple[str, ...] = ()
        self.variadic: str | None = None
        self.options: dict[str, Any] = {}
        self.rules: tuple[Any, ...] = ()
        self.has_missing_rule = True  # until it gets its rules
        self.by_argnum = False
        self.is_constant = False
        self.is_start = False
        self.is_view: bool | str = False  # or "read-only"
        self.binding: Binding | None = None
        self.is_ufunc = isinstance(function, np.ufunc)
        self.is_elementwise = self.is_ufunc and function.signature is None  # type: ignore[attr-defined]
        self.emit: str | None = None  # how jit writes it
        self.is_inline = False  # whether jit writes out what the function does instead

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind as a function does, so that a primitive can be a method."""
        return self if instance is None else self.__class__.__call__.__get__(self)(instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function; record a Node when an input is a Tensor."""
        if len(args) == len(self.inputs):
            if not kwargs:
                return self.apply(args, NO_OPTIONS)
            if self.options.keys() >= kwargs.keys():
                return self.apply(args, kwargs)
        return self.apply(*self.bind(args, kwargs))

    def apply(self, inputs: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        """Run on inputs and options that are already told apart."""
        nodes: list[Any] = []
        values: list[Any] = []
        first: Any = None
        for x in inputs:
            kind = type(x)
            operand = x if kind is Tensor or kind in _NUMBERS else recordable(x)
            if isinstance(operand, Tensor):
                first = operand if first is None else first
                node = operand.node
                nodes.append(node)
                values.append(node.value)
            else:
                nodes.append(operand)
                values.append(operand)
        try:
            value = self.evaluate(*values, **options)
        except ValueError as error:
            raise _explained(self, values, error) from error
        if first is None:
            return value
        if self.has_missing_rule:
            self._refuse_missing(nodes)
        if isinstance(value, tuple):
            return parts_of(Node(value, self, tuple(nodes), options))
        is_view = self.is_view and isinstance(value, np.ndarray) and self._shares(value, nodes[0])
        if isinstance(value, np.ndarray):
            value = value if value.ndim else value[()]
        elif type(value) in _PYTHONS_NUMBERS:  # a function of one's own may answer Python's
            value = np.asarray(value)[()]
        node = Node(value, self, tuple(nodes), options)
        return self._as_view(node, first, inputs[1:]) if is_view else Tensor(node)

    def _shares(self, value: np.ndarray[Any, Any], base: Any) -> bool:
        """Whether a result shares its memory with the first input, and so is a view to NumPy."""
        return type(base) is Node and (not value.size or np.may_share_memory(value, base.value))

    def _as_view(self, node: Node, base: Tensor, rest: tuple[Any, ...]) -> Any:
        options, whole = node.options, base.node.value
        writable = self.is_view != "read-only" and (
            node.value.flags.writeable or not whole.flags.writeable or not node.value.ndim
        )
        return View(node, base, lambda new: self.apply((new, *rest), options), writable)

    def _refuse_missing(self, nodes: list[Any]) -> None:
        if not self.rules:
            raise NotImplementedError(
                f"{self.name} has no derivative (called at {user_line()}). Give it one with "
                f"autodiff.derivative({self.name}, x=lambda g, z, x: ...), or say that it has none "
                f"with autodiff.constant({self.name})."
            )
        names = [self.variadic] * len(nodes) if self.variadic else self.inputs
        for name, rule, node in zip(names, self.rules, nodes, strict=False):
            if rule is MISSING and type(node) is Node and node.value.dtype.kind in "fc":
                raise NotImplementedError(
                    f"{self.name} has no derivative with respect to {name} (called at "
                    f"{user_line()}). Pass {name} as a plain value (t.numpy()) where no slope is "
                    f"wanted."
                )

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """Tell a call's inputs from its options, and refuse options that no rule names."""
        if self.binding is None:
            self.binding = Binding(
                self.function, self.inputs, self.variadic, self.options, self.is_constant
            )
        return self.binding(args, kwargs)

    def be_constant(self) -> None:
        """Have no slope: be recorded, and let nothing flow back."""
        self.is_constant, self.has_missing_rule = True, False

    def set_rules(self, rules: dict[str, Function | None]) -> None:
        """Take the rules in, after checking that their signatures agree."""
        signatures = {key: _RuleSignature(self.name, key, r) for key, r in rules.items() if r}
        if not signatures:
            raise TypeError(f"derivative of {self.name}: at least one input needs a rule")
        first = next(iter(signatures.values()))
        for key, signature in signatures.items():
            if signature.inputs != first.inputs or signature.variadic != first.variadic:
                raise TypeError(
                    f"derivative of {self.name}: the rules name different inputs, "
                    f"{first.inputs} and {signature.inputs} (rule {key}=). Name them alike."
                )
            self.options.update(signature.options)
        self.inputs, self.variadic, self.by_argnum = first.inputs, first.variadic, first.by_argnum
        names = (self.variadic,) if self.variadic else self.inputs
        for key in rules:
            if key not in names:
                raise TypeError(
                    f"derivative of {self.name}: {key}= names no input; the inputs are {names}"
                )
        self.rules = tuple(rules.get(name, MISSING) for name in names)
        self.has_missing_rule = MISSING in self.rules
        self.binding = None


class _RuleSignature:
    """What a rule's parameter list says: ``(g, z, *inputs, option=default)``.

    Read from the code itself: there are hundreds of rules, and ``inspect`` takes its time.
    """

    def __init__(self, name: str, key: str, rule: Any) -> None:
        code = rule.__code__
        positional, keywords = code.co_argcount, code.co_kwonlyargcount
        names = code.co_varnames
        if names[:2] != ("g", "z") or positional < 2:
            raise TypeError(
                f"derivative of {name}: the rule {key}= must start with g (the cotangent) and z "
                f"(the output), then name the inputs: lambda g, z, x: ..., got {_shown(rule)}"
            )
        self.inputs = names[2:positional]
        starred = bool(code.co_flags & inspect.CO_VARARGS)
        self.variadic = names[positional + keywords] if starred and not self.inputs else None
        options = names[positional : positional + keywords]
        defaults = rule.__kwdefaults__ or {}
        self.options = {n: defaults.get(n, MISSING) for n in options if n != "argnum"}
        self.by_argnum = "argnum" in options
        if not self.inputs and self.variadic is None:
            raise TypeError(
                f"derivative of {name}: the rule {key}= names no input after g and z, "
                f"got {_shown(rule)}"
            )


def _shown(rule: Function) -> str:
    return str(inspect.signature(rule))


def derivative(
    function: Function,
    evaluate: Function | None = None,
    /,
    emit: str | None = None,
    elementwise: bool | None = None,
    **rules: Function | None,
) -> Primitive:
    """Say how ``function`` differentiates: one rule per input, named as the input is.

    Args:
        function: a NumPy function, or a primitive of one's own (``@ad.primitive``).
        evaluate: a quicker way to the same values, called with the inputs one by one.
        emit: how ``jit`` writes it where the result goes into memory that is there:
            ``"np.maximum({x}, 0, out={out})"``. Without, it is called and its result assigned.
        elementwise: whether each entry of the result depends on the entries at its place alone, so
            that it may be written over an input.
        rules: ``lambda g, z, *inputs: slope``, an expression in NumPy of the cotangent ``g``, the
            output ``z`` and the inputs; keyword-only parameters are the options it supports.
            None says that the slope is zero, by decision.

    Raises:
        TypeError: a rule's signature doesn't fit.

    >>> import numpy as np, autodiff as ad
    >>> @ad.primitive
    ... def cube(x):
    ...     return x * x * x
    >>> ad.derivative(cube, x=lambda g, z, x: g * 3 * x * x)
    <primitive cube>
    >>> ad.grad(cube)(2.0)
    12.0
    """
    found = _primitive_for(function, evaluate)
    found.set_rules(rules)
    if emit is not None:
        found.emit = emit
    if elementwise is not None:
        found.is_elementwise = elementwise
    return found


def constant(*functions: Function) -> None:
    """Say that these functions have no slope: they are recorded, and nothing flows back."""
    for function in functions:
        _primitive_for(function, None).be_constant()


def composite(*functions: Any) -> Callable[[Function], Function]:
    """Let the decorated function, written with other primitives, stand in for ``functions``."""

    def register(stand_in: Function) -> Function:
        for function in functions:
            registry[function] = stand_in
        return stand_in

    return register


@overload
def primitive(function: Function, /, *, inline: bool = False) -> Primitive: ...
@overload
def primitive(*, inline: bool = False) -> Callable[[Function], Primitive]: ...
def primitive(function: Any = None, /, *, inline: bool = False) -> Any:
    """Make a function of one's own a single operation of the graph; see :func:`derivative`.

    Args:
        function: of arrays and numbers.
        inline: it is plain NumPy code, which ``jit`` may write out in its place.
    """
    if function is None:
        return lambda function: primitive(function, inline=inline)
    if not callable(function):
        raise TypeError(f"primitive needs a function, got {describe(function)}")
    made = Primitive(function)
    made.__doc__ = function.__doc__
    made.is_inline = inline
    return made


def _primitive_for(function: Function, evaluate: Function | None) -> Primitive:
    if isinstance(function, Primitive):
        return function
    if not callable(function):
        raise TypeError(f"expected a function, got {describe(function)}")
    found = registry.setdefault(function, Primitive(function, evaluate))
    if not isinstance(found, Primitive):
        raise TypeError(f"{function.__name__} already stands for other primitives")
    return found


def parts_of(node: Node) -> Any:
    """Give the results of a function that has several: a Tensor each, in the tuple it made."""
    several = type(node.value)
    parts = [
        registry["part"].apply((Tensor(node),), {"number": number})
        for number in range(len(node.value))
    ]
    return several(*parts) if hasattr(several, "_fields") else tuple(parts)


def _explained(found: Primitive, values: list[Any], error: ValueError) -> ValueError:
    """Add to NumPy's words where it happened, and for shapes that don't fit, the cure."""
    shapes = [np.shape(value) for value in values]
    text = f"{found.name} at {user_line()}: {error}"
    if isinstance(error, np.linalg.LinAlgError):
        return np.linalg.LinAlgError(text)
    if found.function is np.matmul:
        return ValueError(
            f"{text}. Expected the last axis of the left and the last but one of the right to have "
            f"one length, got shapes {' and '.join(map(str, shapes))}. Transpose one (x.T)?"
        )
    if found.is_ufunc:
        return ValueError(
            f"{text.strip()}. Expected shapes that broadcast: aligned at the right, each pair of "
            f"lengths is equal or one of them is 1. Reshape one, or add an axis (x[:, None])."
        )
    return ValueError(text)
