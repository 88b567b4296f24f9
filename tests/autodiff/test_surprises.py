"""Uses that are easily wrong without a sound: aliasing, order, structure, other libraries."""

import collections
import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.arange(6.0).reshape(2, 3)


def test_cotangents_are_matched_by_key_and_not_by_position():
    _, pullback = ad.vjp(lambda x: {"a": x * 2, "b": x * 5}, 1.0)
    assert pullback({"b": 1.0, "a": 10.0}) == (25.0,)
    with pytest.raises(ValueError, match=r"structure: expected a dict of \['a', 'b'\]"):
        pullback({"c": 1.0, "d": 2.0})


def test_a_list_of_results_takes_a_list_of_numbers():
    _, pullback = ad.vjp(lambda x: [x * 2, x * 5], 1.0)
    assert pullback([1.0, 10.0]) == (52.0,)


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
def test_entries_are_read_in_the_requested_order(order):
    def f(x):
        return x.T.ravel(order) @ np.arange(6.0)

    basis = np.eye(6).reshape(6, 2, 3)
    assert_array_equal(ad.grad(f)(X).ravel(), [f(X + e) - f(X) for e in basis])


def test_edits_during_the_call_do_not_change_the_slope():
    argument, base = np.array([1.0, 2.0]), np.array([2.0])
    constant = np.broadcast_to(base, (2,))  # it can't be written to, but its base can

    def f(x):
        total = (x * x * constant).sum()
        argument[:] = base[:] = 100
        return total

    assert_array_equal(ad.grad(f)(argument), [4, 8])


def test_an_argument_is_named_once():
    for argnums in [(0, 0), (0, -1)]:
        with pytest.raises(TypeError, match="twice"):
            ad.grad(lambda p: p * p, argnums)(3.0)
    with pytest.raises(TypeError, match="expected a position or several as argnums"):
        ad.grad(lambda p: p * p, "p")(3.0)


def test_a_copy_lies_in_memory_as_numpys_does():
    for x in (X, ad.tensor(X)):
        y = x.T.copy()
        y.reshape(-1)[1] = 99
        assert y.tolist() == [[0, 99], [1, 4], [2, 5]]
        flat = x[0, ::2].ravel()  # a copy, where reshape would be a view
        flat[0] = 77
        assert x[0, 0].item() == 0


def test_a_view_of_one_number_is_a_view():
    x = ad.tensor(np.arange(3.0))
    v = x[0, ...]
    v += 5
    assert x.tolist() == [5, 1, 2]


def test_writes_through_flat_reach_the_array():
    x = ad.tensor(X)
    x.T.flat[1] = 50
    assert x[1, 0].item() == 50


@pytest.mark.parametrize("view", [lambda x: x.real, np.diagonal], ids=["real", "diagonal"])
def test_writes_to_read_only_views_are_refused(view):
    x = ad.tensor(X + 0j)
    shown = view(x)
    with pytest.raises(ValueError, match="read-only"):
        shown[0] = 1
    x[0, 0] = 42
    assert shown.ravel()[0].item() == 42


def test_array_subclasses_are_refused():
    with pytest.raises(TypeError, match="got a MaskedArray"):
        ad.tensor(X) * np.ma.array(X)
    with pytest.raises(TypeError, match="got a MaskedArray"):
        ad.grad(np.sum)(np.ma.array([1.0, 2.0], mask=[False, True]))


def test_a_tensor_is_made_by_tensor():
    with pytest.raises(TypeError, match=r"autodiff.tensor\(x\)"):
        ad.Tensor(3.0)


def test_an_output_made_like_the_input_can_be_filled():
    def f(x):
        out = np.zeros_like(x)
        out[0] = x[0] * 3
        return out.sum()

    assert_array_equal(ad.grad(f)(np.ones(3)), [3, 0, 0])


def test_a_written_value_with_more_axes_gets_its_slope():
    def f(v):
        z = ad.tensor(np.zeros(3))
        z[0:2] = v
        return z.sum()

    assert_array_equal(ad.grad(f)(np.ones((1, 1))), [[2]])


def test_where_with_a_condition_alone_returns_positions():
    rows, columns = np.where(ad.tensor(X) > 3)
    assert (rows.tolist(), columns.tolist()) == ([1, 1], [1, 2])


def test_subclasses_of_dicts_and_dataclasses():
    @dataclasses.dataclass(frozen=True)
    class Layer:
        w: np.ndarray
        size: int = dataclasses.field(init=False, default=3)

        def __post_init__(self):
            np.add(self.w, 0)  # it must not meet what stands for the leaves meanwhile

    slope = ad.grad(lambda p: (p.w**2).sum() * p.size)(Layer(np.array([1.0, 2.0])))
    assert_array_equal(slope.w, [6, 12])
    slope = ad.grad(lambda d: d["a"] * 2)(collections.defaultdict(float, a=3.0))
    assert isinstance(slope, collections.defaultdict)
    assert slope == {"a": 2.0}


def test_series_of_pandas_are_arrays_beside_a_tensor():
    pandas = pytest.importorskip("pandas")
    t, series = ad.tensor([1.0, 2.0]), pandas.Series([3.0, 5.0])
    for product in (t * series, series * t):
        assert product.tolist() == [3, 10]
    assert ad.grad(lambda w: ((series - w) ** 2).mean())(np.zeros(2)).tolist() == [-3, -5]
