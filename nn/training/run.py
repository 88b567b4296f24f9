"""A run of ``fit``: its epoch and batch, and the state that the rest of it depends on.

The state is in plain values, for a backup; see `nn.callbacks.plain_state`. When an epoch is
resumed, its order is drawn again from the state of the sources at its beginning, the batches that
were trained on are passed over, and then the sources get their state at that batch.
"""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nn import random
from nn.callbacks.plain_state import plain_attributes, set_attributes
from nn.layers.nested import nested
from nn.messages import warn
from nn.metrics.base import Metric
from nn.optimizers.base import Optimizer
from nn.training import agreement
from nn.training.dataset import Dataset, rows_of_batches
from nn.training.external_state import ExternalState
from nn.training.streams import Batches, Stream
from nn.training.training_state import attributes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.training.epoch_schedule import EpochSchedule
    from nn.training.model_protocol import TrainableModel
    from nn.training.scores import Scores

__all__ = ["Run"]


class Run:
    """A call of ``fit``.

    Args:
        model: the model, built.
        data: what it is trained on.
        validation: what it is validated on, if anything.
        schedule: the epochs and batches.
        scores: the running scores.
        is_backed_up: whether `get_state` will be called.

    Attributes:
        epoch: the current or next epoch, counted from 0.
        batch: the number of batches of this epoch that the model has been trained on.
        logs: the scores of the epoch before.
        is_stopped: whether ``model.stop_training`` was set in the epoch before.
    """

    def __init__(
        self,
        model: TrainableModel,
        data: Dataset | Stream,
        validation: Dataset | Stream | None,
        schedule: EpochSchedule,
        scores: Scores,
        is_backed_up: bool,
    ) -> None:
        self.model, self.data, self.validation = model, data, validation
        self.schedule, self.scores, self.is_backed_up = schedule, scores, is_backed_up
        self.epoch, self.batch = schedule.initial_epoch, 0
        self.logs: dict[str, float] = {}
        self.is_stopped = False
        model._training.order = self._order = _order(data, schedule)
        self._left: Batches | None = None  # of an epoch that is resumed
        self._left_out: set[int] = set()  # optimizers that a warning has named
        self._start: dict[str, Any] = {}  # of the sources when the epoch began
        if is_backed_up:
            self._external  # noqa: B018 - compares attributes with those before training

    def batches(self) -> Batches:
        """Return the batches of the epoch that are left."""
        batches, self._left = self._left, None
        return self._begun() if batches is None else batches

    @property
    def is_between(self) -> bool:
        """Whether the run is between two epochs."""
        return self.batch == 0

    def end_epoch(self, logs: dict[str, float]) -> None:
        """Count an epoch, with its scores."""
        self.epoch, self.batch, self.logs = self.epoch + 1, 0, logs
        self.is_stopped = bool(self.model.stop_training)

    # --- the state

    def get_state(self) -> dict[str, Any]:
        """Return the state that the rest of the run depends on, except that of the callbacks."""
        return {
            "names": self._names(),
            "epoch": self.epoch,
            "batch": self.batch,
            "logs": self.logs,
            "is_stopped": self.is_stopped,
            "weights": self.model.get_weights(),
            "optimizers": [self._state_of(optimizer) for optimizer in self._optimizers],
            "scores": self.scores.get_state() if self.batch else {},
            "metrics": [_state_of_metric(m) for m in self._metrics()] if self.batch else [],
            "start": self._start if self.batch else {},
            "sources": self._external.get_state(),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the result of `get_state`; if that fails, the weights stay as they were.

        Raises:
            ValueError: the state is that of another model, or of other data.
        """
        before = self.model.get_weights()
        try:
            self._set_state(state)
        except BaseException:
            self.model.set_weights(before)
            raise

    def _set_state(self, state: Mapping[str, Any]) -> None:
        self._check(state["names"])
        self._pass_over_epochs(state["epoch"])
        self.epoch, self.batch, self.logs = state["epoch"], state["batch"], state["logs"]
        self.model.set_weights(state["weights"])
        for optimizer, found in zip(self._optimizers, state["optimizers"], strict=True):
            self._restore(optimizer, found)
        if self.batch:
            self._external.set_state(state["start"])
            self._left = self._begun()
            for _ in itertools.islice(self._left, self.batch):
                pass
            self.scores.set_state(state["scores"])
            for metric, found in zip(self._metrics(), state["metrics"], strict=True):
                _restore_metric(metric, found)
        self._external.set_state(state["sources"])
        agreement.draws_are_those_of_main(self.model)
        self.model.stop_training = self.is_stopped = state["is_stopped"]

    def _begun(self) -> Batches:
        """Return the batches of a new epoch, whose order is drawn here."""
        if self.is_backed_up:
            self._start = self._external.get_state()
        if isinstance(self.data, Stream):
            return self.data.epoch()
        every = rows_of_batches(
            len(self.data), self.schedule.rows_per_batch(self.data), self._order
        )
        return (
            (self.data, rows) for rows in itertools.islice(every, self.schedule.steps_per_epoch)
        )

    def _pass_over_epochs(self, epoch: int) -> None:
        """Run the data through the epochs before one; that of arrays needs no run."""
        before = range(self.epoch, epoch)
        if isinstance(self.data, Stream):
            self.data.skip(len(before))
        if isinstance(self.validation, Stream):
            self.validation.skip(sum(map(self.schedule.validates, before)))

    @cached_property
    def _external(self) -> ExternalState:
        streams = [data for data in (self.data, self.validation) if isinstance(data, Stream)]
        return ExternalState(self.model, [stream.source for stream in streams])

    @cached_property
    def _optimizers(self) -> list[Optimizer]:
        """The optimizer that was compiled, and those in attributes of the model."""
        held = [self.model.optimizer]
        for layer in self.model.flat_layers():
            held += attributes_of(layer)
        return list({id(found): found for found in nested(held, Optimizer)}.values())

    def _metrics(self) -> list[Metric]:
        """Return the metrics, with those that they consist of."""
        found: dict[int, Metric] = {}
        waiting = [*self.scores.all_metrics, *self.model._own_metrics()]
        while waiting:
            metric = waiting.pop()
            if id(metric) not in found:
                found[id(metric)] = metric
                waiting += nested(vars(metric).values(), Metric)
        return list(found.values())

    def _names(self) -> dict[str, list[str]]:
        return {
            "optimizers": [type(optimizer).__name__ for optimizer in self._optimizers],
            "metrics": [type(metric).__name__ for metric in self._metrics()],
            "data and layers": self._external.names,
        }

    def _check(self, expected: Mapping[str, list[str]]) -> None:
        for kind, names in self._names().items():
            if names != expected[kind]:
                raise ValueError(
                    f"expected the {kind} of the interrupted training, {expected[kind]}, got "
                    f"{names}. Start the same script again, or delete the backup to start over."
                )

    # --- optimizers

    def _state_of(self, optimizer: Optimizer) -> dict[str, Any]:
        """Return the state of an optimizer, and the places of its weights among the model's."""
        places = {id(weight): place for place, weight in enumerate(self.model.weights)}
        found = [places.get(id(weight)) for weight in optimizer._variables]
        if None in found:
            if id(optimizer) not in self._left_out:
                self._left_out.add(id(optimizer))
                warn(
                    f"the backup leaves out the state of {optimizer!r}, which updates weights that "
                    f"model {self.model.name!r} doesn't have. Keep the layers that have them in "
                    "attributes of the model."
                )
            return {"weights": None, "state": {}}
        return {"weights": found, "state": optimizer.get_state()}

    def _restore(self, optimizer: Optimizer, found: Mapping[str, Any]) -> None:
        if found["weights"] is None:
            return
        weights = [self.model.weights[place] for place in found["weights"]]
        if weights and optimizer is self.model.optimizer and _same(weights, self.model):
            self.model.store  # noqa: B018 - builds the optimizer
        elif weights:
            optimizer.build(weights)
        optimizer.set_state(found["state"])


def _same(weights: list[Any], model: TrainableModel) -> bool:
    return list(map(id, weights)) == list(map(id, model.trainable_weights))


def _order(data: Dataset | Stream, schedule: EpochSchedule) -> Any:
    """Return what draws the order of the rows, or of the batches, in each epoch."""
    if isinstance(data, Stream):
        return data.generator
    return random.generator() if schedule.shuffle else None


def _state_of_metric(metric: Metric) -> dict[str, Any]:
    variables = [variable.numpy() for variable in getattr(metric, "_variables", ())]
    return {"attributes": plain_attributes(metric), "variables": variables}


def _restore_metric(metric: Metric, state: Mapping[str, Any]) -> None:
    variables = getattr(metric, "_variables", ())
    set_attributes(metric, {k: x for k, x in state["attributes"].items() if k != "_variables"})
    for variable, value in zip(variables, state["variables"], strict=True):
        variable.assign(value)
