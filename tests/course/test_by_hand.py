"""Chapters 1 and 2 of the course: each slope by hand, by grad and by finite differences."""

# ruff: noqa: RET504, PERF401 - the exercises stay as the course writes them

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autodiff as ad


def measured(f, tree):
    """Measure the slope of f by central differences, in a dict of arrays or in one array."""
    if isinstance(tree, dict):
        return {k: measured(lambda v, k=k: f({**tree, k: v}), tree[k]) for k in tree}
    x = np.array(tree, float)
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        slope[place] = (f(up) - f(down)) / 2e-6
    return slope


def assert_same(slopes, others):
    assert list(slopes) == list(others)
    for key in slopes:
        assert_allclose(slopes[key], others[key], rtol=1e-6, atol=1e-6)


# Chapter 1


def relu(input):  # noqa: A002 - the course's name
    output = max(0, input)
    return output


def forward(input_data, weights):
    node_0_value = (input_data * weights["node_0"]).sum()
    node_1_value = (input_data * weights["node_1"]).sum()
    hidden_layer_outputs = np.array([node_0_value, node_1_value])
    return (hidden_layer_outputs * weights["output"]).sum()


def predict_with_network(input_data_row, weights):
    node_0_input = (input_data_row * weights["node_0"]).sum()
    node_0_output = relu(node_0_input)
    node_1_input = (input_data_row * weights["node_1"]).sum()
    node_1_output = relu(node_1_input)
    hidden_layer_outputs = np.array([node_0_output, node_1_output])
    input_to_final_layer = (hidden_layer_outputs * weights["output"]).sum()
    model_output = relu(input_to_final_layer)
    return model_output


def predict_with_two_layers(input_data, weights):
    node_0_0_input = (input_data * weights["node_0_0"]).sum()
    node_0_0_output = relu(node_0_0_input)
    node_0_1_input = (input_data * weights["node_0_1"]).sum()
    node_0_1_output = relu(node_0_1_input)
    hidden_0_outputs = np.array([node_0_0_output, node_0_1_output])

    node_1_0_input = (hidden_0_outputs * weights["node_1_0"]).sum()
    node_1_0_output = relu(node_1_0_input)
    node_1_1_input = (hidden_0_outputs * weights["node_1_1"]).sum()
    node_1_1_output = relu(node_1_1_input)
    hidden_1_outputs = np.array([node_1_0_output, node_1_1_output])

    model_output = (hidden_1_outputs * weights["output"]).sum()
    return model_output


INPUT = np.array([3, 5])
WEIGHTS = {
    "arrays of integers": {
        "node_0": np.array([2, 4]),
        "node_1": np.array([4, -5]),
        "output": np.array([2, 7]),
    },
    "arrays of floats": {
        "node_0": np.array([2.0, 4.0]),
        "node_1": np.array([4.0, -5.0]),
        "output": np.array([2.0, 7.0]),
    },
    "plain lists": {"node_0": [2, 4], "node_1": [4, -5], "output": [2, 7]},
}
KINDS = pytest.mark.parametrize("kind", list(WEIGHTS))


def one_layer_by_hand(weights, rows, targets, is_relu):
    """The chain rule of the sum of squared errors, written out."""
    slope = {key: np.zeros(2) for key in weights}
    w0, w1, out = (np.array(weights[key], float) for key in ("node_0", "node_1", "output"))
    for row, target in zip(rows, targets, strict=True):
        inputs = np.array([(row * w0).sum(), (row * w1).sum()])
        hidden = np.maximum(0, inputs) if is_relu else inputs
        final = (hidden * out).sum()
        prediction = max(0, final) if is_relu else final
        d_final = 2 * (prediction - target) * (final > 0 if is_relu else 1)
        d_hidden = d_final * out * (inputs > 0 if is_relu else 1)
        slope["output"] += d_final * hidden
        slope["node_0"] += d_hidden[0] * row
        slope["node_1"] += d_hidden[1] * row
    return slope


@KINDS
def test_forward_propagation(kind):
    weights = WEIGHTS[kind]
    assert forward(INPUT, weights) == -39

    def loss(weights):
        return (forward(INPUT, weights) - 10) ** 2

    slope = ad.grad(loss)(weights)
    assert_same(slope, one_layer_by_hand(weights, [INPUT], [10], is_relu=False))
    assert_same(slope, measured(loss, weights))


@KINDS
def test_the_rectifier(kind):
    weights = WEIGHTS[kind]
    assert predict_with_network(INPUT, weights) == 52

    def loss(weights):
        return (predict_with_network(INPUT, weights) - 10) ** 2

    slope = ad.grad(loss)(weights)
    assert_same(slope, one_layer_by_hand(weights, [INPUT], [10], is_relu=True))
    assert_same(slope, measured(loss, weights))
    assert_allclose(slope["node_1"], [0, 0])  # its rectifier is off


ROWS = [np.array([3, 5]), np.array([1, -1]), np.array([0, 0]), np.array([8, 4])]
TARGETS = [1, 3, 5, 7]


@KINDS
def test_many_rows_as_a_list_of_results(kind):
    weights = WEIGHTS[kind]
    rows, targets = [ROWS[0], ROWS[1], ROWS[3]], [1, 3, 7]  # at row 2 the rectifiers have a kink

    def loss(weights):
        results = []
        for input_data_row in rows:
            results.append(predict_with_network(input_data_row, weights))
        return sum((result - target) ** 2 for result, target in zip(results, targets, strict=True))

    slope = ad.grad(loss)(weights)
    assert_same(slope, one_layer_by_hand(weights, rows, targets, is_relu=True))
    assert_same(slope, measured(loss, weights))


TWO_LAYERS = {
    "node_0_0": np.array([2, 4]),
    "node_0_1": np.array([4, -5]),
    "node_1_0": np.array([-1, 2]),
    "node_1_1": np.array([1, 2]),
    "output": np.array([2, 7]),
}


def two_layers_by_hand(weights, row, target):
    """The chain rule through two hidden layers, in plain NumPy."""
    W0 = np.array([weights["node_0_0"], weights["node_0_1"]], float)
    W1 = np.array([weights["node_1_0"], weights["node_1_1"]], float)
    out = np.array(weights["output"], float)
    input_0 = W0 @ row
    hidden_0 = np.maximum(0, input_0)
    input_1 = W1 @ hidden_0
    hidden_1 = np.maximum(0, input_1)
    d_output = 2 * (hidden_1 @ out - target)
    d_input_1 = d_output * out * (input_1 > 0)
    d_input_0 = (W1.T @ d_input_1) * (input_0 > 0)
    return {
        "node_0_0": d_input_0[0] * row,
        "node_0_1": d_input_0[1] * row,
        "node_1_0": d_input_1[0] * hidden_0,
        "node_1_1": d_input_1[1] * hidden_0,
        "output": d_output * hidden_1,
    }


@pytest.mark.parametrize("node_0_1", [[4, -5], [4, -2]])
@pytest.mark.parametrize("convert", [np.array, list, lambda w: np.array(w, float)])
def test_two_hidden_layers(node_0_1, convert):
    weights = {k: convert(w) for k, w in {**TWO_LAYERS, "node_0_1": node_0_1}.items()}

    def loss(weights):
        return (predict_with_two_layers(INPUT, weights) - 100) ** 2

    slope = ad.grad(loss)(weights)
    assert_same(slope, two_layers_by_hand(weights, INPUT, 100))
    assert_same(slope, measured(loss, weights))


def test_the_result_of_the_course_with_two_hidden_layers():
    assert predict_with_two_layers(INPUT, TWO_LAYERS) == 182


# Chapter 2


def test_how_weight_changes_affect_accuracy():
    input_data = np.array([0, 3])
    weights_0 = {"node_0": [2, 1], "node_1": [1, 2], "output": [1, 1]}
    weights_1 = {"node_0": [2, 1], "node_1": [1, 2], "output": [1, 0]}
    target_actual = 3
    error_0 = predict_with_network(input_data, weights_0) - target_actual
    error_1 = predict_with_network(input_data, weights_1) - target_actual
    assert (error_0, error_1) == (6, 0)

    def loss(weights):
        return (predict_with_network(input_data, weights) - target_actual) ** 2

    slope = ad.grad(loss)(weights_0)  # hidden outputs 3 and 6, error 6
    assert_allclose(slope["output"], 2 * 6 * np.array([3, 6]))
    assert_allclose(slope["node_0"], 2 * 6 * input_data)
    assert_allclose(slope["node_1"], 2 * 6 * input_data)
    for still in ad.grad(loss)(weights_1).values():
        assert_allclose(still, [0, 0])


def test_scaling_up_to_multiple_data_points():
    from sklearn.metrics import mean_squared_error

    input_data = [np.array([0, 3]), np.array([1, 2]), np.array([-1, -2]), np.array([4, 0])]
    target_actuals = [1, 3, 5, 7]
    weights_0 = {"node_0": np.array([2, 1]), "node_1": np.array([1, 2]), "output": np.array([1, 1])}
    model_output_0 = []
    for row in input_data:
        model_output_0.append(predict_with_network(row, weights=weights_0))
    mse_0 = mean_squared_error(target_actuals, model_output_0)
    assert_allclose(mse_0, 37.5)

    def mse(weights):
        predictions = [predict_with_network(row, weights) for row in input_data]
        return np.mean((np.array(predictions) - target_actuals) ** 2)

    value, slope = ad.value_and_grad(mse)(weights_0)
    assert_allclose(value, mse_0)
    by_hand = one_layer_by_hand(weights_0, input_data, target_actuals, is_relu=True)
    assert_same(slope, {key: total / 4 for key, total in by_hand.items()})


def get_error(input_data, target, weights):
    preds = (weights * input_data).sum()
    return preds - target


def get_slope(input_data, target, weights):
    error = get_error(input_data, target, weights)
    return 2 * input_data * error


def get_mse(input_data, target, weights):
    errors = get_error(input_data, target, weights)
    return np.mean(errors**2)


@pytest.mark.parametrize("weights", [[0, 2, 1], np.array([0, 2, 1]), np.array([0.5, -2.0, 1.0])])
def test_calculating_slopes(weights):
    input_data, target = np.array([1, 2, 3]), 0

    def loss(weights):
        return get_mse(input_data, target, weights)

    slope = ad.grad(loss)(weights)
    assert_allclose(slope, get_slope(input_data, target, weights))
    assert_allclose(slope, measured(loss, weights), rtol=1e-6)
    assert slope.dtype == np.float64


def test_improving_model_weights():
    input_data, target, weights = np.array([1, 2, 3]), 0, np.array([0, 2, 1])
    learning_rate = 0.01
    slope = ad.grad(lambda w: get_mse(input_data, target, w))(weights)
    weights_updated = weights - (learning_rate * slope)
    assert get_error(input_data, target, weights) == 7
    assert_allclose(get_error(input_data, target, weights_updated), 5.04)


def test_making_multiple_updates():
    input_data, target = np.array([1, 2, 3]), 0
    weights = by_hand = np.array([0, 2, 1])
    slope_of = ad.grad(lambda w: get_mse(input_data, target, w))
    mse_hist = []
    for _ in range(20):
        weights = weights - 0.01 * slope_of(weights)
        by_hand = by_hand - 0.01 * get_slope(input_data, target, by_hand)
        mse_hist.append(get_mse(input_data, target, weights))
    assert_allclose(weights, by_hand)
    # each update multiplies the error by 1 - 0.01 * 2 * (1 + 4 + 9) = 0.72
    assert_allclose(mse_hist, 49 * 0.72 ** (2 * np.arange(1, 21)))


def test_the_updates_with_backward():
    input_data, target = np.array([1, 2, 3]), 0
    weights = ad.tensor([0, 2, 1])
    for _ in range(20):
        get_mse(input_data, target, weights).backward()
        weights = ad.tensor(weights.numpy() - 0.01 * weights.grad)
    assert_allclose(get_error(input_data, target, weights.numpy()), 7 * 0.72**20)
