"""Every loss with each of its options and reductions, and its slopes, are Keras's."""

import sys

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import losses

random = np.random.default_rng(6)
ROWS = 8
LABELS = random.integers(0, 4, ROWS)
SCORES = random.normal(size=(ROWS, 4)).astype("f")
SHARES = (np.exp(SCORES) / np.exp(SCORES).sum(1, keepdims=True)).astype("f")
ONE_HOT = np.eye(4, dtype="f")[LABELS]
BINARY = (random.random((ROWS, 4)) > 0.5).astype("f")
CHANCES = random.random((ROWS, 4)).astype("f")
NUMBERS = random.random((ROWS, 4)).astype("f") * 3 + 0.1
OTHERS = (NUMBERS + random.normal(size=(ROWS, 4)) * 0.9).clip(0.05).astype("f")
WEIGHTS = (random.random(ROWS) * 2).astype("f")

of_numbers, of_chances, of_logits = (NUMBERS, OTHERS), (BINARY, CHANCES), (BINARY, SCORES)
of_one_hot, of_labels = (ONE_HOT, SHARES), (LABELS, SHARES)
FIRST = (
    np.moveaxis(np.stack([ONE_HOT] * 2, 1), -1, 1),
    np.moveaxis(np.stack([SHARES] * 2, 1), -1, 1),
)

# A row for each loss: pairs of data and options.
CASES = {
    "MeanSquaredError": [(of_numbers, {})],
    "MeanAbsoluteError": [(of_numbers, {})],
    "MeanAbsolutePercentageError": [(of_numbers, {})],
    "MeanSquaredLogarithmicError": [(of_numbers, {})],
    "LogCosh": [(of_numbers, {})],
    "Huber": [(of_numbers, {}), (of_numbers, {"delta": 0.3})],
    "CosineSimilarity": [(of_numbers, {}), (FIRST, {"axis": 1})],
    "KLDivergence": [((SHARES, SHARES[::-1].copy()), {})],
    "Poisson": [(of_numbers, {})],
    "Hinge": [(of_chances, {}), ((BINARY * 2 - 1, SCORES), {})],
    "SquaredHinge": [(of_chances, {}), ((BINARY * 2 - 1, SCORES), {})],
    "CategoricalHinge": [(of_one_hot, {})],
    "BinaryCrossentropy": [
        (of_chances, {}), (of_logits, {"from_logits": True}),
        (of_chances, {"label_smoothing": 0.3}),
        (of_logits, {"from_logits": True, "label_smoothing": 0.1}), (of_chances, {"axis": 1}),
    ],
    "BinaryFocalCrossentropy": [
        (of_chances, {}), (of_chances, {"apply_class_balancing": True}),
        (of_chances, {"apply_class_balancing": True, "alpha": 0.6, "gamma": 1.0}),
        (of_logits, {"from_logits": True, "gamma": 3.0}), (of_chances, {"label_smoothing": 0.2}),
    ],
    "CategoricalCrossentropy": [
        (of_one_hot, {}), ((ONE_HOT, SCORES), {"from_logits": True}),
        (of_one_hot, {"label_smoothing": 0.3}), (FIRST, {"axis": 1}),
        ((ONE_HOT, 3 * SHARES), {}),  # rows that don't add up to 1
    ],
    "SparseCategoricalCrossentropy": [
        (of_labels, {}), ((LABELS, SCORES), {"from_logits": True}),
        ((LABELS[:, None], SHARES), {}),
    ],
}  # fmt: skip


def results(library, name):
    """Return the values by row, reduced, and with weights."""
    found = []
    for (y_true, y_pred), options in CASES[name]:
        for reduction in (None, "sum", "sum_over_batch_size", "mean_with_sample_weight"):
            loss = getattr(library.losses, name)(reduction=reduction, **options)
            for weights in (None, WEIGHTS):
                is_mean = reduction == "mean_with_sample_weight"
                if weights is not None and (y_true.ndim > 2 or (is_mean and options.get("axis"))):
                    continue  # of several losses in a row: see `nn.losses.reduction`
                found.append(np.ravel(np.asarray(loss(y_true, y_pred, weights))))
    return np.concatenate(found)


@pytest.mark.parametrize("name", CASES)
def test_results_are_those_of_keras(of_keras, name):
    expected = of_keras(lambda keras: results(keras, name))
    np.testing.assert_allclose(results(nn, name), expected, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_those_of_keras(of_keras, name):
    def slopes(library):
        found = []
        for (y_true, y_pred), options in CASES[name]:
            loss = getattr(library.losses, name)(**options)
            if library is nn:
                slope = ad.grad(lambda p, y=y_true, f=loss: f(y, p))(y_pred)
            else:
                slope = by_torch(loss, y_true, y_pred)
            found.append(np.ravel(slope))
        return np.concatenate(found)

    np.testing.assert_allclose(slopes(nn), of_keras(slopes), rtol=1e-3, atol=2e-6)


def by_torch(loss, y_true, y_pred):
    torch = sys.modules["torch"]  # Keras has imported it
    leaf = torch.tensor(y_pred, requires_grad=True)
    loss(torch.tensor(y_true), leaf).backward()
    return leaf.grad.numpy()


def test_every_loss_is_compared():
    elsewhere = {  # in test_losses_of_keras.py and test_ctc.py
        "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Dice", "Tversky",
        "Circle", "CTC", "Loss", "FunctionLoss",
    }  # fmt: skip
    classes = {name for name in losses.__all__ if isinstance(getattr(losses, name), type)}
    assert classes == CASES.keys() | elsewhere


@pytest.mark.parametrize("name", sorted(losses.LOSSES.keys() - {"ctc"}))
def test_whole_predictions_do_not_make_the_targets_whole(name):
    has_labels = name.startswith(("sparse", "circle", "categorical_generalized"))
    y_true = LABELS if has_labels else ONE_HOT * 0.5 + 0.125
    y_pred = np.eye(4, dtype=np.int32)[::-1][LABELS]
    rowwise = losses.NAMES[name].rowwise
    np.testing.assert_array_equal(
        rowwise(y_true, y_pred), rowwise(y_true, y_pred.astype(np.float64)), strict=True
    )


@np.errstate(over="ignore")  # of slopes of 1e7
@pytest.mark.parametrize("name", CASES)
def test_predictions_in_float16_are_widened(name):
    """In float16, 1 - 1e-7 is 1, whose logarithm of the other side is infinite."""
    for (y_true, y_pred), options in CASES[name]:
        loss = getattr(losses, name)(**options)
        narrow = y_pred.astype(np.float16)
        narrow[0, 0], narrow[1, 0] = 0, 1
        found, wide = (
            ad.value_and_grad(loss, argnums=1)(y_true, p)
            for p in (narrow, narrow.astype(np.float32))
        )
        assert (found[0].dtype, found[0], found[1].dtype) == (np.float32, wide[0], np.float16)
        np.testing.assert_array_equal(found[1], wide[1].astype(np.float16))
