"""Preprocessing: layers that learn from the data before training, and turn values into numbers."""

from nn.layers.preprocessing.category_encoding import CategoryEncoding
from nn.layers.preprocessing.discretization import Discretization
from nn.layers.preprocessing.hashed_crossing import HashedCrossing
from nn.layers.preprocessing.hashing import Hashing
from nn.layers.preprocessing.integer_lookup import IntegerLookup
from nn.layers.preprocessing.normalization import Normalization
from nn.layers.preprocessing.string_lookup import StringLookup

__all__ = [
    "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
    "Normalization", "StringLookup",
]  # fmt: skip
