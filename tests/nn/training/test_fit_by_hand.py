"""Training of a line beside the same in plain loops, over combinations of the arguments of fit."""

import math

import numpy as np

import nn
from tests.nn.layers.options import FLAG, combined

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(26, 3)).astype(np.float32)
Y = (X[:, :1] + 0.3 * X[:, 1:2] > 0).astype(int)  # classes that a line fits well enough
ROWS, CLASSES = np.linspace(0.2, 2, 26), {1: 3.0}
RATE, MOMENTUM, PENALTY = 0.05, 0.9, 0.1


class Reference:
    """A line with plain loops for what ``fit`` and ``evaluate`` do.

    Args:
        penalty: the factor of the sum of squares of the kernel.
        loss_weight: that of the loss.
        outputs: the number of outputs; their losses are added up.
    """

    def __init__(self, penalty, loss_weight, outputs):
        self.penalty, self.loss_weight, self.outputs = penalty, loss_weight, outputs
        self.weights = [np.full((3, 1), 0.5), np.zeros(1)]
        self.speed = [np.zeros((3, 1)), np.zeros(1)]
        self.running = []  # losses after each batch

    def losses(self, x, y, w):
        """Return the total, the loss of one output, and the slopes."""
        kernel, bias = self.weights
        error = x @ kernel + bias - y
        factor = self.loss_weight * self.outputs
        loss = np.sum(w * error[:, 0] ** 2) / len(x)
        slope = factor * 2 * w[:, None] * error / len(x)
        slopes = [x.T @ slope + 2 * self.penalty * kernel, slope.sum(0)]
        return factor * loss + self.penalty * np.sum(kernel**2), loss, slopes

    def scores(self, parts, update):
        """Return the scores over batches, updating the weights after each if wanted."""
        sums = dict.fromkeys(("rows", "loss", "part", "mae", "weighted", "weights"), 0.0)
        for x, y, w in parts:
            total, part, slopes = self.losses(x, y, w)
            error = np.abs(x @ self.weights[0] + self.weights[1] - y)[:, 0]
            for name, value in (
                ("rows", len(x)), ("loss", total * len(x)), ("part", part * len(x)),
                ("mae", error.sum()), ("weighted", (w * error).sum()), ("weights", w.sum()),
            ):  # fmt: skip
                sums[name] += value
            if update:
                self.running.append(sums["loss"] / sums["rows"])
            if update:
                for i, slope in enumerate(slopes):
                    self.speed[i] = MOMENTUM * self.speed[i] - RATE * slope
                    self.weights[i] = self.weights[i] + self.speed[i]
        found = {name: sums[name] / sums["rows"] for name in ("loss", "part", "mae")}
        return found | {"weighted": sums["weighted"] / sums["weights"]}


def cut(x, y, w, size, steps=None):
    count = math.ceil(len(x) / size)
    for i in range(count if steps is None else min(count, steps)):
        rows = slice(i * size, (i + 1) * size)
        yield x[rows], y[rows], w[rows]


def named(scores, outputs, prefix=""):
    """Return scores under the names that they have in the history."""
    if outputs == 1:
        found = {"loss": "loss", "mae": "mae", "weighted_mae": "weighted"}
    else:
        found = {"loss": "loss"} | {f"{o}_loss": "part" for o in "pq"}
        found |= {f"{o}_mae": "mae" for o in "pq"}
        found |= {f"{o}_weighted_mae": "weighted" for o in "pq"}
    return {prefix + name: scores[key] for name, key in found.items()}


def model_of(outputs, penalty, loss_weight, run_eagerly):
    """Return a line, or one whose results are returned as two outputs."""
    regularizer = nn.regularizers.L2(penalty) if penalty else None
    x = nn.Input((3,))
    y = nn.layers.Dense(
        1, kernel_initializer=nn.initializers.Constant(0.5), kernel_regularizer=regularizer
    )(x)
    names = ["p", "q"][:outputs]
    ends = [nn.layers.Activation("linear", name=name)(y) for name in names]
    model = nn.Model(x, ends if outputs > 1 else ends[0])
    each = (lambda value: [[value]] * 2) if outputs > 1 else (lambda value: [value])
    model.compile(
        nn.optimizers.SGD(RATE, momentum=MOMENTUM),
        "mse",
        loss_weights=None if loss_weight == 1 else [loss_weight] * outputs,
        metrics=each("mae"),
        weighted_metrics=each("mae"),
        run_eagerly=run_eagerly,
    )
    return model


@combined(
    outputs=[1, 2], batch_size=[7, 13, None], weights=["none", "rows", "classes", "both"],
    validation=["none", "split", "data", "weighted"], steps=[None, 2], penalty=[0, PENALTY],
    loss_weight=[1, 0.5], run_eagerly=FLAG, epochs=[(0, 2), (1, 3)], few=FLAG, every=[1, 2],
)  # fmt: skip
def test_a_line_is_trained_and_scored(
    outputs, batch_size, weights, validation, steps, penalty, loss_weight, run_eagerly, epochs,
    few, every,
):  # fmt: skip
    weights = weights.replace("classes", "none").replace("both", "rows") if outputs > 1 else weights
    model = model_of(outputs, penalty, loss_weight, run_eagerly)
    reference = Reference(penalty, loss_weight, outputs)

    def structured(part):
        return [part] * 2 if outputs > 1 else part

    options = {"epochs": epochs[1], "initial_epoch": epochs[0], "shuffle": False, "verbose": 0}
    options |= {"batch_size": batch_size, "steps_per_epoch": steps, "validation_freq": every}
    own = np.ones(26)
    if weights in ("rows", "both"):
        options["sample_weight"], own = structured(ROWS), ROWS
    count, valid = 26, None
    if validation == "split":
        options["validation_split"], count = 0.25, 19
        valid = X[count:], Y[count:], own[count:]
    elif validation != "none":
        w = ROWS[:9] if validation == "weighted" else np.ones(9)
        valid = X[:9], Y[:9], w
        options["validation_data"] = (X[:9], structured(Y[:9]), structured(w))[
            : 3 if validation == "weighted" else 2
        ]
    if few:
        options |= {"validation_batch_size": 4, "validation_steps": 2}
    if weights in ("classes", "both"):
        options["class_weight"], own = CLASSES, own * np.where(Y[:, 0] == 1, 3.0, 1.0)
    running = []
    hook = nn.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: running.append(logs["loss"])
    )
    history = model.fit(X, structured(Y), callbacks=[hook], **options).history

    expected, size = {}, batch_size or (math.ceil(count / steps) if steps else 32)
    for epoch in range(*epochs):
        train = cut(X[:count], Y[:count], own[:count], size, steps)
        found = named(reference.scores(train, update=True), outputs)
        if valid and (epoch + 1) % every == 0:
            parts = cut(*valid, 4, 2) if few else cut(*valid, batch_size or 32)
            found |= named(reference.scores(parts, update=False), outputs, "val_")
        for name, value in found.items():
            expected.setdefault(name, []).append(value)
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, err_msg=name)
    np.testing.assert_allclose(running, reference.running, rtol=1e-4)
    for mine, other in zip(model.get_weights(), reference.weights, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)

    w = {"sample_weight": structured(ROWS)} if weights in ("rows", "both") else {}
    found = model.evaluate(
        X, structured(Y), batch_size=6, steps=steps, return_dict=True, verbose=0, **w
    )
    parts = cut(X, Y, ROWS if w else np.ones(26), 6, steps)
    scores = named(reference.scores(parts, update=False), outputs)
    assert found.keys() == scores.keys()
    for name, value in scores.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-4, err_msg=name)
    predicted = model.predict(X, batch_size=6, steps=steps, verbose=0)
    line = (X @ reference.weights[0] + reference.weights[1])[: 12 if steps else 26]
    for part in predicted if outputs > 1 else [predicted]:
        np.testing.assert_allclose(part, line, rtol=1e-4, atol=1e-5)
