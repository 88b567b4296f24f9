"""Functions that need plain numbers, recorded as one operation."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.dispatch import run
from autodiff.core.registry import registry
from autodiff.core.tensor import plain
from autodiff.transforms.boxed import run_boxed


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.copyto(x, x[::-1]), ValueError, "may not edit its inputs"),
        (lambda x: None, ad.RecordingError, "got none.*outside"),
    ],
)
def test_an_edit_in_place_that_would_be_lost_is_refused(monkeypatch, call, error, words):
    def shuffle(x):
        call(plain(x))

    monkeypatch.setitem(registry, shuffle, shuffle)

    def shuffled(x):
        y = x * 1
        run(shuffle, (y,), {})
        return y

    with pytest.raises(error, match=rf"shuffle at test_boxed\.py:\d+.*{words}"):
        ad.jit(shuffled)(np.array([1.0, 2.0]))


def test_results_of_another_shape_than_recorded_are_refused():
    count = ad.jit(lambda x: np.unique(x, return_counts=True)[1])
    assert count(np.array([1, 2, 2])).tolist() == [1, 2]
    assert count(np.array([3, 3, 7])).tolist() == [2, 1]
    with pytest.raises(TypeError, match=r"unique at test_boxed\.py:\d+.*got \[\(3,\), \(3,\)\]"):
        count(np.array([1, 2, 3]))


def test_shapes_are_compared_where_the_results_are_not_used():
    size = ad.jit(lambda x: np.size(np.unique(x)))
    assert size(np.array([1.0, 2.0, 2.0])) == 2
    with pytest.raises(TypeError, match="depend on the numbers in its arguments"):
        size(np.array([1.0, 2.0, 3.0]))


def test_a_single_number_as_the_result():
    is_close = ad.jit(lambda x: np.where(np.allclose(x, 1), x, -x))
    assert is_close(np.array([1.0, 1.0])).tolist() == [1, 1]
    assert is_close(np.array([1.0, 2.0])).tolist() == [-1, -2]


def test_results_of_another_dtype_than_recorded_are_refused():
    real = ad.jit(np.real_if_close)
    assert real(np.array([1.0 + 0j])).dtype == float
    with pytest.raises(TypeError, match=r"dtypes \['float64'\] from real_if_close at .*outside"):
        real(np.array([1.0 + 1j]))


def test_a_result_that_is_its_argument_follows_edits_of_it():
    numbers = ad.tensor(np.array([1.0, 2.0])).astype(int)
    same = np.polyder(numbers, 0)
    numbers[0] = 9
    np.testing.assert_array_equal(same, [9, 2])
    with pytest.raises(ValueError, match="read-only"):
        same[1] = 5


def test_a_result_that_is_one_of_several_arguments_follows_edits_of_it_alone():
    first, second = ad.tensor([1.0, 2.0]), ad.tensor([3.0, 4.0])
    same = run_boxed(lambda x, y: (y, x)[1], (first, second), {})
    first[0] = 9.0
    second[1] = 5.0
    np.testing.assert_array_equal(same, [9, 2])
    np.testing.assert_array_equal(run_boxed(np.add, (first, second), {}), [12, 7])


@pytest.mark.slow
@pytest.mark.parametrize("transform", [ad.grad, ad.hessian])
def test_slopes_of_a_function_that_needs_numbers_are_recorded(transform):
    def f(x, y):
        return (np.piecewise(x, [x > 1.5], [np.sin, lambda x: x**3]) * y + np.unique(x) * y).sum()

    x, y = np.array([1.0, 2.0]), np.array([2.0, 0.5])
    slopes = transform(f, (0, 1))
    jitted = ad.jit(slopes)
    for scale in (1, 1.25):
        for got, expected in zip(jitted(scale * x, y), slopes(scale * x, y), strict=True):
            np.testing.assert_allclose(got, expected)


def test_another_result_is_edited_on_its_own():
    numbers = ad.tensor(np.array([1.0, 2.0, 3.0])).astype(int)
    slope = np.polyder(numbers)
    numbers[0] = 9
    np.testing.assert_array_equal(slope, [2, 2])
    slope[1] = 5
    np.testing.assert_array_equal(slope, [2, 5])
    np.testing.assert_array_equal(numbers, [9, 2, 3])


def test_views_whose_entries_depend_on_numbers_are_copied_before_edits():
    def edited(x, copy):
        x = x * 1
        middle = np.trim_zeros(x)
        middle = middle.copy() if copy else middle
        x[0] = 7.0
        return middle * 2

    x = np.array([0.0, 1.0, 2.0])
    np.testing.assert_array_equal(ad.jit(edited)(x, copy=True), [2, 4])
    with pytest.raises(ad.RecordingError, match=r"trim_zeros at .* returns a view.*\.copy\(\)"):
        ad.jit(edited)(x, copy=False)
    np.testing.assert_array_equal(ad.jit(lambda x: np.trim_zeros(x) * 2)(x), [2, 4])


def test_a_view_of_all_entries_follows_edits_also_in_another_dtype():
    def edited(x):
        x = x * (1 + 0j)
        real = np.real_if_close(x)
        x[0] = 7.0
        return real * 2

    np.testing.assert_array_equal(ad.jit(edited)(np.array([0.0, 1.0])), [14, 2])


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (np.trim_zeros, np.array([1.0, 1, 2])),
        (np.real_if_close, np.array([1.0 + 2j, 3])),
        (np.real_if_close, np.array([[1.0 + 0j], [3]])),
    ],
)
def test_edits_after_a_view_of_all_entries_do_not_decide_again_what_it_shows(function, x):
    def edited(x):
        shown = function(x)
        x[...] = 0
        x[1] = 5
        return shown

    jitted, expected = ad.jit(edited)(x.copy()), edited(x.copy())
    np.testing.assert_array_equal(jitted, expected, strict=True)
