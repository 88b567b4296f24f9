"""scikit-learn's MLPClassifier. It tracks the loss only, and has one output for two classes."""

from __future__ import annotations

import warnings

from benchmarks.workload import Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["prepare"]


def prepare(network: Network) -> Run:
    """Make the network, and return the function that trains it for some epochs."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is fixed
    x, classes = network.data()
    model = MLPClassifier(
        network.widths[1:-1],
        alpha=0,
        batch_size=network.batch,
        max_iter=network.epochs,
        n_iter_no_change=network.epochs + 1,  # no early stopping
        warm_start=True,
        random_state=0,
    )

    def run() -> list[float]:
        model.fit(x, classes)
        losses = model.loss_curve_[-network.epochs :]
        return [losses[0], losses[-1]]

    return run
