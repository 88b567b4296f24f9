"""The metrics of steps, along an axis between rows and classes, are those of each step."""

import numpy as np
import pytest

from nn import metrics
from tests.nn.metrics.test_every_metric import BINARY, LABELS, ONE_HOT, OTHERS, SCORES, SHARES

OF_LABELS = ("sparse_categorical_accuracy", "sparse_categorical_crossentropy",
             "sparse_top_k_categorical_accuracy")  # fmt: skip
OF_CLASSES = ("categorical_accuracy", "categorical_crossentropy", "categorical_focal_crossentropy",
              "categorical_hinge", "kl_divergence", "top_k_categorical_accuracy")  # fmt: skip
OF_CHANCES = ("binary_accuracy", "binary_crossentropy", "binary_focal_crossentropy", "hinge",
              "squared_hinge")  # fmt: skip
OF_NUMBERS = ("concordance_correlation", "cosine_similarity", "huber", "log_cosh",
              "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
              "mean_squared_logarithmic_error", "pearson_correlation", "poisson")  # fmt: skip
DATA = {
    **dict.fromkeys(OF_LABELS, (LABELS, SHARES)),
    **dict.fromkeys(OF_CLASSES, (ONE_HOT, SHARES)),
    **dict.fromkeys(OF_CHANCES, (BINARY, SHARES)),
    **dict.fromkeys(OF_NUMBERS, (np.abs(SCORES), OTHERS)),
}


@pytest.mark.parametrize("name", DATA)
def test_steps_have_their_own_values(name):
    f, first = getattr(metrics, name), DATA[name]
    second = tuple(x[::-1].copy() for x in first)
    together = f(*(np.stack(pair, axis=1) for pair in zip(first, second, strict=True)))
    assert together.shape[:2] == (len(LABELS), 2)
    np.testing.assert_allclose(together[:, 0], f(*first), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(together[:, 1], f(*second), rtol=1e-5, atol=1e-6)
