"""What ``compile`` chooses: the optimizer, the loss and the metrics, looked up and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from nn import losses, metrics, optimizers
from nn.training.scores import Scores, named

if TYPE_CHECKING:
    from nn.layers.arguments import Shape


@dataclass(frozen=True)
class Compiled:
    """The choices of one ``compile``; the metrics stay as the user named them.

    Which metric ``'accuracy'`` means depends on the shape of the outputs, so that the metrics are
    made by `scores`, when that is known.
    """

    optimizer: optimizers.Optimizer
    loss: losses.Loss | None
    metrics: tuple[Any, ...]
    weighted_metrics: tuple[Any, ...]

    @classmethod
    def of(cls, optimizer: Any, loss: Any, metrics: Any, weighted_metrics: Any) -> Self:
        """Look up all names.

        Raises:
            TypeError: the metrics aren't in a list.
            ValueError: a name stands for nothing, or the loss isn't reduced to one number.
        """
        compiled = cls(
            optimizers.get(optimizer),
            None if loss is None else _reduced(losses.get(loss)),
            _as_tuple("metrics", metrics),
            _as_tuple("weighted_metrics", weighted_metrics),
        )
        compiled.scores()
        return compiled

    def scores(self, output_shape: Shape | None = None) -> Scores:
        """Make the running scores, for outputs of this shape."""
        plain, weighted = (
            [metrics.get(item, loss=self.loss, output_shape=output_shape) for item in items]
            for items in (self.metrics, self.weighted_metrics)
        )
        by_name = named(plain, ["loss"])
        return Scores(by_name, named(weighted, ["loss", *by_name], "weighted_"))


def _reduced(loss: losses.Loss) -> losses.Loss:
    if loss.reduction in (None, "none"):
        raise ValueError(
            f"compile expects a loss that is one number for a batch, got {loss!r}. "
            "Leave out reduction=, which means the mean over the rows."
        )
    return loss


def _as_tuple(name: str, chosen: Any) -> tuple[Any, ...]:
    if isinstance(chosen, Mapping):
        raise TypeError(
            f"compile expects {name} as a list, as the model has one output, got {chosen!r}. "
            f"Write {name}={_flat(chosen)!r}."
        )
    if isinstance(chosen, list | tuple):
        return tuple(chosen)
    return () if chosen is None else (chosen,)


def _flat(chosen: Any) -> list[Any]:
    """What is in a nest of mappings and lists."""
    if isinstance(chosen, Mapping):
        chosen = list(chosen.values())
    if not isinstance(chosen, list | tuple):
        return [] if chosen is None else [chosen]
    return [metric for item in chosen for metric in _flat(item)]
