"""Each initializer, regularizer and constraint of a layer is that of a weight of its own."""

import inspect

import numpy as np
import pytest

import nn
from nn import layers
from nn.layers import Layer

IMAGES = {"1D": (2, 5, 3), "2D": (2, 5, 5, 3), "3D": (2, 5, 5, 5, 3)}
REQUIRED = {
    "filters": 4, "kernel_size": 2, "units": 4, "num_heads": 2, "key_dim": 3, "head_dim": 4,
    "groups": 1, "num_query_heads": 2, "num_key_value_heads": 1, "input_dim": 6, "output_dim": 3,
}  # fmt: skip
OF_EINSUM = {"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": "c"}
RANDOM = np.random.default_rng(0)


def options_of(kind):
    """Return each layer with each of its options of one kind."""
    classes = {name: getattr(layers, name) for name in sorted(set(layers.__all__))}
    return [
        pytest.param(made, option, id=f"{name} {option}")
        for name, made in classes.items()
        if isinstance(made, type) and issubclass(made, Layer)
        for option in inspect.signature(made).parameters
        if option.endswith(f"_{kind}") and not option.startswith("activity")
    ]


def called(made, **options):
    """Return a layer that was called once."""
    known = OF_EINSUM if made is layers.EinsumDense else {}
    required = {
        name: known.get(name, REQUIRED.get(name))
        for name, p in inspect.signature(made).parameters.items()
        if name in known or (name in REQUIRED and (p.default is p.empty or name == "groups"))
    }
    layer = made(**required, **options)
    name, shape = (
        made.__name__,
        next((IMAGES[rank] for rank in IMAGES if rank in made.__name__), (2, 3)),
    )
    x = RANDOM.normal(size=shape)
    if "Embedding" in name:
        layer(np.array([[1, 2]]))
    elif name.startswith("ConvLSTM"):
        layer(RANDOM.normal(size=(2, 3, *shape[1:])))
    elif name.endswith("Cell"):
        layer(x, layer.get_initial_state(batch_size=2))
    elif "Attention" in name:
        layer(*RANDOM.normal(size=(2, 2, 3, 4)))
    else:
        recurrent = name in ("GRU", "LSTM", "SimpleRNN")
        layer(RANDOM.normal(size=(2, 3, 3)) if recurrent else x)
    return layer


def weights_where(layer, predicate):
    return [weight for weight in layer.weights if predicate(weight)]


@pytest.mark.parametrize(("made", "option"), options_of("initializer"))
def test_an_initializer_sets_weights(made, option):
    layer = called(made, **{option: nn.initializers.Constant(0.375)})
    assert weights_where(layer, lambda weight: np.any(weight.numpy() == 0.375))


@pytest.mark.parametrize(("made", "option"), options_of("regularizer"))
def test_a_regularizer_is_a_penalty(made, option):
    penalty = nn.regularizers.L2(0.5)
    layer = called(made, **{option: penalty})
    assert weights_where(layer, lambda weight: weight.regularizer is penalty)
    assert layer.losses
    assert not called(made).losses


@pytest.mark.parametrize(("made", "option"), options_of("constraint"))
def test_a_constraint_is_that_of_weights(made, option):
    layer = called(made, **{option: "non_neg"})
    assert weights_where(layer, lambda weight: weight.constraint is not None)
    assert not weights_where(called(made), lambda weight: weight.constraint is not None)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["regularizer", "constraint"])
def test_options_are_those_of_different_weights(kind):
    value, seen = {"regularizer": "l2", "constraint": "non_neg"}[kind], {}
    for made, option in (param.values for param in options_of(kind)):
        layer = called(made, **{option: value})
        numbers = (i for i, w in enumerate(layer.weights) if getattr(w, kind) is not None)
        for number in numbers:
            assert seen.setdefault((made, number), option) == option


@pytest.mark.parametrize(
    "made",
    [
        getattr(layers, name)
        for name in layers.__all__
        if "activity_regularizer" in inspect.signature(getattr(layers, name)).parameters
        and getattr(layers, name) is not Layer
    ],
)
def test_outputs_are_penalized(made):
    (penalty,) = called(made, activity_regularizer=nn.regularizers.L2(0.5)).losses
    assert penalty > 0
