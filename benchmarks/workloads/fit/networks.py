"""The three networks to train, of sizes that courses use, and their data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["DIGITS", "NETWORKS", "TITANIC", "WIDE", "Network"]


@dataclass(frozen=True)
class Network:
    """Relu layers and a softmax, trained with Adam on the categorical cross-entropy in float32.

    Attributes:
        name: selects it on the command line.
        widths: of the inputs, the hidden layers and the classes.
        batch: rows of a step; the last step of an epoch takes the rest.
        rows: the number of rows of the data.
        epochs: the number of epochs of one run.
    """

    name: str
    widths: tuple[int, ...]
    batch: int
    rows: int
    epochs: int

    @property
    def steps(self) -> int:
        """The number of steps of one run."""
        return self.epochs * math.ceil(self.rows / self.batch)

    def data(self) -> tuple[Any, Any]:
        """Return x, float32 of shape (rows, inputs), and the classes as integers."""
        return _passengers() if self.widths[0] == 10 else _digits(self.rows)

    def one_hot(self) -> tuple[Any, Any]:
        """Return x and the one-hot labels, both float32."""
        import numpy as np

        x, classes = self.data()
        return x, np.eye(self.widths[-1], dtype="float32")[classes]


TITANIC = Network("titanic", (10, 100, 100, 2), batch=32, rows=1317, epochs=20)
DIGITS = Network("digits", (784, 50, 50, 10), batch=32, rows=8000, epochs=3)
WIDE = Network("wide", (784, 512, 512, 10), batch=128, rows=4000, epochs=2)
NETWORKS = (TITANIC, DIGITS, WIDE)


def _passengers() -> tuple[Any, Any]:
    """Return the standardized nine predictors, with a tenth: whether a passenger traveled alone."""
    import numpy as np

    from nn.datasets import titanic

    x, survived = titanic.load_data()
    alone = (x[:, 2:4].sum(axis=1) == 0).astype("float32")
    x = np.column_stack([x, alone])
    return (x - x.mean(axis=0)) / x.std(axis=0), survived.astype(int)


def _digits(rows: int) -> tuple[Any, Any]:
    from nn.datasets import mnist

    (x, classes), _ = mnist.load_data()
    return x[:rows].reshape(rows, -1).astype("float32") / 255, classes[:rows].astype(int)
