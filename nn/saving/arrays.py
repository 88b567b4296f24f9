"""What Keras's files hold of a model besides its config: the arrays of each layer, by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.messages import warn
from nn.optimizers.variables import named_values, state_of
from nn.saving.paths import layers_by_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from nn.layers.base import Layer

    Variables: TypeAlias = Mapping[str, np.ndarray]  # by their names, mostly "0", "1", …

__all__ = ["OPTIMIZER", "collect", "require_built", "restore", "restore_optimizer"]

OPTIMIZER = "optimizer"  # its path


def collect(model: Any) -> dict[str, tuple[str, Variables]]:
    """Return the name and the arrays of each layer, and of the optimizer, by their paths."""
    found: dict[str, tuple[str, Variables]] = {}
    for path, layer in layers_by_path(model).items():
        arrays: dict[str, Any] = {}
        layer.save_own_variables(arrays)
        found[path] = layer.name, arrays
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        values = named_values(optimizer).values()
        found[OPTIMIZER] = optimizer.name, {str(i): value for i, value in enumerate(values)}
    return found


def restore(model: Any, variables: Callable[[str], Variables], skip_mismatch: bool = False) -> None:
    """Set what `collect` returned; if that fails, the model stays as it was.

    Args:
        model: a built model.
        variables: returns the arrays of a path, none for one that the file doesn't have.
        skip_mismatch: whether layers that don't fit are left as they are, with a warning.

    Raises:
        ValueError: the arrays don't match those of the model.
    """
    before = model.get_weights()
    try:
        _restore_layers(layers_by_path(model), variables, skip_mismatch)
        if getattr(model, "optimizer", None) is not None:
            restore_optimizer(model, list(_in_order(variables(OPTIMIZER))))
    except BaseException:
        model.set_weights(before)
        raise


def restore_optimizer(model: Any, values: Sequence[np.ndarray]) -> None:
    """Set the state of a model's optimizer; warn if it is that of another one."""
    if not values:
        return
    if model.built:
        model.store  # noqa: B018 - builds the optimizer
    state = state_of(model.optimizer, values)
    if state is None:
        warn(
            f"the optimizer starts over, since the file has {len(values)} arrays for it that "
            f"don't fit {model.optimizer!r}. To go on as before, compile the model with the "
            "optimizer of the file, and the same arguments."
        )
    else:
        model.optimizer.set_state(state)


def require_built(model: Any, action: str) -> None:
    """Raise a ValueError if a model has no weights yet."""
    if not model.built:
        raise ValueError(
            f"model {model.name!r} expects weights to {action}, got none, as the shape of its "
            "inputs is unknown. Call build((None, 9)), for example, first."
        )


def _restore_layers(
    layers: Mapping[str, Layer], variables: Callable[[str], Variables], skip_mismatch: bool
) -> None:
    skipped: list[str] = []
    for path, layer in layers.items():
        try:
            layer.load_own_variables(variables(path))
        except ValueError as error:
            if not skip_mismatch:
                raise
            skipped.append(str(error))
    if skipped:
        warn(f"{len(skipped)} layers are left as they were. The first: {skipped[0]}")


def _in_order(variables: Variables) -> list[np.ndarray]:
    return [variables[name] for name in sorted(variables, key=int)]
