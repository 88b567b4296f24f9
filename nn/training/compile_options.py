"""The options of ``compile``: the optimizer, the losses and the metrics, looked up and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from nn import metrics, optimizers, tree
from nn.training.objective import Objective, Outputs, checked_loss, checked_weights
from nn.training.scores import OutputMetric, Scores, unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn import losses
    from nn.layers.shapes import Shape

_UNKNOWN = Outputs((None,))


@dataclass(frozen=True)
class CompileOptions:
    """The optimizer, and the arguments for the losses and the metrics.

    Which metric ``'accuracy'`` means depends on the shape of the outputs, and a subclass of a model
    may return several outputs. So `objective` and `make_scores` make them once these are known.
    """

    optimizer: optimizers.Optimizer
    loss: Any
    metrics: Any
    weighted_metrics: Any
    loss_weights: Any
    given: Mapping[str, Any]  # the arguments of compile, before they were looked up

    @classmethod
    def of(
        cls,
        optimizer: Any,
        loss: Any,
        metrics: Any,
        weighted_metrics: Any,
        loss_weights: Any = None,
        outputs: Outputs | None = None,
    ) -> Self:
        """Look up names, and check the choices.

        Args:
            optimizer: as in ``compile``, and so are the others.
            loss: one for all outputs, or in a list or by the names of outputs.
            metrics: the same, in lists.
            weighted_metrics: the same.
            loss_weights: the factors of the losses.
            outputs: those of the model, if known.

        Raises:
            TypeError: the weight of a loss isn't a number.
            ValueError: a name is unknown, or a loss isn't reduced to one number.
        """
        given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        options = cls(
            optimizers.get(optimizer),
            checked_loss(loss),
            metrics,
            weighted_metrics,
            checked_weights(loss_weights),
            given,
        )
        for item in (*_flat(metrics), *_flat(weighted_metrics)):
            _metric(item)
        if outputs is not None:
            options.make_scores(options.objective(outputs))
        return options

    @property
    def has_loss(self) -> bool:
        """Whether there is a loss for an output."""
        return any(loss is not None for loss in tree.leaves(self.loss))

    def objective(self, outputs: Outputs | None = None) -> Objective:
        """Return the losses of these outputs; by default of a single one.

        Raises:
            ValueError: the losses, or their weights, don't fit the outputs.
        """
        return Objective(outputs or _UNKNOWN, self.loss, self.loss_weights)

    def make_scores(
        self, objective: Objective, output_shapes: Sequence[Shape | None] | None = None
    ) -> Scores:
        """Make the running scores for outputs of these shapes.

        Raises:
            ValueError: the metrics don't fit the outputs.
        """
        shapes = output_shapes or [None] * len(objective.outputs.names)
        by_position = {loss.position: loss.function for loss in objective.losses}
        groups = [
            [
                (name, position, _metric(item, by_position.get(position), shapes[position]))
                for name, position, items in _for_each(what, chosen, objective.outputs)
                for item in items
            ]
            for what, chosen in (
                ("metrics", self.metrics),
                ("weighted_metrics", self.weighted_metrics),
            )
        ]
        found: list[OutputMetric] = []
        for is_weighted, group in enumerate(groups):
            names = unique_names(
                [(metric.name, output) for output, _, metric in group],
                ["loss", *objective.names, *(score.name for score in found)],
                "weighted_" if is_weighted else "",
            )
            found += [
                OutputMetric(name, metric, bool(is_weighted), position)
                for name, (_, position, metric) in zip(names, group, strict=True)
            ]
        return Scores(found, objective)


def _metric(item: Any, loss: losses.Loss | None = None, shape: Shape | None = None) -> Any:
    return metrics.get(item, loss=loss, output_shape=shape)


def _for_each(
    what: str, chosen: Any, outputs: Outputs
) -> list[tuple[str | None, int, tuple[Any, ...]]]:
    """Return the name and position of each output, with its metrics.

    Raises:
        ValueError: a name isn't that of an output, or there aren't as many entries as outputs.
    """
    if len(outputs.names) == 1:
        if isinstance(chosen, Mapping) and outputs.names[0] is not None:
            outputs.arranged(what, dict(chosen))  # which checks the name
        return [(None, 0, _flat(chosen))]
    if chosen is None or (isinstance(chosen, list | tuple | Mapping) and not chosen):
        return []
    entries = dict(chosen) if isinstance(chosen, Mapping) else chosen
    placed = outputs.placed(entries)
    if placed is not None:
        arranged = [_Entry(entry) for entry in placed]
    elif isinstance(entries, dict):
        arranged = outputs.arranged(what, {k: _Entry(v) for k, v in entries.items()})
    elif isinstance(entries, list | tuple) and len(entries) == len(outputs.names):
        arranged = [_Entry(entry) for entry in entries]
    else:
        raise ValueError(
            f"compile expects {what} for each of the {len(outputs.names)} outputs, in a dictionary "
            f"by their names or in a list of lists, got {chosen!r}. Pass one for each."
        )
    return [
        (name, position, _flat(entry.metrics))
        for position, (name, entry) in enumerate(zip(outputs.names, arranged, strict=True))
        if entry is not None
    ]


@dataclass(frozen=True)
class _Entry:
    """The metrics of one output, as a leaf."""

    metrics: Any


def _flat(chosen: Any) -> tuple[Any, ...]:
    """Return the metrics in nested lists and mappings."""
    if not isinstance(chosen, Mapping | list | tuple):
        return () if chosen is None else (chosen,)
    items = chosen.values() if isinstance(chosen, Mapping) else chosen
    return tuple(metric for item in items for metric in _flat(item))
