"""Views and writes: a Tensor's handles alias one another exactly as NumPy's do.

One interpreter runs a random program on an array and on a Tensor, in step; after each step all
handles, many of which show the same entries, must agree.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.aliasing import layouts
from tests.laws.table import examples

STARTS = [(6,), (2, 3), (3, 2), (2, 3, 2), (4, 1), (1,)]

CLIPS_WITHOUT_LIMITS = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
READS = {
    "first": lambda h: h[0],
    "last": lambda h: h[(slice(None),) * (h.ndim - 1) + (-1,)],
    "tail": lambda h: h[1:],
    "front": lambda h: h[:-1],
    "every second": lambda h: h[::2],
    "backwards": lambda h: h[::-1],
    "new axis": lambda h: h[:, None],
    "everything": lambda h: h[...],
    "picked": lambda h: h[[0, -1, 0]],
    "masked": lambda h: h[np.arange(h.shape[0]) % 2 == 0],
    "transposed": lambda h: h.T,
    "np.transpose": np.transpose,
    "swapped": lambda h: h.swapaxes(0, -1),
    "moved": lambda h: np.moveaxis(h, 0, -1),
    "flat": lambda h: h.reshape(-1),
    "raveled": lambda h: h.ravel(),
    "flattened": lambda h: h.flatten(),
    "column": lambda h: h.reshape(-1, 1),
    "row": lambda h: np.reshape(h, (1, -1)),
    "squeezed": np.squeeze,
    "expanded": lambda h: np.expand_dims(h, -1),
    "flipped": np.flip,
    "split": lambda h: np.array_split(h, 2)[0],
    "at least 2-d": np.atleast_2d,
    "copied": lambda h: h.copy(),
    "np.copied": np.copy,
    "conjugated": lambda h: h.conj(),
    "np.conjugated": np.conjugate,
    "as the same": lambda h: np.astype(h, h.dtype, copy=False) if h.ndim else h,
    "taken": lambda h: h.take([0]),
    "computed": lambda h: h * 0.5 + 1,
    "raveled in memory order": lambda h: h.ravel("K"),
    "raveled backwards": lambda h: np.ravel(h, "F"),
    "flattened as it lies": lambda h: h.flatten("A"),
    "reshaped as it lies": lambda h: h.reshape(-1, order="A"),
    "copied as it lies": lambda h: h.copy("K"),
    "turned by einsum": lambda h: np.einsum("ij->ji", h),
    "diagonal by einsum": lambda h: np.einsum("ii->i", h[:2, :2]),
    "diagonal": np.diagonal,
    "turned": np.rot90,
    "real": np.real,
    "taken along": lambda h: np.take(h, 0, axis=-1),
    "meshed": lambda h: np.meshgrid(h, indexing="ij")[0],
    **({"clipped": lambda h: np.clip(h, None, None)} if CLIPS_WITHOUT_LIMITS else {}),
    "of flat": lambda h: h.flat[1:],
    "sorted": np.sort,
    "broadcast whole": lambda h: np.broadcast_to(h, h.shape),
    "repeated": lambda h: np.broadcast_to(h, (2, *h.shape)) if h.ndim else h,
}
PLACES = {
    "all": lambda h: ...,
    "first": lambda h: 0,
    "last": lambda h: (slice(None),) * (h.ndim - 1) + (-1,),
    "tail": lambda h: slice(1, None),
    "every second": lambda h: slice(None, None, 2),
    "backwards": lambda h: slice(None, None, -1),
    "picked": lambda h: [0, -1],
    "repeated": lambda h: np.array([0, 0, -1]),
    "rows": lambda h: np.arange(h.shape[0]) % 2 == 0,
    "entries": lambda h: np.arange(h.size).reshape(h.shape) % 3 == 0,
    "pairs": lambda h: (np.array([0, -1]),) * h.ndim,
}


def add(a, b):
    a += b
    return a


def subtract(a, b):
    a -= b
    return a


def multiply(a, b):
    a *= b
    return a


def divide(a, b):
    a /= b
    return a


IN_PLACE = [add, subtract, multiply, divide]


def operand(handles, what):
    """A number, or some handle's sum or entries, so that writes have slopes of their own."""
    kind, number = what
    if kind == "number":
        return number
    other = handles[number % len(handles)]
    return other.sum() * 0.1 if kind == "sum" or other.ndim > 1 else other * 0.5


def step(handles, command):
    """Run one command on a list of handles."""
    verb, which, *rest = command
    position = which % len(handles)
    h = handles[position]
    if verb == "read":
        handles.append(READS[rest[0]](h))
    elif verb == "write":
        h[PLACES[rest[0]](h)] = operand(handles, rest[1])
    elif verb == "edit":
        place = PLACES[rest[0]](h)
        h[place] = IN_PLACE[rest[1]](h[place], operand(handles, rest[2]))
    elif verb == "update":
        handles[position] = IN_PLACE[rest[0]](h, operand(handles, rest[1]))
    elif verb == "fill":
        h.fill(operand(handles, rest[0]))
    else:
        h.sort()


which = st.integers(0, 9)
operands = st.one_of(
    st.tuples(st.just("number"), st.sampled_from([2.0, -1.5, 0.5])),
    st.tuples(st.sampled_from(["sum", "entries"]), which),
)
in_place = st.integers(0, len(IN_PLACE) - 2)
commands = st.one_of(
    st.tuples(st.just("read"), which, st.sampled_from(list(READS))),
    st.tuples(st.just("read"), which, st.sampled_from(list(READS))),
    st.tuples(st.just("write"), which, st.sampled_from(list(PLACES)), operands),
    st.tuples(st.just("edit"), which, st.sampled_from(list(PLACES)), in_place, operands),
    st.tuples(st.just("update"), which, in_place, operands),
    st.tuples(st.just("fill"), which, st.tuples(st.just("sum"), which)),
    st.tuples(st.just("sort"), which),
)
programs = st.lists(commands, min_size=1, max_size=12)


def start_array(shape, order):
    values = np.random.default_rng(7).normal(size=shape) + 0.1 * np.arange(np.prod(shape)).reshape(
        shape
    )
    return np.asarray(values, order=order)


def attempt(handles, command):
    """Run a command; tell what it raised, if it did."""
    try:
        step(handles, command)
    except (ValueError, TypeError, IndexError, AttributeError, NotImplementedError) as error:
        return error
    return None


def both(start, program):
    """Run a program on an array and a Tensor in step; give the commands that worked."""
    arrays, tensors = [start.copy(order="K")], [ad.tensor(start)]
    done = []
    for command in program:
        failed = attempt(arrays, command)
        refused = attempt(tensors, command)
        if failed is not None:
            assert refused is not None, f"NumPy refuses {command}: {failed}"
            break
        if refused is not None:  # refused is allowed; half done, or silently different, isn't
            break
        newest = arrays[-1]
        if newest.size == 0 or (isinstance(newest, np.ndarray) and newest.ndim == 0):
            break  # nothing to see; a number here, whereas NumPy's 0-d arrays are views too
        done.append(command)
        for array, tensor in zip(arrays, tensors, strict=True):
            value = tensor.numpy() if isinstance(tensor, ad.Tensor) else tensor
            np.testing.assert_allclose(value, array, rtol=1e-12, err_msg=str(done))
            assert np.shape(value) == np.shape(array)
    return done


@pytest.mark.slow
@examples(300)
@given(st.sampled_from(STARTS), st.sampled_from("CF"), programs)
def test_all_handles_show_what_numpys_show(shape, order, program):
    both(start_array(shape, order), program)


@pytest.mark.slow
@examples(100)
@given(st.sampled_from(STARTS), programs)
def test_the_slope_through_views_and_writes_is_the_measured_one(shape, program):
    start = start_array(shape, "C")
    done = [c for c in both(start, program) if c[0] != "sort"]

    def projection(x):
        handles = [x * 1.0]
        for command in done:
            step(handles, command)
        return sum((h * (1 + i)).sum() + (h * h).sum() for i, h in enumerate(handles))

    slope = ad.grad(projection)(start)
    measured = np.zeros_like(start)
    for place in np.ndindex(start.shape):
        nudge = np.zeros_like(start)
        nudge[place] = 1e-5
        measured[place] = (projection(start + nudge) - projection(start - nudge)) / 2e-5
    np.testing.assert_allclose(
        slope, measured, rtol=1e-5, atol=1e-6 + 1e-6 * np.abs(measured).max()
    )


def run(start, program):
    """Run a program on an array or Tensor as it lies in memory; return what all handles show."""
    handles = [start]
    for command in program:
        step(handles, command)
    return [h.copy() for h in handles]


LAYOUTS = ["C", "F", "strided", "reversed", "sliced", "swapped"]


@pytest.mark.slow
@examples(100)
@given(st.sampled_from(STARTS), st.sampled_from(LAYOUTS), programs)
def test_programs_give_numpys_results_in_a_differentiated_and_in_a_jitted_function(
    shape, layout, program
):
    def make():
        found = layouts(shape)
        return found.get(layout, found["C"])

    done = [c for c in both(start_array(shape, "C"), program) if c[0] != "sort"]
    start = make()
    try:
        theirs = run(start, done)
    except ValueError:  # the layout decides what is a view, and so what can be written to
        return
    ours = [h.numpy() for h in traced(lambda t: run(t, done), make())]
    given = make()
    jitted = ad.jit(lambda x: run(x, done))(given)
    assert len(ours) == len(jitted) == len(theirs)
    for mine, replayed, their in zip(ours, jitted, theirs, strict=True):
        np.testing.assert_allclose(mine, their, rtol=1e-10, err_msg=str(done))
        np.testing.assert_allclose(replayed, their, rtol=1e-10, err_msg=str(done))
    np.testing.assert_allclose(given, start, rtol=1e-10, err_msg=str(done))


def traced(function, x):
    """Return the result of a function, in Tensors, while it is differentiated."""
    found = []

    def keep(t):
        found.extend(function(t))
        return 0.0

    ad.vjp(keep, x)
    return found


READ_ONLY = {
    "broadcast": lambda x: np.broadcast_to(x, (2, *x.shape)),
    "diagonal": np.diagonal,
    "diag": np.diag,
    "imaginary part": np.imag,
}
VIEWS_OF_VIEWS = {
    "part": lambda v: v[1:],
    "transpose": lambda v: v.T,
    "column": lambda v: v[..., None],
    "all": lambda v: v[...],
    "flipped": np.flip,
    "through memory": lambda v: v.ravel("K"),
    "named": lambda v: ad.name(v, "v"),
}


@pytest.mark.parametrize("outer", VIEWS_OF_VIEWS)
@pytest.mark.parametrize("inner", READ_ONLY)
def test_a_view_of_a_read_only_view_is_read_only_where_numpys_is(inner, outer):
    def view(x):
        return VIEWS_OF_VIEWS[outer](READ_ONLY[inner](x))

    plain, tensor = np.eye(3) + 1, ad.tensor(np.eye(3) + 1)
    theirs, ours = view(plain), view(tensor)
    if theirs.flags.writeable:  # a copy
        theirs[...] = ours[...] = 5
        np.testing.assert_array_equal(ours.numpy(), theirs)
    else:
        for write in (
            lambda v: v.__setitem__(..., 5),
            lambda v: v.__iadd__(1),
            lambda v: v.fill(2),
        ):
            with pytest.raises(ValueError, match="read-only"):
                write(theirs)
            with pytest.raises(ValueError, match=r"read-only.*test_views\.py:\d+"):
                write(ours)
    np.testing.assert_array_equal(tensor.numpy(), plain)


def test_shifts_in_place_are_seen_by_views():
    order = np.argsort(ad.tensor(np.array([3.0, 1.0, 2.0])))
    backwards = order[::-1]
    order <<= 2
    assert backwards.tolist() == [0, 8, 4]
    backwards >>= 1
    assert order.tolist() == [2, 4, 0]


def test_clip_into_itself_leaves_copies_as_they_are():
    x = ad.tensor(np.array([0.0, 6.0, 3.0])).astype(np.int8)
    copy = x.flatten()
    x.clip(0, 2, out=x)
    assert x.tolist() == [0, 2, 2]
    x.clip(1, 1, x)
    assert x.tolist() == [1, 1, 1]
    assert copy.tolist() == [0, 6, 3]


@pytest.mark.parametrize("sparse", [False, True])
def test_a_grid_of_plain_vectors_beside_traced_ones_is_a_copy(sparse):
    x = np.array([1.0, 2.0])
    grid, _ = np.meshgrid(x, ad.tensor(np.ones(1)), sparse=sparse)
    x[0] = 9.0
    assert np.asarray(grid).tolist() == [[1.0, 2.0]]


def test_a_view_at_a_traced_position_writes_to_its_base():
    def edit(x):
        row = x[np.argmax(x[:, 0])]
        row[1:] *= 3
        return x

    jitted = ad.jit(lambda x: edit(x * 1))
    for x in (np.array([[5.0, 1.0], [2.0, 3.0]]), np.array([[2.0, 3.0], [5.0, 1.0]])):
        np.testing.assert_array_equal(jitted(x), edit(x.copy()))
        slope = ad.jit(ad.grad(lambda x: np.sum(edit(x * 1))))(x)
        np.testing.assert_array_equal(slope[np.argmax(x[:, 0])], [1, 3])


def test_entries_that_a_mask_selects_are_no_view_also_if_there_are_none():
    for make in (np.array, ad.tensor):
        mask = make([1.0, 2.0]) > 5
        chosen = mask[mask]
        mask[...] = True
        assert chosen.shape == (0,)


def test_the_real_part_of_real_numbers_is_written_to():
    x = ad.tensor([1.0, 2.0])
    x.real += 1
    x.real[0] = 7
    assert x.tolist() == [7, 3]
    with pytest.raises(TypeError, match=r"\.real of a traced complex128 array .*test_views\.py"):
        ad.tensor([1j]).real = 2
    with pytest.raises(TypeError, match=r"\.imag of a traced complex128 array .*test_views\.py"):
        ad.tensor([1j]).imag = 2


def test_an_array_that_needs_no_broadcasting_is_returned_itself():
    x = np.zeros((2, 2))
    whole, _ = np.broadcast_arrays(x, ad.tensor([1.0, 2.0]))
    assert whole is x
    t = ad.tensor(x)
    np.broadcast_arrays(t, np.ones(2))[0][0] = 7
    assert t.tolist() == [[7, 7], [0, 0]]
