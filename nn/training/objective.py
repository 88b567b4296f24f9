"""The objective: the losses of a model's outputs, each with its weight.

A model with one output has one loss. With several outputs, in a list or a dictionary, each may have
a loss of its own, and targets are matched with outputs by their places or their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any, Self

import autodiff as ad
from autodiff import Array
from nn import losses, tree
from nn.layers.masks import mask_of, set_mask
from nn.logits import made_by
from nn.numbers import finite

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["Objective", "OutputLoss", "Outputs", "aligned_with"]


@dataclass(frozen=True)
class Outputs:
    """The outputs of a model, in order.

    Attributes:
        names: their names; None where there is none.
        is_single: whether the model returns one array.
        structure: the results of a call, where they are nested; their leaves don't matter.
    """

    names: tuple[str | None, ...]
    is_single: bool = True
    structure: Any = field(default=None, compare=False)

    @classmethod
    def of(cls, y_pred: Any, names: Sequence[str] = ()) -> Self:
        """Read the outputs from the results of a call.

        Args:
            y_pred: the results; the keys of a dictionary are names.
            names: the names of the output layers, if known.
        """
        if isinstance(y_pred, dict) and not any(map(tree.is_structure, y_pred.values())):
            return cls(tuple(sorted(y_pred)), is_single=False)
        count = len(tree.leaves(y_pred))
        known = tuple(names) if len(names) == count else (None,) * count
        places = tree.packed(y_pred, range(count))
        return cls(known, is_single=not tree.is_structure(y_pred), structure=places)

    @property
    def is_by_name(self) -> bool:
        """Whether the outputs are in a dictionary that isn't nested."""
        return self.structure is None and not self.is_single

    def arranged(self, what: str, values: Any) -> list[Any]:
        """Return values, such as targets, in the order of the outputs; None for missing ones.

        Args:
            what: their name, for messages.
            values: one for each output, in a list, in the structure of the outputs, or by name; for
                a single output, itself.

        Raises:
            ValueError: there are too many or too few, or unknown names.
        """
        if isinstance(values, dict) and set(values) <= set(self.names):
            return [values.get(name) for name in self.names]
        placed = self.placed(values)
        if placed is not None:
            return placed
        count = len(self.names)
        if isinstance(values, dict) and None not in self.names:
            names = "name of the output" if count == 1 else "names of the outputs"
            raise ValueError(
                f"expected {what} by the {names}, {self._described()}, got "
                f"{', '.join(map(repr, values))}. Use these names, or a list."
            )
        found = (
            [values] if self.is_single and not tree.is_structure(values) else tree.leaves(values)
        )
        if len(found) != count:
            outputs = "the one output of the model" if count == 1 else f"{count} outputs"
            raise ValueError(
                f"expected {what} for {outputs}{self._listed()}, got {len(found)}. "
                + (f"Pass {what} for it alone." if count == 1 else "Pass one for each, or by name.")
            )
        return found

    def placed(self, values: Any) -> list[Any] | None:
        """Return values in a dictionary, nested as the outputs are; None if they aren't."""
        if not isinstance(values, dict) or not isinstance(self.structure, dict):
            return None
        return tree.parts_at(self.structure, values)

    def _described(self) -> str:
        return ", ".join(map(repr, self.names))

    def _listed(self) -> str:
        return "" if None in self.names else f" ({self._described()})"


@dataclass(frozen=True)
class OutputLoss:
    """The loss of one output.

    Attributes:
        name: of the output, or of the loss where the output has none.
        position: that of the output.
        function: the loss.
        weight: its factor in the total.
    """

    name: str
    position: int
    function: losses.Loss
    weight: float


class Objective:
    """The losses of a model's outputs.

    Args:
        outputs: those of the model.
        loss: one for all outputs, or in a list or by name, None for outputs without.
        loss_weights: likewise; 1 by default.

    Raises:
        ValueError: there are more losses than outputs, or unknown names.
    """

    def __init__(self, outputs: Outputs, loss: Any, loss_weights: Any = None) -> None:
        self.outputs = outputs
        functions = self._for_each("loss", loss)
        weights = [1.0 if w is None else w for w in self._for_each("loss_weights", loss_weights)]
        self.losses = [
            OutputLoss(name or function.name, position, function, weight)
            for position, (name, function, weight) in enumerate(
                zip(outputs.names, functions, weights, strict=True)
            )
            if function is not None
        ]
        if isinstance(loss, Mapping) and outputs.is_by_name:
            order = list(loss)
            self.losses.sort(key=lambda one: order.index(one.name))  # as Keras has the scores

    def _for_each(self, what: str, chosen: Any) -> list[Any]:
        if not isinstance(chosen, Mapping | list | tuple):
            return [chosen] * len(self.outputs.names)
        return self.outputs.arranged(what, dict(chosen) if isinstance(chosen, Mapping) else chosen)

    @property
    def names(self) -> list[str]:
        """The names of the scores of single losses: none where there is one loss only."""
        return [f"{loss.name}_loss" for loss in self.losses] if len(self.losses) > 1 else []

    def targets(self, y: Any) -> list[Any]:
        """Return the targets in the order of the outputs; None for outputs without."""
        found = () if isinstance(y, dict) else tree.leaves(y)
        if 0 < len(found) == len(self.losses) < len(self.outputs.names):  # of those with losses
            targets: list[Any] = [None] * len(self.outputs.names)
            places = sorted(loss.position for loss in self.losses)
            for place, target in zip(places, found, strict=True):
                targets[place] = target
            return targets
        return self.outputs.arranged("y", y)

    def weights(self, sample_weight: Any) -> list[Any]:
        """Return the sample weights in the order of the outputs: one for all, or one for each."""
        if not tree.is_structure(sample_weight):
            return [sample_weight] * len(self.outputs.names)
        return self.outputs.arranged("sample_weight", sample_weight)

    def values(
        self, y: Any, y_pred: Any, sample_weight: Any = None, names_logits: bool = False
    ) -> list[Array]:
        """Return the loss of each output that has one, not yet multiplied by its weight.

        Where an output is a probability, a cross-entropy is computed from the logits.

        Args:
            y: the targets.
            y_pred: the outputs.
            sample_weight: the weights of the rows, or None.
            names_logits: whether the logits are named in displays of the graph.

        Raises:
            ValueError: an output with a loss has no targets.
        """
        targets, weights = self.targets(y), self.weights(sample_weight)
        predictions = tree.leaves(y_pred)
        found = []
        for loss in self.losses:
            target, prediction = targets[loss.position], predictions[loss.position]
            if target is None:
                raise ValueError(
                    f"expected targets for the output {loss.name!r}, which has a loss, got none. "
                    "Pass them in y, or leave out its loss."
                )
            function, values = _on_logits(loss.function, prediction)
            if names_logits and values is not prediction:
                values = ad.name(values, "scores")
            if values is not prediction:
                set_mask(values, mask_of(prediction))
            found.append(function(aligned_with(target, values), values, weights[loss.position]))
        return found

    def total(self, values: Sequence[Array]) -> Array:
        """Return the sum of the losses, each times its weight; None where there are none."""
        total: Array = None
        for loss, value in zip(self.losses, values, strict=True):
            part = value if loss.weight == 1 else loss.weight * value
            total = part if total is None else total + part
        return total


def checked_loss(loss: Any) -> Any:
    """Look up the losses in a structure by their names; None stays.

    Raises:
        ValueError: a name is unknown, or a loss isn't reduced to one number.
    """

    def found(item: Any) -> Any:
        if item is None:
            return None
        function = losses.get(item)
        if function.reduction in (None, "none"):
            raise ValueError(
                f"compile expects a loss that returns one number for a batch, got {function!r}. "
                "Leave out reduction= for the mean over the rows."
            )
        return function

    return tree.map_leaves(found, loss)


def checked_weights(loss_weights: Any) -> Any:
    """Check the weights of losses, in a structure.

    Raises:
        TypeError: one isn't a number.
        ValueError: one isn't finite.
    """

    def found(item: Any) -> Any:
        if item is not None and not isinstance(item, Real):
            raise TypeError(
                "compile expects loss_weights, its third argument, to be a number, or a number for "
                f"each output, got {item!r}. Write metrics=[...] to pass metrics."
            )
        return None if item is None else finite("loss_weights", item)

    return tree.map_leaves(found, loss_weights)


def aligned_with(y: Array, y_pred: Array) -> Array:
    """Convert targets to the shape and dtype of the outputs where that is unambiguous."""
    if y.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y = y[..., None]
    is_whole = y.dtype.kind in "biu" and y.shape == y_pred.shape
    return y.astype(y_pred.dtype) if is_whole else y


def _on_logits(function: Any, y_pred: Array) -> tuple[Any, Array]:
    """Return the loss as a function of logits, and the logits; or both arguments unchanged."""
    made = made_by(y_pred)
    if made is None:
        return function, y_pred
    on_logits = function.on_logits(made.activation, made.axis)
    return (function, y_pred) if on_logits is None else (on_logits, made.values)
