"""The arguments of ``compile``, in values that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import serialize_keras_object
from nn.messages import warn
from nn.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compile_by", "describe"]

_ONLY_KERAS = {"steps_per_execution": 1, "jit_compile": False}  # they don't change the numbers


def describe(model: Trainer) -> dict[str, Any]:
    """Return the arguments that a model was compiled with; none if it wasn't.

    Raises:
        NotImplementedError: one of them is a lambda, or an object without a config.
    """
    compile_options = model._training.compile_options
    if compile_options is None:
        return {}
    found = {"optimizer": compile_options.optimizer, **compile_options.given}
    config: dict[str, Any] = serialize_keras_object(found)
    return config | {"run_eagerly": model.run_eagerly} | _ONLY_KERAS


def compile_by(model: Trainer, config: Mapping[str, Any]) -> None:
    """Compile a model with the result of `describe`, or with what Keras wrote.

    A class that overrides ``compile`` may take other arguments; then a warning is issued instead.
    """
    if type(model).compile is not Trainer.compile:
        warn(
            f"model {model.name!r} isn't compiled, since its class {type(model).__name__} "
            "overrides compile. Call it yourself, or override get_compile_config and "
            "compile_from_config too."
        )
        return
    arguments = deserialize_keras_object(dict(config))
    model.compile(**{name: x for name, x in arguments.items() if name not in _ONLY_KERAS})
