"""Transposed convolutions: by hand, as the slope of a convolution, beside Keras, and misused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import layers

RANDOM = np.random.default_rng(0)


def test_strides_by_hand():
    # 1 and 2 are each written three times, 2 places apart; they overlap at one place.
    layer = layers.Conv1DTranspose(1, 3, strides=2, kernel_initializer="ones")
    assert layer(np.array([[[1.0], [2.0]]])).ravel().tolist() == [1, 1, 3, 2, 2]


def test_strides_beyond_the_kernel_leave_zeros():
    layer = layers.Conv1DTranspose(1, 1, strides=3, kernel_initializer="ones")
    assert layer(np.array([[[1.0], [2.0]]])).ravel().tolist() == [1, 0, 0, 2, 0, 0]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    rank=st.integers(1, 3),
    size=st.integers(1, 3),
    step=st.integers(1, 3),
    spacing=st.integers(1, 2),
    channels_first=st.booleans(),
)
def test_it_is_the_slope_of_a_convolution(rank, size, step, spacing, channels_first):
    options = {"strides": step, "use_bias": False} if step > 1 else {"dilation_rate": spacing}
    options["data_format"] = "channels_first" if channels_first else "channels_last"
    lengths = tuple(range(7, 7 + rank))
    shape = (2, 3, *lengths) if channels_first else (2, *lengths, 3)
    x = RANDOM.normal(size=shape).astype("f")
    there = getattr(layers, f"Conv{rank}D")(4, size, **options)
    back = getattr(layers, f"Conv{rank}DTranspose")(3, size, **options)
    outputs = there(x)
    cotangent = RANDOM.normal(size=outputs.shape).astype("f")
    slope = ad.grad(lambda x: (there(x) * cotangent).sum())(x)
    back.build(outputs.shape)
    back.kernel.assign(there.kernel.numpy())
    found = back(cotangent)
    both = tuple(map(slice, np.minimum(found.shape, slope.shape)))  # the strides end elsewhere
    np.testing.assert_allclose(found[both], slope[both], atol=1e-4)
    assert back.compute_output_shape((None, *outputs.shape[1:])) == (None, *found.shape[1:])


@pytest.mark.slow
def test_slopes():
    layer = layers.Conv2DTranspose(2, (3, 2), strides=2, padding="same")
    x = RANDOM.normal(size=(2, 3, 4, 2))
    layer.build(x.shape)

    def loss(x, kernel, bias):
        with nn.layers.weight.bound(layer.weights, [kernel, bias]):
            return (layer(x) ** 2).sum()

    kernel = RANDOM.normal(size=layer.kernel.shape)
    ad.check_grads(loss, x, kernel, np.ones(2), order=1)


@settings(max_examples=20)
@given(data=st.data())
def test_outputs_shapes_and_training_are_those_of_keras(keras, data):
    rank, step = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    options = {
        "kernel_size": data.draw(st.tuples(*[st.integers(1, 4)] * rank)),
        "strides": step,
        "padding": data.draw(st.sampled_from(["valid", "same"])),
        "output_padding": data.draw(st.none() | st.integers(0, step - 1)),
        "dilation_rate": 1 if step > 1 else data.draw(st.integers(1, 2)),
        "activation": data.draw(st.sampled_from([None, "tanh"])),
        "use_bias": data.draw(st.booleans()),
    }
    is_first = data.draw(st.booleans())
    options["data_format"] = "channels_first" if is_first else "channels_last"
    shape = (2, *(3 + i for i in range(rank))) if is_first else (*(3 + i for i in range(rank)), 2)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(6, *shape)).astype("f"), random.normal(size=(6, 1)).astype("f")

    def model_of(library):
        layers = library.layers
        layer = getattr(layers, f"Conv{rank}DTranspose")(3, **options)
        model = library.Sequential([library.Input(shape), layer, layers.Flatten(), layers.Dense(1)])
        model.compile(library.optimizers.SGD(0.01, clipnorm=1.0), "mse")
        return model

    nn.utils.set_random_seed(0)
    ours, theirs = model_of(nn), model_of(keras)
    assert ours.layers[0].compute_output_shape((None, *shape)) == theirs.layers[0].output.shape
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    theirs.set_weights(ours.get_weights())
    predictions = (model.predict(x, verbose=0) for model in (ours, theirs))
    np.testing.assert_allclose(*predictions, atol=2e-5, rtol=1e-4)
    for model in (ours, theirs):
        model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=3e-5)


def test_an_autoencoder_is_recorded():
    model = nn.Sequential(
        [
            layers.Conv2D(4, 3, strides=2, padding="same", input_shape=(8, 8, 1)),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
        ]
    )
    model.compile("adam", "mse")
    x = RANDOM.normal(size=(16, 8, 8, 1)).astype("f")
    first, *_, last = model.fit(x, x, epochs=20, verbose=0).history["loss"]
    assert last < first
    assert "overlap_add" in model.train_source()
    assert model.output_shape == (None, 8, 8, 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.Conv2DTranspose(4, 3, strides=2, output_padding=2),
            r"expects output_padding to be whole numbers from 0 to below the strides \(2, 2\), got",
        ),
        (lambda: layers.Conv1DTranspose(4, 3, padding="causal"), "expects padding to be one of"),
        (lambda: layers.Conv1DTranspose(4, 3)(np.zeros((2, 4))), "Add an axis for the channels"),
        (
            lambda: layers.Conv1DTranspose(
                1, 2, strides=2, padding="same", output_padding=0
            ).compute_output_shape((None, 1, 1)),
            "expects inputs large enough for an output",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_other_channels_than_built_for():
    layer = layers.Conv1DTranspose(2, 2)
    layer(np.zeros((1, 4, 3)))
    with pytest.raises(ValueError, match="expects inputs with 3 channels, got"):
        layer(np.zeros((1, 4, 2)))
