"""The guards of a recorded step: the state that it depends on, besides the batch and the weights.

A recording keeps Python values as constants: a rate, a list, an array in an attribute, a global
used by a loss. Like the guards of ``torch.compile``, they
are compared before each run of a recording. If one has changed, the step is recorded again; if
recording itself changes one, the recording isn't used.

A value counts if the code that runs can reach it by name: `Guards` starts at the layers'
``call``, the loss and the metrics, and follows the names in their code. An attribute that no such
code names, such as a list of losses that grows with each batch, is left out. Values are compared
in place, container by container, without a second search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer
from nn.layers.nested import nested
from nn.metrics import Metric
from nn.training.snapshots import Snapshot, SnapshotSearch

if TYPE_CHECKING:
    from nn.training.model_protocol import TrainableModel

_STARTS = frozenset((
    "call", "__call__", "check_input", "activity_regularizer", "on_logits", "counted", "values",
    "weights", "compute_loss", "compute_mask", "supports_masking", "casts_integers", "input_spec",
    "get_initial_state", "state_size", "output_size",
))  # fmt: skip


class Guards:
    """The state that a step of a model depends on, as it was when the guards were made.

    Args:
        model: built.

    Attributes:
        has_user_code: whether the step runs user-defined code.
    """

    def __init__(self, model: TrainableModel) -> None:
        layers = model.flat_layers()
        functions = _loss_and_metrics(model)
        names, search = _STARTS, SnapshotSearch(layers, _STARTS)
        while True:  # until no code contains further names
            for owner in (*functions, *reversed(layers)):
                search.visit_all(owner)
            if search.names == names or search.is_too_large:
                break
            names, search = search.names, SnapshotSearch(layers, search.names)
        self.has_user_code = search.has_user_code
        self._is_complete = not search.is_too_large
        self._snapshots = [_structure(model), *search.snapshots]
        self._built = {id(layer): layer.built for layer in layers}

    def is_current(self) -> bool:
        """Return whether nothing has changed."""
        return self._is_complete and all(snapshot.is_current() for snapshot in self._snapshots)

    def changed(self) -> Any:
        """Return the layer, loss or metric that has changed, or None.

        A layer that was built since is skipped, as building it made its weights.
        """
        for owner, read, found in self._snapshots[1:]:
            was_built = self._built.get(id(owner), True)
            is_built = getattr(owner, "built", True) if id(owner) in self._built else True
            if was_built == is_built and not Snapshot(owner, read, found).is_current():
                return owner
        return None


def _loss_and_metrics(model: TrainableModel) -> list[Any]:
    """Return the losses, and the metrics that are part of recorded steps."""
    scores = model.running_scores
    objective = model._training.objective
    losses = [loss.function for loss in objective.losses] if objective else []
    return [*losses, *(scores.recorded_metrics if scores else ())]


def _structure(model: TrainableModel) -> Snapshot:
    """Take a snapshot of the layers, weights and metrics, and of what a step refers to."""

    def read() -> list[Any]:
        training = model._training
        found = [model.optimizer, training.objective, model.running_scores, model.run_eagerly]
        found.append(model.jit_compile)
        layers: list[Any] = [model]
        seen = {id(model)}
        for layer in layers:  # which grows during the loop
            inside = nested(vars(layer).values(), (Layer, Metric))
            if type(layer).sublayers is not Layer.sublayers:  # a model has those of a graph too
                inside += layer.sublayers()
            found += [layer, layer._trainable, *inside]
            for weight in layer._own_weights:  # the array itself, whose values may change
                found += [weight, weight.value, weight.trainable, weight.constraint]
            for other in inside:
                if isinstance(other, Layer) and id(other) not in seen:
                    seen.add(id(other))
                    layers.append(other)
        return found

    return Snapshot(model, read, read())
