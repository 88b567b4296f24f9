"""Views and writes: a Tensor's handles alias one another exactly as NumPy's do.

One interpreter runs a random program on an array and on a Tensor, in step; after each step all
handles, many of which show the same entries, must agree.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad

STARTS = [(6,), (2, 3), (3, 2), (2, 3, 2), (4, 1), (1,)]

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


def lies_otherwise(arrays, command):
    """These two lay out anew, in NumPy, what isn't contiguous; later views of it tell."""
    array = arrays[command[1] % len(arrays)]
    return command[-1] in ("raveled", "copied") and not array.flags.c_contiguous


def both(start, program):
    """Run a program on an array and a Tensor in step; give the commands that worked."""
    arrays, tensors = [start.copy(order="K")], [ad.tensor(start)]
    done = []
    for command in program:
        if lies_otherwise(arrays, command):
            break
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


@settings(max_examples=300)
@given(st.sampled_from(STARTS), st.sampled_from("CF"), programs)
def test_all_handles_show_what_numpys_show(shape, order, program):
    both(start_array(shape, order), program)


@settings(max_examples=100)
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


@pytest.mark.parametrize("subscripts", ["ii->i", "ij->ji"])
def test_writes_through_a_view_by_einsum_are_refused(subscripts):
    def f(x):
        whole = x * 1
        np.einsum(subscripts, whole)[:] = 0
        return (whole * whole).sum()

    with pytest.raises(ValueError, match="read-only"):
        ad.grad(f)(np.ones((2, 2)))
