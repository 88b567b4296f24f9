"""Options of small layers, each by hand: what is given, what is left out, and what is refused."""

import numpy as np
import pytest

import nn
from nn import layers
from nn.layers import InputSpec
from nn.layers.architecture import Architecture, Part, Source, chain_of
from nn.layers.masks import mask_of
from nn.layers.shapes import declared_shape

X = np.array([[-2.0, -0.5, 0.5, 2.0]], np.float32)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0, 0, 0.5, 2]),
        ({"max_value": 1.0}, [0, 0, 0.5, 1]),
        ({"max_value": 0.0}, [0, 0, 0, 0]),
        ({"negative_slope": 0.5}, [-1, -0.25, 0.5, 2]),
        ({"threshold": 1.0}, [0, 0, 0, 2]),
        ({"threshold": 1.0, "negative_slope": 0.5}, [-1.5, -0.75, -0.25, 2]),
        ({"threshold": 1.0, "max_value": 1.5}, [0, 0, 0, 1.5]),
    ],
)
def test_a_relu(options, expected):
    assert layers.ReLU(**options)(X).tolist() == [expected]


@pytest.mark.parametrize("name", ["max_value", "negative_slope", "threshold"])
def test_the_numbers_of_a_relu_are_at_least_zero(name):
    with pytest.raises(ValueError, match=name):
        layers.ReLU(**{name: -1.0})


@pytest.mark.parametrize("scale", [2.0, [2.0, 3.0], np.array([[2.0, 3.0]])])
def test_scales_may_be_arrays(scale):
    found = layers.Rescaling(scale, offset=[1.0, -1.0])(np.array([[1, 2]], np.uint8))
    expected = np.array([[1, 2]]) * np.asarray(scale) + [1, -1]
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float32


def test_what_a_lambda_says_of_its_outputs():
    x = np.ones((2, 3), np.float32)
    assert layers.Lambda(np.sin, output_shape=(7,)).compute_output_shape((None, 3)) == (None, 7)
    by_shape = layers.Lambda(np.sin, output_shape=lambda shape: (*shape, 5))
    assert by_shape.compute_output_shape((None, 3)) == (None, 3, 5)
    named = layers.Lambda(lambda inputs: inputs["a"], output_shape=(3,))
    assert named.compute_output_shape({"a": (4, 3)}) == (4, 3)
    assert layers.Lambda(lambda x: x[:, :2]).compute_output_shape((None, 3)) == (None, 2)
    mask = np.array([True, False])
    assert mask_of(layers.Lambda(lambda x: x + 1, mask=mask)(x)) is mask
    counted = layers.Lambda(lambda x: x + 1, mask=lambda inputs, _: inputs[:, 0] > 0)
    assert mask_of(counted(x)).tolist() == [True, True]
    assert counted.supports_masking
    assert not layers.Lambda(np.sin).supports_masking
    takes = layers.Lambda(lambda x, mask: x if mask is None else x * mask[..., None])
    assert takes(x).tolist() == x.tolist()
    assert takes(x, mask=np.array([True, False])).tolist() == [[1, 1, 1], [0, 0, 0]]
    with pytest.raises(TypeError, match="Lambda expects a function, got 3"):
        layers.Lambda(3)


def test_a_penalty_on_activities_alone():
    layer = layers.ActivityRegularization(l1=0.5)
    x = np.array([[1.0, -2.0], [3.0, 0.0]])
    assert layer(x).tolist() == x.tolist()
    assert layer.losses == [pytest.approx(0.5 * 6 / 2)]
    both = layers.ActivityRegularization(0.5, 0.25)
    both(x)
    assert both.losses == [pytest.approx((0.5 * 6 + 0.25 * 14) / 2)]
    assert layers.ActivityRegularization.from_config(both.get_config()).l2 == 0.25


@pytest.mark.parametrize(
    ("target", "shape", "expected"),
    [
        ((2, 3), (None, 6), (None, 2, 3)),
        ((-1, 2), (None, 6), (None, 3, 2)),
        ((-1,), (5, 2, 3), (5, 6)),
        ((-1, 2), (None, None), (None, None, 2)),
        ((6,), (4, None, 3), (4, 6)),
    ],
)
def test_reshaping(target, shape, expected):
    layer = layers.Reshape(target)
    assert layer.compute_output_shape(shape) == expected
    if None not in shape[1:]:
        x = np.arange(4.0 * np.prod(shape[1:])).reshape(4, *shape[1:])
        assert layer(x).shape == (4, *expected[1:])
        np.testing.assert_array_equal(layer(x).ravel(), x.ravel())


SPECS = [
    (InputSpec(ndim=2), [(3, 4)], [(3,), (3, 4, 1)], "of 2 axes"),
    (InputSpec(max_ndim=2), [(3,), (3, 4)], [(3, 4, 1)], "of at most 2 axes"),
    (InputSpec(min_ndim=2), [(3, 4), (3, 4, 1)], [(3,)], "of at least 2 axes"),
    (InputSpec(axes={1: 4}), [(3, 4), (3, None)], [(3, 5), (3,)], "with length 4 of axis 1"),
    (InputSpec(axes={-1: None}), [(3, 4), (3,)], [()], "with length None of axis -1"),
    (InputSpec((None, 4)), [(3, 4), (3, None)], [(3, 5)], r"of shape \(None, 4\)"),
    (InputSpec((None, 4)), [], [(4,), (3, 4, 1)], "of 2 axes"),
    (
        InputSpec((None, 4, 1), allow_last_axis_squeeze=True),
        [(3, 4), (3, 4, 1)], [(3, 5), (3, 4, 2), (4,), ()], r"of shape \(None, 4, 1\)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "accepted", "refused", "message"), SPECS)
def test_the_inputs_that_a_spec_accepts(spec, accepted, refused, message):
    for shape in accepted:
        assert spec.difference(shape) is None
    for shape in refused:
        found = spec.difference(shape)
        assert found is not None
        with pytest.raises(ValueError, match=rf"layer 'own' expects inputs {message}, got shape"):
            layers.input_spec.check_specs("own", [spec], [shape])
    assert InputSpec((2, 3)).ndim == 2
    assert repr(InputSpec((2, 3), name="x")) == "InputSpec(shape=(2, 3), ndim=2, name='x')"


def test_shapes_of_rows_as_they_are_declared():
    assert declared_shape(None, None) is None
    assert declared_shape([None, np.int64(3)], None) == (None, None, 3)
    assert declared_shape((), 4) == (None,)  # the first counts
    with pytest.raises(TypeError, match="with the comma"):
        declared_shape(3, None)


def test_inputs_as_they_are_declared():
    layer = layers.InputLayer(batch_shape=(4, 3), dtype="string", name="texts")
    assert (layer.batch_size, layer.batch_shape, layer.dtype.kind) == (4, (4, 3), "U")
    assert layer.get_config()["dtype"] == "string"
    assert layers.InputLayer((3,), 5).batch_shape == (5, 3)
    assert layers.InputLayer((3,)).dtype == np.float32
    assert nn.Input((3,), name="named").name == "named"
    assert nn.Input(()).shape == (None,)
    config = layers.InputLayer((None, 3), dtype="int32").get_config()
    assert "shape" not in config
    assert config["batch_shape"] == [None, None, 3]
    assert layers.InputLayer.from_config(config).batch_shape == (None, None, 3)


def test_layers_are_found_by_name_or_index():
    model = nn.Sequential([layers.Dense(1, name="0"), layers.Dense(1, name="b")])
    assert model.get_layer(index=0).name == "0"
    assert model.get_layer("b", index=0).name == "b"  # the name counts
    for arguments in ((), ("c",), (None, 2), (None, -1)):
        with pytest.raises(ValueError, match=r"The layers are \['0', 'b'\]"):
            model.get_layer(*arguments)


def test_chains_and_what_they_are_made_of():
    a, b = layers.Dense(1, name="a"), layers.Dense(2, name="b")
    chain = chain_of([a, b], [(None, 3), (None, 1), None])
    assert chain.is_chain
    assert chain.parts[0] == Part(a, (None, 3), (None, 1), "float32", ())
    assert chain.parts[1] == Part(b, (None, 1), None, "float32", (Source(a),))
    assert (chain.starts, chain.ends) == ((a,), (b,))
    assert chain_of([], [None]).parts == ()
    assert Architecture((Part(a), Part(b))).is_chain  # it isn't known
    assert not Architecture((Part(a), Part(b)), (a,)).is_chain
    x = nn.Input((3,))
    parts = nn.Model(x, np.concatenate([x, -x[:, 1:]], axis=1)).architecture().parts
    assert [part.kind for part in parts] == ["InputLayer", "GetItem", "Negative", "Concatenate"]
    assert chain.parts[0].kind == "Dense"


class Counting(layers.Layer):
    """Counts the entries that its mask keeps."""

    def call(self, inputs, mask=None):
        return inputs[:, :1] * 0 + (-1 if mask is None else mask.sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("training", [False, True])
def test_each_step_with_masks(training):
    x, mask = np.ones((2, 3, 4), np.float32), np.array([[1, 1, 0], [1, 0, 0]], bool)
    layer = layers.TimeDistributed(Counting())
    assert layer(x, training=training).tolist() == [[[-1]] * 3] * 2
    parts = np.tril(np.ones((2, 3, 4), bool))
    found = layer(x, mask=parts, training=training)
    np.testing.assert_array_equal(found[..., 0], parts.sum(-1))
    assert layer.compute_mask(x, mask) is mask
    assert layer.compute_mask(x, None) is None
    summed = layers.TimeDistributed(layers.GlobalAveragePooling1D())
    values = np.arange(24.0, dtype=np.float32).reshape(1, 2, 3, 4)
    kept = np.array([[[1, 0, 1], [0, 0, 0]]], bool)
    summed(values)
    assert summed.compute_mask(values, kept).tolist() == [[True, False]]


@pytest.mark.parametrize("inner", [layers.Softmax(), layers.GlobalAveragePooling1D()], ids=repr)
def test_a_mask_of_steps_is_not_one_of_their_parts(inner):
    x = np.random.default_rng(0).normal(size=(1, 2, 3, 2)).astype(np.float32)
    layer, mask = layers.TimeDistributed(inner), np.array([[True, False]])  # as long as the rows
    masked = layer(x, mask=mask)
    np.testing.assert_array_equal(masked, layer(x))
    assert mask_of(masked) is mask


@pytest.mark.parametrize("of_steps", [None, np.tri(3, 4, 1, bool)])
def test_each_step_in_turn_where_the_layer_changes(of_steps):
    x = np.random.default_rng(0).normal(size=(3, 4, 2)).astype(np.float32)
    mask = np.ones((3, 4, 2), bool)
    inner = layers.BatchNormalization(momentum=0.5)
    layer = layers.TimeDistributed(inner)
    found = layer(x, training=True, mask=of_steps)
    alone = layers.BatchNormalization(momentum=0.5)
    masks = [None] * 4 if of_steps is None else of_steps.T
    steps = [alone(x[:, i], training=True, mask=masks[i]) for i in range(4)]
    expected = np.stack(steps, axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(inner.moving_mean.numpy(), alone.moving_mean.numpy(), rtol=1e-5)
    inner.trainable = False
    np.testing.assert_allclose(layer(x, training=True), inner(x), rtol=1e-5)
    assert layer.compute_mask(x, mask).shape == (3, 4)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_masked_steps_are_those_of_one_value_throughout(value):
    x = np.array([[[value, value], [value, 1.0], [2.0, 3.0]]], np.float32)
    found = layers.Masking(mask_value=value)(x)
    assert mask_of(found).tolist() == [[False, True, True]]
    assert found.tolist() == [[[0, 0], [value, 1], [2, 3]]]


def test_masks_of_scores_may_be_lists_numbers_and_shorter():
    scores = np.zeros((2, 3), np.float32)
    expected = [[0.5, 0, 0.5]] * 2
    for mask in ([[True, False, True]], [[1, 0, 1]], np.array([0.6, 0.5, 1.0]), [[1, 0, 1]] * 2):
        mask = np.asarray(mask) if np.ndim(mask) == 1 else mask
        np.testing.assert_allclose(layers.Softmax()(scores, mask=mask), expected)
    both = layers.Softmax(axis=[0, 1])(scores, mask=np.array([[True, False, False]] * 2))
    assert both.tolist() == [[0.5, 0, 0]] * 2
    with pytest.raises(ValueError, match="a mask that broadcasts"):
        layers.Softmax()(scores, mask=np.ones((1, 2, 3), bool))


def test_slopes_shared_along_one_axis():
    layer = layers.PReLU("ones", shared_axes=1)
    layer(np.ones((2, 5, 3)))
    assert layer.alpha.shape == (1, 3)
    assert layer(np.full((1, 4, 3), -2.0)).tolist() == [[[-2] * 3] * 4]
    with pytest.raises(ValueError, match="slopes of shape"):
        layer(np.ones((2, 5, 4)))
    with pytest.raises(ValueError, match="shared_axes from 1 to 2"):
        layers.PReLU(shared_axes=[0])(np.ones((2, 5, 3)))


RAMP = np.arange(8.0, dtype=np.float32).reshape(1, 2, 4, 1)


@pytest.mark.parametrize("is_first", [False, True])
def test_images_are_cut_or_extended_to_the_new_ratio(is_first):
    options = {"data_format": "channels_first"} if is_first else {}

    def resized(x, *size, **more):
        x = np.moveaxis(x, -1, 1) if is_first else x
        found = layers.Resizing(*size, **options, **more)(x)
        return (np.moveaxis(found, 1, -1) if is_first else found)[0, :, :, 0]

    tall, wide = np.swapaxes(RAMP, 1, 2), RAMP
    middle = [[1, 2], [5, 6]]
    assert resized(wide, 2, 2, crop_to_aspect_ratio=True).tolist() == middle
    assert resized(tall, 2, 2, crop_to_aspect_ratio=True).tolist() == np.transpose(middle).tolist()
    assert resized(wide, 2, 4, crop_to_aspect_ratio=True).tolist() == wide[0, :, :, 0].tolist()
    extended = np.pad(wide[0, :, :, 0], ((1, 1), (0, 0)), constant_values=9)
    pads = {"pad_to_aspect_ratio": True, "fill_value": 9.0}
    assert resized(wide, 4, 4, **pads).tolist() == extended.tolist()
    assert resized(tall, 4, 4, **pads).tolist() == extended.T.tolist()
    assert resized(wide, 4, 4, pad_to_aspect_ratio=True)[0].tolist() == [0] * 4
    double = resized(wide, 8, 8, interpolation="nearest", **pads)
    assert double.tolist() == extended.repeat(2, 0).repeat(2, 1).tolist()
    halved = resized(wide, 1, 2, antialias=True)
    sharp = resized(wide, 1, 2)
    np.testing.assert_allclose(sharp, [[2.5, 4.5]])
    assert halved[0, 0] > 2.5
    assert halved[0, 1] < 4.5


@pytest.mark.parametrize("is_first", [False, True])
def test_the_middle_of_images(is_first):
    options = {"data_format": "channels_first"} if is_first else {}

    def cut(x, *size):
        x = np.moveaxis(x, -1, 1) if is_first else x
        found = layers.CenterCrop(*size, **options)(x)
        return (np.moveaxis(found, 1, -1) if is_first else found)[0, :, :, 0].tolist()

    image = np.arange(20.0).reshape(1, 4, 5, 1)
    assert cut(image, 2, 3) == [[6, 7, 8], [11, 12, 13]]
    assert cut(image, 4, 5) == image[0, :, :, 0].tolist()
    assert cut(image, 1, 2) == [[6, 7]]
    enlarged = layers.Resizing(8, 8, crop_to_aspect_ratio=True)(image)[0, :, :, 0]
    assert cut(image, 8, 8) == enlarged.tolist()  # smaller images
    assert np.shape(cut(image, 2, 8)) == (2, 8)


def test_enlarged_images():
    x = np.arange(4.0, dtype=np.float32).reshape(1, 2, 2, 1)
    found = layers.UpSampling2D((2, 3))(x)[0, :, :, 0]
    assert found.tolist() == x[0, :, :, 0].repeat(2, 0).repeat(3, 1).tolist()
    between = layers.UpSampling2D((1, 2), interpolation="bilinear")(x)[0, :, :, 0]
    np.testing.assert_allclose(between, [[0, 0.25, 0.75, 1], [2, 2.25, 2.75, 3]])
    whole = layers.UpSampling2D((1, 2), interpolation="bilinear")(4 * x.astype(np.uint8))
    np.testing.assert_allclose(np.asarray(whole, float)[0, 0, :, 0], [0, 1, 3, 4])
    volume = np.arange(2.0).reshape(1, 2, 1, 1, 1)
    assert layers.UpSampling3D((2, 1, 3))(volume)[0, :, 0, :, 0].tolist() == [
        [0, 0, 0], [0, 0, 0], [1, 1, 1], [1, 1, 1]
    ]  # fmt: skip
    with pytest.raises(ValueError, match="size to be one number or 2 of them"):
        layers.UpSampling2D((1, 2, 3))


@pytest.mark.parametrize(
    ("kind", "padding", "expected"),
    [
        ("ZeroPadding1D", 1, [0, 1, 2, 0]),
        ("ZeroPadding1D", (0, 2), [1, 2, 0, 0]),
        ("ZeroPadding1D", ((2, 0),), [0, 0, 1, 2]),
        ("Cropping1D", 0, [1, 2]),
        ("Cropping1D", (1, 0), [2]),
        ("Cropping1D", (0, 1), [1]),
    ],
)
def test_ends_of_sequences(kind, padding, expected):
    assert getattr(layers, kind)(padding)([[[1.0], [2.0]]]).ravel().tolist() == expected


def test_borders_of_images():
    x = np.arange(1.0, 7.0).reshape(1, 2, 3, 1)
    found = layers.ZeroPadding2D(((0, 1), (2, 0)))(x)[0, :, :, 0]
    assert found.tolist() == [[0, 0, 1, 2, 3], [0, 0, 4, 5, 6], [0] * 5]
    assert layers.ZeroPadding2D((1, 0))(x).shape == (1, 4, 3, 1)
    assert layers.Cropping2D(((1, 0), (0, 2)))(x).ravel().tolist() == [4]
    assert layers.Cropping2D((0, 1))(x).ravel().tolist() == [2, 5]
    assert layers.Cropping3D()(np.ones((1, 3, 4, 5, 1))).shape == (1, 1, 2, 3, 1)
    assert layers.Cropping2D()(x).shape == x.shape
    assert layers.Cropping1D()(np.ones((1, 3, 1))).shape == (1, 1, 1)
    for wrong in (-1, (1, 2, 3), ((1, 2), (3,)), ((1, -1), (0, 0))):
        with pytest.raises(ValueError, match="padding to be a number of at least 0"):
            layers.ZeroPadding2D(wrong)
    with pytest.raises(ValueError, match=r"larger than its cropping .* got an axis of length 2"):
        layers.Cropping2D((1, 0))(x)


def test_layers_of_many_weights_load_their_own():
    class Many(layers.Layer):
        def build(self, input_shape):  # noqa: ARG002
            self.parts = [self.add_weight((), name=f"w{i}") for i in range(12)]

        def call(self, inputs):
            return inputs

    one, other = Many(), Many()
    one(X)
    other(X)
    one.set_weights(np.arange(12.0))
    store = {}
    one.save_own_variables(store)
    assert list(store) == list(map(str, range(12)))
    other.load_own_variables(dict(reversed(store.items())))
    assert [w.item() for w in other.get_weights()] == list(range(12))
    with pytest.raises(ValueError, match="expects 12 arrays"):
        other.load_own_variables({str(i): np.zeros(()) for i in range(11)})


def test_rows_that_a_part_does_not_divide():
    with pytest.raises(ValueError, match=r"rows of as many entries as \(5, -1\)"):
        layers.Reshape((5, -1))(np.ones((2, 12)))
    with pytest.raises(ValueError, match=r"rows of as many entries as \(5,\)"):
        layers.Reshape((5,))(np.ones((2, 10)))
