"""Load 2,000 digits, train a network with early stopping, and classify digits it hasn't seen."""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

with np.load(sys.argv[1]) as digits:
    x = torch.tensor(digits["x"].reshape(-1, 784)).float() / 255
    classes = torch.tensor(digits["classes"]).long()
x_train, x_valid, x_test = x.tensor_split([1600, 2000])
y_train, y_valid, y_test = classes.tensor_split([1600, 2000])

model = nn.Sequential(
    nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 50), nn.ReLU(), nn.Linear(50, 10)
)
optimizer = torch.optim.Adam(model.parameters(), fused=True)
best, waited = float("inf"), 0
for _ in range(10):
    for indices in torch.randperm(len(x_train)).split(32):
        loss = cross_entropy(model(x_train[indices]), y_train[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        loss = cross_entropy(model(x_valid), y_valid).item()
    best, waited = (loss, 0) if loss < best else (best, waited + 1)
    if waited == 3:
        break
with torch.no_grad():
    predicted = model(x_test).argmax(dim=1)
print((predicted == y_test).double().mean().item())
