"""Losses of areas, of embeddings, and against wrong labels: by hand, by Keras, and in training."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import layers, losses
from nn.activations import softmax

random = np.random.default_rng(0)
LABELS = random.integers(0, 3, 24)
ONE_HOT = np.eye(3, dtype="f")[LABELS]
SCORES = random.normal(size=(24, 3)).astype("f")
PROBABILITIES = softmax(SCORES)
EMBEDDINGS = SCORES / np.linalg.norm(SCORES, axis=1, keepdims=True)
WEIGHTS = random.random(24).astype("f")


def test_areas_by_hand():
    # 1 of 2 true entries is found, and 1 wrong one: 1 − 2 · 1 / (2 + 2).
    truth, found = np.array([[1.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 1.0]])
    assert losses.dice(truth, found) == pytest.approx(1 / 2)
    assert losses.tversky(truth, found, alpha=3, beta=1) == pytest.approx(1 - 1 / (1 + 3 + 1))


def test_circle_by_hand():
    # Distances: 0.4 within the class, and from row 0 to the other class 1.
    rows = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    result = losses.circle([0, 0, 1], rows, gamma=2.0, margin=0.25)
    same = 2 * (0.25 + 0.4) * (0.4 - 0.25)
    different = 2 * (1.25 - 1) * (0.75 - 1)
    assert result[0] == pytest.approx(math.log(1 + math.exp(same + different)))
    assert result[2] == 0  # without another row of its class
    opposite = np.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])  # beyond 1 + m there is no penalty
    far = losses.circle([0, 0, 1], opposite, gamma=2.0, margin=0.25)
    assert far[0] == pytest.approx(math.log(1 + math.exp(2 * 0.25 * -0.25)))
    assert losses.Circle(2.0, 0.25)([0, 0, 1], rows) == pytest.approx(result[:2].mean())


@given(st.floats(0.001, 0.999), st.floats(0.05, 0.95))
def test_generalized_crossentropy_lies_between_error_and_crossentropy(p, q):
    rows = np.array([[p, 1 - p]])
    value = losses.categorical_generalized_cross_entropy([0], rows, q)[0]
    assert 1 - p - 1e-9 <= value <= -math.log(p) + 1e-9


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_dice_is_tversky_of_equal_weights(values):
    found, truth = np.array(values).reshape(2, 2), np.array([[1.0, 0.0], [1.0, 1.0]])
    for axis in (None, 0, (0, 1), [1]):
        np.testing.assert_allclose(
            losses.dice(truth, found, axis), losses.tversky(truth, found, axis=axis), atol=1e-6
        )


def test_focal_with_gamma_zero_is_crossentropy():
    focal = losses.categorical_focal_crossentropy(ONE_HOT, PROBABILITIES, alpha=1.0, gamma=0.0)
    expected = losses.categorical_crossentropy(ONE_HOT, PROBABILITIES)
    np.testing.assert_allclose(focal, expected, rtol=1e-5)


CASES = {
    "CategoricalFocalCrossentropy": (
        ONE_HOT, PROBABILITIES,
        st.fixed_dictionaries({}, optional={
            "alpha": st.sampled_from([0.4, [0.2, 0.5, 0.3]]), "gamma": st.sampled_from([0.5, 3.0]),
            "label_smoothing": st.sampled_from([0.0, 0.1]), "from_logits": st.booleans(),
        }),
    ),
    "CategoricalGeneralizedCrossEntropy": (
        LABELS, PROBABILITIES, st.fixed_dictionaries({}, optional={"q": st.floats(0.1, 0.9)})
    ),
    "Dice": (
        ONE_HOT, PROBABILITIES,
        st.fixed_dictionaries({}, optional={"axis": st.sampled_from([None, 1, [0, 1]])}),
    ),
    "Tversky": (
        ONE_HOT, PROBABILITIES,
        st.fixed_dictionaries({}, optional={
            "alpha": st.floats(0.1, 1), "beta": st.floats(0.1, 1),
            "axis": st.sampled_from([None, 1, [1]]),
        }),
    ),
    "Circle": (
        LABELS, EMBEDDINGS,
        st.fixed_dictionaries({}, optional={
            "gamma": st.floats(1, 64), "margin": st.floats(0.1, 0.5),
            "remove_diagonal": st.booleans(),
        }),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=15)
@given(data=st.data())
def test_values_and_slopes_are_those_of_keras(keras, torch, name, data):
    y_true, y_pred, options = CASES[name]
    options = data.draw(options)
    if options.get("axis", 1) in (None, [0, 1]) and name in ("Dice", "Tversky"):
        weights = None
    else:
        weights = data.draw(st.sampled_from([None, WEIGHTS]))
    rows = slice(0, data.draw(st.integers(3, 24)))
    ours, theirs = (getattr(library.losses, name)(**options) for library in (nn, keras))
    weights = None if weights is None else weights[rows]
    value, slope = ad.value_and_grad(lambda p: ours(y_true[rows], p, weights))(y_pred[rows])
    leaf = torch.tensor(y_pred[rows], requires_grad=True)
    expected = theirs(torch.tensor(y_true[rows]), leaf, weights)
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=2e-4, abs=2e-5)
    np.testing.assert_allclose(slope, leaf.grad.numpy(), rtol=2e-3, atol=2e-5)


OPTIONS = {
    "CategoricalFocalCrossentropy": [
        {}, {"alpha": [0.2, 0.5, 0.3]}, {"gamma": 0.5}, {"label_smoothing": 0.1},
        {"from_logits": True, "alpha": 0.4, "label_smoothing": 0.2},
    ],
    "CategoricalGeneralizedCrossEntropy": [{}, {"q": 0.2}, {"q": 0.9}],
    "Dice": [{}, {"axis": 1}, {"axis": [0, 1]}],
    "Tversky": [{}, {"alpha": 0.2, "beta": 0.9}, {"axis": 1}, {"axis": [1], "beta": 0.3}],
    "Circle": [{}, {"gamma": 2.0}, {"margin": 0.2, "gamma": 8.0}, {"remove_diagonal": False}],
}  # fmt: skip
EACH = [(name, options) for name, several in OPTIONS.items() for options in several]


@pytest.mark.parametrize(("name", "options"), EACH, ids=[str(each) for each in EACH])
def test_each_option_is_that_of_keras(of_keras, name, options):
    def values(library):
        y_true, y_pred, _ = CASES[name]
        loss = getattr(library.losses, name)(**options)
        by_row = [loss(y_true, y_pred, weight) for weight in np.eye(24, dtype="f")[::6]]
        is_whole = name in ("Dice", "Tversky") and options.get("axis", None) in (None, [0, 1])
        found = [loss(y_true, y_pred), *([] if is_whole else by_row)]
        return [float(value) for value in found]

    np.testing.assert_allclose(values(nn), of_keras(values), rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_they_train_a_model(name):
    y_true, _, _ = CASES[name]
    last = layers.UnitNormalization() if name == "Circle" else layers.Activation("softmax")
    nn.utils.set_random_seed(0)
    model = nn.Sequential([layers.Dense(3, input_shape=(3,)), last])
    model.compile(nn.optimizers.SGD(0.05), getattr(losses, name)())
    history = model.fit(SCORES, y_true, epochs=15, batch_size=8, shuffle=False, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert "def train_step" in model.train_source()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.0), "q to be between 0 and 1, got"),
        (lambda: losses.Circle()(ONE_HOT, EMBEDDINGS), "one class number per row and embeddings"),
        (lambda: losses.Dice()(LABELS, PROBABILITIES), "dice expects"),
        (
            lambda: losses.CategoricalGeneralizedCrossEntropy()(ONE_HOT, PROBABILITIES),
            "expects one class number per row",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
