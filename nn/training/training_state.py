"""The state of a model's training: the options of ``compile``, the scores, steps and buffers."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from nn.optimizers.store import Store
from nn.training.batch_program import recording
from nn.training.objective import Outputs
from nn.training.step import Step
from nn.training.user_step import UserStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight
    from nn.logits import Logits
    from nn.training.compile_options import CompileOptions
    from nn.training.model_protocol import TrainableModel
    from nn.training.objective import Objective
    from nn.training.scores import Scores

S = TypeVar("S", bound=Step)


def attributes_of(layer: Any) -> list[Any]:
    """Return the attributes of a layer or model, except the state of its training."""
    return [value for name, value in vars(layer).items() if name != "_training"]


class TrainingState:
    """The options of ``compile``, and the objects made from them.

    Args:
        compile_options: the options of ``compile``; None before.
        before: the previous state, whose buffers are reused.

    Attributes:
        running_scores: the running loss and metrics; None before the model has seen data.
        refused: the kinds of steps that couldn't be recorded.
        logits: the logits behind the outputs, if these are probabilities.
        objective: the losses of the outputs; None before these are known.
        output_shapes: those of batches of outputs.
        order: draws the order of the rows of the latest ``fit``; None without shuffling.
        has_begun: whether single batches have begun; see `nn.training.agreement`.
        observer: called after each update of the weights; see `nn.pictures.recording`.
        divergence: the watch over the losses of a running ``fit``; see `nn.training.divergence`.
        latest_losses: the losses of single outputs in the latest computation of the total.
    """

    observer: Any = None  # also of models that were pickled before it was
    divergence: Any = None

    def __init__(
        self, compile_options: CompileOptions | None = None, before: TrainingState | None = None
    ) -> None:
        self.compile_options = compile_options
        self.running_scores: Scores | None = None
        self.refused: set[type] = set()
        self.logits: Logits | None = None
        self.objective: Objective | None = None
        self.output_shapes: list[Shape] = []
        self.order: np.random.Generator | None = None
        self.latest_losses: list[Any] = []
        self.has_begun = False
        self._steps: dict[type, Any] = {}
        self._store: Store | None = before._store if before else None
        self._optimized: list[Weight] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave buffers and steps out of copies, which make new ones."""
        return {
            **vars(self), "_steps": {}, "_store": None, "has_begun": False,
            "observer": None, "divergence": None,
        }  # fmt: skip

    def step(self, model: TrainableModel, kind: type[S]) -> S | UserStep:
        """Return a step: recorded, or by the methods that the model's class overrides."""
        if model._has_own(kind):
            return UserStep(model, kind)
        step = self.recorded_step(model, kind)
        return UserStep(model, kind) if step.has_loss and step.has_own_metrics else step

    def recorded_step(self, model: Any, kind: type[S]) -> S:
        """Return the recorded step; a new one if the model has changed."""
        with recording:
            step = self.current_step(kind)
            if step is None:
                step = self._steps[kind] = kind(model)
            return step

    def current_step(self, kind: type[S]) -> S | None:
        """Return the recorded step, if there is one and the model hasn't changed since."""
        step: S | None = self._steps.get(kind)
        return step if step is not None and step.is_current() else None

    @contextmanager
    def scoring(self, scores: Scores) -> Iterator[None]:
        """Use these running scores until the block ends."""
        before, self.running_scores = self.running_scores, scores
        try:
            yield
        finally:
            self.running_scores = before

    def scores(self, model: TrainableModel) -> Scores:
        """Return the running scores, reset; a copy of them while ``fit`` is using them."""
        if self.running_scores is None:
            raise RuntimeError(
                f"model {model.name!r} expects data before it has scores, got none. Call fit first."
            )
        is_busy = self.running_scores.is_busy
        scores = copy.deepcopy(self.running_scores) if is_busy else self.running_scores
        scores.reset()
        return scores

    def objective_for(self, y_pred: Any, known: Outputs | None) -> Objective | None:
        """Return the losses of a model with these outputs; None before ``compile``."""
        if self.objective is None and self.compile_options is not None:
            self.objective = self.compile_options.objective(known or Outputs.of(y_pred))
        return self.objective

    def take_latest_losses(self) -> list[Any]:
        """Return the losses of several outputs, and forget them, as they keep the graph alive."""
        latest, self.latest_losses = self.latest_losses, []
        return latest if len(latest) > 1 else []

    def make_scores(self, output_shapes: Sequence[Shape] | None = None) -> Scores | None:
        """Return the running scores; make them, for outputs of these shapes, if there are none."""
        if self.running_scores is None and self.compile_options is not None:
            objective = self.objective or self.compile_options.objective()
            self.running_scores = self.compile_options.make_scores(objective, output_shapes)
        return self.running_scores

    def store(self, model: TrainableModel) -> Store:
        """Return the flat buffers of the weights; new ones if layers have changed.

        Raises:
            ValueError: the trainable weights aren't those that the optimizer was built for.
        """
        trainable = model.trainable_weights
        other = [*model.non_trainable_weights, *model.carried]
        if self._store is None or not self._store.holds(trainable, other):
            self._store = Store(trainable, other, instead_of=self._store)
        if self._optimized is None:
            model.optimizer.build_slots(
                self._store.parameters.size, self._store.segments, trainable
            )
            self._optimized = trainable
        if list(map(id, trainable)) != list(map(id, self._optimized)):
            raise ValueError(
                f"model {model.name!r} expects the {len(self._optimized)} trainable weights of its "
                f"first fit after compile, got {len(trainable)}: layers were added, removed, "
                "frozen or unfrozen. Call compile again."
            )
        return self._store
