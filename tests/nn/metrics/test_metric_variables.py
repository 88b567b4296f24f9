"""The variables of user-defined metrics: by hand, beside Keras, and in recorded steps."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import layers, metrics
from nn.metrics.base import can_be_recorded

random = np.random.default_rng(0)
X = random.normal(size=(30, 3)).astype("f")
Y = (random.random((30, 1)) > 0.5).astype("f")


def mean_of_positives(library):
    """Return a metric of two numbers and an array, written as for Keras."""

    class MeanOfPositives(library.metrics.Metric):
        def __init__(self, name="mean_of_positives", **options):
            super().__init__(name=name, **options)
            self.total = self.add_weight(name="total", initializer="zeros")
            self.count = self.add_variable(shape=(), initializer="zeros", name="count")
            self.batches = self.add_weight(shape=(2,), initializer="zeros", dtype="int32")

        def update_state(self, y_true, y_pred, sample_weight=None):
            positive = y_true * (1 if sample_weight is None else sample_weight)
            self.total.assign_add((positive * y_pred).sum())
            self.count.assign(self.count + positive.sum())
            self.batches.assign_add(np.array([1, 2], "int32"))

        def result(self):
            return self.total / self.count

    return MeanOfPositives()


def test_variables_by_hand():
    metric = mean_of_positives(nn)
    metric.update_state(np.array([1.0, 0.0, 1.0]), np.array([2.0, 8.0, 4.0]))
    metric.update_state(np.array([1.0]), np.array([9.0]))
    assert metric.result() == 5
    assert metric.batches.numpy().tolist() == [2, 4]
    assert [v.path for v in metric.variables[:2]] == [
        "mean_of_positives/total", "mean_of_positives/count"
    ]  # fmt: skip
    metric.reset_state()
    assert [float(v) for v in metric.variables[:2]] == [0, 0]
    assert metric.batches.dtype == np.int32


def test_sums_stay_exact():
    class Sum(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.total = self.add_weight(initializer="zeros")

        def update_state(self, values):
            self.total.assign_add(values.sum())

        def result(self):
            return self.total

    metric = Sum()
    metric.update_state(np.array([2.0**24], "f"))
    metric.update_state(np.array([1.0], "f"))
    assert float(metric.result()) == 2**24 + 1  # float32 would lose the 1


def test_in_fit_and_beside_keras(keras):
    def scores(library, weights=None):
        model = library.Sequential([library.Input((3,)), library.layers.Dense(1, "sigmoid")])
        model.compile("sgd", "mse", metrics=[mean_of_positives(library)])
        if weights is not None:
            model.set_weights(weights)
        before = model.get_weights()
        history = model.fit(X, Y, epochs=3, batch_size=7, shuffle=False, verbose=0)
        return before, history.history["mean_of_positives"]

    weights, ours = scores(nn)
    _, theirs = scores(keras, weights)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


class Largest(metrics.Metric):
    def __init__(self):
        super().__init__("largest")
        self.largest = self.add_weight(initializer="zeros")

    def update_state(self, values):
        self.largest.assign(np.maximum(self.largest, np.max(values)))

    def result(self):
        return self.largest


class Watched(layers.Layer):
    def __init__(self):
        super().__init__()
        self.largest = Largest()

    def call(self, inputs):
        self.largest.update_state(inputs)
        return inputs


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_recorded_steps_update_variables(run_eagerly):
    model = nn.Sequential([Watched(), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    history = model.fit(X, Y, epochs=3, batch_size=7, verbose=0).history
    assert history["largest"] == [X.max()] * 3
    if not run_eagerly:
        assert "largest" in model.train_source()
    assert model.evaluate(X[:5], Y[:5], verbose=0)[1] == X[:5].max()


def test_variables_of_inner_metrics():
    class Outer(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.parts = [Largest(), mean_of_positives(nn)]

        def update_state(self, values):
            self.parts[0].update_state(values)

        def result(self):
            return self.parts[0].result()

    metric = Outer()
    assert float(metric(np.array([2.0, 3.0]))) == 3
    assert len(metric.variables) == 4
    metric.reset_state()
    assert float(metric.result()) == 0


def test_misuse_is_refused():
    class Late(metrics.Metric):
        def __init__(self):
            self.total = self.add_weight()

    with pytest.raises(RuntimeError, match=r"expects super\(\).__init__\(\) before add_weight"):
        Late()
    with pytest.raises(ValueError, match=r"expects an array of shape \(\), got \(2,\)"):
        Largest().largest.assign(np.ones(2))

    class Empty(metrics.Metric):
        pass

    with pytest.raises(NotImplementedError, match=r"define reset_state\(self\), got none"):
        Empty().reset_state()


def test_what_a_metric_has_to_define():
    class Empty(metrics.Metric):
        pass

    for call, message in (
        (lambda: Empty().update_state(1, 2), r"define update_state\(self, y_true, y_pred"),
        (lambda: Empty().result(), r"define result\(self\)"),
        (lambda: Empty()(1, 2), r"define update_state"),
    ):
        with pytest.raises(NotImplementedError, match=message):
            call()
    assert repr(Empty(name="mine")) == "<Empty name='mine'>"
    with pytest.raises(AttributeError, match="'Empty' object has no attribute 'nothing'"):
        Empty().nothing  # noqa: B018


def test_variables_have_shapes_names_and_initial_values():
    metric = Largest()
    found = [
        metric.add_variable(3), metric.add_variable((2, 1), "ones"), metric.add_weight(name="own"),
        metric.add_weight(shape=(2,), initializer=lambda shape, dtype=None: np.full(shape, 7.0)),
        metric.add_weight(dtype="bool"), metric.add_weight(dtype="float32"),
    ]  # fmt: skip
    assert [variable.shape for variable in found] == [(3,), (2, 1), (), (2,), (), ()]
    assert [variable.name for variable in found] == [
        "variable_1", "variable_2", "own", "variable_4", "variable_5", "variable_6"
    ]  # fmt: skip
    assert found[1].path == "largest/variable_2"
    assert found[1].numpy().tolist() == [[1], [1]]
    assert found[3].numpy().tolist() == [7, 7]
    assert [str(variable.dtype) for variable in found[3:]] == ["float64", "bool", "float64"]
    assert metric.variables[1:] == found
    metric.reset_state()
    assert not any(variable.numpy().any() for variable in metric.variables)


@pytest.mark.parametrize("weight", [None, [1.0, 3.0], [[1.0, 0.0], [2.0, 2.0]]], ids=str)
def test_a_traced_value_is_added_as_a_plain_one(weight):
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    plain, traced = metrics.Mean(), metrics.Mean()
    plain.update_state(x, weight)
    ad.value_and_grad(lambda x: (traced.update_state(x, weight), np.sum(x))[1])(x)
    assert traced.result() == plain.result()
    assert (traced.total, traced.count) == (plain.total, plain.count)
    plain.reset_state()
    assert (plain.total, plain.count, plain.result()) == (0, 0, 0)
    scalar = metrics.Mean()
    scalar.update_state(2.0)
    scalar.update_state(5.0, sample_weight=[1.0, 2.0])
    assert scalar.result() == pytest.approx((2 + 5 * 3) / 4)


def test_only_means_of_functions_are_recorded():
    class Doubled(nn.metrics.MeanAbsoluteError):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(y_true, 2 * y_pred, sample_weight)

    class Gathered(nn.metrics.MeanAbsoluteError):
        def gather(self, total, count):
            super().gather(2 * total, count)

    assert can_be_recorded(nn.metrics.MeanAbsoluteError())
    assert can_be_recorded(nn.metrics.get("mse"))
    for metric in (Doubled(), Gathered(), nn.metrics.Mean(), nn.metrics.AUC(), np.mean):
        assert not can_be_recorded(metric)


def test_a_variable_takes_the_value_of_another():
    class Two(nn.metrics.Metric):
        def __init__(self):
            super().__init__("two")
            self.first = self.add_weight(shape=(2,), name="first")
            self.second = self.add_weight(shape=(2,), name="second")

    metric = Two()
    metric.first.assign([1.0, 2.0])
    metric.second.assign(metric.first)
    metric.first.assign([3.0, 4.0])
    assert metric.second.numpy().tolist() == [1, 2]
