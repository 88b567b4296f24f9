"""The signatures of Keras, as text: `recorded` reads them where Keras isn't installed.

``python -m tests.laws.keras_signatures``, with Keras installed, writes them again.
"""

import ast
import importlib
import inspect
from pathlib import Path

from nn.argument_checks import parameters_of

FILE = Path(__file__).with_name("keras_signatures.txt")
MODULES = (
    "optimizers", "optimizers.schedules", "losses", "metrics", "layers", "callbacks",
    "initializers", "regularizers", "constraints", "distribution", "wrappers", "activations",
    "ops", "random", "utils", "saving",
)  # fmt: skip
METHODS = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch")
EMPTY = inspect.Parameter.empty
VARIADIC = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def parameters(item):
    """Return the parameters of a function, or of a class's constructor and its parents'."""
    found = parameters_of(item) if isinstance(item, type) else inspect.signature(item).parameters
    return {name: p for name, p in found.items() if p.kind not in VARIADIC and name != "self"}


def read(keras):
    """Return the defaults of each public class and function by name; `...` for an object."""
    found = {}
    for module in MODULES:
        for name, item in public(keras, module).items():
            found[f"{module}.{name}"] = defaults(item)
    return found | {f"Model.{name}": defaults(getattr(keras.Model, name)) for name in METHODS}


def public(library, module):
    """Return the classes and functions of a module by name."""
    for part in module.split("."):
        library = getattr(library, part)
    items = {name: getattr(library, name) for name in dir(library) if name[0] != "_"}
    return {name: item for name, item in items.items() if callable(item)}


def defaults(item):
    return {name: plain(p.default) for name, p in parameters(item).items()}


def plain(value):
    """Return a default that can be written: an object stands for itself as `...`."""
    if value is EMPTY:
        return value
    try:
        return value if ast.literal_eval(repr(value)) == value else ...
    except (SyntaxError, ValueError):
        return ...


def recorded():
    """Return what `read` has returned, from the file."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        path, _, text = line.partition("(")
        call = ast.parse(f"f({text}", mode="eval").body
        found[path] = {argument.id: EMPTY for argument in call.args} | {
            keyword.arg: EMPTY if is_empty(keyword.value) else ast.literal_eval(keyword.value)
            for keyword in call.keywords
        }
    return found


def is_empty(value):
    return isinstance(value, ast.Name) and value.id == "EMPTY"


def write(found):
    """Write the file: a line for each class and function."""
    lines = ["# The signatures of Keras 3.15, written by tests/laws/keras_signatures.py."]
    for path, arguments in found.items():
        parts, are_named = [], False
        for name, value in arguments.items():
            are_named |= value is not EMPTY
            text = "EMPTY" if value is EMPTY else "..." if value is ... else repr(value)
            parts.append(f"{name}={text}" if are_named else name)
        lines.append(f"{path}({', '.join(parts)})")
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(read(importlib.import_module("keras")))
