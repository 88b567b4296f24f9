"""The weights of a layer, and of the layers in it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from autodiff import Array
from nn import constraints, initializers, naming, regularizers
from nn.argument_checks import ArgumentsChecked
from nn.configs.configurable import Configurable
from nn.configs.dtype_policy import check_dtype
from nn.layers import weight_limit
from nn.layers.nested import nested
from nn.layers.weight import Weight, check_values

__all__ = ["Weighted"]


class Weighted(ArgumentsChecked, Configurable):
    """An object with weights, in which there may be others: the base class of `Layer`."""

    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    name: str
    built: bool
    _trainable: bool
    _own_weights: list[Weight]
    carried_weights: Sequence[Weight] = ()  # see `carried`

    def sublayers(self) -> list[Any]:
        """Return the layers in the attributes, also those in nested lists and dictionaries."""
        return nested(vars(self).values(), Weighted)

    def flat_layers(self) -> list[Any]:
        """Return this layer and all layers nested in it, each once."""
        seen: dict[int, Any] = {}
        _collect(self, seen)
        return list(seen.values())

    def add_weight(
        self,
        shape: Sequence[int] | int = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Weight:
        """Create a weight of this layer; ``initializer`` is glorot_uniform by default."""
        check_dtype(type(self), dtype)
        shape = (shape,) if isinstance(shape, int) else tuple(map(operator.index, shape))
        weight_limit.spend(shape, f"a weight of layer {self.name!r}")
        initialize = initializers.get(initializer or "glorot_uniform")
        weight = Weight(
            initialize(shape),
            name=name or naming.unique_name("variable"),
            layer=self.name,
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
        )
        self._own_weights.append(weight)
        return weight

    @property
    def trainable(self) -> bool:
        """Whether ``fit`` updates the weights of this layer and of the layers in it."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        for layer in self.flat_layers():
            layer._trainable = bool(trainable)

    @property
    def weights(self) -> list[Weight]:
        """All weights, layer by layer; the trainable ones of each layer come first."""
        found = (weight for layer in self.flat_layers() for weight in layer.own_weights)
        return _each_once(found)

    @property
    def own_weights(self) -> list[Weight]:
        """The weights without those of the layers in this one; the trainable ones come first."""
        return sorted(self._own_weights, key=lambda weight: not weight.trainable)

    @property
    def trainable_weights(self) -> list[Weight]:
        """The weights that ``fit`` updates; the layers in a frozen layer are frozen too."""
        seen: dict[int, Weighted] = {}
        _collect(self, seen, lambda layer: layer.trainable)
        found = (weight for layer in seen.values() for weight in layer._own_weights)
        return _each_once(weight for weight in found if weight.trainable)

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """The weights that ``fit`` doesn't update: frozen ones, and state."""
        trainable = set(map(id, self.trainable_weights))
        return [weight for weight in self.weights if id(weight) not in trainable]

    @property
    def carried(self) -> list[Weight]:
        """What layers carry from one batch to the next beside weights: states; not in files."""
        return _each_once(w for layer in self.flat_layers() for w in layer.carried_weights)

    @property
    def variables(self) -> list[Weight]:
        """The same as `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Weight]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Weight]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the values of all weights, in the order of `weights`."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Set the values of all weights, in the order of `weights`.

        Raises:
            ValueError: the arrays don't match the weights in number or in shape.
        """
        check_values(self.weights, weights)
        for weight, value in zip(self.weights, weights, strict=True):
            weight.assign(value)

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Add what a file holds of this layer alone to ``store``: its own weights, as arrays.

        A subclass that overrides this, and `load_own_variables`, may add others.
        """
        store |= {str(index): weight.numpy() for index, weight in enumerate(self.own_weights)}

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Set the layer's own weights to what `save_own_variables` added to ``store``.

        Raises:
            ValueError: the arrays don't match the weights in number or in shape.
        """
        names = list(map(str, range(len(self._own_weights))))
        if sorted(names) != sorted(store):
            raise ValueError(
                f"layer {self.name!r} expects {len(names)} arrays, of "
                f"{[weight.name for weight in self.own_weights]}, got {len(store)}. Read a file of "
                "the same model, or pass skip_mismatch=True to leave this layer as it is."
            )
        values = [store[name] for name in names]
        check_values(self.own_weights, values)
        for weight, value in zip(self.own_weights, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Return the number of parameters: the entries of all weights.

        Raises:
            ValueError: the layer isn't built yet.
        """
        if not self.built:
            raise ValueError(
                f"layer {self.name!r} expects the shape of its inputs before it counts its "
                "parameters, got none. Call build(input_shape), or pass input_shape=."
            )
        return sum(weight.size for weight in self.weights)


def _collect(
    layer: Weighted, seen: dict[int, Weighted], include: Callable[[Weighted], bool] = lambda _: True
) -> None:
    """Add a layer and those nested in it to ``seen``; an excluded layer isn't searched."""
    if id(layer) not in seen and include(layer):
        seen[id(layer)] = layer
        for sublayer in layer.sublayers():
            _collect(sublayer, seen, include)


def _each_once(weights: Iterable[Weight]) -> list[Weight]:
    """Return weights without repetitions: two layers may have one."""
    return list({id(weight): weight for weight in weights}.values())
