"""Training steps and loops of the user."""

import numpy as np

from tests.nn.tutorials.data import IMAGES, LABELS, X, Y


def gan(keras):
    """A generator against a discriminator."""
    layers, ops = (keras.layers, keras.ops)
    disc = keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(4, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ],
        name="discriminator",
    )
    gen = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(3 * 3 * 4),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((3, 3, 4)),
            layers.Conv2DTranspose(4, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(4, 4, strides=2, padding="same"),
            layers.Conv2D(1, 7, padding="same", activation="sigmoid"),
        ],
        name="generator",
    )
    noise = np.random.default_rng(4).normal(size=(8, 6)).astype("float32")

    class GAN(keras.Model):
        def __init__(self, discriminator, generator, latent_dim):
            super().__init__()
            self.discriminator, self.generator, self.latent_dim = (
                discriminator,
                generator,
                latent_dim,
            )
            self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
            self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
            self.built = True

        def compile(self, d_optimizer, g_optimizer, loss_fn):
            super().compile()
            self.d_optimizer, self.g_optimizer, self.loss_fn = (d_optimizer, g_optimizer, loss_fn)

        @property
        def metrics(self):
            return [self.d_loss_tracker, self.g_loss_tracker]

        def train_step(self, real_images):
            if isinstance(real_images, tuple):
                real_images = real_images[0]
            generated = self.generator(noise)
            labels = ops.concatenate([ops.ones((8, 1)), ops.zeros((8, 1))], axis=0)
            if keras.__name__ == "nn":
                combined = ops.concatenate([generated, real_images], axis=0)
                d_loss, grads = self.loss_and_gradients(
                    lambda: self.loss_fn(labels, self.discriminator(combined)),
                    self.discriminator.trainable_weights,
                )
                self.d_optimizer.apply(grads, self.discriminator.trainable_weights)
                misleading = ops.zeros((8, 1))
                g_loss, grads = self.loss_and_gradients(
                    lambda: self.loss_fn(misleading, self.discriminator(self.generator(noise))),
                    self.generator.trainable_weights,
                )
                self.g_optimizer.apply(grads, self.generator.trainable_weights)
            else:
                import torch

                combined = ops.concatenate(
                    [ops.convert_to_tensor(generated).detach(), real_images], axis=0
                )
                self.zero_grad()
                d_loss = self.loss_fn(labels, self.discriminator(combined))
                d_loss.backward()
                with torch.no_grad():
                    self.d_optimizer.apply(
                        [v.value.grad for v in self.discriminator.trainable_weights],
                        self.discriminator.trainable_weights,
                    )
                self.zero_grad()
                g_loss = self.loss_fn(ops.zeros((8, 1)), self.discriminator(self.generator(noise)))
                g_loss.backward()
                with torch.no_grad():
                    self.g_optimizer.apply(
                        [v.value.grad for v in self.generator.trainable_weights],
                        self.generator.trainable_weights,
                    )
            self.d_loss_tracker.update_state(d_loss)
            self.g_loss_tracker.update_state(g_loss)
            return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}

    g = GAN(disc, gen, 6)
    g.compile(
        d_optimizer=keras.optimizers.SGD(0.05),
        g_optimizer=keras.optimizers.SGD(0.05),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )

    def run():
        return g.fit(IMAGES, epochs=2, batch_size=8, shuffle=False, verbose=0).history

    return [disc, gen], run


def torch_step(keras):
    """A train_step and a test_step."""

    class CustomModel(keras.Model):
        def train_step(self, data):
            if len(data) == 3:
                x, y, sample_weight = data
            else:
                sample_weight = None
                x, y = data
            if keras.__name__ == "nn":

                def loss_of():
                    y_pred = self(x, training=True)
                    return (
                        self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight),
                        y_pred,
                    )

                (loss, y_pred), gradients = self.loss_and_gradients(loss_of)
                self.optimizer.apply(gradients, self.trainable_weights)
            else:
                import torch

                self.zero_grad()
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
                loss.backward()
                with torch.no_grad():
                    self.optimizer.apply(
                        [v.value.grad for v in self.trainable_weights], self.trainable_weights
                    )
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

        def test_step(self, data):
            x, y = data[:2]
            y_pred = self(x, training=False)
            loss = self.compute_loss(y=y, y_pred=y_pred)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    inputs = keras.Input(shape=(8,))
    outputs = keras.layers.Dense(1)(inputs)
    model = CustomModel(inputs, outputs)
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])

    def run():
        return (
            model.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0).history,
            model.fit(
                X, Y, sample_weight=Y[:, 0] + 1, batch_size=16, shuffle=False, verbose=0
            ).history,
            model.evaluate(X, Y, verbose=0),
        )

    return model, run


def custom_loop(keras):
    """A loop from scratch."""
    layers = keras.layers
    inputs = keras.Input(shape=(8,), name="digits")
    x = layers.Dense(16, activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(3)(x))
    optimizer = keras.optimizers.SGD(learning_rate=0.1)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    acc = keras.metrics.SparseCategoricalAccuracy()

    def run():
        out = []

        def step(x, y):
            if keras.__name__ == "nn":

                def forward():
                    logits = model(x, training=True)
                    return loss_fn(y, logits), logits

                (loss, logits), grads = model.loss_and_gradients(forward)
                optimizer.apply(grads, model.trainable_weights)
            else:
                import torch

                logits = model(x, training=True)
                loss = loss_fn(y, logits)
                model.zero_grad()
                loss.backward()
                with torch.no_grad():
                    grads = [v.value.grad for v in model.trainable_weights]
                    optimizer.apply(grads, model.trainable_weights)
            acc.update_state(y, logits)
            out.append(float(loss))

        for _ in range(2):
            for i in range(0, 64, 16):
                step(X[i : i + 16], LABELS[i : i + 16])
            out.append(float(acc.result()))
            acc.reset_state()
        return out

    return model, run
