"""The default values of arguments are those of Keras."""

import importlib
import inspect

MODULES = (
    "activations", "callbacks", "constraints", "initializers", "layers", "losses", "metrics",
    "optimizers", "optimizers.schedules", "regularizers",
)  # fmt: skip


def shared(keras):
    """Yield each common public name with the parameters of ours and of Keras's."""
    for module in MODULES:
        ours = importlib.import_module(f"nn.{module}")
        theirs = importlib.import_module(f"{keras.__name__}.{module}")
        for name in sorted(getattr(ours, "__all__", vars(ours))):
            pair = getattr(ours, name), getattr(theirs, name, None)
            if all(map(callable, pair)):
                yield f"{module}.{name}", *(inspect.signature(one).parameters for one in pair)


def test_numbers_and_booleans_are_those_of_keras(keras):
    """Compares numbers and booleans; strings may differ, and defaults that are None in one."""
    different = {
        f"{name}({argument}={ours[argument].default!r})": theirs[argument].default
        for name, ours, theirs in shared(keras)
        for argument in ours.keys() & theirs.keys()
        if isinstance(theirs[argument].default, (bool, int, float))
        if ours[argument].default != theirs[argument].default
    }
    assert different == {}
