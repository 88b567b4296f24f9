"""Whole models in files of each format, and what they have in common."""

import json
import subprocess
import sys

import numpy as np
import pytest

import nn
from nn.layers import BatchNormalization, Dense, Dropout
from nn.saving import load_model

from .kinds import KINDS, data, several, stacked, train

ENDINGS = [".keras", ".h5", ".npz"]


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    if request.param != ".npz":
        pytest.importorskip("h5py")
    return tmp_path / f"model{request.param}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_loaded_model_trains_on_bit_for_bit(kind, path):
    model = kind(nn)
    model.compile(nn.optimizers.Adam(0.01), "mse", metrics=["mae"] if kind is stacked else None)
    train(model, kind)
    model.save(path)
    loaded = nn.models.load_model(path)
    assert loaded.name == model.name
    assert loaded.optimizer.iterations == 2
    for trained in (model, loaded):
        train(trained, kind, epochs=2)
    assert all(map(np.array_equal, model.get_weights(), loaded.get_weights()))


@pytest.mark.slow
def test_a_model_that_was_not_compiled_is_loaded_so(path):
    model = stacked(nn)
    model.save(path)
    loaded = load_model(path)
    assert loaded.optimizer is None
    assert np.array_equal(loaded.predict(data(stacked)[0]), model.predict(data(stacked)[0]))


@pytest.mark.slow
def test_compile_false_leaves_out_the_optimizer(path):
    model = stacked(nn)
    model.compile("adam", "mse")
    train(model, stacked)
    model.save(path)
    assert load_model(path, compile=False).optimizer is None


@pytest.mark.slow
def test_a_model_without_weights_yet_is_built_by_its_data(path):
    model = nn.Sequential([Dense(3), Dense(1)])
    model.compile("sgd", "mse")
    model.save(path)
    load_model(path).fit([[1.0, 2.0]], [1.0], verbose=0)


@pytest.mark.slow
def test_frozen_layers_stay_frozen(path):
    model = nn.Sequential([Dense(3, input_shape=(2,)), BatchNormalization(), Dense(1)])
    model.layers[1].trainable = False
    model.compile(nn.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.fit([[1.0, 2.0]], [1.0], verbose=0)
    model.save(path)
    loaded = load_model(path)
    assert len(loaded.trainable_weights) == 4
    assert all(map(np.array_equal, model.get_weights(), loaded.get_weights()))


class Doubled(nn.Layer):
    def call(self, inputs):
        return inputs * 2


def test_classes_of_users_are_named(path):
    model = nn.Sequential([nn.Input((2,)), Doubled()])
    model.save(path)
    with pytest.raises(ValueError, match=r"custom_objects=\{'Doubled': Doubled\}") as caught:
        load_model(path)
    assert str(path) in "".join(caught.value.__notes__)
    loaded = load_model(path, custom_objects={"Doubled": Doubled})
    assert loaded.predict([[1.0, 2.0]]).tolist() == [[2, 4]]


class Cut(nn.Layer):
    """Has arguments whose names had other meanings in Keras 2."""

    def __init__(self, input_length, lr, axis, **options):
        super().__init__(**options)
        self.arguments = {"input_length": input_length, "lr": lr, "axis": axis}

    def call(self, inputs):
        return inputs[:, : self.arguments["input_length"]]

    def get_config(self):
        return super().get_config() | self.arguments


def test_arguments_of_users_are_not_taken_for_those_of_keras_2(path):
    model = nn.Sequential([nn.Input((4,)), Cut(3, lr=0.5, axis=[1])])
    model.save(path)
    objects = {"Cut": Cut}
    made = nn.models.model_from_json(model.to_json(), custom_objects=objects)
    for twin in (load_model(path, custom_objects=objects), made):
        assert twin.layers[0].arguments == {"input_length": 3, "lr": 0.5, "axis": [1]}


class Counted(nn.Layer):
    """A layer with state of its own, besides weights."""

    def __init__(self, **options):
        super().__init__(**options)
        self.count = 0

    def call(self, inputs):
        return inputs

    def save_own_variables(self, store):
        store["count"] = np.array(self.count)

    def load_own_variables(self, store):
        self.count = int(store["count"])


def test_a_layer_may_write_and_read_more(tmp_path):
    pytest.importorskip("h5py")
    path = tmp_path / "model.keras"
    model = nn.Sequential([nn.Input((2,)), Counted(name="counted"), Dense(1)])
    model.layers[0].count = 7
    model.save(path)
    assert load_model(path, {"Counted": Counted}).layers[0].count == 7


def test_weights_are_read_from_whole_models(path):
    model, other = stacked(nn), stacked(nn)
    model.save(path)
    other.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


@pytest.mark.parametrize("ending", [".npz", ".weights.h5", ".safetensors", ".keras", ".h5"])
def test_weights_that_do_not_fit_are_skipped_if_wanted(ending, tmp_path):
    if ending != ".npz":
        pytest.importorskip("safetensors" if ending == ".safetensors" else "h5py")
    path = tmp_path / f"weights{ending}"

    def make(units):
        return nn.Sequential([nn.Input((3,)), Dense(4), Dense(units)])

    saved, model = make(5), make(6)
    (saved.save_weights if "." in ending[1:] or ending in (".npz", ".safetensors") else saved.save)(
        path
    )
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"\(4, 6\)"):
        model.load_weights(path)
    assert all(map(np.array_equal, before, model.get_weights()))
    with pytest.warns(UserWarning, match="left as"):
        model.load_weights(path, skip_mismatch=True)
    after = model.get_weights()
    assert np.array_equal(after[0], saved.get_weights()[0])
    assert np.array_equal(after[2], before[2])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("ending", [".npz", ".weights.h5", ".safetensors"])
def test_weights_come_back(ending, kind, tmp_path):
    if ending != ".npz":
        pytest.importorskip("safetensors" if ending == ".safetensors" else "h5py")
    path, model, other = tmp_path / f"weights{ending}", kind(nn), kind(nn)
    model.save_weights(path)
    other.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


class Namesakes(nn.layers.Layer):
    """Has several weights of one name."""

    def build(self, input_shape):  # noqa: ARG002
        self.all = [self.add_weight((2,), "uniform", name="w") for _ in range(3)]

    def call(self, inputs):
        return inputs + sum(self.all)


@pytest.mark.parametrize("ending", [".npz", ".weights.h5", ".safetensors", ".keras", ".h5"])
def test_weights_of_one_name_come_back(ending, tmp_path):
    if ending != ".npz":
        pytest.importorskip("safetensors" if ending == ".safetensors" else "h5py")
    path = tmp_path / f"model{ending}"
    model, other = (nn.Sequential([nn.Input((2,)), Namesakes(name="n")]) for _ in range(2))
    (model.save if ending in (".keras", ".h5") else model.save_weights)(path)
    other.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


def test_the_names_of_weights_are_paths(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    nn.Sequential([nn.Input((3,)), Dense(4), Dense(1)]).save_weights(tmp_path / "w.safetensors")
    assert sorted(safetensors.load_file(tmp_path / "w.safetensors")) == [
        "layers/dense/bias", "layers/dense/kernel", "layers/dense_1/bias", "layers/dense_1/kernel",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["model", "model.json", "model.weights.h5", "m.safetensors"])
def test_the_format_of_a_model_must_be_known(name, tmp_path):
    with pytest.raises(ValueError, match=r"for a model that ends in \.keras, \.h5, \.hdf5 or"):
        stacked(nn).save(tmp_path / name)


def test_weights_alone_are_not_in_an_archive_of_keras(tmp_path):
    with pytest.raises(ValueError, match="for weights that ends in"):
        stacked(nn).save_weights(tmp_path / "model.keras")


def test_overwrite_false_keeps_a_file(tmp_path):
    path = tmp_path / "model.npz"
    stacked(nn).save(path)
    with pytest.raises(FileExistsError, match=r"model\.npz"):
        stacked(nn).save(path, overwrite=False)


def test_a_file_that_is_not_there(path):
    with pytest.raises(FileNotFoundError):
        load_model(path)
    with pytest.raises(FileNotFoundError):
        stacked(nn).load_weights(path)


@pytest.mark.parametrize(
    ("module", "ending"), [("h5py", ".keras"), ("safetensors", ".safetensors")]
)
def test_a_missing_package_is_named(module, ending, tmp_path, monkeypatch):
    for name in (module, f"{module}.numpy"):
        monkeypatch.setitem(sys.modules, name, None)
    save = stacked(nn).save if ending == ".keras" else stacked(nn).save_weights
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'slopes\["):
        save(tmp_path / f"model{ending}")


@pytest.mark.slow
def test_no_package_is_needed_for_npz():
    code = (
        "import sys; sys.modules['h5py'] = sys.modules['safetensors'] = None\n"
        "import nn, os, tempfile\n"
        "path = os.path.join(tempfile.mkdtemp(), 'model.npz')\n"
        "nn.Sequential([nn.layers.Dense(1, input_shape=(2,))]).save(path)\n"
        "nn.models.load_model(path)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_json_describes_a_model():
    model = several(nn)
    config = json.loads(model.to_json(indent=2))
    assert "compile_config" not in config
    other = nn.models.model_from_json(model.to_json())
    assert other.output_names == model.output_names
    assert [w.shape for w in other.weights] == [w.shape for w in model.weights]
    with pytest.raises(ValueError, match="the JSON of a model"):
        nn.models.model_from_json("{}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_clone_has_other_weights(kind):
    model = kind(nn)
    clone = nn.models.clone_model(model)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
    assert not set(map(id, clone.flat_layers())) & set(map(id, model.flat_layers()))


def test_layers_are_replaced_in_a_clone():
    def without_dropout(layer):
        return (
            nn.layers.Identity()
            if isinstance(layer, Dropout)
            else type(layer).from_config(layer.get_config())
        )

    clone = nn.models.clone_model(stacked(nn), without_dropout)
    assert not any(isinstance(layer, Dropout) for layer in clone.layers)
    assert clone.output_shape == (None, 2)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".weights.h5", ".keras"])
def test_the_learning_rate_is_part_of_the_state(ending, tmp_path):
    pytest.importorskip("h5py")
    path, model, other = tmp_path / f"saved{ending}", nn.Sequential(), nn.Sequential()
    for one, rate in ((model, 0.5), (other, 0.1)):
        one.add(Dense(1, input_shape=(2,)))
        one.compile(nn.optimizers.SGD(rate), "mse")
        one.fit(np.ones((4, 2)), np.ones(4), verbose=0)
    (model.save if ending == ".keras" else model.save_weights)(path)
    other.load_weights(path)
    assert other.optimizer.learning_rate == pytest.approx(0.5)


@nn.saving.register_keras_serializable("tests")
class Twice(nn.Layer):
    """A user-defined layer, which is written by its registered name alone."""

    def call(self, inputs):
        return 2 * inputs


@pytest.mark.slow
def test_a_functional_model_with_a_registered_layer_comes_back(path):
    start = nn.Input((4,))
    model = nn.Model(start, Dense(2)(Twice()(start)))
    model.save(path)
    x = np.ones((3, 4), np.float32)
    for copy in (nn.models.load_model(path), nn.models.model_from_json(model.to_json())):
        copy.set_weights(model.get_weights())
        np.testing.assert_array_equal(copy.predict(x, verbose=0), model.predict(x, verbose=0))
    assert isinstance(nn.models.clone_model(model).layers[1], Twice)


@pytest.mark.slow
def test_functions_as_loss_and_metric_come_back(path):
    model = nn.Sequential([nn.Input((4,)), Dense(1)])
    model.compile("sgd", nn.losses.mean_squared_error, metrics=[nn.losses.mean_absolute_error])
    x, y = np.ones((3, 4), np.float32), np.ones((3, 1), np.float32)
    model.fit(x, y, verbose=0)
    model.save(path)
    scores = model.evaluate(x, y, verbose=0, return_dict=True)
    assert nn.models.load_model(path).evaluate(x, y, verbose=0, return_dict=True) == scores
