"""`nn.wrappers.MLPClassifier` and scikit-learn's, fitted with the same parameters to the end."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np

from benchmarks.checks import accurate
from benchmarks.workload import AtMost, Engine, Run, Workload

__all__ = ["WORKLOADS"]


def _digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x / 16, y


def _titanic() -> tuple[Any, Any]:
    from sklearn.preprocessing import StandardScaler

    from nn.datasets import titanic

    x, y = titanic.load_data()
    return StandardScaler().fit_transform(np.float64(x)), y.astype(int)


def _fit(kind: Any, data: Any) -> Run:
    """Return a function that fits an estimator, and returns its accuracy on a third of the rows."""
    from sklearn.model_selection import train_test_split

    x, x_test, y, y_test = train_test_split(*data(), random_state=0, test_size=1 / 3)

    def run() -> Any:
        with warnings.catch_warnings(action="ignore"):  # it may not converge within 200 epochs
            model = kind(random_state=0).fit(x, y)
        return [model.score(x_test, y_test), model.n_iter_]

    return run


def _ours(data: Any) -> Run:
    from nn.wrappers import MLPClassifier

    return _fit(MLPClassifier, data)


def _theirs(data: Any) -> Run:
    from sklearn.neural_network import MLPClassifier

    return _fit(MLPClassifier, data)


def _workload(name: str, data: Any, title: str, least: float) -> Workload:
    needed = ("scikit-learn",)
    return Workload(
        name=f"estimator-{name}",
        group="estimators",
        title=f"MLPClassifier with scikit-learn's defaults, {title}",
        column=name,
        engines=(
            Engine("ours", partial(_ours, data)),
            Engine("scikit-learn", partial(_theirs, data), needed),
        ),
        targets=(AtMost("ours", 0.5, "scikit-learn"),),
        check=partial(accurate, least=least),
        note="one fit of at most 200 epochs; ours computes in float32, scikit-learn in float64",
    )


WORKLOADS = (
    _workload("digits", _digits, "1,198 digits of 8 by 8 pixels", 0.95),
    _workload("titanic", _titanic, "878 passengers", 0.76),
)
