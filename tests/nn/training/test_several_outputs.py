"""Models with several inputs and outputs: losses, weights, metrics and data for each of them."""

import numpy as np
import pytest

import nn
from nn.training.objective import Outputs

RANDOM = np.random.default_rng(0)
A, B = RANDOM.normal(size=(40, 3)).astype("f"), RANDOM.normal(size=(40, 2)).astype("f")
U, V = A.sum(1, keepdims=True), RANDOM.integers(0, 3, 40)
DATA = {"x": [A, B], "y": [U, V]}


def built(library, structure=list, **choices):
    a, b = library.Input((3,), name="a"), library.Input((2,), name="b")
    layers = library.layers
    hidden = layers.Dense(4, "tanh", name="hidden")(
        layers.Concatenate()([a, b])
        if hasattr(layers, "Concatenate")
        else np.concatenate([a, b], -1)
    )
    u = layers.Dense(1, name="u")(hidden)
    v = layers.Dense(3, "softmax", name="v")(hidden)
    model = library.Model([a, b], [u, v] if structure is list else {"u": u, "v": v})
    model.compile(**{"optimizer": library.optimizers.SGD(0.1), **choices})
    return model


LOSSES = {"u": "mse", "v": "sparse_categorical_crossentropy"}
CHOICES = {
    "by name": {"loss": LOSSES},
    "in a list": {"loss": list(LOSSES.values()), "loss_weights": [2.0, 0.5]},
    "a weight of zero": {"loss": LOSSES, "loss_weights": [0.0, 1.0]},
    "weights by name": {"loss": LOSSES, "loss_weights": {"u": 2.0, "v": 0.5}},
    "metrics by name": {"loss": LOSSES, "metrics": {"u": ["mae", "mse"], "v": "accuracy"}},
    "metrics in lists": {"loss": LOSSES, "metrics": [["mae"], ["accuracy"]]},
    "weighted metrics": {
        "loss": LOSSES,
        "metrics": {"v": ["accuracy"]},
        "weighted_metrics": {"u": ["mae"], "v": ["accuracy"]},
    },
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("structure", [list, dict])
@pytest.mark.parametrize("name", CHOICES)
def test_training_is_that_of_keras(keras, name, structure, weighted):
    ours = built(nn, structure, **CHOICES[name])
    theirs = built(keras, structure, **CHOICES[name])
    theirs.set_weights(ours.get_weights())
    y = DATA["y"] if structure is list else {"u": U, "v": V}
    options = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}
    if weighted:
        w = RANDOM.uniform(0.5, 2, (2, 40)).astype("f")
        options["sample_weight"] = list(w) if structure is list else {"u": w[0], "v": w[1]}
    histories = [model.fit([A, B], y, **options).history for model in (ours, theirs)]
    assert set(histories[0]) == set(histories[1])
    for key, values in histories[1].items():
        np.testing.assert_allclose(histories[0][key], values, rtol=2e-4, err_msg=key)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    results = [model.evaluate([A, B], y, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*results, rtol=2e-4)


NESTED = {
    "loss": {"u": "mse", "rest": ["mae", "mse"]},
    "loss_weights": {"u": 2.0, "rest": [1.0, 0.5]},
    "metrics": {"u": ["mae", "mse"], "rest": [["mse"], ["mae"]]},
}
FLAT = {
    "loss": ["mae", "mse", "mse"],
    "loss_weights": [1.0, 0.5, 2.0],
    "metrics": [["mse"], ["mae"], ["mae", "mse"]],
}


def nested(library, choices):
    x = library.Input((3,))
    p, q, u = (library.layers.Dense(1, name=name)(x) for name in "pqu")
    model = library.Model(x, {"u": u, "rest": [p, q]})
    model.compile(**{"optimizer": library.optimizers.SGD(0.1), **choices})
    return model


def trained_on_nested(model, y, weights):
    model.set_weights([np.full(np.shape(w), 0.1) for w in model.get_weights()])
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    history = model.fit(A, y, sample_weight=weights, **options).history
    return history, model.get_weights()


Y_NESTED = {"rest": [U, -U], "u": U**2}
W_NESTED = {"rest": [np.ones(40, "f"), np.arange(40, dtype="f")], "u": np.full(40, 2, "f")}


@pytest.mark.slow
def test_choices_in_the_nested_structure_of_the_outputs():
    histories = [
        trained_on_nested(nested(nn, NESTED), Y_NESTED, W_NESTED),
        trained_on_nested(nested(nn, FLAT), *(nn.tree.leaves(y) for y in (Y_NESTED, W_NESTED))),
    ]
    assert histories[0][0] == histories[1][0]
    assert {"p_loss", "p_mse", "q_mae", "u_mae", "u_mse"} <= histories[0][0].keys()


def test_training_nested_outputs_is_that_of_keras(keras):
    (ours, mine), (theirs, other) = (
        trained_on_nested(nested(library, NESTED), Y_NESTED, W_NESTED) for library in (nn, keras)
    )
    for key, values in theirs.items():
        name = key.removeprefix("rest/")
        np.testing.assert_allclose(ours.pop(name), values, rtol=2e-4, err_msg=key)
    assert not ours
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("loss", [{"u": "mse", "rest": ["mae"]}, {"u": "mse", "others": "mse"}])
def test_choices_in_another_structure_are_refused(loss):
    with pytest.raises(ValueError, match="loss by the names of the outputs, 'p', 'q', 'u'"):
        nested(nn, {"loss": loss})


@pytest.mark.slow
def test_the_total_is_the_weighted_sum():
    model = built(nn, loss=LOSSES, loss_weights={"u": 2.0, "v": 0.5})
    results = model.evaluate([A, B], [U, V], verbose=0, return_dict=True)
    assert list(results) == ["loss", "u_loss", "v_loss"] == sorted(results)
    assert results["loss"] == pytest.approx(2 * results["u_loss"] + 0.5 * results["v_loss"])


@pytest.mark.slow
def test_eager_equals_recorded():
    histories = []
    for run_eagerly in (False, True):
        nn.utils.set_random_seed(1)
        model = built(nn, loss=LOSSES, metrics={"v": ["accuracy"]}, run_eagerly=run_eagerly)
        histories.append(model.fit(**DATA, epochs=3, batch_size=16, verbose=0).history)
    assert histories[0].keys() == histories[1].keys()
    for key, values in histories[0].items():
        assert values == pytest.approx(histories[1][key], rel=1e-5)


@pytest.mark.slow
def test_data_by_name_and_predictions_in_structure():
    model = built(nn, dict, loss=LOSSES)
    model.fit({"b": B, "a": A}, {"v": V, "u": U}, epochs=1, verbose=0, validation_split=0.25)
    predictions = model.predict({"a": A, "b": B}, batch_size=7, verbose=0)
    assert {name: value.shape for name, value in predictions.items()} == {
        "u": (40, 1),
        "v": (40, 3),
    }
    np.testing.assert_allclose(predictions["u"], model([A, B])["u"], atol=1e-6)


@pytest.mark.slow
def test_one_loss_for_all_outputs():
    model = built(nn, loss="mse")
    history = model.fit([A, B], [U, np.eye(3)[V]], verbose=0).history
    assert list(history) == ["loss", "u_loss", "v_loss"]


@pytest.mark.slow
def test_an_output_without_a_loss():
    model = built(nn, loss={"u": "mse", "v": None})
    assert list(model.fit([A, B], {"u": U}, verbose=0).history) == ["loss"]
    assert list(model.fit([A, B], [U], verbose=0).history) == ["loss"]


@pytest.mark.slow
def test_a_subclass_with_several_outputs():
    class Two(nn.Model):
        def __init__(self):
            super().__init__()
            self.u, self.v = nn.layers.Dense(1), nn.layers.Dense(3, "softmax")

        def call(self, inputs):
            both = np.concatenate([inputs["a"], inputs["b"]], axis=-1)
            return {"u": self.u(both), "v": self.v(both)}

    model = Two()
    model.compile("adam", loss=LOSSES, metrics={"v": ["accuracy"]})
    history = model.fit({"a": A, "b": B}, {"u": U, "v": V}, epochs=2, verbose=0).history
    assert set(history) == {"loss", "u_loss", "v_loss", "v_accuracy"}
    assert history["loss"][1] < history["loss"][0]


@pytest.mark.parametrize("none", [None, [], (), {}, [None, None], [[], []], {"u": []}])
@pytest.mark.parametrize("what", ["metrics", "weighted_metrics"])
def test_no_metrics(what, none):
    model = built(nn, loss=LOSSES, **{what: none})
    scores = model.evaluate([A, B], [U, V], verbose=0, return_dict=True)
    assert list(scores) == ["loss", "u_loss", "v_loss"]


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="loss by the names of the outputs, 'u', 'v', got 'w'"):
        built(nn, loss={"w": "mse"})
    with pytest.raises(ValueError, match=r"loss for 2 outputs \('u', 'v'\), got 3"):
        built(nn, loss=["mse", "mse", "mse"])
    with pytest.raises(ValueError, match="metrics for each of the 2 outputs"):
        built(nn, loss=LOSSES, metrics=["mae"])
    model = built(nn, loss=LOSSES)
    with pytest.raises(ValueError, match="targets for the output 'v', which has a loss, got none"):
        model.fit([A, B], {"u": U}, verbose=0)
    with pytest.raises(ValueError, match="whole class numbers from 0 to 2"):
        model.fit([A, B], [U, V + 5], verbose=0)
    with pytest.raises(ValueError, match="targets for the output 'v', which has a loss, got none"):
        model.compute_loss([A, B], {"u": U}, model([A, B]))
    scored = built(nn, loss={"u": "mse"}, metrics={"v": "accuracy"})
    with pytest.raises(ValueError, match="targets for the metric 'v_accuracy', got none for its"):
        scored.evaluate([A, B], {"u": U}, verbose=0)
    with pytest.raises(ValueError, match=r"x to hold 2 arrays, one for each input .* a, b"):
        model.fit([A], [U, V], verbose=0)
    with pytest.raises(ValueError, match="to have the same number of rows"):
        model.fit([A, B[:3]], [U, V], verbose=0)
    with pytest.raises(ValueError, match="targets of one output for class_weight"):
        model.fit([A, B], [U, V], class_weight={0: 1.0}, verbose=0)


def test_outputs_arrange_values():
    outputs = Outputs(("u", "v"), is_single=False)
    assert outputs.arranged("y", {"v": 1, "u": 2}) == [2, 1]
    assert outputs.arranged("y", {"v": 1}) == [None, 1]
    assert outputs.arranged("y", (1, 2)) == [1, 2]
    assert Outputs.of({"b": A, "a": B}).names == ("a", "b")
    assert Outputs.of([A, B], ["p", "q"]).names == ("p", "q")
    assert Outputs.of(A).is_single


@pytest.mark.parametrize("structure", [list, dict])
@pytest.mark.parametrize("names", ["uv", "vu"])
def test_scores_are_in_the_order_of_keras(keras, structure, names):
    loss = {name: LOSSES[name] for name in names}
    options = {"loss": loss, "metrics": {"v": "accuracy", "u": ["mse", "mae"]}}
    ours, theirs = (built(library, structure, **options) for library in (nn, keras))
    theirs.set_weights(ours.get_weights())
    y = [U, V] if structure is list else {"u": U, "v": V}
    found, expected = (model.evaluate([A, B], y, verbose=0) for model in (ours, theirs))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    found, expected = (
        model.evaluate([A, B], y, verbose=0, return_dict=True) for model in (ours, theirs)
    )
    assert list(found) == list(expected)


@pytest.mark.slow
def test_losses_by_name_come_in_their_order_where_outputs_are_a_dictionary():
    model = built(nn, dict, loss={"v": LOSSES["v"], "u": "mse"})
    results = model.evaluate([A, B], {"u": U, "v": V}, verbose=0)
    by_name = model.evaluate([A, B], {"u": U, "v": V}, verbose=0, return_dict=True)
    assert results == [by_name["loss"], by_name["v_loss"], by_name["u_loss"]]


def test_scores_are_sorted_and_named_apart():
    size = nn.metrics.MeanMetricWrapper(lambda y, y_pred: abs(y - y_pred), name="loss")
    metrics = {"v": ["accuracy"], "u": ["mse", "mae", size]}
    model = built(nn, loss=LOSSES, metrics=metrics, weighted_metrics={"u": ["mse"]})
    assert model.metrics_names == [
        "loss", "u_loss", "v_loss", "u_loss_1", "u_mae", "u_mse", "u_weighted_mse", "v_accuracy"
    ]  # fmt: skip


@pytest.mark.slow
def test_the_metrics_of_all_outputs_are_updated_together():
    model = built(nn, loss=LOSSES, metrics={"u": ["mae"], "v": ["accuracy"]})
    model.evaluate([A, B], [U, V], verbose=0)
    expected = model.get_metrics_result()
    predicted = model.predict([A, B], verbose=0)
    compiled = model.metrics[1]
    for y_pred in (predicted, {"u": predicted[0], "v": predicted[1]}):
        compiled.reset_state()
        compiled.update_state([U[:, 0], V], y_pred)
        for name, value in compiled.result().items():
            assert value == pytest.approx(expected[name], rel=1e-5)


@pytest.mark.parametrize("count", [1, 2])
def test_metrics_take_the_targets_of_the_only_output_in_a_list_or_alone(count):
    x = nn.Input((3,))
    outputs = [nn.layers.Dense(1, name=name)(x) for name in "uv"[:count]]
    model = nn.Model(x, outputs if count == 2 else outputs[0])
    model.compile("sgd", ["mse", None][:count], metrics=[["mae"], None][:count])
    model.evaluate(A, [U, None][:count], verbose=0)
    y_pred = model(A)
    first = y_pred[0] if count == 2 else y_pred
    expected = pytest.approx(np.abs(first - U).mean(), rel=1e-5)
    name = "u_mae" if count == 2 else "mae"
    for y in ([U], U, U[:, 0]):
        compiled = model.metrics[1]
        compiled.reset_state()
        compiled.update_state(y, y_pred)
        assert compiled.result() == {name: expected}
        model.reset_metrics()
        assert model.compute_metrics(A, y, y_pred)[name] == expected


@pytest.mark.slow
def test_a_loss_of_weight_zero_trains_nothing():
    model = built(nn, dict, loss=LOSSES, loss_weights={"u": 0.0})
    results = model.evaluate([A, B], {"u": U, "v": V}, verbose=0, return_dict=True)
    assert results["u_loss"] > 0
    assert results["loss"] == pytest.approx(results["v_loss"])


def test_targets_of_the_only_output_with_a_loss():
    x = nn.Input((3,))
    hidden = nn.layers.Dense(4)(x)
    model = nn.Model(x, [nn.layers.Dense(1)(hidden), hidden])
    model.compile("sgd", ["mse", None])
    rows, y = np.ones((6, 3)), np.ones((6, 1))
    losses = [model.evaluate(rows, targets, verbose=0) for targets in (y, [y], [y, None])]
    assert losses[0] == losses[1] == losses[2]
    assert len(model.fit(rows, y, verbose=0).history["loss"]) == 1


def test_targets_of_the_outputs_with_losses_are_in_their_order():
    x = nn.Input((3,))
    model = nn.Model(x, [nn.layers.Dense(n, name=f"o{n}")(x) for n in (1, 2, 3)])
    model.compile("sgd", {"o3": "mae", "o1": "mse", "o2": None})
    y = [np.ones((6, 1)), np.full((6, 3), 2.0)]
    found = model.evaluate(np.ones((6, 3)), y, verbose=0, return_dict=True)
    first, _, last = model.predict(np.ones((6, 3)), verbose=0)
    assert found["o1_loss"] == pytest.approx(np.mean((first - 1) ** 2), rel=1e-5)
    assert found["o3_loss"] == pytest.approx(np.mean(np.abs(last - 2)), rel=1e-5)
    assert found == pytest.approx(
        model.evaluate(np.ones((6, 3)), [y[0], None, y[1]], verbose=0, return_dict=True)
    )


def test_losses_by_name_are_in_the_order_of_a_list_of_outputs():
    x = nn.Input((2,))
    model = nn.Model(x, [nn.layers.Dense(1, name="p")(x), nn.layers.Dense(1, name="q")(x)])
    model.compile("sgd", {"q": "mae", "p": "mse"})
    assert model.metrics_names == ["loss", "p_loss", "q_loss"]
    losses = model._training.compile_options.objective(model.known_outputs).losses
    assert [(loss.name, loss.position, loss.function.name) for loss in losses] == [
        ("p", 0, "mse"), ("q", 1, "mae")
    ]  # fmt: skip
