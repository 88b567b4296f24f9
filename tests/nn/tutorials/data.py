"""Small data for the tutorials."""

import numpy as np

_rng = np.random.default_rng(0)
X = _rng.normal(size=(64, 8)).astype("float32")
Y = (X @ _rng.normal(size=(8, 1)) > 0).astype("float32")
LABELS = _rng.integers(0, 3, 64)
IMAGES = _rng.uniform(size=(16, 12, 12, 1)).astype("float32")
