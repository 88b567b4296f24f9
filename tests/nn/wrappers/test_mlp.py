"""Perceptrons do what scikit-learn's do, number by number."""

import warnings
from inspect import signature

import numpy as np
import pytest
import sklearn.neural_network
from scipy.sparse import csr_array
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from nn.random.seeds import seeded
from nn.wrappers import MLPClassifier, MLPRegressor
from nn.wrappers.perceptron import network

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
WEIGHTS = np.random.default_rng(0).uniform(0.2, 3, len(X))
LABELS = make_multilabel_classification(len(X), 4, n_classes=3, random_state=0)[1]


def with_weights_of(estimator, kind):
    """Return scikit-learn's estimator, which begins with the weights of ours."""
    first = estimator.__class__(**{**estimator.get_params(), "max_iter": 1, "solver": "sgd"})
    first.set_params(learning_rate_init=1e-30, momentum=0.0, early_stopping=False)

    class Same(kind):
        def _init_coef(self, fan_in, fan_out, dtype):  # noqa: ARG002
            return self.weights.pop(0)

    def fit(*arguments):
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            first.fit(*arguments)
            other = Same(**estimator.get_params())
            other.weights = [
                (np.float64(kernel), np.float64(bias))
                for kernel, bias in zip(first.coefs_, first.intercepts_, strict=True)
            ]
            return other.fit(*arguments)

    return fit


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "targets", "weights"),
    [
        ({}, Y, None),
        (  # of which Adam uses no schedule
            {"batch_size": 50, "activation": "tanh", "alpha": 0.3, "learning_rate": "invscaling"},
            Y,
            None,
        ),
        ({"activation": "logistic", "learning_rate": "adaptive"}, Y == 1, WEIGHTS),
        ({"hidden_layer_sizes": (5, 4)}, LABELS, None),
        ({"solver": "sgd", "learning_rate": "invscaling"}, Y, WEIGHTS),
        ({"solver": "sgd", "nesterovs_momentum": False, "alpha": 0.0}, Y, None),
        (
            {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "n_iter_no_change": 2},
            Y,
            None,
        ),
        ({"solver": "lbfgs", "alpha": 0.1}, Y, WEIGHTS),
    ],
)
def test_losses_of_a_classifier_are_scikit_learns(options, targets, weights):
    base = {"hidden_layer_sizes": 6, "max_iter": 12, "shuffle": False, "random_state": 0}
    ours = MLPClassifier(**{**base, **options})
    theirs = with_weights_of(ours, sklearn.neural_network.MLPClassifier)(X, targets, weights)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        ours.fit(X, targets, weights)
    if options.get("solver") != "lbfgs":
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=2e-3)
    np.testing.assert_allclose(ours.loss_, theirs.loss_, rtol=2e-3)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=4e-3)
    assert (ours.predict(X) == theirs.predict(X)).mean() > 0.98
    for name in ("n_iter_", "n_outputs_", "out_activation_", "n_layers_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert [c.shape for c in ours.coefs_] == [c.shape for c in theirs.coefs_]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        ("squared_error", X[:, 0] + X[:, 1]),
        ("squared_error", X[:, :2]),
        ("poisson", Y.astype(float)),
    ],
)
def test_losses_of_a_regressor_are_scikit_learns(loss, targets):
    ours = MLPRegressor(loss, 6, max_iter=12, shuffle=False, random_state=0)
    theirs = with_weights_of(ours, sklearn.neural_network.MLPRegressor)(X, targets, WEIGHTS)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        ours.fit(X, targets, WEIGHTS)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=2e-3)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=4e-3)


def test_parameters_are_scikit_learns():
    pairs = (
        (MLPClassifier, sklearn.neural_network.MLPClassifier),
        (MLPRegressor, sklearn.neural_network.MLPRegressor),
    )
    for ours, theirs in pairs:
        assert ours().get_params() == theirs().get_params()
        own, other = (list(signature(kind).parameters.values()) for kind in (ours, theirs))
        assert [(p.name, p.kind) for p in own] == [(p.name, p.kind) for p in other]


def test_initial_weights_lie_within_the_bounds_of_glorot():
    for activation, factor in (("relu", 6), ("logistic", 2)):
        with seeded(0):
            model = network(300, [200], 1, activation, "linear", 0.0)
        kernel, bias = model.layers[0].get_weights()
        bound = np.sqrt(factor / 500)
        assert 0.99 * bound < np.abs(kernel).max() <= bound * (1 + 1e-6)
        assert np.abs(bias).max() <= bound * (1 + 1e-6)


@pytest.mark.slow
def test_rows_are_held_out_to_stop_early():
    fitted = MLPClassifier(
        50, learning_rate_init=0.02, early_stopping=True, n_iter_no_change=3, random_state=0
    ).fit(X, Y, WEIGHTS)
    assert fitted.n_iter_ < 200
    assert len(fitted.validation_scores_) == fitted.n_iter_
    assert fitted.best_validation_score_ == max(fitted.validation_scores_) > 0.7
    assert fitted.best_loss_ is None
    with pytest.raises(ValueError, match="early_stopping=True, which needs several"):
        fitted.partial_fit(X, Y)
    fitted = MLPRegressor(
        hidden_layer_sizes=20, early_stopping=True, n_iter_no_change=2, random_state=0, tol=0.01
    )
    assert fitted.fit(X, X[:, 0]).n_iter_ < 200
    with pytest.raises(ValueError, match="at least 2 rows to hold out"):
        MLPRegressor(early_stopping=True).fit(X[:9], X[:9, 0])


def test_each_row_that_is_held_out_keeps_its_target_and_weight():
    rows = np.arange(20)
    estimator = MLPClassifier(validation_fraction=0.2)
    estimator._is_multilabel = False
    x, targets, y, weights, held_out = estimator._split(
        rows, 10 * rows, rows % 2, rows + 0.5, np.random.RandomState(0)
    )
    assert len(x) == 16
    assert sorted(held_out[1]) == [0, 0, 1, 1]  # in the proportions of the classes
    assert sorted([*x, *held_out[0]]) == list(rows)
    np.testing.assert_array_equal(targets, 10 * x)
    for own, labels, share in ((x, y, weights), held_out):
        np.testing.assert_array_equal(labels, own % 2)
        np.testing.assert_array_equal(share, own + 0.5)
    x, *_, weights, held_out = estimator._split(
        rows, rows, rows % 2, None, np.random.RandomState(1)
    )
    assert weights is None
    assert held_out[2] is None


@pytest.mark.slow
def test_training_continues_with_a_warm_start_or_partly():
    options = {"hidden_layer_sizes": 10, "random_state": 0, "learning_rate_init": 0.01}
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(5\) reached"):
        fitted = MLPClassifier(max_iter=5, warm_start=True, **options).fit(X, Y)
    with pytest.warns(ConvergenceWarning):
        fitted.fit(X, Y)
    assert len(fitted.loss_curve_) == 10
    assert fitted.loss_curve_[5] < fitted.loss_curve_[4]
    with pytest.raises(ValueError, match="classes in `self"):
        fitted.fit(X, Y + 1)
    with pytest.warns(ConvergenceWarning):
        fitted.fit(X[Y < 2], Y[Y < 2])
    assert list(fitted.classes_) == [0, 1, 2]  # as before
    partial = MLPClassifier(**options)
    with pytest.raises(ValueError, match="classes= in the first call"):
        partial.partial_fit(X, Y)
    for _ in range(10):
        partial.partial_fit(X, Y, classes=[0, 1, 2])
    assert len(partial.loss_curve_) == partial.t_ / len(X) == 10
    assert partial.loss_curve_ == sorted(partial.loss_curve_, reverse=True)
    with pytest.raises(ValueError, match="classes in `self"):
        partial.partial_fit(X, Y + 1)


@pytest.mark.slow
def test_sparse_rows_are_those_of_the_dense_ones():
    dense, sparse = (
        MLPClassifier(5, solver="lbfgs", random_state=0, tol=0.1).fit(x, Y)
        for x in (X, csr_array(X))
    )
    np.testing.assert_array_equal(dense.predict_proba(X), sparse.predict_proba(csr_array(X)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "swish"}, "activation to be one of 'identity'"),
        ({"solver": "newton"}, "solver to be one of"),
        ({"hidden_layer_sizes": (5, 0)}, "hidden_layer_sizes must be > 0"),
        ({"learning_rate_init": -1}, "learning_rate"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_parameters_that_are_not_valid_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**options).fit(X, Y)


@pytest.mark.slow
def test_training_that_diverges_ends_with_an_error():
    diverging = MLPRegressor(solver="sgd", learning_rate_init=1e9, random_state=0)
    with warnings.catch_warnings(action="ignore"), pytest.raises(ValueError, match="Scale the inp"):
        diverging.fit(X * 1e6, Y * 1e6)
    once = MLPRegressor(
        hidden_layer_sizes=(), solver="sgd", learning_rate_init=1e12, max_iter=1, momentum=0.0
    )
    with warnings.catch_warnings(action="ignore"), pytest.raises(ValueError, match="non-finite"):
        once.fit(X * 1e14, Y)  # whose bias stays finite
    with pytest.raises(ValueError, match="at least 0 for loss='poisson'"):
        MLPRegressor("poisson").fit(X, -Y)


def quietly(estimator, *data):
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return estimator.fit(*data)


@pytest.mark.slow
def test_probabilities_and_labels():
    options = {"hidden_layer_sizes": 3, "max_iter": 3, "random_state": 0}
    two = quietly(MLPClassifier(**options), X, np.where(Y == 1, "yes", "no"))
    p = two.predict_proba(X)
    assert p.shape == (len(X), 2)
    np.testing.assert_allclose(p.sum(1), 1)
    assert (two.predict(X) == np.where(p[:, 1] > 0.5, "yes", "no")).all()
    np.testing.assert_allclose(two.predict_log_proba(X), np.log(p))
    three = quietly(MLPClassifier(**options), X, Y)
    assert (three.predict(X) == three.predict_proba(X).argmax(1)).all()
    one = quietly(MLPClassifier(**options), X, np.full(len(X), "only"))
    assert set(one.predict(X)) == {"only"}
    assert one.predict_proba(X).tolist() == [[1.0]] * len(X)
    several = quietly(MLPClassifier(**options), X, LABELS)
    np.testing.assert_array_equal(several.predict(X), several.predict_proba(X) > 0.5)
    single = quietly(MLPClassifier(**options), X, LABELS[:, 0] * 2)
    assert set(single.predict(X)) <= {0, 2}


@pytest.mark.slow
@pytest.mark.parametrize("targets", [Y, LABELS], ids=["classes", "labels"])
def test_training_in_parts_knows_all_classes(targets):
    partial = MLPClassifier(3, random_state=0)
    partial.partial_fit(X[:9], targets[:9], classes=np.unique(targets))
    partial.partial_fit(X, targets)
    assert partial.n_outputs_ == 3
    if targets is Y:
        with pytest.raises(ValueError, match="not the same as on last call"):
            partial.partial_fit(X, Y, classes=[0, 1])


@pytest.mark.slow
def test_regressors_return_numbers_in_the_shape_of_their_targets():
    make = lambda: MLPRegressor(hidden_layer_sizes=2, max_iter=2)  # noqa: E731
    assert quietly(make(), X, X[:, 0]).predict(X).shape == (150,)
    assert quietly(make(), X, X[:, :2]).predict(X).shape == (150, 2)
    assert make().partial_fit(X, X[:, 0]).n_iter_ == 1


@pytest.mark.slow
def test_progress_is_printed_if_wanted(capsys):
    options = {"hidden_layer_sizes": 2, "max_iter": 2, "random_state": 0}
    quietly(MLPClassifier(**options), X, Y)
    assert capsys.readouterr().out == ""
    fitted = quietly(MLPClassifier(**options, verbose=True, early_stopping=True), X, Y)
    lines = [
        text
        for number, (loss, score) in enumerate(
            zip(fitted.loss_curve_, fitted.validation_scores_, strict=True), 1
        )
        for text in (f"Iteration {number}, loss = {loss:.8f}", f"Validation score: {score:f}")
    ]
    assert capsys.readouterr().out.splitlines() == lines


def test_rows_of_a_batch():
    for size, count, expected in (("auto", 150, 150), ("auto", 201, 200), (7, 150, 7)):
        assert MLPClassifier(batch_size=size)._rows(count) == expected
    with pytest.warns(UserWarning, match="batch_size of at most 150, the number of rows, got 151"):
        assert MLPClassifier(batch_size=151)._rows(150) == 150
    with warnings.catch_warnings(action="error"):
        assert MLPClassifier(batch_size=150)._rows(150) == 150


@pytest.mark.slow
def test_lbfgs_stops_at_its_limits():
    options = {"hidden_layer_sizes": 3, "solver": "lbfgs", "random_state": 0, "tol": 1e-12}
    with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge after 3 iterations"):
        assert MLPClassifier(max_iter=3, **options).fit(X, Y).n_iter_ == 3
    with pytest.warns(ConvergenceWarning, match="EVALUATIONS"):
        MLPClassifier(max_fun=4, **options).fit(X, Y)
    assert MLPClassifier(max_iter=500, **options | {"tol": 0.5}).fit(X, Y).n_iter_ < 500
    with pytest.raises(AttributeError, match="only available for stochastic optimizers"):
        MLPClassifier(**options).partial_fit(X, Y, classes=[0, 1, 2])


@pytest.mark.parametrize("first", [0.001, 0.01])
def test_an_adaptive_rate_falls_as_scikit_learns_does(first):
    options = {
        "hidden_layer_sizes": 2, "solver": "sgd", "learning_rate": "adaptive", "tol": 1e9,
        "n_iter_no_change": 1, "learning_rate_init": first, "random_state": 0,
    }  # fmt: skip
    ours, theirs = (
        kind(**options).fit(X, Y) for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier)
    )
    assert ours.n_iter_ == theirs.n_iter_
    rate = float(ours.model_.optimizer.learning_rate)
    assert rate == pytest.approx(theirs._optimizer.learning_rate, rel=1e-5)


def test_scores_of_rows_that_are_held_out():
    weights, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])
    outputs = np.array([[1.5], [2.0], [3.0]])
    regressor = MLPRegressor()
    for regressor._is_single in (True, False):
        targets = y if regressor._is_single else y[:, None]
        score = regressor._held_out_score(targets, outputs, weights)
        mean = np.average(y, weights=weights)
        rest = np.average((y - outputs[:, 0]) ** 2, weights=weights)
        assert score == pytest.approx(1 - rest / np.average((y - mean) ** 2, weights=weights))
    classifier = MLPClassifier(3).partial_fit(X, Y, classes=[0, 1, 2])
    score = classifier._held_out_score([0, 1, 1], np.eye(3)[[0, 1, 2]], weights)
    assert score == pytest.approx(0.5)


@pytest.mark.slow
def test_one_epoch_and_an_early_end_are_no_reason_to_warn():
    options = {"hidden_layer_sizes": 2, "random_state": 0}
    with warnings.catch_warnings(action="error"):
        assert MLPClassifier(max_iter=1, **options).fit(X, Y).n_iter_ == 1
        stopping = MLPClassifier(max_iter=4, tol=1e9, n_iter_no_change=2, **options).fit(X, Y)
    assert stopping.n_iter_ == 4  # the first has no loss before, and then three don't improve
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(3\)"):
        MLPClassifier(max_iter=3, tol=1e9, n_iter_no_change=2, **options).fit(X, Y)
