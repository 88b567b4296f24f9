"""Classes and methods take the arguments that Keras's take, with the same defaults.

Missing and different arguments are listed here with their reasons.
"""

import importlib.util

import pytest

import nn
from tests.laws import keras_signatures
from tests.laws.keras_signatures import EMPTY, METHODS, MODULES, parameters, public, recorded

KERAS = recorded()
INSTALLED = [m for m in MODULES if m != "wrappers" or importlib.util.find_spec("sklearn")]

MISSING = {
    "dtype": "all is computed in float32",
    "autocast": "all is computed in float32",
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
    ("serialize", "optimizer"): "it takes any object",
    ("serialize", "learning_rate_schedule"): "it takes any object",
    ("serialize", "loss"): "it takes any object",
    ("serialize", "metric"): "it takes any object",
    ("serialize", "layer"): "it takes any object",
    ("serialize", "initializer"): "it takes any object",
    ("serialize", "regularizer"): "it takes any object",
    ("serialize", "constraint"): "it takes any object",
    ("deserialize", "name"): "it takes configs too",
    "tensor": "no symbolic tensors",
    ("clear_session", "free_memory"): "there is no graph in memory",
    ("model_to_dot", "subgraph"): "a diagram is whole",
    ("timeseries_dataset_from_array", "format"): "batches are arrays",
    ("save_model", "zipped"): "the ending of the name is the format",
    ("save_weights", "max_shard_size"): "weights are one file",
    ("ReduceLROnPlateau", "baseline"): "Keras takes it, and forgets it when training begins",
}
DIFFERENT = {
    "name": "None stands for the name that Keras writes out",
    ("CallbackList", "callbacks"): "made by fit alone",
    ("deserialize_keras_object", "safe_mode"): "None stands for that of the call around it",
}


def pairs(module):
    """Yield the name of each class and function that exists on both sides, with both signatures."""
    for name, item in public(nn, module).items():
        other = KERAS.get(f"{module}.{name}")
        if other is not None:
            yield name, parameters(item), other


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
        name: (own[name].default, default)
        for name, default in other.items()
        if name in own
        and not is_same(own[name].default, default)
        and default not in (EMPTY, ...)
        and not is_named(DIFFERENT, owner, name)
    }
    assert different == {}, f"{owner} has other defaults: {different}"
    positional = [n for n, p in own.items() if p.kind is not p.KEYWORD_ONLY and n in other]
    assert positional == [n for n in other if n in positional], f"{owner} has another order"


@pytest.mark.parametrize("module", INSTALLED)
def test_classes_and_functions_take_the_arguments_of_keras(module):
    found = list(pairs(module))
    assert found
    for name, own, other in found:
        check(name, own, other)


@pytest.mark.parametrize("method", METHODS)
def test_methods_of_a_model_take_the_arguments_of_keras(method):
    check(method, parameters(getattr(nn.Model, method)), KERAS[f"Model.{method}"])


def test_every_listed_exception_is_needed():
    both = [pair for module in INSTALLED for pair in pairs(module)]
    both += [(m, parameters(getattr(nn.Model, m)), KERAS[f"Model.{m}"]) for m in METHODS]
    found = {(owner, name) for owner, own, other in both for name in other.keys() - own.keys()}
    names = {name for _, name in found}
    assert [key for key in MISSING if key not in names and key not in found] == []


def test_the_recorded_signatures_are_those_of_keras(keras):
    assert keras_signatures.read(keras) == KERAS, "run python -m tests.laws.keras_signatures"


def test_names_of_schedules_are_those_of_keras():
    needed = {
        "initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.5, "first_decay_steps": 1,
        "boundaries": [1], "values": [1.0, 2.0],
    }  # fmt: skip
    for name, item in public(nn, "optimizers.schedules").items():
        if f"optimizers.schedules.{name}" not in KERAS or name == "LearningRateSchedule":
            continue
        if not isinstance(item, type):
            continue
        own = parameters(item)
        options = {key: needed[key] for key, p in own.items() if p.default is EMPTY}
        assert item(**options).get_config()["name"] == KERAS[f"optimizers.schedules.{name}"]["name"]
        assert item(**options, name="mine").get_config()["name"] == "mine"
