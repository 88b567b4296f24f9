"""The graph of a functional model: the calls between its inputs and its outputs, in order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from nn import tree
from nn.layers.base import Layer
from nn.layers.input import InputLayer
from nn.layers.spec import specs_in
from nn.layers.symbol import Symbol

if TYPE_CHECKING:
    from nn.layers.symbol import Call

__all__ = ["Graph"]


class Graph:
    """The calls that compute outputs from inputs.

    Args:
        inputs: Symbols, in any structure; they needn't be made by `Input`.
        outputs: Symbols that are computed from the inputs, in any structure.
        owner: the name of the model, for messages.

    Attributes:
        calls: in the order of execution.
        operations: the layers and operations that are called, each once, in Keras's order: those
            farthest from the outputs come first.

    Raises:
        TypeError: an input or an output isn't a Symbol.
        ValueError: an output needs a Symbol that isn't computed from the inputs, or two layers have
            one name.
    """

    def __init__(self, inputs: Any, outputs: Any, owner: str) -> None:
        self.inputs, self.outputs, self.owner = inputs, outputs, owner
        self.starts = _checked(inputs, "inputs", owner)
        self.ends = _checked(outputs, "outputs", owner)
        self.input_layers = {id(symbol): _input_layer(symbol) for symbol in self.starts}
        self._visits: dict[int, Any] = {}  # the operations by their ids, as first visited
        self.calls = self._sorted_calls()
        self.operations = self._sorted_operations()
        self._check_names()

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the operations."""
        return [layer for layer in self.operations if isinstance(layer, Layer)]

    def run(self, values: list[Any], training: bool | None) -> Any:
        """Return the outputs, in their structure with sorted keys, for one value of each input."""
        found = {id(symbol): value for symbol, value in zip(self.starts, values, strict=True)}
        for call in self.calls:
            options = {"training": training} if isinstance(call.operation, Layer) else {}
            results = tree.leaves(call.run(found, **options))
            found |= zip(map(id, tree.leaves(call.outputs)), results, strict=True)
        return tree.map_leaves(
            lambda symbol: found[id(symbol)], tree.with_sorted_keys(self.outputs)
        )

    def _sorted_calls(self) -> list[Call]:
        """Return the calls that the outputs need, each after those that it needs; no recursion."""
        done: dict[int, Call] = {}
        waiting: list[tuple[Symbol, bool]] = [(symbol, False) for symbol in reversed(self.ends)]
        while waiting:
            symbol, is_ready = waiting.pop()
            call, start = symbol.call, self.input_layers.get(id(symbol))
            if start is not None:
                self._visits.setdefault(id(start), start)
            if start is not None or (call is not None and id(call) in done):
                continue
            if call is None or isinstance(call.operation, InputLayer):
                raise ValueError(
                    f"model {self.owner!r} expects outputs that are computed from its inputs, got "
                    f"one that needs {symbol!r}. Add this Symbol to the inputs."
                )
            if is_ready:
                done[id(call)] = call
                continue
            self._visits.setdefault(id(call.operation), call.operation)
            waiting.append((symbol, True))
            waiting += [(needed, False) for needed in reversed(call.inputs())]
        return list(done.values())

    def _sorted_operations(self) -> list[Any]:
        """Return the operations by their greatest distance from an output, then as first visited.

        Inputs that aren't used come before the others at distance 0.
        """
        made_by = {id(s): call for call in self.calls for s in specs_in(call.outputs)}
        depths: Counter[int] = Counter()  # of calls and of operations, by their ids
        for call in reversed(self.calls):
            depth = max(depths[id(call)], depths[id(call.operation)])
            depths[id(call.operation)] = depth
            for symbol in call.inputs():
                needed = self.input_layers.get(id(symbol)) or made_by[id(symbol)]
                depths[id(needed)] = max(depths[id(needed)], depth + 1)
        unused = [x for x in self.input_layers.values() if id(x) not in self._visits]
        operations = [*unused, *self._visits.values()]
        return sorted(operations, key=lambda operation: -depths[id(operation)])

    def _check_names(self) -> None:
        counts = Counter(operation.name for operation in self.operations)
        repeated = [name for name, count in counts.items() if count > 1]
        if repeated:
            raise ValueError(
                f"model {self.owner!r} expects layers with different names, got "
                f"{counts[repeated[0]]} named {repeated[0]!r}. Pass them other names: name=."
            )


def _checked(structure: Any, name: str, owner: str) -> list[Symbol]:
    """Return the Symbols in a structure.

    Raises:
        TypeError: there are none, or there is something else.
    """
    found = tree.leaves(structure)
    for value in found:
        if not isinstance(value, Symbol):
            raise TypeError(
                f"model {owner!r} expects Symbols as {name}, which Input(shape=...) and layers "
                f"called on Symbols return, got {value!r}. Write x = Input(shape=(9,)); "
                "Model(x, Dense(1)(x)), for example."
            )
    if not found:
        raise TypeError(
            f"model {owner!r} expects at least one Symbol as {name}, got none. Write x = "
            f"Input(shape=(9,)); Model(x, Dense(1)(x)), for example."
        )
    return found


def _input_layer(symbol: Symbol) -> Layer:
    """Return the layer that a Symbol was made by; a new one for a Symbol inside a model."""
    made = symbol.call.operation if symbol.call else None
    if isinstance(made, InputLayer):
        return made
    return InputLayer(batch_shape=symbol.shape, dtype=symbol.dtype)
