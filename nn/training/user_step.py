"""A step that calls a method overridden by a subclass, such as ``train_step``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.training.mean_of_processes import mean_of_processes
from nn.training.packing import pack_x_y_sample_weight
from nn.training.step import Step, StepResult, TestStep, TrainStep

if TYPE_CHECKING:
    from nn.training.batch_program import Rows
    from nn.training.dataset import Dataset
    from nn.training.model_protocol import TrainableModel

METHODS: dict[type[Step], str] = {
    TrainStep: "train_step", TestStep: "test_step", Step: "predict_step"
}  # fmt: skip


class UserStep:
    """Call a method of the model for each batch.

    Args:
        model: built.
        kind: the step that it replaces.
    """

    is_custom = True

    def __init__(self, model: TrainableModel, kind: type[Step]) -> None:
        self.model, self.kind, self.method = model, kind, METHODS[kind]

    def __call__(self, data: Dataset, rows: Rows) -> StepResult:
        """Call the method with some rows."""
        batch = data.take(rows)
        packed = pack_x_y_sample_weight(batch.x, batch.y, batch.sample_weight)
        result = getattr(self.model, self.method)(packed)
        if self.kind is Step:
            return StepResult(batch, 0.0, result, ())
        if not isinstance(result, dict):
            raise TypeError(
                f"model {self.model.name!r} expects {self.method} to return its scores by name, "
                f"got {result!r}. Return a dictionary, such as {{'loss': loss}}."
            )
        logs = mean_of_processes(_flatten(result), self.model.team)
        return StepResult(batch, float(logs.get("loss", 0.0)), None, logs=logs)

    def source(self, count: int | None = None, *, native: bool = False) -> str:
        """Return the code of the recorded step that the methods call."""
        if self.model._overrides(self.method):
            raise RuntimeError(
                f"model {self.model.name!r} expects a recorded {self.method} to show, got a "
                f"user-defined {self.method}. Read its source instead."
            )
        step = self.model._training.recorded_step(self.model, TrainStep)
        text: str = step.source(count, native=native)
        return text


def _flatten(logs: dict[str, Any]) -> dict[str, Any]:
    """Move the entries of nested dictionaries, which metrics may return, to the top level."""
    found: dict[str, Any] = {}
    for name, value in logs.items():
        found |= _flatten(value) if isinstance(value, dict) else {name: value}
    return found
