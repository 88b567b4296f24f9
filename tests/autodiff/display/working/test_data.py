"""Data: the arguments that get no slopes are recorded where the user's code allows that."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.working.data import of_function_with_data
from autodiff.display.working.working import of_function

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def entropy(w, x, labels, count, *, mask):
    z = (x @ w)[mask]
    logs = z - np.log(np.exp(z).sum(1, keepdims=True))
    return -logs[np.arange(count), labels].mean()


def recorded(f, *args, **kwargs):
    working = of_function_with_data(f, None, args, kwargs)
    return working, sorted(working.names[node] for node in working.data)


@pytest.mark.parametrize(
    ("args", "kwargs"), [((W, X, 0), {}), ((W, X), {"target": 0}), ((W,), {"target": 0, "x": X})]
)
def test_all_numeric_arguments_are_recorded(args, kwargs):
    working, data = recorded(loss, *args, **kwargs)
    assert data == ["target", "x"]
    assert working.held == []


def test_data_has_no_slopes_and_changes_no_other_slope():
    working, _ = recorded(loss, W, X, 0)
    plain = of_function(loss, None, (W, X, 0), {})
    assert working.data.isdisjoint(working.slopes)
    slopes = {working.names.get(node): slope for node, slope in working.slopes.items()}
    assert slopes["weights"].tolist() == ad.grad(loss)(W, X, 0).tolist()
    assert len(slopes) == len({plain.names.get(node) for node in plain.slopes})


def test_positions_sizes_and_masks_stay_as_they_are_with_the_reason():
    x, labels = np.array([[1, 2], [3, 4]]), np.array([1, 0])
    mask = np.array([True, True])
    working, data = recorded(entropy, np.eye(2), x, labels, 2, mask=mask)
    assert data == ["x"]
    held = dict(working.held)
    assert held.keys() == {"labels", "count", "mask"}
    assert "positions or sizes" in held["labels"]
    assert "positions or sizes" in held["count"]
    assert held["mask"] == "its entries are True or False"


def test_flags_and_numbers_that_are_passed_by_keyword_only_have_their_reason():
    def f(w, negated, *, scale, unit):
        return w if unit == "m" else scale * (-w if negated else w)

    working, data = recorded(f, 2.0, negated=True, scale=3.0, unit="cm")
    assert data == []
    assert working.held == [
        ("negated", "it is True"), ("scale", "your function takes it by keyword only")
    ]  # fmt: skip


def test_large_arguments_and_those_that_are_no_numbers_are_not_recorded():
    def f(w, x, name):
        return (w * x).sum() if name else w

    working, data = recorded(f, 2.0, np.ones(6_000, int), "a")
    assert data == []
    assert [name for name, _ in working.held] == ["x"]


def test_it_runs_once_where_all_can_be_recorded():
    runs = []

    def counted(w, x):
        runs.append(1)
        return w * x

    recorded(counted, 2.0, 3)
    assert runs == [1]


def test_a_mistake_of_the_function_is_raised_as_without_data():
    def broken(w, x):
        raise ValueError(f"the user's own {type(w * x).__name__}")

    with pytest.raises(ValueError, match="the user's own"):
        recorded(broken, 2.0, 3)


def test_a_function_without_a_signature_and_arguments_without_numbers():
    assert recorded(max, 2.0, 1)[1] == ["argument 1"]
    working, data = recorded(lambda w, nothing, words: w * len(words), 2.0, [], "ab")
    assert (data, list(working.held)) == ([], [])


def test_a_result_of_data_alone_has_no_slope():
    working = of_function_with_data(
        lambda w, x: (w * x[0], x[1] * 2), 0, (2.0, np.array([1, 2])), {}
    )
    sloped, of_data = working.results
    assert working.slopes[sloped] == 1
    assert of_data not in working.slopes
