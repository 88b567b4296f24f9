"""The methods for one batch that a subclass may override, as in Keras.

For each batch ``fit`` calls `StepMethods.train_step`, ``evaluate`` calls `StepMethods.test_step`
and ``predict`` calls `StepMethods.predict_step`. If none of them is overridden, the loops run a
recorded step directly. The methods here run the same step, so that ``super().train_step(data)`` is
as fast.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.distribution import distribution
from nn.layers.call_inputs import as_inputs
from nn.layers.container import Container
from nn.layers.nested import nested
from nn.layers.weight import assigned, bound, store
from nn.logits import remembering
from nn.metrics import Metric
from nn.training.compiled_metrics import CompiledMetrics
from nn.training.dataset import Dataset
from nn.training.mean_of_processes import mean_of_processes
from nn.training.objective import aligned_with
from nn.training.packing import unpack_x_y_sample_weight
from nn.training.scores import flat_results
from nn.training.step import Step, TestStep, TrainStep, as_plain
from nn.training.total_loss import total_loss
from nn.training.training_state import TrainingState, attributes_of
from nn.training.user_step import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nn.distribution import DataParallel
    from nn.layers.weight import Weight
    from nn.training.scores import Scores
    from nn.training.user_step import UserStep


class StepMethods(Container):
    """A container of layers that is trained batch by batch; `Trainer` adds the loops over data.

    A user-defined ``train_step`` returns the scores of the batch by name. It passes a function
    without arguments that computes the loss to `loss_and_gradients`:

    >>> import nn, numpy as np
    >>> class Noisy(nn.Sequential):
    ...     def train_step(self, data):
    ...         x, y, sample_weight = nn.utils.unpack_x_y_sample_weight(data)
    ...         x = x + np.float32(0.01)
    ...         def loss():
    ...             y_pred = self(x, training=True)
    ...             return self.compute_loss(x, y, y_pred, sample_weight), y_pred
    ...         (value, y_pred), gradients = self.loss_and_gradients(loss)
    ...         self.optimizer.apply(gradients, self.trainable_weights)
    ...         scores = self.compute_metrics(x, y, y_pred, sample_weight)
    ...         return {**scores, "loss": value}
    >>> model = Noisy([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.ones((8, 2)), np.ones((8, 1)), epochs=5, verbose=0)
    >>> history.history["loss"][0] > history.history["loss"][-1]
    True
    """

    jit_compile: bool | str = "auto"  # also of models that were pickled before it was
    _distribution: DataParallel | None = None  # likewise
    _compiled_at: Any = None  # the user's line
    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    def __init__(self, *, name: str | None, trainable: bool) -> None:
        super().__init__(name=name, trainable=trainable)
        self.run_eagerly = False
        self._training = TrainingState()

    @property
    def distribution(self) -> DataParallel | None:
        """How batches are shared among processes: as compiled, or as `set_distribution` says."""
        return self._distribution or distribution()

    @property
    def team(self) -> DataParallel | None:
        """The processes to share batches with; None where there are no others."""
        found = self.distribution
        return found if found is not None and found.size > 1 else None

    @property
    def compiled(self) -> bool:
        """Whether `compile` has been called."""
        return self._training.compile_options is not None

    # --- methods to override

    def train_step(self, data: Any) -> dict[str, Any]:
        """Update the weights from one batch, and return the scores so far by name.

        Args:
            data: ``(x, y)`` or ``(x, y, sample_weight)``; without targets, only ``x``.
        """
        return self._scored(TrainStep, data)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Score one batch, and return the scores so far by name; see `train_step`."""
        return self._scored(TestStep, data)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch."""
        batch = Dataset(as_inputs(unpack_x_y_sample_weight(data)[0], keep_integers=True))
        return self._training.recorded_step(self, Step)(batch, slice(0, len(batch))).y_pred

    def compute_loss(
        self,
        x: Array = None,  # noqa: ARG002 - for subclasses
        y: Array = None,
        y_pred: Array = None,
        sample_weight: Array = None,
        training: bool = True,  # noqa: ARG002
    ) -> Array:
        """Return the loss of one batch, a number: the compiled loss plus the penalties.

        Args:
            x: the inputs; not used here.
            y: the targets.
            y_pred: the outputs for ``x``.
            sample_weight: one number per row, or None.
            training: whether the batch is for training; not used here.

        Raises:
            ValueError: there is neither a loss nor a penalty.
        """
        return total_loss(self, y, y_pred, sample_weight)

    def compute_metrics(
        self,
        x: Array,  # noqa: ARG002 - for subclasses
        y: Array,
        y_pred: Array,
        sample_weight: Array = None,
    ) -> dict[str, Any]:
        """Update the compiled metrics with one batch, and return all scores by name."""
        if y is not None:
            y = y if tree.is_structure(y) or tree.is_structure(y_pred) else aligned_with(y, y_pred)
            self._running_scores().update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    # --- used by these methods

    def loss_and_gradients(
        self, function: Callable[[], Any], variables: Sequence[Weight] | None = None
    ) -> tuple[Any, list[Array]]:
        """Call a function that computes a loss, and differentiate the loss by the weights.

        Args:
            function: takes no arguments; returns the loss, a number, or a pair of the loss and
                another value.
            variables: the weights; ``trainable_weights`` by default.

        Returns:
            The result of the function, as plain arrays; and the slope for each weight, in order.

        Raises:
            ValueError: there is no weight to differentiate by.
        """
        weights = list(self.trainable_weights if variables is None else variables)
        result = _differentiate(function, weights) if weights else (function(), [])
        value, slopes = mean_of_processes(result, self.team)
        if variables is None and len(self.trainable_weights) != len(weights):
            return self.loss_and_gradients(function)  # the call has built layers
        if not weights:
            raise ValueError(
                f"model {self.name!r} expects weights to differentiate by, got none. Build the "
                "model by calling it on a batch, or set trainable=True."
            )
        return value, slopes

    @property
    def metrics(self) -> list[Metric]:
        """The running loss, all compiled metrics in one, and those in attributes of layers.

        All of them are reset when an epoch or an evaluation begins.
        """
        if self._training.compile_options is None:
            return self._own_metrics()
        scores = self._running_scores()
        compiled = [CompiledMetrics(scores)] if scores.scores else []
        return [scores.tracker, *compiled, *scores.losses, *self._own_metrics()]

    def reset_metrics(self) -> None:
        """Reset all metrics."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the results of all metrics by name."""
        scores = self._running_scores()
        own = flat_results((metric.name, metric) for metric in self._metrics_beside(scores))
        if self._overrides("metrics"):
            listed = set(map(id, _single(self.metrics)))
            names = zip(scores.names, scores.all_metrics, strict=True)
            return flat_results((n, m) for n, m in names if id(m) in listed) | own
        return scores.metrics_results() | own

    def _metrics_beside(self, scores: Scores) -> list[Metric]:
        """Return the metrics that aren't among the running scores."""
        known = set(map(id, scores.all_metrics))
        return [metric for metric in _single(self.metrics) if id(metric) not in known]

    def _own_metrics(self) -> list[Metric]:
        """Return the metrics in attributes of the model and its layers, except inner models."""
        found: dict[int, Metric] = {}
        for layer in self.flat_layers():
            if layer is self or not isinstance(layer, StepMethods):
                metrics = nested(attributes_of(layer), Metric)
                found |= {id(metric): metric for metric in metrics}
        return list(found.values())

    # --- used by the loops

    def _overrides(self, method: str) -> bool:
        """Return whether the class, or the model itself, overrides a method of `StepMethods`."""
        return method in vars(self) or getattr(type(self), method) is not getattr(
            StepMethods, method
        )

    def _has_own(self, kind: type[Step]) -> bool:
        """Return whether the model overrides the methods of a step."""
        of_scores = () if kind is Step else ("compute_metrics", "metrics")
        return any(map(self._overrides, (METHODS[kind], *of_scores)))

    @property
    def _has_own_loss(self) -> bool:
        """Whether the model overrides the loss, or a step that computes it."""
        return any(map(self._overrides, ("train_step", "test_step", "compute_loss")))

    def _own_loss(self, batch: Dataset, y_pred: Array, training: bool) -> Array:
        """Call a subclass's `compute_loss`, which may lack the parameter ``training``."""
        arguments = {
            "x": batch.x, "y": batch.y, "y_pred": y_pred, "sample_weight": batch.sample_weight
        }  # fmt: skip
        parameters = inspect.signature(self.compute_loss).parameters.values()
        if any(p.kind is p.VAR_KEYWORD or p.name == "training" for p in parameters):
            arguments["training"] = training
        loss = self.compute_loss(**arguments)
        if loss is None or getattr(loss, "shape", ()) != ():
            raise ValueError(
                f"model {self.name!r} expects compute_loss to return one number, got "
                f"{'None' if loss is None else f'shape {loss.shape}'}. Reduce it: np.mean(loss)."
            )
        return loss

    @contextmanager
    def _scoring(self, scores: Scores, step: Step | UserStep) -> Iterator[None]:
        """Make user-defined methods use these scores, reset, until the block ends."""
        if not step.is_custom:
            yield
            return
        with self._training.scoring(scores):
            self._reset_own_metrics(scores)
            yield

    def _reset_own_metrics(self, scores: Scores) -> None:
        """Reset the metrics beside the running scores, when an epoch or evaluation begins."""
        for metric in self._metrics_beside(scores):
            metric.reset_state()

    def _scored(self, kind: type[Step], data: Any) -> dict[str, Any]:
        """Run a recorded step on one batch, and update the running scores."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        batch, scores = (
            Dataset(as_inputs(x, keep_integers=True), y, sample_weight),
            self._running_scores(),
        )
        result = self._training.recorded_step(self, kind)(batch, slice(0, len(batch)))
        if not self._overrides("compute_metrics"):
            scores.update(result)
            found = self.get_metrics_result()
            is_listed = not self._overrides("metrics")  # those of a property are all that there are
            return found | {"loss": scores.tracker.result()} if is_listed else found
        scores.add_loss(result)
        return self.compute_metrics(x, y, result.y_pred, sample_weight)

    def _running_scores(self) -> Scores:
        """Return the running scores; make them if there are none.

        Raises:
            RuntimeError: the model isn't compiled.
        """
        training = self._training
        if training.compile_options is None:
            raise RuntimeError(
                f"model {self.name!r} expects compile before a step. Call "
                "model.compile(optimizer='adam', loss='mean_squared_error'), for example."
            )
        scores = training.make_scores()
        assert scores is not None  # noqa: S101 - it is compiled
        return scores


def _single(metrics: Sequence[Metric]) -> list[Any]:
    """Return single metrics: those of ``compile`` one by one."""
    parts = [m.metrics if isinstance(m, CompiledMetrics) else [m] for m in metrics]
    return [metric for part in parts for metric in part]


def _differentiate(
    function: Callable[[], Any], weights: Sequence[Weight]
) -> tuple[Any, list[Array]]:
    """Return the result of a function, and the slopes of its loss."""
    rest: list[Any] = []
    changed: list[tuple[Weight, Array]] = []

    def loss(values: list[Array]) -> Array:
        with bound(weights, values), remembering():
            result = function()
            changed[:] = assigned(weights, values)
        rest[:] = result[1:] if isinstance(result, tuple) else []
        return result[0] if isinstance(result, tuple) else result

    value, slopes = ad.value_and_grad(loss)([weight.value for weight in weights])
    for weight, new in changed:
        store(weight.value, new, weight.path)
    is_traced = isinstance(value, ad.Tensor)  # by a trace around this one
    others = rest if is_traced else tree.map_leaves(as_plain, rest)
    return ((value, *others) if others else value), slopes
