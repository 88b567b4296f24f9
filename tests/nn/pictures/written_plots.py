"""Plots in words; ``python -m tests.nn.pictures.written_plots`` writes them down again."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from nn import pictures, plotting
from nn.callbacks import History
from nn.layers import Dense, SimpleRNN
from nn.models import Sequential
from tests.nn.pictures.described import described

FILE = Path(__file__).with_name("plots.txt")


def recorded(stopped_after=None, **quantities):
    """Return a history of these quantities, without training."""
    history = History()
    history.history = {name: list(values) for name, values in quantities.items()}
    history.epochs = {name: [*range(1, len(values) + 1)] for name, values in quantities.items()}
    history.stopped_after = stopped_after
    return history


def network(*layers):
    model = Sequential(layers)
    model.compile("sgd", "mse")
    return model


def same(kind, name, **options):
    return kind(2, kernel_initializer="ones", name=name, **options)


def steps(name, **options):
    return same(SimpleRNN, name, recurrent_initializer="identity", **options)


def square(w):
    return (w**2).sum()


PATH = [np.array([4.0, 1.0]), np.array([2.0, -1.0]), np.zeros(2)]
SERIES = np.linspace(0.1, 1.0, 6).reshape(2, 3, 1)
TARGETS = np.ones((2, 2))
DRAWN = {
    "training and validation": lambda: plotting.plot(
        recorded(
            2, loss=[3, 2, 1], val_loss=[4, 2, np.nan], accuracy=[0.5, 0.9, 0.8], rate=[1, 1, 1]
        )
    ),
    "four panels, in two rows": lambda: plotting.plot(
        recorded(loss=[1], mae=[2], mse=[3], auc=np.linspace(0, 1, 21))
    ),
    "on axes of the user": lambda: plotting.plot(
        recorded(loss=[2, 1]), ax=mpl.figure.Figure().subplots()
    ),
    "compared": lambda: plotting.compare(
        {f"run {n}": recorded(val_accuracy=[n, 0]) for n in range(8)}, "val_accuracy"
    ),
    "sizes of slopes": lambda: pictures.gradient_flow(
        network(*(same(Dense, name) for name in "abcde")), SERIES[:, :, 0], TARGETS
    ),
    "sizes of slopes of steps": lambda: pictures.gradient_flow(
        network(steps("first", return_sequences=True), steps("second")),
        SERIES,
        TARGETS,
    ),
    "levels": lambda: pictures.loss_surface(square, np.zeros(2), np.eye(2), points=3),
    "levels and a path": lambda: pictures.loss_surface(
        lambda w: square(w) + 0.01, PATH[-1], np.eye(2), PATH, points=3
    ),
}


def written(name):
    """Return the description of a plot under matplotlib's own settings."""
    with mpl.style.context("default"):
        figure = DRAWN[name]()
        found = "\n".join(text.rstrip() for text in described(figure))
        mpl.pyplot.close(figure)
    return found


if __name__ == "__main__":
    mpl.use("Agg")
    FILE.write_text("\n".join(f"=== {name}\n{written(name)}" for name in DRAWN) + "\n")
