import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autodiff as ad
from nn.training.class_weight import weigh_classes
from nn.training.dataset import Dataset, rows_of_batches
from nn.training.preparation import Expected, align_inputs, align_targets, prepare

numbers_of_any_kind = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]),
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=6),
    elements=st.integers(0, 1),
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    rows = draw(st.integers(1, 40))
    x = np.arange(2 * rows).reshape(rows, 2)
    return prepare(x, x[:, 0], x[:, 1] if draw(st.booleans()) else None)


# --- prepare: what is accepted -------------------------------------------------------------------


@given(numbers_of_any_kind)
def test_x_becomes_float32_for_every_container(x):
    for data in (x, x.tolist(), list(x)):
        prepared = prepare(data).x
        assert prepared.dtype == np.float32
        assert prepared.flags.c_contiguous
        np.testing.assert_array_equal(prepared, x.astype(np.float32))


@given(numbers_of_any_kind)
def test_y_keeps_integers_and_makes_float32_of_the_rest(y):
    prepared = prepare(np.zeros(len(y)), y).y
    assert prepared.dtype == (y.dtype if y.dtype.kind in "iu" else np.float32)
    np.testing.assert_array_equal(prepared, y)


def test_float32_inputs_are_not_copied():
    x = np.ones((4, 2), np.float32)
    assert np.shares_memory(prepare(x).x, x)


def test_frames_and_series_of_mixed_types():
    frame = pd.DataFrame(
        {
            "age": [30.5, 40.0],
            "married": [True, False],
            "children": pd.array([1, 2], dtype="Int64"),
            "price": [Decimal("2.5"), Decimal("3")],
        }
    )
    data = prepare(frame, pd.Series([1, 0]), pd.Series([2.0, 1.0]))
    np.testing.assert_array_equal(data.x, np.float32([[30.5, 1, 1, 2.5], [40, 0, 2, 3]]))
    assert data.y.dtype == np.int64
    np.testing.assert_array_equal(data.sample_weight, [2, 1])


def test_sample_weight_may_be_a_column():
    assert prepare([[1], [2]], [0, 1], [[1.0], [3.0]]).sample_weight.shape == (2,)


# --- prepare: what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (pd.DataFrame({"age": [1.0, 2.0], "sex": ["male", "female"]}), TypeError,
         "string 'male' at row 0, column 'sex'"),
        (pd.DataFrame({"age": [1.0, np.nan]}), ValueError,
         r"nan at row 1, column 'age'\. Replace such values"),
        ([pd.NaT], ValueError, "nan at row 0"),
        (pd.DataFrame({"n": pd.array([1, None], dtype="Int64")}), ValueError, "row 1, column 'n'"),
        (pd.DataFrame({"born": pd.to_datetime(["2020-01-01"])}), TypeError, "column 'born'"),
        ([1, "two"], TypeError, "string 'two' at row 1"),
        ([[1.0], [None]], ValueError, "nan at row 1, column 0"),
        ([[1.0, np.inf], [np.nan, 0.0]], ValueError, r"inf at row 0, column 1 \(and 1 more\)"),
        (np.full((1, 2, 2), np.nan), ValueError, r"row 0, position \(0, 0\)"),
        ([[1e300]], ValueError, r"below 3.4e38, got 1e\+300"),
        (np.ma.masked_array([1.0, 2.0], mask=[False, True]), ValueError, "nan at row 1"),
        (np.array([1j]), TypeError, "complex"),
        ([[1, 2], [3]], ValueError, "different lengths"),
        ([], ValueError, "at least one row"),
        (3.0, TypeError, "got float"),
        (None, TypeError, "got NoneType"),
        ({"a": [1]}, TypeError, "got dict"),
        ((i for i in range(3)), TypeError, "got generator"),
        ([object()], TypeError, "got the object"),
    ],
)  # fmt: skip
def test_errors_name_the_unusable_value(x, error, words):
    with pytest.raises(error, match=words):
        prepare(x)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="3 rows in x and 2 in y"):
        prepare([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="3 rows in x and 2 in sample_weight"):
        prepare([1, 2, 3], [1, 2, 3], [1, 1])
    with pytest.raises(ValueError, match="one number per row"):
        prepare([1, 2], [1, 2], np.ones((2, 3)))


# --- class weights -------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.booleans())
def test_class_weights_multiply_the_rows_weights(labels, weighted):
    class_weight = {0: 0.5, 2: 4.0}
    own = np.arange(1, len(labels) + 1) if weighted else None
    expected = np.array([class_weight.get(label, 1.0) for label in labels])
    expected = expected * own if weighted else expected
    for y in (labels, np.float64(labels)[:, None], np.eye(4)[labels]):
        data = weigh_classes(prepare(labels, y, own), class_weight)
        assert data.sample_weight.dtype == np.float32
        np.testing.assert_array_equal(data.sample_weight, expected)


def test_without_class_weights_nothing_changes():
    data = prepare([1, 2], [0, 1])
    assert weigh_classes(data, None) is data


@pytest.mark.parametrize("class_weight", [[1.0, 2.0], {"0": 1.0}, {0.5: 1.0}, {np.nan: 1.0}])
def test_class_weights_are_a_mapping_from_whole_numbers(class_weight):
    with pytest.raises(TypeError, match="expected class_weight to map"):
        weigh_classes(prepare([1, 2], [0, 1]), class_weight)


@pytest.mark.parametrize("number", [float, np.float32, np.int64, bool])
def test_the_classes_of_weights_may_be_any_whole_numbers(number):
    class_weight = {number(0): 2.0, number(1): np.float32(3)}
    data = weigh_classes(prepare([1, 2, 3], [0.0, 1.0, 0.0]), class_weight)
    np.testing.assert_array_equal(data.sample_weight, [2, 3, 2])


@pytest.mark.parametrize(
    ("weight", "error"),
    [(None, TypeError), ("a", TypeError), (float("nan"), ValueError), (np.inf, ValueError)],
)
def test_class_weights_are_finite_numbers(weight, error):
    with pytest.raises(error, match=f"numbers, got {weight!r} for class 0. Leave the class out"):
        weigh_classes(prepare([1, 2], [0, 1]), {0: weight})


@pytest.mark.parametrize("y", [[5.1, 4.95], [1, 0.5], np.zeros((2, 3, 4)), None])
def test_class_weights_need_classes(y):
    with pytest.raises(ValueError, match="for class_weight, "):
        weigh_classes(prepare([1, 2], y), {0: 2.0})


# --- batches -------------------------------------------------------------------------------------


def batches(data, size, generator=None):
    return map(data.take, rows_of_batches(len(data), size, generator))


@given(datasets(), st.integers(1, 50), st.none() | st.integers(0, 9))
def test_an_epoch_holds_every_row_once_with_its_target(data, size, seed):
    generator = None if seed is None else np.random.default_rng(seed)
    epoch = list(batches(data, size, generator))
    assert [len(batch) for batch in epoch[:-1]] == [size] * (len(epoch) - 1)
    for batch in epoch:
        np.testing.assert_array_equal(batch.y, batch.x[:, 0])
        if data.sample_weight is not None:
            np.testing.assert_array_equal(batch.sample_weight, batch.x[:, 1])
    rows = np.concatenate([batch.x for batch in epoch])
    np.testing.assert_array_equal(rows if seed is None else np.sort(rows, axis=0), data.x)


def test_the_same_generator_gives_the_same_order_and_the_next_epoch_another():
    data = prepare(np.arange(100))

    def epochs():
        generator = np.random.default_rng(3)
        return [next(batches(data, 100, generator)).x for _ in range(2)]

    first, second = epochs()
    np.testing.assert_array_equal(first, epochs()[0])
    assert (first != second).any()


def test_batches_are_views_where_nothing_is_shuffled():
    data = prepare(np.arange(4.0))
    assert all(np.shares_memory(batch.x, data.x) for batch in batches(data, 3))


# --- alignment -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "output_shape", "aligned"),
    [
        ((4,), (None, 1), (4, 1)),
        ((4, 1), (None, 1), (4, 1)),
        ((4, 3), (None, 3, 1), (4, 3, 1)),
        ((4, 3), (None, 3), (4, 3)),
        ((4,), (None, 3), (4,)),  # labels against class probabilities
        ((4, 1), (None, 3), (4, 1)),
        ((4, 3), (None, 2), (4, 3)),  # a mistake, which the loss reports
    ],
)
def test_targets_take_the_outputs_shape_where_that_is_unambiguous(shape, output_shape, aligned):
    y = np.arange(math.prod(shape)).reshape(shape)
    result = align_targets(y, output_shape)
    assert result.shape == aligned
    np.testing.assert_array_equal(result.ravel(), y.ravel())
    matches = aligned[1:] == output_shape[1:]
    assert result.dtype == (np.float32 if matches else np.int64)


def test_inputs_of_one_dimension_are_one_column_if_the_model_takes_one():
    x = np.ones(3, np.float32)
    assert align_inputs(x, (None, 1)).shape == (3, 1)
    assert align_inputs(x, (None, 4)).shape == (3,)
    assert align_inputs(x[:, None], (None, 1)).shape == (3, 1)


@pytest.mark.parametrize(
    ("data", "cure"),
    [
        ((row for row in [[1], [2]]), r"got generator\. Collect its rows first"),
        (map(float, "12"), r"got map\. Collect its rows first"),
        ({"age": [1, 2]}, r"got dict\. One input takes one array: pass x\[key\]"),
        ({1, 2}, r"got set\. A set has no order"),
        ("data.csv", r"got str\. Read the file first"),
        (None, r"got NoneType\. Pass x\."),
        (3.0, r"got float\. Put a single row into a list: \[row\]"),
        (ad.tensor([[1.0]]), r"got a Tensor, .* Pass its numbers: x\.numpy\(\)"),
    ],
)
def test_errors_for_data_without_rows_show_the_cure(data, cure):
    with pytest.raises(TypeError, match=cure):
        prepare(data)


def test_the_error_for_a_sparse_matrix_shows_the_cure():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"It is sparse: pass x\.toarray\(\)"):
        prepare(sparse.eye(3, format="csr"))


def test_the_error_for_a_number_of_too_many_digits_names_its_place():
    with pytest.raises(ValueError, match=r"expected y to hold .* a number of 401 digits at row 1"):
        prepare([1, 2], [1, 10**400])


def expected_first_text():
    dtypes = {"a": np.dtype(str), "b": np.dtype("float32")}
    return Expected(dtypes, several_inputs=True)


def test_values_of_several_inputs_may_be_lists():
    dtypes = {"word": np.dtype(str), "size": np.dtype("float32")}
    expected = Expected(dtypes, several_inputs=True)
    data = prepare({"word": ["a", "b"], "size": [1, 2]}, expected=expected)
    assert data.x["word"].tolist() == ["a", "b"]
    assert data.x["size"].dtype == np.float32
    both = Expected(list(dtypes.values()), several_inputs=True, names=("word", "size"))
    for x in ([["a", "b"], [1, 2]], {"size": [1, 2], "word": ["a", "b"]}):
        words, sizes = prepare(x, expected=both).x
        assert words.tolist() == ["a", "b"]
        assert sizes.tolist() == [1, 2]
    words, sizes = prepare(
        [np.array(["b", "a"]), np.array([1, 2])], expected=expected_first_text()
    ).x
    assert (words.tolist(), sizes.dtype) == (["b", "a"], np.float32)
    with pytest.raises(TypeError, match="expected x_1 to hold numbers, got the string 'c'"):
        prepare([np.array(["b"]), np.array(["c"])], expected=expected_first_text())
    with pytest.raises(ValueError, match=r"x to hold 2 arrays, .* got 3. Pass a list"):
        prepare([np.ones(2)] * 3, expected=expected)
    with pytest.raises(TypeError, match="expected x_size to hold numbers, got the string 'x'"):
        prepare({"word": ["a"], "size": ["x"]}, expected=expected)


def test_lengths_of_texts_are_powers_of_two():
    lengths = [
        prepare([["a" * n]], expected=Expected(dtypes)).x.dtype.itemsize // 4
        for n, dtypes in ((1, None), (3, None), (4, np.dtype(str)), (5, np.dtype(str)))
    ]
    assert lengths == [1, 4, 4, 8]
    assert prepare([["abc"]], expected=Expected(None)).x.tolist() == [["abc"]]


def test_targets_of_one_output_in_a_list():
    x, y, weight = np.ones((4, 2)), np.ones((4, 1)), np.ones(4)
    data = prepare([[1, 2]] * 4, [y], [weight])
    assert data.y is y or np.array_equal(data.y, y)
    assert data.sample_weight.shape == (4,)
    with pytest.raises(ValueError, match="8 rows in x and 1 in y"):
        prepare(np.ones((8, 2)), [y])
    one_row = prepare(x[:1], [np.array([1.0, 2.0])])  # a row, not the targets
    assert one_row.y.shape == (1, 2)


def test_a_text_alone_has_no_rows_where_texts_are_inputs():
    with pytest.raises(TypeError, match=r"got str\. Read the file first"):
        prepare("data.csv", expected=Expected(None))


@pytest.mark.parametrize("row", [0, 1])
def test_texts_among_numbers_are_refused_wherever_they_are(row):
    x = np.array([1, 2], object)
    x[row] = "a"
    with pytest.raises(TypeError, match=f"got the string 'a' at row {row}"):
        prepare(x, expected=Expected(None))
