"""Chapters 3 and 4 of the course as it writes them, but for the word keras; missing names supplied.

Of the data, the exercises that train many epochs take the first rows only.
"""

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.metrics import mean_squared_error

from nn.callbacks import EarlyStopping
from nn.datasets import hourly_wages, titanic
from nn.layers import Dense
from nn.models import Sequential
from nn.optimizers import SGD
from nn.utils import set_random_seed, to_categorical

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _seed():
    set_random_seed(1)


@pytest.fixture
def wages():
    return hourly_wages.load_data()


@pytest.fixture
def passengers():
    predictors, survived = titanic.load_data()
    return predictors, to_categorical(survived)


def specified(predictors):
    n_cols = predictors.shape[1]
    model = Sequential()
    model.add(Dense(50, activation="relu", input_shape=(n_cols,)))
    model.add(Dense(32, activation="relu"))
    model.add(Dense(1))
    return model


# Chapter 3


def test_specifying_a_model(wages):
    predictors, _ = wages
    model = specified(predictors)
    assert [w.shape for w in model.get_weights()] == [
        (9, 50),
        (50,),
        (50, 32),
        (32,),
        (32, 1),
        (1,),
    ]
    assert model.count_params() == 9 * 50 + 50 + 50 * 32 + 32 + 32 + 1


def test_compiling_a_model(wages, capsys):
    predictors, _ = wages
    model = specified(predictors)
    model.compile(optimizer="adam", loss="mean_squared_error")
    print("Loss function: " + model.loss)
    assert capsys.readouterr().out == "Loss function: mean_squared_error\n"


@pytest.mark.slow
def test_fitting_the_model(wages, capsys):
    predictors, target = wages
    model = specified(predictors)
    model.compile(optimizer="adam", loss="mean_squared_error")
    before = mean_squared_error(target, model.predict(predictors, verbose=0))
    history = model.fit(predictors, target)
    after = mean_squared_error(target, model.predict(predictors, verbose=0))
    assert after < before
    assert np.isclose(after, model.evaluate(predictors, target, verbose=0), rtol=1e-5)
    assert list(history.history) == ["loss"]
    assert "loss: " in capsys.readouterr().out


@pytest.mark.slow
def test_last_steps_in_classification_models():
    pytest.importorskip("pandas")
    df = titanic.load_frame()
    predictors = df.drop(["survived"], axis=1).to_numpy()
    n_cols = predictors.shape[1]
    target = to_categorical(df.survived)
    model = Sequential()
    model.add(Dense(32, activation="relu", input_shape=(n_cols,)))
    model.add(Dense(2, activation="softmax"))
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(predictors, target)
    assert list(history.history) == ["accuracy", "loss"]
    assert 0.5 < history.history["accuracy"][0] < 0.8


@pytest.mark.slow
def test_making_predictions(passengers):
    predictors, target = passengers
    pred_data = predictors[:91]
    n_cols = predictors.shape[1]
    model = Sequential()
    model.add(Dense(32, activation="relu", input_shape=(n_cols,)))
    model.add(Dense(2, activation="softmax"))
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(predictors, target)
    predictions = model.predict(pred_data)
    predicted_prob_true = predictions[:, 1]
    assert predicted_prob_true.shape == (91,)
    np.testing.assert_allclose(predictions.sum(axis=1), 1, rtol=1e-5)


# Chapter 4


@pytest.mark.slow
def test_changing_optimization_parameters(passengers, capsys):
    predictors, target = passengers
    input_shape = (predictors.shape[1],)

    def get_new_model():
        model = Sequential()
        model.add(Dense(100, activation="relu", input_shape=input_shape))
        model.add(Dense(100, activation="relu"))
        model.add(Dense(2, activation="softmax"))
        return model

    moved = []
    lr_to_test = (0.000001, 0.01, 1)
    for lr in lr_to_test:
        print("\n\nTesting model with learning rate: %f\n" % lr)  # noqa: UP031 - as the course writes it
        model = get_new_model()
        before = model.get_weights()[0].copy()
        my_optimizer = SGD(lr=lr)
        model.compile(my_optimizer, loss="categorical_crossentropy")
        model.fit(predictors, target)
        moved.append(np.abs(model.get_weights()[0] - before).max())
    assert moved[0] < moved[1] < moved[2]
    assert "Testing model with learning rate: 0.010000" in capsys.readouterr().out


def classifier(input_shape, widths):
    model = Sequential()
    model.add(Dense(widths[0], activation="relu", input_shape=input_shape))
    for width in widths[1:]:
        model.add(Dense(width, activation="relu"))
    model.add(Dense(2, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.slow
def test_evaluating_on_a_validation_data_set(passengers):
    predictors, target = passengers
    model = classifier((predictors.shape[1],), [100, 100])
    hist = model.fit(predictors, target, validation_split=0.3)
    assert list(hist.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]


@pytest.mark.slow
def test_early_stopping(passengers):
    predictors, target = (part[:400] for part in passengers)
    model = classifier((predictors.shape[1],), [100, 100])
    early_stopping_monitor = EarlyStopping(patience=2)
    history = model.fit(
        predictors,
        target,
        epochs=30,
        validation_split=0.3,
        callbacks=[early_stopping_monitor],
    )
    losses = history.history["val_loss"]
    assert len(losses) == 30 or int(np.argmin(losses)) == len(losses) - 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("widths_1", "widths_2", "split"),
    [([10, 10], [100, 100], 0.2), ([50], [50, 50, 50], 0.4)],
    ids=["wider", "deeper"],
)
def test_experimenting_with_networks(passengers, widths_1, widths_2, split):
    import matplotlib.pyplot as plt

    predictors, target = (part[:400] for part in passengers)
    input_shape = (predictors.shape[1],)
    early_stopping_monitor = EarlyStopping(patience=2)
    model_1, model_2 = classifier(input_shape, widths_1), classifier(input_shape, widths_2)
    options = {
        "epochs": 15,
        "validation_split": split,
        "callbacks": [early_stopping_monitor],
        "verbose": False,
    }
    model_1_training = model_1.fit(predictors, target, **options)
    model_2_training = model_2.fit(predictors, target, **options)
    losses = model_1_training.history["val_loss"], model_2_training.history["val_loss"]
    lines = plt.plot(losses[0], "r", losses[1], "b")
    plt.xlabel("Epochs")
    plt.ylabel("Validation score")
    plt.show()
    plt.close("all")
    assert [len(line.get_ydata()) for line in lines] == [len(part) for part in losses]
    assert all(np.isfinite(part).all() and min(part) < 1 for part in losses)
