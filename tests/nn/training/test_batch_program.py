"""A recorded step computes the same numbers as the step run operation by operation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import activations, constraints, losses, metrics, optimizers, regularizers
from nn.layers import Activation, Dense, Dropout, Flatten, Input
from nn.utils import clear_session, set_random_seed
from tests.laws.table import examples

ROWS, CLASSES = 22, 3
generator = np.random.default_rng(5)
X = generator.normal(size=(ROWS, 4)).astype(np.float32)
NUMBERS = generator.normal(size=(ROWS, CLASSES)).astype(np.float32)
LABELS = np.arange(ROWS) % CLASSES
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
SHARES = np.abs(NUMBERS) / np.abs(NUMBERS).sum(axis=1, keepdims=True)
SOME = np.abs(NUMBERS[:, :2])
TWO = (np.arange(ROWS) % 2)[:, np.newaxis]
WEIGHTS = generator.uniform(0.2, 2, size=ROWS)


def network(*layers, shape=(4,)):
    return lambda: nn.Sequential([Input(shape=shape), *(layer() for layer in layers)])


def dense(units, activation=None, **options):
    return lambda: Dense(units, activation, **options)


def numbers_of(make, x, y, is_eager, options, fit):
    """Return all public numbers of training and then using a model."""
    clear_session()  # scores are sorted by name, and "auc_10" comes before "auc_9"
    set_random_seed(3)
    model = make()
    model.compile(
        run_eagerly=is_eager, **{n: o() if callable(o) else o for n, o in options.items()}
    )
    history = model.fit(x, y, **{"epochs": 2, "batch_size": 8, "verbose": 0, **fit}).history
    weight = fit.get("sample_weight")
    found = [
        *history.values(),
        model.evaluate(x, y, batch_size=9, verbose=0, sample_weight=weight),
        model.train_on_batch(x[:5], y[:5]),
        model.test_on_batch(x, y),
        model.predict(x, batch_size=7, verbose=0),
        *model.get_weights(),
    ]
    assert not model.refused
    return list(map(flat, found))


def flat(numbers):
    """Scores are numbers, and lists of numbers and arrays."""
    parts = numbers if isinstance(numbers, list) else [numbers]
    return np.concatenate([np.ravel(part) for part in parts]).astype(float)


def agree(make, x=X, y=NUMBERS, options=None, **fit):
    options = {"optimizer": "sgd", "loss": "mse", **(options or {})}
    recorded, eager = (numbers_of(make, x, y, is_eager, options, fit) for is_eager in (False, True))
    assert len(recorded) == len(eager)
    for a, b in zip(recorded, eager, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


SMALL = network(dense(5, "tanh"), dense(CLASSES))
PROBABILITIES = network(dense(5, "tanh"), dense(CLASSES, "softmax"))
SHARE = network(dense(5, "tanh"), dense(1, "sigmoid"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS.keys() - {"glu", "threshold"}))
def test_activations(name):
    agree(network(dense(5, "tanh"), dense(4, name), dense(2), lambda: Activation(name)), y=SOME)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(losses.LOSSES.keys() - {"ctc"}))
def test_losses(name):
    make, y = {
        "binary_crossentropy": (SHARE, TWO),
        "binary_focal_crossentropy": (SHARE, TWO),
        "sparse_categorical_crossentropy": (PROBABILITIES, LABELS),
        "categorical_generalized_cross_entropy": (PROBABILITIES, LABELS),
        "circle": (PROBABILITIES, LABELS),
    }.get(name, (PROBABILITIES, SHARES))
    agree(make, y=y, options={"loss": name})
    agree(make, y=y, options={"loss": name}, sample_weight=WEIGHTS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "last", "y"),
    [
        (lambda: losses.CategoricalCrossentropy(from_logits=True), None, ONE_HOT),
        (lambda: losses.CategoricalCrossentropy(from_logits=True), None, np.abs(NUMBERS)),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=0.1), "softmax", ONE_HOT),
        (lambda: losses.CategoricalCrossentropy(), "softmax", np.abs(NUMBERS)),
        (lambda: losses.SparseCategoricalCrossentropy(from_logits=True), None, LABELS),
        (lambda: losses.SparseCategoricalCrossentropy(ignore_class=1), "softmax", LABELS),
        (lambda: losses.BinaryCrossentropy(from_logits=True), None, ONE_HOT),
        (lambda: losses.BinaryCrossentropy(label_smoothing=0.2), "sigmoid", ONE_HOT),
        (lambda: losses.BinaryFocalCrossentropy(apply_class_balancing=True), "sigmoid", ONE_HOT),
        (lambda: losses.MeanSquaredError(reduction="sum"), None, NUMBERS),
        (lambda: losses.Huber(delta=0.3), None, NUMBERS),
        (lambda: lambda y_true, y_pred: np.mean((y_true - y_pred) ** 4, axis=-1), None, NUMBERS),
    ],
)
def test_losses_with_options(loss, last, y):
    agree(network(dense(5, "tanh"), dense(CLASSES, last)), y=y, options={"loss": loss})
    agree(network(dense(CLASSES, last)), y=y, options={"loss": loss}, sample_weight=WEIGHTS)


@pytest.mark.slow
@pytest.mark.parametrize("y", [LABELS, ONE_HOT])
def test_class_weights(y):
    loss = "categorical_crossentropy" if y.ndim == 2 else "sparse_categorical_crossentropy"
    chosen = {"loss": loss, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}
    agree(PROBABILITIES, y=y, options=chosen, class_weight={0: 3.0, 2: 0.5})


def made(names):
    return lambda: [getattr(metrics, name)() for name in names]


OF_NUMBERS = [
    "MeanAbsoluteError", "MeanSquaredError", "RootMeanSquaredError", "R2Score", "LogCoshError",
    "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "CosineSimilarity", "Hinge",
    "SquaredHinge",
]  # fmt: skip
OF_CLASSES = [
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "TopKCategoricalAccuracy", "F1Score",
    "CategoricalCrossentropy", "KLDivergence", "Poisson", "CategoricalHinge", "Precision",
    "Recall", "AUC", "TruePositives", "FalseNegatives", "BinaryCrossentropy",
]  # fmt: skip
OF_LABELS = [
    "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "SparseCategoricalCrossentropy",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "make", "y", "loss"),
    [
        (OF_NUMBERS, SMALL, NUMBERS, "mse"),
        (OF_CLASSES, PROBABILITIES, ONE_HOT, "categorical_crossentropy"),
        (OF_LABELS, PROBABILITIES, LABELS, "sparse_categorical_crossentropy"),
        (["BinaryAccuracy", "AUC"], SHARE, TWO, "binary_crossentropy"),
    ],
)
def test_metrics(names, make, y, loss):
    both = {"loss": loss, "metrics": made(names), "weighted_metrics": made(names)}
    agree(make, y=y, options=both, sample_weight=WEIGHTS)
    agree(make, y=y, options=both)


OPTIMIZERS = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop"]


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    kind = getattr(optimizers, name)
    agree(SMALL, options={"optimizer": lambda: kind(0.02, global_clipnorm=1.0)})


@pytest.mark.slow
def test_schedules_of_the_rate():
    falling = optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    agree(SMALL, options={"optimizer": lambda: optimizers.SGD(falling, momentum=0.9)})
    halved = nn.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    agree(SMALL, options={"optimizer": lambda: optimizers.Adam(0.1)}, callbacks=[halved], epochs=3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["l1", "l2", "l1_l2", "orthogonal_regularizer"])
def test_regularizers(kind):
    penalized = {"kernel_regularizer": kind, "activity_regularizer": regularizers.L2(0.1)}
    agree(network(dense(4, "tanh", **penalized), dense(CLASSES, bias_regularizer="l1")))


@pytest.mark.slow
@pytest.mark.parametrize(
    "limit", ["non_neg", "unit_norm", constraints.MaxNorm(0.5), constraints.MinMaxNorm(0.3, 0.6)]
)
def test_constraints(limit):
    agree(network(dense(4, "tanh", kernel_constraint=limit), dense(CLASSES)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [None, 7])
def test_masks_of_dropout(seed):
    """They are drawn again at each step, with the same values as in an eager run."""
    agree(network(dense(6, "relu"), lambda: Dropout(0.4, seed=seed), dense(CLASSES)))
    agree(network(lambda: Dropout(0.4, noise_shape=(None, 1)), dense(CLASSES)), epochs=4)


@pytest.mark.slow
def test_inputs_of_other_shapes():
    agree(network(Flatten, dense(CLASSES), shape=(2, 2)), x=X.reshape(-1, 2, 2))
    agree(network(dense(3, "tanh"), Flatten, dense(CLASSES), shape=(2, 2)), x=X.reshape(-1, 2, 2))
    agree(network(dense(CLASSES, "tanh"), shape=(1,)), x=X[:, 0])
    agree(network(dense(1), shape=(4,)), y=NUMBERS[:, 0])


@pytest.mark.slow
def test_frozen_layers():
    agree(network(dense(5, "tanh", trainable=False), dense(CLASSES)))
    agree(network(dense(5, "tanh"), dense(CLASSES, trainable=False)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "fit",
    [
        {"batch_size": 1},
        {"callbacks": [nn.callbacks.EarlyStopping(patience=1, monitor="loss")], "epochs": 5},
    ],
    ids=lambda options: "-".join(options),
)
def test_arguments_of_fit(fit):
    agree(SMALL, options={"metrics": ["mae"]}, **fit)


@st.composite
def models(draw):
    """Draw the description of a small model."""
    layers = []
    for _ in range(draw(st.integers(0, 3))):
        activation = draw(st.sampled_from(["linear", "relu", "tanh", "selu", "softmax", "gelu"]))
        penalty = draw(st.sampled_from([None, "l1", "l2"]))
        use_bias = draw(st.booleans())
        options = {"use_bias": use_bias, "kernel_regularizer": penalty}
        layers.append(dense(draw(st.integers(1, 6)), activation, **options))
        if draw(st.booleans()):
            layers.append(lambda: Dropout(0.3))
    return layers


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* counts classes")
@examples(20)
@given(
    models(), st.sampled_from(["sgd", "adam", "rmsprop"]), st.integers(1, 30),
    st.sampled_from([(NUMBERS, "mse", None), (ONE_HOT, "categorical_crossentropy", "softmax")]),
    st.sampled_from([None, WEIGHTS]),
)  # fmt: skip
def test_small_models(layers, optimizer, batch_size, task, weights):
    y, loss, last = task
    make = network(*layers, dense(CLASSES, last))
    options = {"loss": loss, "optimizer": optimizer, "metrics": ["accuracy"]}
    agree(make, y=y, options=options, batch_size=batch_size, sample_weight=weights)
