"""Embedding: a number that has no vector is an error of the layer, wherever it is met."""

import re

import numpy as np
import pytest

import nn
from nn import layers


def model(**options):
    made = nn.Sequential([layers.Embedding(5, 2, name="words"), layers.Flatten(), layers.Dense(1)])
    made.compile("sgd", "mse", **options)
    return made


USES = {
    "call": lambda x: layers.Embedding(5, 2, name="words")(x),
    "fit": lambda x: model().fit(x, np.ones(len(x)), batch_size=2, verbose=0),
    "eagerly": lambda x: model(run_eagerly=True).fit(x, np.ones(len(x)), verbose=0),
    "evaluate": lambda x: model().evaluate(x, np.ones(len(x)), batch_size=1, verbose=0),
    "predict": lambda x: model().predict(x, batch_size=1, verbose=0),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("number", "cure"), [(7, "Pass input_dim=8, one more"), (-6, "Map these numbers")]
)
def test_a_number_without_a_vector_is_named(use, number, cure):
    x = np.array([[0, 4], [1, 2], [3, number]])
    expected = (
        f"layer 'words' expects whole numbers from 0 to 4, .* got {number}. {re.escape(cure)}"
    )
    with pytest.raises(IndexError, match=expected):
        USES[use](x)


def test_a_recorded_step_fails_like_the_first_one():
    trained, x = model(), np.ones((4, 2), int)
    trained.fit(x, np.ones(4), batch_size=2, verbose=0)
    x[3] = 5
    with pytest.raises(IndexError, match="layer 'words' expects"):
        trained.fit(x, np.ones(4), batch_size=2, shuffle=False, verbose=0)
