"""Entries that are put in place, by masks and positions that may be traced."""

import contextlib

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
MASK = np.array([False, True, True])


def editing(edit):
    """Make a function that returns an edited copy of its first argument."""

    def edited(x, *rest):
        y = x * 1
        edit(y, *rest)
        return y

    return edited


IN_PLACE = {
    "place": (np.place, MASK, 0.0),
    "place in turn": (np.place, MASK, np.array([7.0, 8.0, 9.0])),
    "place counts": (np.place, np.array([0, 2, 3]), np.array([7.0])),
    "putmask": (np.putmask, MASK, 0.0),
    "putmask in turn": (np.putmask, MASK, np.array([7.0, 8.0])),
    "put": (np.put, np.array([1, -1]), 0.0),
    "put in turn": (np.put, np.array([2, 0, 1]), np.array([7.0, 8.0])),
    "put bools": (np.put, np.array([True, False]), np.array([7.0, 8.0])),
    "put_along_axis": (lambda y, i, v: np.put_along_axis(y, i, v, 0), np.array([1]), 0.0),
    "put_along_axis, flat": (lambda y, i, v: np.put_along_axis(y, i, v, None), np.array([1]), 0.0),
    "ndarray.put": (lambda y, i, v: y.put(i, v), np.array([1]), 0.0),
}


@pytest.mark.parametrize("edit", IN_PLACE)
def test_edits_at_traced_places_are_recorded(edit):
    function, where, value = IN_PLACE[edit]
    edited = editing(function)
    expected = edited(X, where, value)
    assert_array_equal(edited(ad.tensor(X), where, value).numpy(), expected)
    jitted = ad.jit(edited)
    assert_array_equal(jitted(X, where, value), expected)
    assert_array_equal(jitted(X, where[::-1].copy(), value), edited(X, where[::-1], value))

    def total(x, where, value):
        return edited(x, where, value) @ [1.0, 10.0, 100.0]

    slopes = ad.grad(total, (0, 2))
    for own, recorded in zip(slopes(X, where, value), ad.jit(slopes)(X, where, value), strict=True):
        assert_array_equal(own, recorded)


def test_a_mask_computed_from_the_edited_tensor():
    edited = editing(lambda y: np.place(y, y > 1.5, 0.0))
    assert_array_equal(ad.jit(edited)(X), [1, 0, 0])
    assert_array_equal(ad.jit(ad.grad(lambda x: edited(x).sum()))(X), [1, 0, 0])


@pytest.mark.parametrize("function", [np.place, np.putmask])
def test_plain_values_in_turn_under_a_traced_mask(function):
    edited = editing(lambda y, mask: function(y, mask, [7.0, 8.0]))
    for dtype in (np.float32, np.float64):
        x = X.astype(dtype)
        ours = ad.jit(edited)(x, MASK)
        assert_array_equal(ours, edited(x, MASK))
        assert ours.dtype == dtype


@pytest.mark.parametrize("mode", ["wrap", "clip"])
def test_put_beyond_the_end(mode):
    edited = editing(lambda y, i: np.put(y, i, 0.0, mode))
    there = np.array([4, -7])
    assert_array_equal(ad.jit(edited)(X, there), edited(X, there))


@pytest.mark.parametrize("function", [np.put, lambda y, i, v: np.put_along_axis(y, i, v, 0)])
def test_places_out_of_range_are_refused(function):
    edited = editing(lambda y, i: function(y, i, 0.0))
    jitted = ad.jit(edited)
    jitted(X, np.array([1]))
    for run in (jitted, edited, ad.jit(edited)):
        with pytest.raises(IndexError, match="out of bounds"):
            run(X, np.array([3]))


@pytest.mark.parametrize("places", [[0, 5], [1, -4, 0], [5, 0]])
def test_entries_before_a_place_out_of_range_are_put(places):
    def edited(x):
        with contextlib.suppress(IndexError):
            np.put(x, places, [7.0, 8.0])
        return x * 1

    expected = edited(X.copy())
    for run in (ad.jit(edited), lambda x: ad.vjp(edited, x)[0], lambda x: edited(ad.tensor(x))):
        assert_array_equal(run(X.copy()), expected)
    ad.jit(edited)(x := X.copy())
    assert_array_equal(x, expected)


@pytest.mark.parametrize("function", [np.place, np.putmask])
def test_a_mask_has_the_size_of_the_edited_tensor(function):
    with pytest.raises(ValueError, match=r"mask of the size .*\(3,\), got the shape \(2,\) at"):
        function(ad.tensor(X), MASK[:2], 0.0)


def test_no_values_to_put():
    t = ad.tensor(X)
    np.putmask(t, MASK, [])
    np.put(t, [1], [])
    np.put(t, [], [7.0])
    np.place(t, MASK & False, [])
    assert_array_equal(t.numpy(), X)
    with pytest.raises(ValueError, match="at least one value"):
        np.place(t, MASK, [])


def test_pieces_under_a_list_of_traced_conditions():
    def pieces(x):
        return np.piecewise(x, [x < 2, x > 2], [lambda t: -t, lambda t: t * t, 5.0])

    jitted, slopes = ad.jit(pieces), ad.jit(ad.grad(lambda x: pieces(x).sum()))
    for x in (X, X[::-1].copy(), X + 5):
        assert_array_equal(jitted(x), pieces(x))
        assert_array_equal(slopes(x), np.where(x < 2, -1, np.where(x > 2, 2 * x, 0)))


def test_partition_in_place_is_recorded():
    parted = editing(lambda y: y.partition(1))
    slopes = ad.jit(ad.grad(lambda x: parted(x) @ [1.0, 10.0, 100.0]))
    for x in (X, X[[2, 0, 1]]):
        assert_array_equal(ad.jit(parted)(x), [1, 2, 3])
        assert_array_equal(slopes(x), 10.0 ** (x - 1))


def test_pieces_under_jit_use_what_is_passed_to_them():
    def passing(x, a):
        return np.piecewise(x, [x < 2], [lambda t, a: a * t, lambda t, a: a * t * t], a).sum()

    def closing(x, a):
        return np.piecewise(x, [x < 2], [lambda t: a * t, lambda t: t * t]).sum()

    slopes = ad.grad(passing, (0, 1))
    for own, recorded in zip(slopes(X, 3.0), ad.jit(slopes)(X, 3.0), strict=True):
        assert_array_equal(own, recorded)
    assert_array_equal(ad.grad(closing)(X, 3.0), [3, 4, 6])
    for recorded in (ad.jit(closing), ad.jit(ad.grad(closing, (0, 1)))):
        with pytest.raises(
            ad.RecordingError, match=r"piecewise at test_selecting\.py:\d+ .*Pass it"
        ):
            recorded(X, np.float64(3.0))


def test_pieces_under_jit_edit_no_argument():
    def edit(part, w):
        w[0] = 9.0
        return part

    x = X.copy()
    for passed in (lambda x: x, lambda x: x.copy()):
        with pytest.raises(ValueError, match=r"piecewise at test_selecting.* edit its inputs"):
            ad.jit(lambda x, p=passed: np.piecewise(x, [x > 0], [edit, 0.5], p(x)))(x)
    assert_array_equal(x, X)


@pytest.mark.parametrize("order", ["C", "F"])
def test_copyto_keeps_the_memory_layout_and_reaches_all_views(order):
    def copied(start):
        column, flat = start[:, 0], start.reshape(-1, order=order)
        np.copyto(start, np.arange(6.0).reshape(2, 3))
        flat[0] = 7  # the first entry in memory
        return start, column, flat, start.ravel("K")

    plain = np.asarray(np.ones((2, 3)), order=order)
    for ours, theirs in zip(copied(ad.tensor(plain)), copied(plain.copy("K")), strict=True):
        assert_array_equal(ours.numpy(), theirs)


@pytest.mark.parametrize(
    "edit",
    [
        lambda a, v: np.copyto(a, v),
        lambda a, v: np.copyto(a, v, where=v > 2),
        lambda a, v: np.putmask(a, v > 2, v),
        lambda a, v: np.place(a, v > 2, v),
        lambda a, v: np.put(a, [0, 4], v),
        lambda a, v: np.put_along_axis(a, np.array([[0], [1]]), v[:, :1], 1),
        lambda a, v: np.fill_diagonal(a, v[0]),
        lambda a, v: a.__setitem__(0, v[0]),
        lambda a, v: np.add(a, v, out=a),
        lambda a, v: a.sort(0),
        lambda a, v: a.partition(1, 0),
        lambda a, v: a.fill(3),
        lambda a, v: np.add.at(a, ([0, 0], [1, 1]), 1),
        lambda a, v: setattr(a, "flat", [1.0, 2.0]),
    ],
    ids=range(14),
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_edits_in_place_keep_the_memory_layout(edit, order):
    values = np.arange(6.0).reshape(2, 3)
    plain = np.asarray(values[:, ::-1], order=order)
    tensor = ad.tensor(plain)
    view, shown = plain.reshape(-1), tensor.reshape(-1)
    edit(plain, values)
    edit(tensor, values)
    assert_array_equal(tensor.numpy(), plain)
    assert_array_equal(shown.numpy(), view)
    assert_array_equal(tensor.ravel("K").numpy(), plain.ravel("K"))


@pytest.mark.parametrize("view", [lambda x: x, lambda x: x.T, lambda x: x.reshape(-1)[:]])
def test_a_copy_of_an_array_to_itself_ignores_the_mask(view):
    def f(x):
        part = x[1:]
        np.copyto(part, view(part), where=np.ones((7, 7), bool))
        return part * x[0]

    x = np.arange(1.0, 5.0)
    for function in (f, ad.jit(f), lambda x: ad.vjp(f, x)[0]):
        np.testing.assert_array_equal(function(x.copy()), [2, 3, 4])


@pytest.mark.parametrize("sizes", [(2, 4), (4, 3), (1, 5)])
def test_copyto_names_shapes_that_do_not_fit(sizes):
    with pytest.raises(
        ValueError, match=r"broadcast into the shape \(4,\), got shapes .* at test_"
    ):
        np.copyto(ad.tensor(np.ones(4)), np.ones(sizes[0]), where=np.ones(sizes[1], bool))
    with pytest.raises(ValueError, match="broadcast"):
        np.copyto(np.ones(4), np.ones(sizes[0]), where=np.ones(sizes[1], bool))


def test_copyto_leaves_out_leading_axes_of_one():
    for source in ([[1.0, 2.0, 3.0]], np.ones((1, 1, 3)), ad.tensor(np.full((1, 1), 2.0))):
        plain, ours = np.zeros(3), ad.tensor(np.zeros(3))
        np.copyto(plain, source.numpy() if isinstance(source, ad.Tensor) else source)
        np.copyto(ours, source)
        assert ours.tolist() == plain.tolist()


def test_the_method_clip_takes_one_limit():
    x = ad.tensor(np.array([0.0, 1.0, 2.0]))
    assert x.clip(1).tolist() == [1, 1, 2]
    assert x.clip(max=1).tolist() == [0, 1, 1]


def test_values_that_place_overwrites_on_its_way_are_refused():
    t = ad.tensor(np.array([1.0, -2.0, 3.0]))
    with pytest.raises(ValueError, match=r"place reads .* \(at test_selecting\.py:\d+\)"):
        np.place(t, MASK, t[::-1])
    np.place(t, MASK, t[::-1].copy())


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("other", [1, 1.0, True, np.arange(3), np.ones(3, "f4"), np.array(2.0)])
def test_choices_have_their_common_dtype(dtype, other):
    x, number = np.arange(3).astype(dtype), np.array([0, 1, 0])
    expected = np.choose(number, [x, other])
    chosen = np.choose(number, [ad.tensor(x), other])
    assert chosen.dtype == expected.dtype
    assert_array_equal(chosen.numpy(), expected)


def test_placing_no_values_where_no_entry_is_chosen_changes_nothing():
    def f(x, least):
        y = x * 2
        np.place(y, y > least, [])
        return y

    x, jitted = np.arange(3.0), ad.jit(f)
    for function in (f, jitted):
        np.testing.assert_array_equal(function(x, 9.0), 2 * x)
        slope = ad.grad(lambda x, f=function: np.sum(f(x, 9.0) ** 2))(x)
        np.testing.assert_array_equal(slope, 8 * x)
    with pytest.raises(ValueError, match=r"^place needs .*, got none at test_selecting\.py:"):
        jitted(x, 1.0)


def test_plain_parts_that_are_broadcast_beside_traced_ones_are_those_of_numpy():
    def f(x):
        part = np.broadcast_arrays(x, np.array([5.0]))[1]
        with pytest.warns((DeprecationWarning, FutureWarning)):
            part[0] = 7.0
        return x * part

    x = np.arange(3.0)
    np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))


OF_NUMBERS = {
    "put": lambda x: np.put(x, [0, 5], [1, 2]),
    "put_along_axis": lambda x: np.put_along_axis(x, np.array([[0], [1]]), 7, 1),
    "place": lambda x: np.place(x, x > 2, [9]),
    "putmask": lambda x: np.putmask(x, x > 2, 0),
    "copyto": lambda x: np.copyto(x, x[::-1], where=x > 0),
    "fill_diagonal": lambda x: np.fill_diagonal(x, 4),
}


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool])
@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers_that_are_not_floats_are_edited_in_a_recording_too(name, dtype):
    def edited(x):
        x = x.copy()
        OF_NUMBERS[name](x)
        return x

    x = np.arange(6).reshape(2, 3).astype(dtype)
    np.testing.assert_array_equal(ad.jit(edited)(x), edited(x), strict=True)


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.2.0", reason="NumPy takes others too")
def test_trim_zeros_takes_the_letters_of_numpy_alone():
    for run in (ad.jit(np.trim_zeros), np.trim_zeros):
        with pytest.raises(ValueError, match="unexpected character"):
            run(ad.tensor([0.0, 1.0]), "fx")
