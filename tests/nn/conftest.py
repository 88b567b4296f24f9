"""Make initial weights, shuffles and dropout in CI the same each time, as its examples are."""

import os

import pytest

from nn.utils import set_random_seed

collect_ignore = ["saving/keras_2/write.py"]  # a script that needs TensorFlow


@pytest.fixture(autouse=True)
def seed_in_ci():
    if os.environ.get("CI"):
        set_random_seed(0)
