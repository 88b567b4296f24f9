"""Networks for images, sequences and ratings."""

# ruff: noqa: ARG002 - methods have the arguments that Keras passes

import numpy as np

from tests.nn.tutorials.data import IMAGES, X


def autoencoder(keras):
    """A convolutional autoencoder."""
    layers = keras.layers
    enc_in = keras.Input(shape=(12, 12, 1))
    x = layers.Conv2D(4, (3, 3), activation="relu", padding="same")(enc_in)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2D(4, (3, 3), activation="relu", padding="same")(x)
    encoded = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2DTranspose(4, (3, 3), strides=2, activation="relu", padding="same")(encoded)
    x = layers.Conv2DTranspose(4, (3, 3), strides=2, activation="relu", padding="same")(x)
    decoded = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
    ae = keras.Model(enc_in, decoded)
    ae.compile(optimizer=keras.optimizers.SGD(0.5), loss="binary_crossentropy")

    def run():
        return (
            ae.fit(
                IMAGES,
                IMAGES,
                epochs=3,
                batch_size=4,
                shuffle=False,
                verbose=0,
                validation_data=(IMAGES, IMAGES),
            ).history,
            ae.predict(IMAGES[:2], verbose=0),
        )

    return ae, run


def vae(keras):
    """A variational autoencoder; its noise is multiplied by 0, to compare numbers."""
    layers, ops = (keras.layers, keras.ops)

    class Sampling(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seed_generator = keras.random.SeedGenerator(1337)

        def call(self, inputs):
            z_mean, z_log_var = inputs
            batch = ops.shape(z_mean)[0]
            dim = ops.shape(z_mean)[1]
            epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
            return z_mean + ops.exp(0.5 * z_log_var) * epsilon * 0.0

    class Encoder(layers.Layer):
        def __init__(self, latent_dim=2, intermediate_dim=16, name="encoder", **kw):
            super().__init__(name=name, **kw)
            self.dense_proj = layers.Dense(intermediate_dim, activation="relu")
            self.dense_mean = layers.Dense(latent_dim)
            self.dense_log_var = layers.Dense(latent_dim)
            self.sampling = Sampling()

        def call(self, inputs):
            x = self.dense_proj(inputs)
            m = self.dense_mean(x)
            v = self.dense_log_var(x)
            return (m, v, self.sampling((m, v)))

    class Decoder(layers.Layer):
        def __init__(self, original_dim, intermediate_dim=16, name="decoder", **kw):
            super().__init__(name=name, **kw)
            self.dense_proj = layers.Dense(intermediate_dim, activation="relu")
            self.dense_output = layers.Dense(original_dim, activation="sigmoid")

        def call(self, inputs):
            return self.dense_output(self.dense_proj(inputs))

    class VariationalAutoEncoder(keras.Model):
        def __init__(self, original_dim, name="autoencoder", **kw):
            super().__init__(name=name, **kw)
            self.original_dim = original_dim
            self.encoder = Encoder()
            self.decoder = Decoder(original_dim)

        def call(self, inputs):
            z_mean, z_log_var, z = self.encoder(inputs)
            reconstructed = self.decoder(z)
            kl_loss = -0.5 * ops.mean(z_log_var - ops.square(z_mean) - ops.exp(z_log_var) + 1)
            self.add_loss(kl_loss)
            return reconstructed

    model = VariationalAutoEncoder(8)
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.MeanSquaredError())
    model(X[:2])

    def run():
        return model.fit(X, X, epochs=2, batch_size=16, shuffle=False, verbose=0).history

    return model, run


def triplet(keras):
    """A triplet loss in compute_loss."""
    layers, ops = (keras.layers, keras.ops)

    class DistanceLayer(layers.Layer):
        def call(self, anchor, positive, negative):
            ap = ops.sum(ops.square(anchor - positive), -1)
            an = ops.sum(ops.square(anchor - negative), -1)
            return (ap, an)

    emb = keras.Sequential([keras.Input((8,)), layers.Dense(6, activation="relu"), layers.Dense(4)])
    a, p, n = (keras.Input((8,), name=q) for q in ("anchor", "positive", "negative"))
    net = keras.Model([a, p, n], DistanceLayer()(emb(a), emb(p), emb(n)))

    class SiameseModel(keras.Model):
        def __init__(self, siamese_network, margin=0.5):
            super().__init__()
            self.siamese_network = siamese_network
            self.margin = margin

        def call(self, inputs):
            return self.siamese_network(inputs)

        def compute_loss(self, x=None, y=None, y_pred=None, *_args, **_options):
            ap, an = y_pred
            return ops.mean(ops.maximum(ap - an + self.margin, 0.0))

    m = SiameseModel(net)
    m.compile(optimizer=keras.optimizers.SGD(0.05))
    m([X[:2], X[:2], X[:2]])

    def run():
        h = m.fit(
            [X, X * 0.9, X[::-1].copy()], epochs=2, batch_size=16, shuffle=False, verbose=0
        ).history
        return h["loss"]

    return m, run


def recommender(keras):
    """Collaborative filtering by embeddings."""
    layers, ops = (keras.layers, keras.ops)

    class RecommenderNet(keras.Model):
        def __init__(self, num_users, num_movies, embedding_size, **kw):
            super().__init__(**kw)
            self.user_embedding = layers.Embedding(
                num_users,
                embedding_size,
                embeddings_initializer="he_normal",
                embeddings_regularizer=keras.regularizers.l2(1e-06),
            )
            self.user_bias = layers.Embedding(num_users, 1)
            self.movie_embedding = layers.Embedding(
                num_movies,
                embedding_size,
                embeddings_initializer="he_normal",
                embeddings_regularizer=keras.regularizers.l2(1e-06),
            )
            self.movie_bias = layers.Embedding(num_movies, 1)

        def call(self, inputs):
            user_vector = self.user_embedding(inputs[:, 0])
            user_bias = self.user_bias(inputs[:, 0])
            movie_vector = self.movie_embedding(inputs[:, 1])
            movie_bias = self.movie_bias(inputs[:, 1])
            dot = ops.tensordot(user_vector, movie_vector, 2)
            return (
                ops.nn.sigmoid(dot + user_bias + movie_bias)
                if hasattr(ops, "nn")
                else ops.sigmoid(dot + user_bias + movie_bias)
            )

    m = RecommenderNet(20, 30, 5)
    m.compile(loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.SGD(0.5))
    r = np.random.default_rng(2)
    x = np.stack([r.integers(0, 20, 64), r.integers(0, 30, 64)], 1)
    y = r.uniform(size=64).astype("float32")
    m(x[:2])

    def run():
        return m.fit(x=x, y=y[:, None], batch_size=16, epochs=2, verbose=0, shuffle=False).history

    return m, run


def timeseries(keras):
    """Windows of a series through recurrent layers."""
    layers = keras.layers
    s = np.sin(np.arange(200) / 5).astype("float32")[:, None]
    xs = np.stack([s[i : i + 12] for i in range(180)])
    ys = s[12:192]
    m = keras.Sequential(
        [
            layers.Input(shape=(12, 1)),
            layers.GRU(8, return_sequences=True),
            layers.Bidirectional(layers.LSTM(4)),
            layers.Dense(1),
        ]
    )
    m.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1), metrics=["mae"])

    def run():
        return m.fit(
            xs, ys, epochs=2, batch_size=30, shuffle=False, verbose=0, validation_split=0.2
        ).history

    return m, run
