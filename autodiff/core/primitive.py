"""Primitives: the operations of the engine, each with its derivative rules.

A derivative rule is an ordinary NumPy expression of ``g`` (the cotangent: the slope of the final
result with respect to this operation's output), ``z`` (the output), and the inputs::

    derivative(np.divide, x=lambda g, z, x, y: g / y,
                          y=lambda g, z, x, y: -g * z / y)

Given arrays, a rule computes at NumPy's speed. Given Tensors, the same line records a graph, which
is all that higher derivatives need. Rules ignore broadcasting: the backward sweep sums a cotangent
to its input's shape.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

import numpy as np

from autodiff.core.binding import Binding
from autodiff.core.errors import describe, user_line
from autodiff.core.graph import NO_OPTIONS, Node
from autodiff.core.guarded import guarded, guarded_rule, is_of_user
from autodiff.core.lift import as_operand
from autodiff.core.options import is_traced, settled
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.core.view import View

__all__ = ["Primitive", "constant", "derivative", "parts_of", "primitive"]


class Missing:
    """Marks an input without a rule."""

    def __repr__(self) -> str:
        return "no rule"


MISSING = Missing()
_PYTHON_NUMBERS = frozenset((int, float, bool, complex))
_NUMBERS = _PYTHON_NUMBERS | {np.float64, np.float32}


class Primitive:
    """A function that is recorded as one Node, with one rule per differentiable input.

    Call it like the function; without a Tensor among its inputs, only the function runs.
    """

    def __init__(self, function: Function, evaluate: Function | None = None) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.name: str = function.__name__
        self.evaluate = evaluate or (guarded(function) if is_of_user(function) else function)
        self._is_given = evaluate is not None
        self.inputs: tuple[str, ...] = ()
        self.arity = 0  # the number of arguments of a call with nothing but inputs
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
        self.emit: str | None = None  # the template of jit's source
        self.is_inline = False  # whether jit inlines the function's operations

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind like a function, so that a primitive can be a method."""
        return self if instance is None else self.__class__.__call__.__get__(self)(instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function; record a Node when an input is a Tensor."""
        if len(args) == self.arity:
            if not kwargs:
                return self.apply(args, NO_OPTIONS)
            if self.options.keys() >= kwargs.keys():
                return self._with_options(args, kwargs)
        return self._with_options(*self.bind(args, kwargs))

    def _with_options(self, inputs: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        """Run with options from outside, which may be edited later, or traced.

        Raises:
            NotImplementedError: a traced option of a function that has slopes would lose its own.
        """
        traced = [name for name, value in options.items() if is_traced(value)]
        if not traced:
            return self.apply(inputs, {n: settled(value) for n, value in options.items()})
        if not self.is_constant:
            raise NotImplementedError(
                f"{self.name} of a traced value takes plain options, got a traced {traced[0]}= at "
                f"{user_line()}, whose slope would be lost. Make it an input: give it a rule, as "
                f"in autodiff.derivative({self.name}, {traced[0]}=lambda g, z, ...: ...); or pass "
                f"t.numpy() where no slope is wanted."
            )
        rest = {n: settled(value) for n, value in options.items() if n not in traced}
        return self._taking(traced).apply((*inputs, *(options[n] for n in traced)), rest)

    def _taking(self, names: Sequence[str]) -> Primitive:
        """Return this constant function with some of its options as further inputs."""

        @functools.wraps(self.function)
        def function(*values: Any, **options: Any) -> Any:
            first = len(values) - len(names)
            named = dict(zip(names, values[first:], strict=True))
            return self.function(*values[:first], **named, **options)

        taking = Primitive(function)
        taking.be_constant()
        return taking

    def apply(self, inputs: tuple[Array, ...], options: Mapping[str, Any]) -> Any:
        """Run on inputs and options that are already separated."""
        nodes: list[Node | Array] = []
        values: list[Array] = []
        first: Tensor | None = None
        for x in inputs:
            kind = type(x)
            operand = x if kind is Tensor or kind in _NUMBERS else as_operand(x)
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
        elif type(value) in _PYTHON_NUMBERS:  # a user-defined function may return one
            value = np.asarray(value)[()]
        node = Node(value, self, tuple(nodes), options)
        return self._as_view(node, first, inputs[1:]) if is_view else Tensor(node)

    def _shares(self, value: np.ndarray[Any, Any], base: Node | Array) -> bool:
        """Return whether a result shares memory with the first input, as a view does in NumPy."""
        whole = base.value if type(base) is Node else None
        return isinstance(whole, np.ndarray) and (
            not value.size or np.may_share_memory(value, whole)
        )

    def _as_view(self, node: Node, base: Tensor, rest: tuple[Array, ...]) -> Tensor:
        options, whole = node.options, base.node.value
        writable = self.is_view != "read-only" and (
            node.value.flags.writeable or not whole.flags.writeable or not node.value.ndim
        )
        return View(node, base, lambda new: self.apply((new, *rest), options), writable)

    def _refuse_missing(self, nodes: list[Node | Array]) -> None:
        if not self.rules:
            raise NotImplementedError(
                f"{self.name} has no derivative (called at {user_line()}). Define one with "
                f"autodiff.derivative({self.name}, x=lambda g, z, x: ...), or declare that it has "
                f"none with autodiff.constant({self.name})."
            )
        names = [self.variadic] * len(nodes) if self.variadic else self.inputs
        for name, rule, node in zip(names, self.rules, nodes, strict=False):
            if rule is MISSING and type(node) is Node and node.value.dtype.kind in "fc":
                raise NotImplementedError(
                    f"{self.name} has no derivative with respect to {name} (called at "
                    f"{user_line()}). Pass {name} as a plain value (t.numpy()) where no slope is "
                    f"wanted."
                )

    def bind(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Separate a call's inputs from its options, and refuse options that no rule supports."""
        if self.binding is None:
            self.binding = Binding(
                self.function, self.inputs, self.variadic, self.options, self.is_constant
            )
        return self.binding(args, kwargs)

    def be_constant(self) -> None:
        """Have no slope: be recorded, and let nothing flow back."""
        self.is_constant, self.has_missing_rule = True, False

    def set_rules(self, rules: dict[str, Function | None]) -> None:
        """Set the rules, after checking that their signatures agree."""
        rules = {_plain_name(key): rule for key, rule in rules.items()}
        signatures = {key: _RuleSignature(self.name, key, r) for key, r in rules.items() if r}
        if not signatures:
            raise TypeError(f"derivative of {self.name}: at least one input needs a rule")
        first = next(iter(signatures.values()))
        for key, signature in signatures.items():
            if signature.inputs != first.inputs or signature.variadic != first.variadic:
                raise TypeError(
                    f"derivative of {self.name}: the rules name different inputs, "
                    f"{first.inputs} and {signature.inputs} (rule {key}=). Use the same names."
                )
            self.options.update(signature.options)
        self.inputs, self.variadic, self.by_argnum = first.inputs, first.variadic, first.by_argnum
        names = (self.variadic,) if self.variadic else self.inputs
        for key in rules:
            if key not in names:
                raise TypeError(
                    f"derivative of {self.name}: {key}= names no input; the inputs are {names}"
                )
        guards = {n: guarded_rule(r) if r and is_of_user(r) else r for n, r in rules.items()}
        self.rules = tuple(guards.get(name, MISSING) for name in names)
        self.has_missing_rule = MISSING in self.rules
        self.binding = None
        self.arity = len(self.inputs)
        if not _come_first(self.inputs, self.function):
            self.arity = -1  # the binding must sort them out
            if not self._is_given:
                self.evaluate = _by_name(self.evaluate, self.inputs)


class _RuleSignature:
    """The parameters of a rule: ``(g, z, *inputs, option=default)``.

    Read from the code object: there are hundreds of rules, and ``inspect`` is slow.
    """

    def __init__(self, name: str, key: str, rule: Function) -> None:
        code = rule.__code__
        positional, keywords = code.co_argcount, code.co_kwonlyargcount
        names = code.co_varnames
        if names[:2] != ("g", "z") or positional < 2:
            raise TypeError(
                f"derivative of {name}: the rule {key}= must start with g (the cotangent) and z "
                f"(the output), then name the inputs: lambda g, z, x: ..., got {_shown(rule)}"
            )
        self.inputs = tuple(map(_plain_name, names[2:positional]))
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


def _come_first(inputs: tuple[str, ...], function: Function) -> bool:
    """Return whether a function's first parameters are the inputs, as far as it tells its names."""
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    return not set(inputs) <= set(names) or names[: len(inputs)] == inputs


def _by_name(function: Function, inputs: tuple[str, ...]) -> Function:
    """Return a function that passes its arguments on by the names of the inputs."""

    @functools.wraps(function)
    def evaluate(*values: Array, **options: Any) -> Any:
        return function(**dict(zip(inputs, values, strict=True)), **options)

    return evaluate


def _plain_name(name: str) -> str:
    """Return an input's name; a rule adds an underscore to those that are taken: ``z_``."""
    return name.removesuffix("_")


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
    """Define the derivative of ``function``: one rule per input, with the input's name.

    Args:
        function: a NumPy function, or a user-defined primitive (``@ad.primitive``).
        evaluate: a faster function of the same values, called with the inputs one by one.
        emit: the source that ``jit`` writes where the result goes into an existing buffer:
            ``"np.maximum({x}, 0, out={out})"``, or ``"{function}({x}, out={out})"`` where the
            function itself takes ``out``. Without it, the function's result is assigned.
        elementwise: whether each entry of the result depends only on the entries at its position,
            so that it may overwrite an input.
        rules: ``lambda g, z, *inputs: slope``, a NumPy expression of the cotangent ``g``, the
            output ``z`` and the inputs; keyword-only parameters are the options it supports.
            None means that the slope is zero, by decision. An input that is itself called ``g`` or
            ``z`` gets an underscore: ``z_=lambda g, z, z_: ...``.

    Returns:
        The primitive that stands for ``function``.

    Raises:
        TypeError: a rule has the wrong signature.

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
    """Declare that these functions have no slope: they are recorded, without derivatives."""
    for function in functions:
        _primitive_for(function, None).be_constant()


@overload
def primitive(function: Function, /, *, inline: bool = False) -> Primitive: ...
@overload
def primitive(*, inline: bool = False) -> Callable[[Function], Primitive]: ...
def primitive(function: Any = None, /, *, inline: bool = False) -> Any:
    """Make a user-defined function a single operation of the graph; see :func:`derivative`.

    Args:
        function: takes arrays and numbers.
        inline: whether ``jit`` may inline it, since it is plain NumPy code.
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


def parts_of(node: Node) -> tuple[Tensor, ...]:
    """Return the results of a function that has several, as Tensors in the same kind of tuple."""
    from autodiff.core.cotangents import part  # which builds on this module

    several = type(node.value)
    parts = [part.apply((Tensor(node),), {"number": number}) for number in range(len(node.value))]
    return several(*parts) if hasattr(several, "_fields") else tuple(parts)


def _explained(found: Primitive, values: list[Array], error: ValueError) -> ValueError:
    """Add the user's line to NumPy's message, and for mismatched shapes what to do."""
    shapes = [np.shape(value) for value in values]
    text = f"{found.name} at {user_line()}: {error}"
    if "read-only" in text:
        return ValueError(f"{text}. An operation may not edit its inputs. Copy them: x = x.copy().")
    if isinstance(error, np.linalg.LinAlgError):
        return np.linalg.LinAlgError(text)
    if found.function is np.matmul:
        return ValueError(
            f"{text}. Expected the last axis of the left and the last but one of the right to have "
            f"equal length, got shapes {' and '.join(map(str, shapes))}. Transpose one (x.T)?"
        )
    if found.is_ufunc:
        return ValueError(
            f"{text.strip()}. Expected shapes that broadcast: aligned at the right, each pair of "
            f"lengths is equal or one of them is 1. Reshape one, or add an axis (x[:, None])."
        )
    return ValueError(text)
