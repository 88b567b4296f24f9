"""The inputs that user-defined layers accept: by hand, and as Keras decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import layers
from nn.layers import InputSpec

SPECS = {
    "rank": {"ndim": 3},
    "shape": {"shape": (None, 4, 3)},
    "ranks": {"min_ndim": 2, "max_ndim": 3},
    "axes": {"axes": {-1: 3}},
    "axes and rank": {"min_ndim": 2, "axes": {1: 4, -1: 3}},
    "squeezed": {"shape": (None, 4, 1), "allow_last_axis_squeeze": True},
}
SHAPES = [(2, 3), (2, 4), (2, 4, 1), (2, 4, 3), (2, 4, 5), (2, 4, 3, 3)]


def layer_of(library, spec):
    class Checked(library.layers.Layer):
        def __init__(self):
            super().__init__(name="checked")
            self.input_spec = spec

        def call(self, inputs):
            return inputs

    return Checked()


@pytest.mark.parametrize("name", SPECS)
def test_the_same_shapes_are_accepted_as_by_keras(keras, name):
    for shape in SHAPES:
        if name == "squeezed" and shape[2:] not in ((), (1,)):
            continue  # Keras compares the first axes alone
        accepted = []
        for library in (nn, keras):
            layer = layer_of(library, library.layers.InputSpec(**SPECS[name]))
            try:
                layer(np.ones(shape, "f"))
            except ValueError:
                accepted.append(False)
            else:
                accepted.append(True)
        assert accepted[0] == accepted[1], shape


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_shape_accepts_itself_and_its_free_axes(shape):
    free = [None, *shape[1:]]
    assert InputSpec(shape=shape).difference(tuple(shape)) is None
    assert InputSpec(shape=free).difference(tuple(shape)) is None
    assert InputSpec(ndim=len(shape) + 1).difference(tuple(shape)) is not None


def test_several_inputs():
    layer = layer_of(nn, [InputSpec(ndim=2), InputSpec(axes={-1: 3}, name="second")])
    layer.call = lambda inputs: inputs[0]
    layer([np.ones((1, 2)), np.ones((1, 3))])
    with pytest.raises(ValueError, match="the input 'second' with length 3 of axis -1, got shape"):
        layer([np.ones((1, 2)), np.ones((1, 2))])
    with pytest.raises(ValueError, match="'checked' expects 2 inputs, got 1"):
        layer([np.ones((1, 2))])


def test_in_models():
    inputs = nn.Input((4,))
    checked = layer_of(nn, nn.InputSpec(min_ndim=3))
    with pytest.raises(ValueError, match=r"expects inputs of at least 3 axes, got shape \(None, 4"):
        checked(inputs)
    assert checked(nn.Input((4, 5))).shape == (None, 4, 5)
    assert repr(InputSpec(ndim=2, axes={-1: 3})) == "InputSpec(ndim=2, axes={-1: 3})"
    assert layers.Dense(1).input_spec is None
