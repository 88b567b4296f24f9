"""The dtype of what layers, losses and metrics compute, as configs hold it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.argument_checks import ArgumentsChecked
from nn.configs.configurable import Configurable
from nn.configs.tables import publish


class DTypePolicy(ArgumentsChecked, Configurable):
    """The dtype of a layer: float32, the only one that there is.

    Raises:
        ValueError: ``name`` is another one.

    >>> DTypePolicy().get_config()
    {'name': 'float32'}
    """

    def __init__(self, name: str = "float32") -> None:
        if name != "float32":
            raise ValueError(
                f"expected the dtype float32, the only one of layers, got {name!r}. Leave it out."
            )
        self.name = name


publish("", DTypePolicy)
publish("dtype_policies", DTypePolicy)


def check_dtype(owner: type, dtype: Any) -> None:
    """Raise a ValueError unless ``dtype`` is None or float32: a name, a policy or its config."""
    if isinstance(dtype, dict):
        dtype = dtype.get("config", {}).get("name")
    name = dtype.name if isinstance(dtype, DTypePolicy) else dtype
    if name is not None and str(np.dtype(name)) != "float32":
        raise ValueError(
            f"{owner.__name__} expects dtype float32, the only one that there is, got {dtype!r}. "
            "Leave dtype out."
        )
