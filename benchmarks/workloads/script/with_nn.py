"""Load 2,000 digits, train a network with early stopping, and classify digits it hasn't seen."""

import sys

import numpy as np

from nn.callbacks import EarlyStopping
from nn.layers import Dense
from nn.models import Sequential
from nn.utils import to_categorical

with np.load(sys.argv[1]) as digits:
    x, classes = digits["x"].reshape(-1, 784).astype("float32") / 255, digits["classes"]

model = Sequential()
model.add(Dense(50, activation="relu", input_shape=(784,)))
model.add(Dense(50, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(
    x[:2000],
    to_categorical(classes[:2000]),
    validation_split=0.2,
    epochs=10,
    callbacks=[EarlyStopping(patience=3)],
    verbose=0,
)
predicted = model.predict(x[2000:], verbose=0).argmax(axis=1)
print(np.mean(predicted == classes[2000:]))
