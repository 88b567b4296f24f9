"""The train step: one forward pass, one backward pass, one update of the weights.

This is the one place where training meets the engine. The loss is traced as a function of the
trainable weights; its slopes go into the flat gradient, from which the optimizer updates the flat
parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autodiff as ad
from nn.layers.weight import bound

if TYPE_CHECKING:
    import numpy as np

    from nn.layers.weight import Array
    from nn.models.model import Model
    from nn.training.data import Dataset


class Step:
    """Runs a compiled, built model forward on a batch, and answers its loss and its outputs."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.layers = list(model.flat_layers())
        self.penalized = [weight for weight in model.trainable_weights if weight.regularizer]

    def __call__(self, batch: Dataset) -> tuple[float, np.ndarray]:
        """Answer the loss, penalties included, and the outputs."""
        loss, outputs = self.forward(batch, training=False)
        return float(loss), outputs

    def forward(self, batch: Dataset, *, training: bool) -> tuple[Array, Array]:
        """Compute the loss and the outputs: Tensors where the weights are being traced."""
        outputs = self.model(batch.x, training=training)
        loss = self.model.loss_function(batch.y, outputs, batch.sample_weight)
        for weight in self.penalized:
            loss = loss + weight.regularizer(weight.value)  # type: ignore[misc] # not None
        for layer in self.layers:
            for penalty in layer.recorded_losses:
                loss = loss + penalty
            layer.recorded_losses = []  # they hold on to the graph
        return loss, outputs


class TrainStep(Step):
    """Updates a compiled, built model from one batch at a time."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.store = model.store
        self.constrained = [weight for weight in self.store.trainable if weight.constraint]
        self._outputs: Any = None

    def __call__(self, batch: Dataset) -> tuple[float, np.ndarray]:
        """Update the weights; answer the loss and the outputs from before the update."""
        if not self.store.trainable:
            return super().__call__(batch)
        values = [weight.value for weight in self.store.trainable]
        loss, slopes = ad.value_and_grad(self._objective)(values, batch)
        self.store.collect(slopes)
        self.model.optimizer.step(self.store.parameters, self.store.gradients)
        for weight in self.constrained:
            weight.assign(weight.constraint(weight.value))  # type: ignore[misc] # not None
        return float(loss), self._outputs

    def _objective(self, values: list[Array], batch: Dataset) -> Array:
        with bound(self.store.trainable, values):
            loss, outputs = self.forward(batch, training=True)
        self._outputs = outputs.numpy() if isinstance(outputs, ad.Tensor) else outputs
        return loss
