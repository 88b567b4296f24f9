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
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

import numpy as np

from autodiff.core.binding import Binding
from autodiff.core.errors import describe, user_line
from autodiff.core.graph import NO_OPTIONS, Node, name_of
from autodiff.core.guarded import guarded, guarded_rule, is_of_user
from autodiff.core.layout import is_writable
from autodiff.core.lift import as_operand
from autodiff.core.observer import notify_error, observers
from autodiff.core.options import is_traced, plain_options, settled
from autodiff.core.precision import in_full_precision, is_of_scipy
from autodiff.core.registry import registry
from autodiff.core.rule_signature import MISSING, RuleSignature, defaults_of, plain_name
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.core.value_errors import explained
from autodiff.core.view import View, shares

__all__ = ["Primitive", "constant", "derivative", "parts_of", "primitive"]


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
        self.by_argnum = self.takes_wanted = False
        self.is_constant = False
        self.is_start = self.is_fresh = False
        self.is_view: bool | str = False  # or "read-only"
        self.binding: Binding | None = None
        self.is_ufunc = isinstance(function, np.ufunc)
        self.is_elementwise = self.is_ufunc and function.signature is None  # type: ignore[attr-defined]
        self.emit: str | None = None  # the template of jit's source
        self.loops: Function | None = None  # returns that of machine code
        self.is_rowwise = False
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
        if traced and not self.is_constant:
            options, traced = plain_options(self.name, options), []
        if not traced:
            return self.apply(inputs, {n: settled(value) for n, value in options.items()})
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
        taking.declare_constant()
        return taking

    def apply(self, inputs: tuple[Array, ...], options: Mapping[str, Any]) -> Any:
        """Run on inputs and options that are already separated."""
        nodes: list[Node | Array] = []
        values: list[Array] = []
        first: Tensor | None = None
        for x in inputs:
            kind = type(x)
            operand = x if kind is Tensor or kind in _NUMBERS else as_operand(x)
            if kind is Tensor or isinstance(operand, Tensor):
                if first is None:
                    first = operand
                node = operand.node
                nodes.append(node)
                values.append(node.value)
            else:
                nodes.append(operand)
                values.append(operand)
        try:
            value = self.evaluate(*values, **options)
        except (ValueError, TypeError, ArithmeticError, IndexError, RuntimeError) as error:
            if observers and not isinstance(error, TypeError):
                notify_error(error, nodes, functools.partial(self.evaluate, **options))
            described = explained(name_of(self, options), self.function, values, error)
            if described is error:
                raise
            raise described from error
        if first is None:
            return value
        if self.has_missing_rule:
            self._refuse_missing(nodes)
        if isinstance(value, tuple):
            return parts_of(Node(value, self, tuple(nodes), options))
        is_view = False
        if self.is_view and type(nodes[0]) is Node:  # which is that of the first Tensor
            whole, part = values[0], value
            if isinstance(first, View) and not first.ndim:
                whole = np.asarray(whole)  # as its entry in NumPy, of which there are views
                part = self.evaluate(whole, *values[1:], **options)
            is_view = shares(part, whole)
        if isinstance(value, np.ndarray):
            value = value if value.ndim else value[()]
        elif type(value) in _PYTHON_NUMBERS:  # a user-defined function may return one
            value = np.asarray(value)[()]
        node = Node(value, self, tuple(nodes), options)
        return self._as_view(node, first, inputs[1:]) if is_view else Tensor(node)

    def _as_view(self, node: Node, base: Tensor, rest: tuple[Array, ...]) -> Tensor:
        options, whole = node.options, base.node.value
        writable = self.is_view != "read-only" and (
            not node.value.ndim or is_writable(node.value) or not is_writable(whole)
        )
        return View(node, base, lambda new: self.apply((new, *rest), options), writable)

    def _refuse_missing(self, nodes: list[Node | Array]) -> None:
        if not self.rules:
            raise NotImplementedError(
                f"{self.name} has no derivative (called at {user_line()}). Define one with "
                f"autodiff.derivative({self.name}, x=lambda g, z, x: ...), or declare that it has "
                f"none with autodiff.constant({self.name})."
            )
        for name, rule, node in zip(self.inputs, self.rules, nodes, strict=False):
            if rule is MISSING and type(node) is Node and node.value.dtype.kind in "fc":
                raise NotImplementedError(
                    f"{self.name} has no derivative with respect to {name} (called at "
                    f"{user_line()}). Pass {name} as a plain value (t.numpy()) where no slope is "
                    f"wanted; under jit, as one that isn't an argument of the jitted function."
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

    def declare_constant(self) -> None:
        """Declare that the function has no slope: it is recorded, and cotangents end at it."""
        self.is_constant, self.has_missing_rule = True, False

    def set_rules(self, rules: dict[str, Function | None]) -> None:
        """Set the rules, after checking that their signatures agree."""
        rules = {plain_name(key): rule for key, rule in rules.items()}
        signatures = {key: RuleSignature(self.name, key, r) for key, r in rules.items() if r}
        if not signatures:
            raise TypeError(
                f"derivative of {self.name} needs a rule for at least one input, got none. Pass "
                f"one: x=lambda g, z, x: ...."
            )
        first = next(iter(signatures.values()))
        for key, signature in signatures.items():
            if signature.inputs != first.inputs or signature.variadic != first.variadic:
                raise TypeError(
                    f"derivative of {self.name}: the rules name different inputs, "
                    f"{first.inputs} and {signature.inputs} (rule {key}=). Use the same names."
                )
            self.options.update(signature.options)
        self.inputs, self.variadic = first.inputs, first.variadic
        self.by_argnum, self.takes_wanted = first.by_argnum, first.takes_wanted
        names = (self.variadic,) if self.variadic else self.inputs
        for key in rules:
            if key not in names:
                raise TypeError(
                    f"derivative of {self.name} needs rules named after inputs, {names}, got "
                    f"{key}=. Rename it."
                )
        guards = {
            n: guarded_rule(
                r,
                "" if self.variadic else f"{self.name}, {n}=",
                defaults_of(self.function, signatures[n].options),
            )
            if r and is_of_user(r)
            else r
            for n, r in rules.items()
        }
        if (len(names) > 1 or self.variadic) and is_of_scipy(self.function):
            guards = {n: in_full_precision(r) if r else r for n, r in guards.items()}
        self.rules = tuple(guards.get(name, MISSING) for name in names)
        self.has_missing_rule = MISSING in self.rules
        self.binding = None
        self.arity = len(self.inputs)
        if not _come_first(self.inputs, self.function):
            self.arity = -1  # the binding must sort them out
            if not self._is_given:
                self.evaluate = _by_name(self.evaluate, self.inputs)


def _come_first(inputs: tuple[str, ...], function: Function) -> bool:
    """Return whether the inputs come first among a function's parameters, if these are known."""
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    return not set(inputs) <= set(names) or names[: len(inputs)] == inputs


def _by_name(function: Function, inputs: tuple[str, ...]) -> Function:
    """Return a function that passes its arguments on by the names of the inputs."""

    @functools.wraps(function)
    def evaluate(*values: Array, **options: Any) -> Any:
        return function(**dict(zip(inputs, values, strict=True)), **options)

    return evaluate


def derivative(
    function: Function,
    evaluate: Function | None = None,
    /,
    emit: str | None = None,
    elementwise: bool | None = None,
    loops: Function | None = None,
    rowwise: bool = False,
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
        loops: a function of the shapes of the inputs and of ``out``, by name, and of the options.
            It returns the loops that machine code contains instead of a call, as a template like
            ``emit``, with ``{dtype}`` for the type of a number of the result, such as
            ``np.float32``; or None where there are none. All indices must be in range.
        rowwise: whether a row of the result, an entry of its first axis, depends only on the same
            row of each input, and ``loops`` takes arrays of any number of rows.
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
    if loops is not None:
        found.loops = loops
    found.is_rowwise = rowwise or found.is_rowwise
    return found


def constant(*functions: Function) -> None:
    """Declare that these functions have no slope: they are recorded, without derivatives.

    >>> import numpy as np, autodiff as ad
    >>> @ad.primitive
    ... def digit(x):
    ...     return x % 10 // 1
    >>> ad.constant(digit)
    >>> ad.grad(lambda x: x * digit(x))(23.5)
    3.0
    """
    for function in functions:
        _primitive_for(function, None).declare_constant()


@overload
def primitive(function: Function, /, *, inline: bool = False) -> Primitive: ...
@overload
def primitive(*, inline: bool = False) -> Callable[[Function], Primitive]: ...
def primitive(function: Any = None, /, *, inline: bool = False) -> Any:
    """Make a user-defined function a single operation of the graph; see :func:`derivative`.

    Args:
        function: takes arrays and numbers.
        inline: whether ``jit`` may inline it, since it is plain NumPy code.

    >>> import autodiff as ad
    >>> @ad.primitive
    ... def cube(x):
    ...     return x**3
    >>> rule = ad.derivative(cube, x=lambda g, z, x: 3 * g * x**2)
    >>> ad.grad(cube)(2.0)
    12.0
    """
    if function is None:
        return lambda function: primitive(function, inline=inline)
    if not callable(function):
        raise TypeError(
            f"primitive needs a function, got {describe(function)}. Write it above a def: "
            f"@ad.primitive."
        )
    made = Primitive(function)
    made.__doc__ = function.__doc__
    made.is_inline = inline
    return made


def _primitive_for(function: Function, evaluate: Function | None) -> Primitive:
    if isinstance(function, Primitive):
        return function
    if not callable(function):
        raise TypeError(
            f"expected a function, got {describe(function)}. Pass the function itself, without "
            f"calling it."
        )
    found = registry.setdefault(function, Primitive(function, evaluate))
    if not isinstance(found, Primitive):
        raise TypeError(
            f"expected a function that isn't written with other operations here, got "
            f"{function.__name__}. Make it a new one: @ad.primitive."
        )
    return found


def parts_of(node: Node) -> tuple[Tensor, ...]:
    """Return the results of a function that has several, as Tensors in the same kind of tuple."""
    from autodiff.core.cotangents import part  # which builds on this module

    several = type(node.value)
    parts = [part.apply((Tensor(node),), {"number": number}) for number in range(len(node.value))]
    return several(*parts) if hasattr(several, "_fields") else tuple(parts)
