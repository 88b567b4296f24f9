"""Methods and attributes of Keras's classes exist, or say what to use instead."""

import copy
import pickle

import pytest

import nn
from nn.absent.names import METHODS

OF_TORCH = {"zero_grad", "parameters", "state_dict", "train", "eval", "to"}  # which tutorials use
CURED = "which Keras has"


def made(library):
    """Return an object of each class of a library."""
    model = library.Sequential([library.Input((2,)), library.layers.Dense(1)])
    model.compile("sgd", "mse")
    return {
        "Layer": model.layers[0],
        "Model": model,
        "Optimizer": model.optimizer,
        "Metric": library.metrics.Mean(),
        "Loss": library.losses.MeanSquaredError(),
        "Callback": library.callbacks.Callback(),
    }


@pytest.mark.parametrize("kind", METHODS)
def test_methods_with_a_cure_do_not_exist(kind):
    for names in METHODS[kind]:
        for name in names.split():
            with pytest.raises(AttributeError, match=f"{kind} has no {name}, {CURED}"):
                getattr(made(nn)[kind], name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["Layer", "Model", "Optimizer", "Metric", "Loss", "Callback"])
def test_each_method_of_keras_exists_or_has_a_replacement(keras, torch, kind):
    ours, theirs = made(nn)[kind], made(keras)[kind]
    of_torch = set(dir(torch.nn.Module)) | set(vars(torch.nn.Module())) - OF_TORCH
    for name in set(dir(theirs)) - (of_torch - OF_TORCH) - {"input", "fn"}:
        if name[0] == "_" or name == "output":
            continue
        try:
            getattr(ours, name)
        except AttributeError as error:
            assert CURED in str(error)  # noqa: PT017 - in a loop


def test_other_attributes_are_plainly_missing():
    layer = nn.layers.Dense(2)
    with pytest.raises(AttributeError, match="'Dense' object has no attribute 'unit'"):
        layer.unit  # noqa: B018
    with pytest.raises(AttributeError, match="expects a call on Symbols"):
        layer.output  # noqa: B018 - the error of the property
    assert not hasattr(layer, "_hidden")


def test_copies_and_files_are_as_before():
    layer = nn.layers.LSTM(2)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert other.units == 2
    assert layer.dtype == layer.compute_dtype == layer.variable_dtype == "float32"
