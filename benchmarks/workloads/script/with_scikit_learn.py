"""Load 2,000 digits, train a network with early stopping, and classify digits it hasn't seen."""

import sys
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)

with np.load(sys.argv[1]) as digits:
    x, classes = digits["x"].reshape(-1, 784).astype("float32") / 255, digits["classes"]

model = MLPClassifier(
    (50, 50),
    batch_size=32,
    max_iter=10,
    early_stopping=True,
    validation_fraction=0.2,
    n_iter_no_change=3,
)
model.fit(x[:2000], classes[:2000])
print(model.score(x[2000:], classes[2000:]))
