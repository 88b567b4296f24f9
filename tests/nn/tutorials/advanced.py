"""Beyond the first steps: distillation, translation, slopes of slopes, experts, scans."""

import numpy as np

from tests.nn.tutorials.data import LABELS, X, Y


def distill(keras):
    """A student that learns from a teacher."""
    layers, ops = (keras.layers, keras.ops)
    student = keras.Sequential(
        [keras.Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(3)], name="student"
    )
    teacher = keras.Sequential(
        [keras.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(3)], name="teacher"
    )

    class Distiller(keras.Model):
        def __init__(self, student, teacher):
            super().__init__()
            self.teacher = teacher
            self.student = student

        def compile(
            self,
            optimizer,
            metrics,
            student_loss_fn,
            distillation_loss_fn,
            alpha=0.1,
            temperature=3,
        ):
            super().compile(optimizer=optimizer, metrics=metrics)
            self.student_loss_fn = student_loss_fn
            self.distillation_loss_fn = distillation_loss_fn
            self.alpha = alpha
            self.temperature = temperature

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # noqa: ARG002
            teacher_pred = self.teacher(x, training=False)
            student_loss = self.student_loss_fn(y, y_pred)
            distillation_loss = (
                self.distillation_loss_fn(
                    ops.softmax(teacher_pred / self.temperature, axis=1),
                    ops.softmax(y_pred / self.temperature, axis=1),
                )
                * self.temperature**2
            )
            return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

        def call(self, x):
            return self.student(x)

    d = Distiller(student, teacher)
    teacher.trainable = False
    d.compile(
        optimizer=keras.optimizers.SGD(0.1),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
        student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        distillation_loss_fn=keras.losses.KLDivergence(),
        alpha=0.1,
        temperature=10,
    )

    def run():
        return d.fit(X, LABELS, epochs=2, batch_size=16, shuffle=False, verbose=0).history

    return [student, teacher], run


def seq2seq(keras):
    """An encoder and a decoder that share states, and decoding step by step."""
    layers = keras.layers
    ei = keras.Input(shape=(None, 5))
    enc = layers.LSTM(6, return_state=True)
    _, h, c = enc(ei)
    states = [h, c]
    di = keras.Input(shape=(None, 4))
    dl = layers.LSTM(6, return_sequences=True, return_state=True)
    o, _, _ = dl(di, initial_state=states)
    out = layers.Dense(4, activation="softmax")(o)
    m = keras.Model([ei, di], out)
    m.compile(
        optimizer=keras.optimizers.SGD(0.2), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    r = np.random.default_rng(1)
    a = r.normal(size=(16, 7, 5)).astype("float32")
    b = np.eye(4, dtype="float32")[r.integers(0, 4, (16, 6))]

    def run():
        h1 = m.fit(
            [a, b], np.roll(b, -1, 1), batch_size=8, epochs=2, shuffle=False, verbose=0
        ).history
        encoder_model = keras.Model(ei, states)
        dh = keras.Input(shape=(6,))
        dc = keras.Input(shape=(6,))
        o2, h2, c2 = dl(di, initial_state=[dh, dc])
        dec = keras.Model([di, dh, dc], [m.layers[-1](o2), h2, c2])
        s = encoder_model.predict(a[:1], verbose=0)
        t = np.zeros((1, 1, 4), "float32")
        toks = []
        for _ in range(4):
            p, hh, cc = dec.predict([t, *s], verbose=0)
            toks.append(p)
            t = p
            s = [hh, cc]
        return (h1, toks)

    return m, run


def gradcam(keras):
    """Where a convolution looks, by the slopes of an intermediate layer."""
    layers = keras.layers
    i = keras.Input((12, 12, 1))
    x = layers.Conv2D(4, 3, activation="relu", name="last")(i)
    g = layers.GlobalAveragePooling2D()(x)
    o = layers.Dense(3)(g)
    m = keras.Model(i, o)
    gm = keras.Model(m.inputs, [m.get_layer("last").output, m.output])
    img = np.random.default_rng(2).uniform(size=(1, 12, 12, 1)).astype("float32")

    def run():
        if keras.__name__ == "nn":
            import autodiff as ad

            conv, _ = gm(img)
            grads = ad.grad(lambda c: m.layers[-1](m.layers[-2](c))[0, 1])(conv)
            return np.maximum((conv[0] @ grads.mean((0, 1, 2))[:, None])[..., 0], 0)
        conv, _ = gm(img)
        conv = conv.detach().requires_grad_()
        out = m.layers[-1](m.layers[-2](conv))[0, 1]
        out.backward()
        g = conv.grad.numpy()
        return np.maximum((conv.detach().numpy()[0] @ g.mean((0, 1, 2))[:, None])[..., 0], 0)

    return m, run


def gradient_penalty(keras):
    """A penalty on slopes, which is differentiated itself."""
    layers, ops = (keras.layers, keras.ops)
    critic = keras.Sequential(
        [keras.Input((8,)), layers.Dense(6, activation="tanh"), layers.Dense(1)]
    )
    opt = keras.optimizers.SGD(0.1)

    def run():
        out = []
        for _ in range(3):
            if keras.__name__ == "nn":
                import autodiff as ad

                def f():
                    slopes = ad.grad(lambda points: ops.sum(critic(points)))(X)
                    norm = ops.sqrt(ops.sum(ops.square(slopes), axis=1))
                    return ops.mean((norm - 1.0) ** 2) + ops.mean(critic(X))

                loss, g = critic.loss_and_gradients(f)
                opt.apply(g, critic.trainable_weights)
            else:
                import torch

                z = torch.tensor(X, requires_grad=True)
                s = torch.autograd.grad(critic(z).sum(), z, create_graph=True)[0]
                loss = ((s.square().sum(1).sqrt() - 1) ** 2).mean() + critic(X).mean()
                critic.zero_grad()
                loss.backward()
                with torch.no_grad():
                    opt.apply(
                        [v.value.grad for v in critic.trainable_weights], critic.trainable_weights
                    )
            out.append(float(keras.ops.convert_to_numpy(loss)))
        return out

    return critic, run


def mixture(keras):
    """A mixture of experts with a gate, and a loss of its own."""
    layers, ops = (keras.layers, keras.ops)

    class Gate(layers.Layer):
        def __init__(self, n, **k):
            super().__init__(**k)
            self.n = n
            self.experts = [layers.Dense(4, activation="gelu") for _ in range(n)]
            self.gate = layers.Dense(n)

        def call(self, x):
            g = ops.softmax(self.gate(x))
            _, idx = ops.top_k(g, 2)
            keep = ops.sum(ops.one_hot(idx, self.n), axis=1)
            g = g * keep
            g = g / ops.sum(g, axis=-1, keepdims=True)
            outs = ops.stack([e(x) for e in self.experts], axis=1)
            self.add_loss(0.01 * ops.var(ops.mean(g, axis=0)))
            return ops.einsum("bn,bnd->bd", g, outs)

    m = keras.Sequential([keras.Input((8,)), Gate(3), layers.Dense(1)])
    m.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])

    def run():
        return m.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0).history

    return m, run


def scan_cell(keras):
    """A recurrence written with ops.scan."""
    layers, ops = (keras.layers, keras.ops)

    class Leaky(layers.Layer):
        def build(self, s):
            self.w = self.add_weight(shape=(s[-1], 4), initializer="glorot_uniform")
            self.u = self.add_weight(shape=(4, 4), initializer="orthogonal")

        def call(self, x):

            def step(h, xt):
                h = 0.5 * h + 0.5 * ops.tanh(xt @ self.w + h @ self.u)
                return (h, h)

            h0 = ops.zeros((ops.shape(x)[0], 4))
            last, _ = ops.scan(step, h0, ops.transpose(x, (1, 0, 2)))
            return last

        def compute_output_shape(self, s):
            return (s[0], 4)

    d = np.random.default_rng(4).normal(size=(32, 6, 3)).astype("float32")
    m = keras.Sequential([keras.Input((6, 3)), Leaky(), layers.Dense(1)])
    m.compile(keras.optimizers.SGD(0.1), "mse")

    def run():
        return m.fit(d, d[:, 0, :1], epochs=2, batch_size=8, shuffle=False, verbose=0).history

    return m, run
