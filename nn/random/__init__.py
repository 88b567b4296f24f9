"""Random numbers under Keras's names, and the generators of weights, shuffles and dropout.

A draw inside of a layer or a custom step is repeated in each recorded step, as dropout's are. The
numbers differ from Keras's, whose generators are others.

>>> set_seed(1); first = normal((2, 3))
>>> set_seed(1); bool((normal((2, 3)) == first).all())
True
"""

from nn.random.draws import (
    beta,
    binomial,
    categorical,
    dropout,
    gamma,
    normal,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)
from nn.random.seed_generator import SeedGenerator
from nn.random.seeds import generator, set_seed

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "generator",
    "normal",
    "randint",
    "set_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
