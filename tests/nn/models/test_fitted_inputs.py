"""The inputs that functional models take: their order, names, ranks and dtypes."""

import numpy as np
import pandas as pd
import pytest

import nn
from nn.layers import Input
from nn.layers.call_inputs import is_array


def doubled(shape, dtype="float32"):
    x = Input(shape, dtype=dtype, name="x")
    return nn.Model(x, x * 2, name="m")


@pytest.mark.parametrize(
    ("shape", "given", "expected"),
    [
        ((1,), (3,), (3, 1)),
        ((4, 1), (3, 4), (3, 4, 1)),
        ((4,), (3, 4, 1), (3, 4)),
        ((None, 1), (3, 4), (3, 4, 1)),
        ((4,), (1, 4, 1), (1, 4)),
    ],
)
def test_a_last_axis_of_1_may_be_missing_or_too_many(shape, given, expected):
    x = np.arange(np.prod(given), dtype=np.float32).reshape(given)
    assert np.array_equal(doubled(shape)(x), 2 * x.reshape(expected))


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        ((1, 4), (3, 4)),
        ((4,), (1, 3, 4)),
        ((4,), (3, 4, 2)),
        ((4, 2), (3, 4)),
        ((4, 1, 1), (3, 4)),
        ((4,), (3, 4, 1, 1)),
        ((4,), (3, 5)),
        ((4, 5), (3, 4, 6)),
    ],
)
def test_other_shapes_are_refused(shape, given):
    with pytest.raises(ValueError, match=r"model 'm' expects its input 'x' in shape .* order of"):
        doubled(shape)(np.zeros(given, np.float32))


def test_whole_numbers_are_cast_and_floats_are_kept():
    whole = doubled((2,), "int32")
    assert whole(np.ones((1, 2))).dtype == np.int32
    assert whole(np.ones((1, 2), np.uint8)).dtype == np.int32
    assert doubled((2,))(np.ones((1, 2), np.int64)).dtype == np.float32


@pytest.mark.parametrize(
    ("inputs", "given", "message"),
    [
        ("list", [0], r"\[a \(None, 2\), b \(None, 3\)\].* \[an array of shape \(1, 2\)\]"),
        ("dict", [0], r"\{'u': a \(None, 2\), 'v': b \(None, 3\)\}.* \[an array of shape"),
        ("dict", {"u": 0}, r"\{'u': an array of shape \(1, 2\)\}"),
    ],
)
def test_what_is_expected_and_given_is_told(inputs, given, message):
    a, b = Input((2,), name="a"), Input((3,), name="b")
    model = nn.Model([a, b] if inputs == "list" else {"u": a, "v": b}, [a, b])
    x = np.zeros((1, 2), np.float32)
    with pytest.raises(ValueError, match=message):
        model([x for _ in given] if isinstance(given, list) else dict.fromkeys(given, x))


def test_inputs_have_an_axis_of_rows():
    for make in (Input, nn.layers.InputLayer):
        with pytest.raises(ValueError, match="InputLayer expects batch_shape to begin with the n"):
            make(batch_shape=())
    x = Input((2,))
    total = nn.ops.sum(x)
    with pytest.raises(ValueError, match="expects batch_shape to begin"):
        nn.Model([total, x], total * x)


def test_the_number_of_rows_is_that_of_the_inputs_that_have_one():
    for rows in ((4, None), (4, 4), (None, 4)):
        inputs = [Input((2,), batch_size) for batch_size in rows]
        assert nn.Model(inputs, inputs[0] + inputs[1]).fixed_rows == 4


def test_popping_every_layer_leaves_a_model_that_is_not_built():
    model = nn.Sequential([nn.layers.Dense(2), nn.layers.Dense(1)])
    model.build((None, 3))
    model.pop()
    assert model.built
    model.pop()
    assert not model.built


def test_shapes_of_the_inputs_and_outputs_of_each_layer():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    dense = nn.layers.Dense(3, name="dense")
    joined = nn.layers.Concatenate(name="joined")([dense(a), b])
    model = nn.Model([a, b], [joined, dense(a)])
    parts = {part.layer.name: part for part in model.architecture().parts}
    assert parts["dense"].input_shape == (None, 2)
    assert parts["dense"].output_shape == (None, 3)
    assert parts["joined"].input_shape == [(None, 3), (None, 3)]
    assert parts["joined"].output_shape == (None, 6)
    assert parts["a"].input_shape is None
    assert parts["a"].output_shape == (None, 2)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_number_of_inputs_and_outputs_is_written_and_read(count):
    inputs = [Input((2,), name=f"in_{i}") for i in range(count)]
    outputs = [nn.layers.Dense(1, name=f"out_{i}")(x) for i, x in enumerate(inputs)]
    for structure in (list, lambda x: dict(zip("stuv", x, strict=False))):
        model = nn.Model(structure(inputs), structure(outputs))
        again = nn.Model.from_config(model.get_config())
        assert nn.tree.map_leaves(lambda x: x.shape, again.inputs) == [(None, 2)] * count
        again.set_weights(model.get_weights())
        rows = structure([np.full((1, 2), i, np.float32) for i in range(count)])
        found, expected = (nn.tree.leaves(each(rows)) for each in (again, model))
        np.testing.assert_array_equal(found, expected)
        assert type(again(rows)) is type(model(rows))


def test_each_of_several_inputs_has_its_own_mask():
    a, b = Input((3, 2), name="a"), Input((3, 2), name="b")
    model = nn.Model([a, b], [nn.layers.GlobalAveragePooling1D()(x) for x in (a, b)])
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    masks = [np.array([[True, False, False]] * 2), np.array([[False, False, True]] * 2)]
    first, last = model([x, x.copy()], mask=masks)
    np.testing.assert_array_equal(first, x[:, 0])
    np.testing.assert_array_equal(last, x[:, 2])


def test_frames_are_arrays():
    frame = pd.DataFrame({"p": [1.0, 2.0], "q": [3.0, 4.0]})
    assert is_array(frame)
    assert is_array(frame["p"])
    assert not is_array([1.0])
    model = doubled((2,))
    np.testing.assert_array_equal(model(frame), [[2, 6], [4, 8]])
    inputs = [Input((2,), name=name) for name in "ab"]
    both = nn.Model(inputs, inputs[0] + inputs[1])
    np.testing.assert_array_equal(both([frame, frame]), model(frame))


@pytest.mark.slow
def test_layers_that_are_called_in_training_alone_are_built_by_fit():
    class Own(nn.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.extra = nn.layers.Dense(2), nn.layers.Dense(2)

        def call(self, inputs, training=False):
            outputs = self.dense(inputs)
            return self.extra(outputs) if training else outputs

    model, x = Own(), np.ones((4, 3), np.float32)
    model.compile("sgd", "mse")
    model.evaluate(x, x[:, :2], verbose=0)
    assert len(model.weights) == 4  # of both
    model.fit(x, x[:, :2], verbose=0)
    assert model.extra.built
