"""State outside of the model that training reads: random numbers, data, users' attributes.

It is taken and restored in plain values; see `nn.callbacks.plain_state`.
"""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.built_in import is_built_in
from nn.callbacks.plain_state import fingerprint, plain_attributes, set_attributes
from nn.random import SeedGenerator, seeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nn.training.model_protocol import TrainableModel

__all__ = ["ExternalState"]


class ExternalState:
    """The states of random generators, and the attributes of users' objects that training changes.

    Args:
        model: whose layers draw, and hold attributes if their classes are users'.
        data: objects that batches come from.
    """

    def __init__(self, model: TrainableModel, data: Iterable[Any]) -> None:
        self._model = model
        layers = [layer for layer in model.flat_layers() if not is_built_in(type(layer))]
        self._items = [*layers, *(item for item in data if hasattr(item, "__dict__"))]
        self._first = [
            {name: fingerprint(value) for name, value in _attributes(item).items()}
            for item in self._items
        ]

    def get_state(self) -> dict[str, Any]:
        """Return the state; of attributes, those that have changed."""
        return {
            "stream": seeds.get_state(),
            "python": random.getstate(),
            "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 - what users may draw from
            "generators": [x.bit_generator.state for x in self._generators()],
            "attributes": [
                {
                    name: copy.deepcopy(value)
                    for name, value in _attributes(item).items()
                    if first.get(name) != fingerprint(value)
                }
                for item, first in zip(self._items, self._first, strict=True)
            ],
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the result of `get_state`."""
        seeds.set_state(state["stream"])
        random.setstate(state["python"])
        np.random.set_state(state["numpy"])  # noqa: NPY002 - what users may draw from
        for item, attributes in zip(self._items, state["attributes"], strict=True):
            set_attributes(item, attributes)
        for generator, found in zip(self._generators(), state["generators"], strict=True):
            generator.bit_generator.state = found

    @property
    def names(self) -> list[str]:
        """The classes of the objects whose state is taken, to compare those of two runs."""
        return [type(item).__name__ for item in (*self._items, *self._generators())]

    def _generators(self) -> Sequence[np.random.Generator]:
        """Return the generators of the layers, and that of the order of the rows."""
        found = [self._model._training.order]
        for layer in self._model.flat_layers():
            found += [value for _, value in sorted(vars(layer).items())]
        generators = [x.generator if isinstance(x, SeedGenerator) else x for x in found]
        return [x for x in generators if isinstance(x, np.random.Generator)]


def _attributes(item: Any) -> dict[str, Any]:
    attributes = plain_attributes(item)
    attributes.pop("stop_training", None)  # which belongs to the run
    return attributes
