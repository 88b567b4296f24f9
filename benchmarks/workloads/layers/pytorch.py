"""The convnet in PyTorch, with its fused Adam: a plain loop over shuffled batches."""

from __future__ import annotations

from benchmarks.workload import Run
from benchmarks.workloads.layers.keras_like import BATCH, STEPS, digits

__all__ = ["convnet"]


def convnet() -> Run:
    """Make the convnet, and return the function that trains it for some epochs."""
    import torch
    from torch.nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
    from torch.nn.functional import cross_entropy

    torch.manual_seed(0)
    images, classes = digits()
    x, labels = torch.tensor(images).permute(0, 3, 1, 2).contiguous(), torch.tensor(classes)
    model = Sequential(
        Conv2d(1, 32, 3), ReLU(), MaxPool2d(2),
        Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
        Flatten(), Linear(1600, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)

    def run() -> list[float]:
        losses = []
        for _ in range(STEPS * BATCH // len(x)):
            total = 0.0
            for indices in torch.randperm(len(x)).split(BATCH):
                loss = cross_entropy(model(x[indices]), labels[indices])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(indices)
            losses.append(total / len(x))
        return [losses[0], losses[-1]]

    return run
