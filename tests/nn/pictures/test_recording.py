"""What `model.record` remembers of a training."""

import re

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import Conv2D, Dense, Flatten
from nn.models import Sequential
from nn.pictures import training_page

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def network(optimizer="sgd", units=2, seed=1):
    nn.utils.set_random_seed(seed)
    model = Sequential([Dense(units, "tanh", input_shape=(2,)), Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy")
    return model


def test_a_recorded_training_is_that_of_fit():
    recorded, fitted = network("adam"), network("adam")
    nn.utils.set_random_seed(2)
    recording = recorded.record(X, Y, epochs=3, batch_size=2)
    nn.utils.set_random_seed(2)
    history = fitted.fit(X, Y, epochs=3, batch_size=2, verbose=0)
    for own, other in zip(recorded.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)
    assert recording.history.history == history.history
    assert [step.epoch for step in recording.steps] == [0, 0, 1, 1, 2, 2]
    assert [step.number for step in recording.steps] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("several", [lambda callback: callback, lambda callback: [callback]])
def test_callbacks_are_called_while_a_training_is_recorded(several):
    epochs = []
    callback = nn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(epoch))
    network().record(X, Y, epochs=2, callbacks=several(callback))
    assert epochs == [0, 1]


def test_steps_hold_weights_slopes_and_the_loss():
    model = network()
    start = model.get_weights()
    step, later = model.record(X, Y, epochs=2, shuffle=False).steps

    def loss(weights):
        with model.bound(weights):
            return model.compute_loss(X, Y, model(X))

    value, slopes = ad.value_and_grad(loss)(start)
    assert step.loss == pytest.approx(float(value), rel=1e-5)
    np.testing.assert_allclose(step.slopes, np.concatenate([*map(np.ravel, slopes)]), atol=1e-6)
    np.testing.assert_allclose(step.after, step.before - 0.01 * step.slopes, rtol=1e-6)
    np.testing.assert_array_equal(step.after, later.before)


def test_a_model_isnt_observed_after_its_recording():
    model = network()
    recording = model.record(X, Y)
    model.fit(X, Y, verbose=0)
    assert len(recording.steps) == 1


def test_a_step_of_its_own_cant_be_recorded():
    class Own(Sequential):
        def train_step(self, data):  # noqa: ARG002
            return {"loss": 0.0}

    model = Own([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match="it overrides train_step"):
        model.record(X, Y)


def test_targets_in_images_are_refused():
    with pytest.raises(ValueError, match=r"got x of shape \(2, 2\) and y of shape \(2, 4, 1\)"):
        network().record(np.zeros((2, 2)), np.zeros((2, 4, 1)))
    with pytest.raises(ValueError, match="and a row of targets"):
        network().record(np.zeros((2, 2)), 1.0)


def test_other_layers_and_large_networks_are_refused():
    model = Sequential(
        [Dense(4, input_shape=(4,)), nn.layers.Reshape((2, 2, 1)), Conv2D(1, 2), Flatten()]
    )
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="got Reshape 'reshape"):
        training_page(model.record(np.ones((2, 4)), [0, 1]))
    with pytest.raises(ValueError, match=r"got 81 weights and \[2, 20, 1\]|\[2, 30, 1\] units"):
        training_page(network(units=30).record(X, Y))


def test_networks_of_different_shapes_arent_compared():
    recordings = {str(n): network(units=n).record(X, Y) for n in (2, 3)}
    with pytest.raises(ValueError, match="expected networks of one shape"):
        training_page(recordings)
    with pytest.raises(TypeError, match="expected a recording"):
        training_page(recordings["2"].history)


@pytest.mark.slow
def test_a_page_of_a_long_training_stays_small():
    recording = network("adam").record(X, Y, epochs=20)
    recording.steps *= 400
    page = training_page(dict.fromkeys("abcdef", recording)).html()
    assert len(page) < 2_000_000
    assert int(re.search(r'"every": (\d+)', page)[1]) > 1


def trained(shape):
    model = Sequential([nn.Input(shape), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.slow
def test_columns_have_the_names_of_a_frame_or_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["age", "size"])
    assert trained((2,)).record(frame, Y).names == ["age", "size"]
    assert trained((2,)).record(X, Y).names == ["x1", "x2"]
    assert trained((1,)).record(X[:, :1], Y).names == ["x"]
    images = trained((2, 2, 1)).record(np.ones((4, 2, 2, 1)), Y)
    assert images.names == []
    assert images.x.shape == (4, 2, 2, 1)


@pytest.mark.parametrize("y", [[0, 1, 1, 0], [[0], [1], [1], [0]], np.array([0, 1, 1, 0])])
def test_single_columns_become_tables(y):
    recording = trained((1,)).record([0, 1, 2, 3], y)
    assert recording.x.tolist() == [[0], [1], [2], [3]]
    assert recording.y.tolist() == [[0], [1], [1], [0]]
    assert recording.x.dtype == recording.y.dtype == np.float32


@pytest.mark.parametrize(("callbacks", "count"), [(None, 0), ([], 0), ((), 0), (1, 1), ((1, 1), 2)])
def test_callbacks_may_be_none_one_or_several(callbacks, count):
    epochs = []

    def callback():
        return nn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: epochs.append(epoch))

    several = isinstance(callbacks, list | tuple)
    chosen = type(callbacks)(callback() for _ in callbacks) if several else callbacks
    trained((2,)).record(X, Y, callbacks=callback() if callbacks == 1 else chosen)
    assert epochs == [0] * count


def test_a_model_isnt_observed_after_a_training_that_failed():
    def fail(*_):
        raise KeyError("the user's mistake")

    model = trained((2,))
    with pytest.raises(KeyError):
        model.record(X, Y, callbacks=nn.callbacks.LambdaCallback(on_epoch_end=fail))
    assert model._training.observer is None
    with pytest.raises(RuntimeError, match="expects compile before record"):
        Sequential([Dense(1)]).record(X, Y)
    with pytest.raises(RuntimeError, match="trained for no epoch"):
        model.record(X, Y, epochs=0)


def test_a_recording_is_a_page(tmp_path):
    model = Sequential([Dense(1)], name="line")
    model.compile("sgd", "mse")
    recording = model.record(np.ones((4, 2)), np.ones(4), epochs=2)
    assert repr(recording).startswith("<Recording of 2 steps of line: .save(")
    page = recording.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page == training_page(recording).save(tmp_path / "other.html").read_text("utf-8")
    assert recording._repr_html_().startswith("<iframe")
