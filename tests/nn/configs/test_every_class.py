"""Every public class: its config goes through JSON, and makes an equal object; Keras agrees."""

import inspect
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.configs.configurable import Configurable
from nn.configs.tables import table_of
from nn.layers.call_inputs import shapes_of
from nn.layers.cell import Cell
from nn.layers.states import first_states
from nn.layers.symbol import Symbol
from nn.saving import deserialize_keras_object, serialize_keras_object
from tests.laws.table import examples
from tests.nn.configs.classes import CASES, FAMILIES, arguments, module_of
from tests.nn.configs.layers import NEEDS_TENSORFLOW, inputs_for, rows_for

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
ONE_HOT = np.eye(4, dtype=np.float32)[[0, 3, 1]]
PROBABILITIES = nn.activations.softmax(3 * X)


def test_every_public_class_is_drawn():
    public = {
        (module, name)
        for module in FAMILIES
        for name, cls in vars(module_of(nn, module)).items()
        if inspect.isclass(cls) and issubclass(cls, Configurable) and name[0] != "_"
        if name == cls.__name__
    }
    bases = {
        ("initializers", "Initializer"), ("regularizers", "Regularizer"),
        ("constraints", "Constraint"), ("optimizers", "Optimizer"), ("layers", "Layer"),
        ("layers", "Wrapper"),
        ("optimizers.schedules", "LearningRateSchedule"), ("losses", "Loss"), ("metrics", "Metric"),
    }  # fmt: skip
    unnamed = {case for case in public if case[1] == "Configurable"}
    assert public - bases - unnamed == set(CASES)


def through_json(value):
    return json.loads(json.dumps(value))


def initialized(initializer):
    return [initializer((3, 2))]


def penalized(regularizer):
    return [regularizer(X)]


def scheduled(schedule):
    return [schedule(step) for step in range(9)]


def optimized(optimizer):
    weights = X.ravel().copy()
    optimizer.build_slots(12, [slice(0, 5), slice(5, 12)])
    for step in range(4):
        optimizer.step(weights, np.cos(weights + np.float32(step)))
    return [weights]


def scored(thing):
    labels = np.array([0, 3, 1])
    name, scores = type(thing).__name__, PROBABILITIES
    if name == "CTC":
        return [thing(labels[:, np.newaxis], np.stack([scores, scores[:, ::-1]], axis=1))]
    by_label = ("Sparse", "CategoricalGeneralized", "Circle")
    targets = labels if name.startswith(by_label) else ONE_HOT
    if name.endswith("IoU") and not name.startswith("Binary"):
        targets = ONE_HOT if not thing.sparse_y_true else labels
        scores = labels[::-1] if thing.sparse_y_pred else scores
    return [thing(X[:, 0])] if name in ("Mean", "Sum") else [thing(targets, scores)]


def assert_outputs_as_announced(layer, *inputs):
    """Compare the shapes and dtypes of outputs with those of the computed ones and of Symbols."""
    outputs, shapes = layer(*inputs), shapes_of(inputs)
    expected = shapes_of(outputs)
    assert as_tuples(layer.compute_output_shape(*shapes)) == as_tuples(expected)
    dtypes = [x.dtype for x in nn.tree.leaves(inputs)]
    symbols = [Symbol(s, d) for s, d in zip(flat(shapes), dtypes, strict=True)]
    for found in (layer.compute_output_spec, layer):
        specs = nn.tree.leaves(found(*nn.tree.packed(inputs, symbols)))
        for spec, output in zip(specs, nn.tree.leaves(outputs), strict=True):
            assert (spec.shape, spec.dtype.kind) == ((None, *output.shape[1:]), output.dtype.kind)


def as_tuples(shapes):
    return tuple(map(as_tuples, shapes)) if isinstance(shapes, list | tuple) else shapes


def flat(shapes):
    """Return the shapes in a structure."""
    if all(n is None or isinstance(n, int) for n in shapes):
        return [shapes]
    return [found for part in shapes for found in flat(part)]


def cell_called(cell, x):
    layer = nn.layers.RNN(cell)
    x = x[:, np.newaxis]
    layer(x)
    layer.set_weights([np.full(w.shape, 0.25) for w in layer.weights])
    assert_outputs_as_announced(layer, x)
    states = first_states(cell, len(x), x.shape[2:])
    output, after = cell(x[:, 0], states if isinstance(cell.state_size, list) else states[0])
    if isinstance(cell, Cell):
        announced = cell.compute_output_shape((None, *x.shape[2:]))
        assert as_tuples(announced) == as_tuples((shapes_of(output), shapes_of(after)))
    return [layer(x), layer(x, training=True)]


def attended(layer, x):
    inputs = ([x, x],) if type(layer).__name__ in ("Attention", "AdditiveAttention") else (x, x)
    layer(*inputs)
    layer.set_weights([np.full(w.shape, 0.25) for w in layer.weights])
    assert_outputs_as_announced(layer, *inputs)
    return [layer(*inputs), layer(*inputs, training=True)]


def called(layer):
    name = type(layer).__name__
    if "Hash" in name:
        pytest.importorskip("farmhash")
    x = inputs_for(name, np.resize(X, (3, *rows_for(name))))
    if type(layer).__name__.endswith(("Cell", "Cells")):
        return cell_called(layer, x)
    if "Attention" in type(layer).__name__:
        return attended(layer, x)
    layer(x)
    if layer.weights:
        values = [0.5, 0.25, 0.75, 0.125, 0.375, 0.625]
        layer.set_weights([np.ones(w.shape) * values[i] for i, w in enumerate(layer.weights)])
    assert_outputs_as_announced(layer, x)
    outputs = [*nn.tree.leaves([layer(x), layer(x, training=True)]), *layer.losses]
    return outputs + [w.constraint(w.numpy()) for w in layer.weights if w.constraint]


BEHAVIOR = {
    "initializers": initialized,
    "regularizers": penalized,
    "constraints": penalized,
    "optimizers.schedules": scheduled,
    "optimizers": optimized,
    "losses": scored,
    "metrics": scored,
    "layers": called,
}


def assert_equal_behavior(module, one, other):
    with np.errstate(all="ignore"):
        for a, b in zip(BEHAVIOR[module](one), BEHAVIOR[module](other), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("module", "name"), CASES)
@examples(10)
@given(data=st.data())
def test_a_config_through_json_makes_an_equal_object(module, name, data):
    cls = getattr(module_of(nn, module), name)
    one = cls(**data.draw(arguments(cls, module, name)))
    config = one.get_config()
    twin = cls.from_config(through_json(config))
    assert type(twin) is cls
    assert twin.get_config() == config == through_json(config)
    assert_equal_behavior(module, one, twin)
    described = serialize_keras_object(one)
    again = deserialize_keras_object(through_json(described))
    assert serialize_keras_object(again) == described
    family = module_of(nn, module)
    assert family.serialize(family.deserialize(family.serialize(one))) == described


WITH_SEED = [(module, name) for module, name in CASES if "seed" in FAMILIES[module][name]]


@pytest.mark.parametrize(("module", "name"), WITH_SEED)
@examples(2)
@given(data=st.data())
def test_a_seed_may_be_a_number_of_numpy(module, name, data):
    cls = getattr(module_of(nn, module), name)
    drawn = data.draw(arguments(cls, module, name))
    one, other = cls(**drawn), cls(**drawn | {"seed": np.uint16(drawn["seed"])})
    assert type(other.get_config()["seed"]) is int
    assert through_json(other.get_config()) == one.get_config()
    assert_equal_behavior(module, one, other)


LAYERS = [name for module, name in CASES if module == "layers" and not name.endswith("Cells")]


@pytest.mark.parametrize("name", [name for name in LAYERS if not name.endswith("Cell")])
@examples(2)
@given(data=st.data())
def test_a_layer_has_its_weights_once_it_is_built_from_its_build_config(name, data):
    cls = getattr(nn.layers, name)
    one = cls(**data.draw(arguments(cls, "layers", name)))
    with np.errstate(invalid="ignore"):  # of a negative variance
        called(one)
    twin = cls.from_config(one.get_config())
    config = one.get_build_config()
    if config is None:
        assert not one.weights
        return
    twin.build_from_config(through_json(config))
    assert twin.built
    assert twin.get_build_config() == config
    assert [w.shape for w in twin.weights] == [w.shape for w in one.weights]


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's, with NumPy 2
@pytest.mark.parametrize(("module", "name"), CASES)
@examples(5)
@given(data=st.data())
def test_keras_writes_and_reads_the_same_config(keras, module, name, data):
    ours = getattr(module_of(nn, module), name)
    theirs = getattr(module_of(keras, module), name, None)
    if theirs is None:
        pytest.skip("Keras has no such class")
    if name in NEEDS_TENSORFLOW:
        pytest.skip("Keras's layer needs TensorFlow")
    if name.startswith(("SpatialDropout", "Discretization")):
        pytest.skip("Keras doesn't read what it writes for layers in general, such as trainable")
    drawn = data.draw(arguments(ours, module, name))
    one = ours(**drawn)
    if {"cell", "cells", "layer"} & drawn.keys():  # Keras reads these from a whole config only
        written = through_json(serialize_keras_object(one))
        read = keras.saving.deserialize_keras_object(written)
        assert_agree(one.get_config(), through_json(read.get_config()), ours)
        return
    other = theirs.from_config(through_json(serialize_keras_object(drawn)))
    assert_agree(one.get_config(), through_json(other.get_config()), ours)
    written = through_json(serialize_keras_object(one))
    is_unknown = name in ("Lamb", "CategoricalGeneralizedCrossEntropy")  # to that of its family
    of_family = [] if is_unknown else [module_of(keras, module).deserialize]
    for deserialize in (keras.saving.deserialize_keras_object, *of_family):
        read = deserialize(through_json(written))  # a copy, which Keras may change
        assert type(read) is type(other)
        assert_agree(one.get_config(), through_json(read.get_config()), ours)
    back = deserialize_keras_object(through_json(keras.saving.serialize_keras_object(other)))
    assert_agree(one.get_config(), back.get_config(), ours)


def assert_agree(ours, theirs, cls):
    """Compare configs, but for what Keras leaves out, and that it rounds to float32."""
    left_out = {name for base in cls.__mro__ for name in vars(base).get("left_out_by_keras", ())}
    missing = ours.keys() - theirs.keys()
    assert missing <= left_out
    assert theirs.keys() <= ours.keys()
    for name, value in theirs.items():
        assert rounded(ours[name]) == rounded(value), name


def rounded(value):
    if isinstance(value, float | int):
        return float(np.float32(value))
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def test_every_class_is_found_by_its_own_name_in_keras(keras):
    """HDF5 files have it: of ``keras.layers.GroupQueryAttention``, GroupedQueryAttention."""
    for module, name in CASES:
        theirs = getattr(module_of(keras, module), name, None)
        if theirs is not None:
            found = table_of(f"keras.{module}")[theirs.__name__]
            assert found is getattr(module_of(nn, module), name)
