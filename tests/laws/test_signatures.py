"""Classes and methods take the arguments that Keras's take, with the same defaults.

Missing and different arguments are listed here with their reasons.
"""

import importlib
import inspect

import pytest

import nn
from nn.argument_checks import parameters_of

MODULES = (
    "optimizers",
    "optimizers.schedules",
    "losses",
    "metrics",
    "layers",
    "callbacks",
    "initializers",
    "regularizers",
    "constraints",
    "distribution",
    "wrappers",
)
METHODS = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch")

MISSING = {
    "dtype": "all is computed in float32",
    "autocast": "all is computed in float32",
    "loss_scale_factor": "for mixed precision",
    "auto_scale_loss": "for mixed precision",
    "steps_per_execution": "the loop costs little beside a recorded step",
    "lora_rank": "no low-rank adaptation",
    "lora_alpha": "no low-rank adaptation",
    "quantization_config": "no quantization",
    "gptq_unpacked_column_size": "no quantization",
    "sparse": "no sparse tensors",
    "ragged": "no ragged tensors",
    "input_tensor": "no symbolic tensors",
    "optional": "no optional inputs",
    "factor": "for random changes of images",
    "bounding_box_format": "images alone are cut",
    "rank": "Keras's own subclasses pass it",
    "pool_dimensions": "Keras's own subclasses pass it",
    "pool_mode": "Keras's own subclasses pass it",
    "cell": "Keras's own subclasses pass it",
    "use_cudnn": "it runs on the processor",
    "vocabulary_dtype": "texts, or whole numbers of 64 bits",
    ("StringLookup", "encoding"): "texts are Python's; bytes and files are in UTF-8",
    "weights": "set_weights sets them",
    "flash_attention": "it runs on the processor",
    ("AdditiveAttention", "score_mode"): "its score is additive",
    ("CallbackList", "add_history"): "fit adds its own",
    ("CallbackList", "add_progbar"): "fit adds its own",
    "device_mesh": "the processes are those that mpiexec has started",
    "devices": "the processes are those that mpiexec has started",
    "auto_shard_dataset": "each process has all the data",
    ("ReduceLROnPlateau", "baseline"): "Keras takes it, and forgets it when training begins",
}
DIFFERENT = {
    "name": "None stands for the name that Keras writes out",
    ("CallbackList", "callbacks"): "made by fit alone",
}


def shared(keras, module):
    """Return the pairs of classes that exist on both sides."""
    ours = importlib.import_module(f"nn.{module}")
    theirs = keras
    for part in module.split("."):
        theirs = getattr(theirs, part)
    pairs = ((name, getattr(ours, name), getattr(theirs, name, None)) for name in dir(ours))
    return [
        (name, own, other)
        for name, own, other in pairs
        if name[0] != "_" and inspect.isclass(own) and inspect.isclass(other)
    ]


def named(parameters):
    return {n: p for n, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}


def is_named(table, owner, name):
    return name in table or (owner, name) in table


def is_same(own, other):
    """Return whether two defaults mean the same: a number stands for itself along each axis."""
    if isinstance(other, tuple):
        return own == other or all(is_same(own, part) for part in other)
    return own == other


def check(owner, own, other):
    missing = [name for name in other if name not in own and not is_named(MISSING, owner, name)]
    assert missing == [], f"{owner} lacks {missing}"
    different = {
        name: (own[name].default, parameter.default)
        for name, parameter in other.items()
        if name in own
        and not is_same(own[name].default, parameter.default)
        and parameter.default is not parameter.empty
        and not is_named(DIFFERENT, owner, name)
    }
    assert different == {}, f"{owner} has other defaults: {different}"
    positional = [n for n, p in own.items() if p.kind is not p.KEYWORD_ONLY and n in other]
    assert positional == [n for n in other if n in positional], f"{owner} has another order"


@pytest.mark.parametrize("module", MODULES)
def test_classes_take_the_arguments_of_keras(keras, module):
    pairs = shared(keras, module)
    assert pairs
    for name, own, other in pairs:
        check(name, named(parameters_of(own)), named(parameters_of(other)))


@pytest.mark.parametrize("method", METHODS)
def test_methods_of_a_model_take_the_arguments_of_keras(keras, method):
    own, other = (getattr(kind, method) for kind in (nn.Model, keras.Model))
    own, other = (named(inspect.signature(function).parameters) for function in (own, other))
    check(method, own, other)


def test_every_listed_exception_is_needed(keras):
    found = {
        (owner, name)
        for module in MODULES
        for owner, own, other in shared(keras, module)
        for name in named(parameters_of(other)).keys() - named(parameters_of(own)).keys()
    }
    found |= {
        (method, name)
        for method in METHODS
        for name in inspect.signature(getattr(keras.Model, method)).parameters
        if name not in inspect.signature(getattr(nn.Model, method)).parameters
    }
    names = {name for _, name in found}
    assert [key for key in MISSING if key not in names and key not in found] == []
