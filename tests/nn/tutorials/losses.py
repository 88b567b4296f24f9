"""Losses, metrics and callbacks of the user."""

# ruff: noqa: ARG002 - hooks and methods have the arguments that Keras passes

import numpy as np

from tests.nn.tutorials.data import LABELS, X, Y


def custom_loss_metric(keras):
    """A loss and a metric as classes."""
    ops = keras.ops

    def custom_mean_squared_error(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    class CustomMSE(keras.losses.Loss):
        def __init__(self, regularization_factor=0.1, name="custom_mse"):
            super().__init__(name=name)
            self.regularization_factor = regularization_factor

        def call(self, y_true, y_pred):
            mse = ops.mean(ops.square(y_true - y_pred), axis=-1)
            reg = ops.mean(ops.square(0.5 - y_pred), axis=-1)
            return mse + reg * self.regularization_factor

    class CategoricalTruePositives(keras.metrics.Metric):
        def __init__(self, name="categorical_true_positives", **kwargs):
            super().__init__(name=name, **kwargs)
            self.true_positives = self.add_variable(shape=(), name="ctp", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            y_pred = ops.reshape(ops.argmax(y_pred, axis=1), (-1, 1))
            values = ops.cast(y_true, "int32") == ops.cast(y_pred, "int32")
            values = ops.cast(values, "float32")
            if sample_weight is not None:
                sample_weight = ops.cast(sample_weight, "float32")
                values = ops.multiply(values, sample_weight)
            self.true_positives.assign_add(ops.sum(values))

        def result(self):
            return self.true_positives

        def reset_state(self):
            self.true_positives.assign(0)

    model = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(3)]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=CustomMSE(),
        metrics=[CategoricalTruePositives(), custom_mean_squared_error],
    )

    def run():
        y = ops.convert_to_numpy(ops.one_hot(LABELS, num_classes=3))
        h = model.fit(X, y, epochs=2, batch_size=16, shuffle=False, verbose=0)
        return h.history

    return model, run


def custom_callback(keras):
    """Callbacks that print, stop, and set the rate."""
    log = []

    class LossAndErrorPrintingCallback(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            log.append(sorted(logs or {}))

        def on_epoch_begin(self, epoch, logs=None):
            log.append(epoch)

        def on_train_batch_end(self, batch, logs=None):
            log.append((batch, float(logs["loss"])))

        def on_epoch_end(self, epoch, logs=None):
            log.append(("end", epoch, float(logs["loss"]), float(logs["mean_absolute_error"])))

        def on_test_batch_end(self, batch, logs=None):
            log.append(("test", batch, sorted(logs)))

        def on_predict_begin(self, logs=None):
            log.append("predict")

    class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
        def __init__(self, patience=0):
            super().__init__()
            self.patience = patience
            self.best_weights = None

        def on_train_begin(self, logs=None):
            self.wait = 0
            self.stopped_epoch = 0
            self.best = np.inf

        def on_epoch_end(self, epoch, logs=None):
            current = logs.get("loss")
            if np.less(current, self.best):
                self.best = current
                self.wait = 0
                self.best_weights = self.model.get_weights()
            else:
                self.wait += 1
                if self.wait >= self.patience:
                    self.stopped_epoch = epoch
                    self.model.stop_training = True
                    self.model.set_weights(self.best_weights)

    class CustomLearningRateScheduler(keras.callbacks.Callback):
        def __init__(self, schedule):
            super().__init__()
            self.schedule = schedule

        def on_epoch_begin(self, epoch, logs=None):
            lr = (
                float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
                if hasattr(self.model.optimizer.learning_rate, "shape")
                else float(self.model.optimizer.learning_rate)
            )
            self.model.optimizer.learning_rate = self.schedule(epoch, lr)

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss="mean_squared_error",
        metrics=["mean_absolute_error"],
    )

    def run():
        model.fit(
            X,
            Y,
            batch_size=32,
            epochs=4,
            verbose=0,
            shuffle=False,
            validation_split=0.25,
            callbacks=[
                LossAndErrorPrintingCallback(),
                EarlyStoppingAtMinLoss(),
                CustomLearningRateScheduler(lambda e, lr: lr * 0.9),
            ],
        )
        model.predict(X, verbose=0, callbacks=[LossAndErrorPrintingCallback()])
        return (
            log,
            float(
                model.optimizer.learning_rate.numpy()
                if hasattr(model.optimizer.learning_rate, "numpy")
                else model.optimizer.learning_rate
            ),
        )

    return model, run


def lr_finder(keras):
    """Find a learning rate by raising it."""

    class Finder(keras.callbacks.Callback):
        def __init__(self, lo, hi, steps):
            super().__init__()
            self.lo, self.factor = (lo, (hi / lo) ** (1 / steps))
            self.rates, self.losses = ([], [])

        def on_train_begin(self, logs=None):
            self.model.optimizer.learning_rate.assign(self.lo)

        def on_train_batch_end(self, batch, logs=None):
            lr = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            self.rates.append(lr)
            self.losses.append(float(logs["loss"]))
            self.model.optimizer.learning_rate.assign(lr * self.factor)
            if logs["loss"] > 40:
                self.model.stop_training = True

    m = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    )
    m.compile(keras.optimizers.SGD(), "mse")

    def run():
        f = Finder(0.0001, 1.0, 12)
        m.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0, callbacks=[f])
        return (f.rates, f.losses)

    return m, run
