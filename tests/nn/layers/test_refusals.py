"""Inputs and arguments that layers refuse, each beside one that they accept."""

import numpy as np
import pytest

import nn
from nn import layers


def zeros(*shape):
    return np.zeros(shape, np.float32)


class Misnamed(layers.Layer):
    """Its ``build`` has parameters that aren't named after those of ``call``."""

    def build(self, left, right):
        pass

    def call(self, left, right):
        return left + right


class Named(Misnamed):
    def build(self, left_shape, right_shape):
        self.shapes = left_shape, right_shape


BUILT = {  # a layer, inputs that it takes first, others that it takes, and those that it refuses
    "width of Dense": (lambda: layers.Dense(1), (2, 3), [(4, 3), (2, 5, 3)], [(2, 4), (3,)]),
    "channels of Conv1D": (
        lambda: layers.Conv1D(4, 1, groups=2), (2, 3, 4), [(1, 5, 4)], [(2, 3, 2), (2, 4)],
    ),
    "channels of DepthwiseConv2D": (
        lambda: layers.DepthwiseConv2D(1), (2, 3, 3, 4), [(1, 5, 1, 4)], [(2, 3, 3, 2), (2, 3, 4)],
    ),
    "channels of SeparableConv1D": (
        lambda: layers.SeparableConv1D(1, 1), (2, 3, 4), [(1, 5, 4)], [(2, 3, 2), (2, 4)],
    ),
    "channels of Conv1DTranspose": (
        lambda: layers.Conv1DTranspose(1, 1), (2, 3, 4), [(1, 5, 4)], [(2, 3, 2), (2, 4)],
    ),
    "channels of a normalization": (
        lambda: layers.BatchNormalization(), (2, 3), [(4, 3)], [(2, 4)],
    ),
    "axis of a normalization": (
        lambda: layers.BatchNormalization(axis=1), (2, 3, 4), [(2, 3, 5)], [(2, 4, 4)],
    ),
    "entries of a recurrent layer": (
        lambda: layers.GRU(1), (2, 3, 4), [(5, 1, 4)], [(2, 3, 5), (2, 4)],
    ),
    "images of ConvLSTM1D": (
        lambda: layers.ConvLSTM1D(1, 1), (2, 3, 4, 2), [(1, 1, 5, 2)], [(2, 3, 4, 1), (2, 4, 2)],
    ),
    "steps of TimeDistributed": (
        lambda: layers.TimeDistributed(layers.Dense(1)), (2, 3, 4), [(1, 2, 4)], [(2, 3, 5)],
    ),
    "axes of pooling": (lambda: layers.MaxPooling1D(1), (2, 3, 4), [(1, 1, 1)], [(2, 3)]),
    "axes of global pooling": (
        lambda: layers.GlobalMaxPooling2D(), (2, 3, 4, 1), [(1, 1, 1, 1)], [(2, 3, 1), (3,)],
    ),
    "axes of adaptive pooling": (
        lambda: layers.AdaptiveMaxPooling1D(1), (2, 3, 4), [(1, 1, 1)], [(2, 3), (2, 3, 4, 5)],
    ),
    "axes of padding": (lambda: layers.ZeroPadding1D(1), (2, 3, 4), [(1, 1, 1)], [(2, 3)]),
    "axes of dropout": (lambda: layers.SpatialDropout1D(0.5), (2, 3, 4), [(1, 1, 1)], [(2, 3)]),
    "size of cropping": (lambda: layers.Cropping1D(1), (2, 3, 1), [(2, 4, 1)], [(2, 2, 1)]),
    "axes of images": (
        lambda: layers.CenterCrop(3, 1), (2, 3, 4, 1), [(3, 4, 1)], [(3, 4), (1, 2, 3, 4, 1)],
    ),
    "axes of Permute": (lambda: layers.Permute((2, 1)), (2, 3, 4), [(1, 1, 1)], [(2, 3)]),
    "axes of RepeatVector": (lambda: layers.RepeatVector(2), (2, 3), [(1, 1)], [(2, 3, 1), (2,)]),
    "entries of Reshape": (lambda: layers.Reshape((2, -1)), (2, 4), [(2, 6), (1, 2)], [(2, 3)]),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_inputs_that_a_layer_was_not_built_for(name):
    make, first, accepted, refused = BUILT[name]
    layer = make()
    layer(zeros(*first))
    for shape in accepted:
        assert len(layer(zeros(*shape))) == shape[0]
    for shape in refused:
        with pytest.raises(ValueError, match=r"layer .* expects"):
            layer(zeros(*shape))


FRESH = [
    (lambda: layers.Dense(1), [(3,)]),
    (lambda: layers.Conv1D(4, 1, groups=2), [(2, 3, 3), (2, 3)]),
    (lambda: layers.GroupNormalization(2), [(2, 3)]),
    (lambda: layers.LayerNormalization(axis=2), [(2, 3)]),
    (lambda: layers.BatchNormalization(axis=-3), [(2, 3)]),
    (lambda: layers.GRU(1), [(2, 3), (2, 3, 4, 5)]),
    (lambda: layers.TimeDistributed(layers.Dense(1)), [(2, 3)]),
    (lambda: layers.PReLU(shared_axes=[2]), [(2, 3)]),
    (lambda: layers.PReLU(shared_axes=[0]), [(2, 3)]),
    (lambda: layers.Attention(), [(2, 3, 4)]),
    (lambda: layers.Add(), [(2, 3)]),
]


@pytest.mark.parametrize(("make", "shapes"), FRESH)
def test_inputs_that_a_layer_cannot_be_built_for(make, shapes):
    for shape in shapes:
        layer = make()
        with pytest.raises(ValueError, match=r"layer .* expects"):
            layer(zeros(*shape))


MERGES = [
    (lambda: layers.Subtract(), [(2, 3), (2, 3)], [[(2, 3)], [(2, 3)] * 3]),
    (lambda: layers.Add(), [(2, 3), (2, 1), (2, 3)], [[(2, 3), (2, 2)], [(2, 3, 4), (2, 3)]]),
    (lambda: layers.Add(), [(2, 3, 4), (2, 4)], []),
    (lambda: layers.Concatenate(), [(2, 3), (2, 1)], [[(2, 3), (2, 3, 1)]]),
    (lambda: layers.Concatenate(axis=1), [(2, 1, 3), (2, 4, 3)], [[(2, 3, 3), (2, 3, 1)]]),
    (lambda: layers.Concatenate(axis=2), [(2, 1, 3), (2, 1, 4)], [[(2, 3), (2, 3)]]),
    (lambda: layers.Concatenate(axis=-3), [(2, 1, 3), (2, 1, 3)], [[(2, 3), (2, 3)]]),
    (lambda: layers.Dot((1, 2)), [(2, 3, 4), (2, 5, 3)], [[(2, 3, 4)] * 2, [(2, 3, 3)] * 3]),
    (lambda: layers.Dot(2), [(2, 3, 4)] * 2, [[(2, 2), (2, 2)]]),
    (lambda: layers.Dot(1), [(2, 3), (2, 3)], [[(2, 3), (2, 2)]]),
    (lambda: layers.Dot(0), [], [[(2, 2), (2, 2)], [(2, 3, 4)] * 2]),
    (lambda: layers.Dot((-1, -3)), [], [[(2, 3, 2), (2, 3, 4)]]),
    (lambda: layers.Attention(), [(2, 3, 4), (2, 5, 4)], [[(2, 3, 4)], [(2, 3, 4)] * 4]),
]


@pytest.mark.parametrize(("make", "accepted", "refused"), MERGES)
def test_inputs_that_cannot_be_merged(make, accepted, refused):
    if accepted:
        make()([zeros(*shape) for shape in accepted])
    for shapes in refused:
        layer = make()
        with pytest.raises(ValueError, match=r"layer .* expects"):
            layer([zeros(*shape) for shape in shapes])


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Dense(1),
        lambda: layers.GRU(1),
        lambda: layers.Conv1D(1, 1),
        lambda: layers.BatchNormalization(),
        lambda: layers.GroupNormalization(1),
        lambda: layers.PReLU(),
    ],
)
def test_the_last_axis_has_a_known_length(make):
    layer = make()
    with pytest.raises(ValueError, match=r"layer .* expects"):
        layer(nn.Input((3, None)))


def test_parameters_of_build_are_named_after_those_of_call():
    named = Named()
    named(zeros(2, 3), zeros(4, 3)[:2])
    assert named.shapes == ((None, 3), (None, 3))
    with pytest.raises(TypeError, match=r"Misnamed.build .* such as left_shape, got 'left'"):
        Misnamed()(zeros(2, 3), zeros(2, 3))


@pytest.mark.parametrize("kind", [layers.TimeDistributed, layers.Wrapper])
def test_a_wrapper_holds_a_layer(kind):
    with pytest.raises(TypeError, match=f"{kind.__name__} expects a layer, got 3"):
        kind(3)


def test_dropout_of_a_shape():
    for make in (layers.Dropout, layers.AlphaDropout):
        found = make(0.5, noise_shape=(None, 1, 3), seed=1)(np.ones((2, 4, 3)), training=True)
        assert (found == found[:, :1]).all()
        assert len(np.unique(found)) == 2
    with pytest.raises(ValueError, match="a noise_shape with as many axes"):
        layers.Dropout(0.5, noise_shape=(2, 3))(zeros(2, 4, 3), training=True)
    layers.Dropout(0.5, noise_shape=(2, 3))(zeros(2, 4, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Input((-3,)), r"lengths of at least 0, got \(-3,\)"),
        (lambda: layers.Dense(2, input_shape=(4, -1)), r"lengths of at least 0, got \(4, -1\)"),
        (lambda: layers.Dot(axes=(1, 2, 3)), r"or one for each, got axes=\(1, 2, 3\)"),
        (lambda: layers.Dot(axes=(1,)), r"or one for each, got axes=\(1,\)"),
        (lambda: layers.StackedRNNCells([3]), "expects cells with state_size .* got 3"),
        (lambda: layers.StackedRNNCells([layers.Dense(2)]), "expects cells with state_size"),
        (lambda: layers.Dense(2, name=3), "Dense expects a string as its name, got 3"),
    ],
)
def test_arguments_are_refused_when_the_layer_is_made(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()
