"""Classes of nn raise for misspelled keywords, and for arguments that aren't numbers, by name."""

import functools
import inspect
import re

import pytest

import nn
from nn.argument_checks import ArgumentsChecked, keywords_checked, parameters_of

MODULES = (
    nn.layers,
    nn.optimizers,
    nn.optimizers.schedules,
    nn.losses,
    nn.metrics,
    nn.callbacks,
    nn.initializers,
    nn.regularizers,
    nn.constraints,
    nn.models,
)
CLASSES = {
    thing
    for module in MODULES
    for name, thing in vars(module).items()
    if inspect.isclass(thing) and not name.startswith("_") and thing.__module__.startswith("nn.")
}
NEEDED = {
    "activation": "relu", "units": 1, "rate": 0.5, "shape": (2,), "value": [1.0], "fn": len,
    "function": len, "schedule": len, "filename": "log.csv", "filepath": "a.npz", "name": "weight",
    "initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.5, "first_decay_steps": 1,
    "filters": 1, "kernel_size": 1, "pool_size": 2, "input_dim": 2, "output_dim": 1, "n": 1,
    "stddev": 0.5, "scale": 1.0, "axes": 1, "target_shape": (2,), "dims": (1,),
    "layer": nn.layers.SimpleRNN(1), "cell": nn.layers.SimpleRNNCell(1),
    "cells": [nn.layers.SimpleRNNCell(1)], "num_heads": 2, "key_dim": 2, "head_dim": 2,
    "num_query_heads": 2, "num_key_value_heads": 1,
    "num_classes": 2, "target_class_ids": [0], "recall": 0.5, "precision": 0.5,
    "output_size": 2, "height": 2, "width": 2, "equation": "ab,bc->ac", "output_shape": 2,
    "sensitivity": 0.5, "specificity": 0.5,
    "boundaries": [1], "values": [1, 2], "callbacks": [], "model": None, "params": {},
    "num_bins": 3, "backup_dir": "backup",
}  # fmt: skip
NOT_LOOKED_AT = {
    "CallbackList", "ClassFamily", "Weight",  # not made by users
    "LambdaCallback",  # its keywords are hooks, which it looks up itself
    "FunctionLoss", "MeanMetricWrapper",  # these pass all options on to the user's function
}  # fmt: skip
USED = sorted(
    (cls for cls in CLASSES if cls.__name__ not in NOT_LOOKED_AT),
    key=lambda cls: (cls.__module__, cls.__name__),
)
METHODS = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch")


def misspelled(name):
    """Swap two letters in the middle."""
    middle = len(name) // 2
    return name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]


def taken(cls):
    """List the parameters of a constructor; a built-in loss or metric has chosen its function."""
    found = parameters_of(cls).items()
    chosen = ("function", "fn") if hasattr(cls, "rowwise") else ()
    return {n: p for n, p in found if n not in chosen and p.kind is not p.VAR_POSITIONAL}


def needed(cls):
    """Return arguments for the parameters without default."""
    empty = inspect.Parameter.empty
    return {name: NEEDED[name] for name, p in taken(cls).items() if p.default is empty}


def arguments(wanted=lambda parameter: True):
    return [
        pytest.param(cls, name, id=f"{cls.__name__}-{name}")
        for cls in USED
        for name, parameter in taken(cls).items()
        if wanted(parameter)
    ]


def is_number(parameter):
    return str(parameter.annotation).split(" | ")[0] in ("float", "int", "Rate")


def can_be_misspelled(parameter):
    return len(parameter.name) > 3 and misspelled(parameter.name) != parameter.name


@pytest.mark.parametrize(("cls", "name"), arguments(can_be_misspelled))
def test_a_misspelled_argument_is_refused_with_the_right_one(cls, name):
    with pytest.raises(
        TypeError, match=rf"argument of .*{misspelled(name)}.*Did you mean.*'{name}'"
    ):
        cls(**needed(cls), **{misspelled(name): 1})


REQUIRED = arguments(lambda p: can_be_misspelled(p) and p.default is inspect.Parameter.empty)


@pytest.mark.parametrize(("cls", "name"), REQUIRED)
def test_a_misspelled_required_argument_is_refused_with_the_right_one(cls, name):
    others = {key: value for key, value in needed(cls).items() if key != name}
    with pytest.raises(
        TypeError, match=rf"argument of .*{misspelled(name)}.*Did you mean.*'{name}'"
    ):
        cls(**others, **{misspelled(name): 1})


MADE_WITH_ARGUMENTS = sorted({case.values[0] for case in REQUIRED}, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", MADE_WITH_ARGUMENTS)
def test_a_class_without_its_required_arguments_names_itself_and_them(cls):
    with pytest.raises(TypeError, match=rf"^{cls.__name__} expects .*{next(iter(needed(cls)))}"):
        cls()


def test_a_subclass_that_forgets_a_required_argument_reads_of_the_class_that_has_it():
    class Halves(nn.layers.AveragePooling2D):
        def __init__(self):
            super().__init__(strides=2)

    with pytest.raises(TypeError, match=r"^AveragePooling2D expects pool_size, got none"):
        Halves()


@pytest.mark.parametrize("method", METHODS)
def test_a_misspelled_argument_of_a_model_is_refused_with_the_right_one(method):
    function = getattr(nn.Sequential(), method)
    for name in filter(lambda name: len(name) > 3, inspect.signature(function).parameters):
        if misspelled(name) != name:
            with pytest.raises(
                TypeError, match=rf"of Sequential\.{method}\b.*Did you mean.*'{name}'"
            ):
                function(**{misspelled(name): 1})


@pytest.mark.parametrize(
    "function",
    [
        nn.utils.to_categorical,
        nn.utils.normalize,
        nn.utils.pad_sequences,
        nn.plotting.plot,
        nn.plotting.compare,
    ],
)
def test_a_misspelled_argument_of_a_function_is_refused_with_the_right_one(function):
    for name in filter(lambda name: len(name) > 3, inspect.signature(function).parameters):
        if misspelled(name) != name:
            with pytest.raises(TypeError, match=rf"argument of .*Did you mean.*'{name}'"):
                function(**{misspelled(name): 1})


@pytest.mark.parametrize(("cls", "name"), arguments(is_number))
@pytest.mark.parametrize("wrong", ["0.2", 10**400], ids=["text", "huge"])
def test_arguments_that_are_not_numbers_are_refused_by_name(cls, name, wrong):
    with pytest.raises((TypeError, ValueError)) as caught:
        cls(**{**needed(cls), name: wrong})
    assert re.search(rf"\b({name}|{' '.join(name.split('_'))})\b", str(caught.value))
    assert len(str(caught.value)) < 400


def test_a_user_defined_class_is_checked_too():
    class Patient(nn.callbacks.Callback):
        def __init__(self, patience=1):
            self.patience = patience

    with pytest.raises(TypeError, match="Did you mean 'patience'"):
        Patient(patiance=2)
    assert Patient(2).patience == Patient(patience=2).patience == 2
    assert "patience" in inspect.signature(Patient).parameters


CHECKED = sorted(
    {base for cls in USED for base in cls.__mro__ if ArgumentsChecked in base.__bases__},
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("base", [*CHECKED, nn.Model, nn.Sequential])
def test_a_constructor_may_call_its_object_by_any_name(base):
    class Made(base):
        def __init__(this, size, *, more=1):  # noqa: N805 - as some write it
            this.taken = (size, more)

    class Nothing(base):
        def __init__(layer):  # noqa: N805
            layer.taken = ()

    assert Made(2).taken == Made(size=2).taken == (2, 1)
    assert Made(2, more=3).taken == (2, 3)
    assert Nothing().taken == ()
    with pytest.raises(TypeError, match=r"^Made expects size, got none"):
        Made()


def test_a_function_with_options_of_any_name_is_left_alone():
    def any_name(_x, **options):
        return options

    assert keywords_checked(any_name) is any_name
    assert keywords_checked(functools.partial(any_name, 1))(y=2) == {"y": 2}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.layers.Dense(2, lora_rank=2), r"Dense has no argument lora_rank, which Keras"),
        (lambda: nn.Sequential().compile(steps_per_execution=4), "the loop costs little"),
        (lambda: nn.Sequential().fit(workers=4), "batches are read one after the other"),
        (lambda: nn.layers.LSTM(2, time_major=True), r"np\.swapaxes\(x, 0, 1\)"),
        (lambda: nn.layers.LSTM(2, batch_input_shape=(1, 2, 3)), r"Input\(batch_shape=\.\.\.\)"),
        (lambda: nn.layers.LeakyReLU(alpha=0.1), "Did you mean 'negative_slope'"),
        (lambda: nn.layers.Conv2D(2, 3, border_mode="same"), "Did you mean 'padding'"),
        (lambda: nn.layers.Dense(output_dim=2), "Did you mean 'units'"),
        (lambda: nn.Sequential().fit(nb_epoch=4), "Did you mean 'epochs'"),
    ],
)
def test_arguments_of_keras_name_what_to_use_instead(call, message):
    with pytest.raises(TypeError, match=message):
        call()
