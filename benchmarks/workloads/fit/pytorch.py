"""PyTorch with its fused Adam: a plain loop over shuffled batches. It tracks loss and accuracy."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.workload import Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["prepare"]


def prepare(network: Network) -> Run:
    """Make the network, and return the function that trains it for some epochs."""
    import torch
    from torch.nn import Linear, ReLU, Sequential
    from torch.nn.functional import cross_entropy

    torch.manual_seed(0)
    x, labels = (torch.tensor(a) for a in network.data())
    layers: list[Any] = [
        layer for n, m in pairwise(network.widths) for layer in (Linear(n, m), ReLU())
    ]
    model = Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)

    def run() -> list[float]:
        losses = []
        for _ in range(network.epochs):
            total, correct = torch.zeros(()), torch.zeros((), dtype=int)
            for indices in torch.randperm(len(x)).split(network.batch):
                outputs, classes = model(x[indices]), labels[indices]
                loss = cross_entropy(outputs, classes)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(indices)
                correct += (outputs.argmax(dim=1) == classes).sum()
            losses.append(total.item() / len(x))
        return [losses[0], losses[-1]]

    return run
