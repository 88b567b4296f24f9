"""Models: layers put together, and what trains them."""

from nn.models.model import Model
from nn.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
