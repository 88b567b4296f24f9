"""Tensor, the handle: it behaves as the array or number that it holds."""

import copy
import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

GRID = np.arange(6.0).reshape(2, 3) + 0.5


@pytest.fixture
def t():
    return ad.tensor(GRID)


def test_attributes_of_the_value(t):
    assert (t.shape, t.ndim, t.size, t.dtype, len(t)) == ((2, 3), 2, 6, np.float64, 2)
    assert (t.itemsize, t.nbytes) == (8, 48)
    assert_array_equal(t.numpy(), GRID)
    assert t.tolist() == GRID.tolist()
    assert (t[1, 2].item(), t.item(1, 2)) == (5.5, 5.5)
    assert type(t[0, 0].item()) is float


def test_tensor_makes_floats_and_copies():
    source = np.array([1, 2])
    made = ad.tensor(source)
    source[:] = 9
    assert_array_equal(made.numpy(), [1, 2])
    assert made.dtype == ad.tensor([True]).dtype == np.float64
    assert ad.tensor([1, 2], np.float32).dtype == np.float32
    assert ad.tensor(1j).dtype == np.complex128


def test_tensor_of_tensors_stays_connected():
    a = ad.tensor(3.0)
    (ad.tensor([a, 2.0]) * [5.0, 7.0]).sum().backward()
    assert a.grad == 5.0
    (ad.tensor(a) * 2).backward()
    assert a.grad == 2.0


def test_the_repr_shows_the_value(t):
    assert repr(ad.tensor([1, 2])) == "Tensor([1., 2.])"
    assert repr(ad.tensor(3)) == "Tensor(3.0)"
    assert repr(ad.tensor(np.float32(3))) == "Tensor(3.0, float32)"
    assert str(t) == str(GRID)
    assert f"{t.sum():.3f}" == "18.000"


def test_length_iteration_and_membership(t):
    assert [row.sum().item() for row in t] == [4.5, 13.5]
    _, second = t
    assert_array_equal(second.numpy(), GRID[1])
    assert 2.5 in t
    assert 9 not in t


def test_copies_are_connected_and_independent(t):
    for other in (t.copy(), copy.copy(t), copy.deepcopy(t), copy.deepcopy({"a": [t]})["a"][0]):
        other[0] = 0
        assert_array_equal(t.numpy(), GRID)
        (other * t).sum().backward()
        assert_array_equal(t.grad[0], [0, 0, 0])


def test_comparisons_and_truth(t):
    assert bool(t[0, 0] < 1)
    assert not (t == 0).any()
    assert (t != 0).all()
    with pytest.raises(ValueError, match=r"ambiguous.*any\(\)"):
        bool(t > 2)


OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
OPERANDS = [
    2.0, 2, True, 2 + 0j, np.float64(2), np.float32(2), np.float16(2), np.int64(2), np.int8(2),
    np.array(2.0), np.array([2.0]), np.array([1, 2, 3]), np.array([True]), [1, 2, 3],
    np.float32([2]),
]  # fmt: skip


def outcome(f, *operands):
    try:
        return f(*operands)
    except TypeError:  # a complex remainder, or a list that a number would repeat
        return None


@pytest.mark.parametrize("compute", OPERATORS)
@pytest.mark.parametrize("value", [np.float32(1.5), np.float32([1.5, 2, 3]), np.float64(1.5)])
@pytest.mark.parametrize("reflected", [False, True])
def test_operators_return_numpys_values_and_dtypes(compute, value, reflected):
    t = ad.tensor(value)
    by_numpy = np.power if compute is operator.pow else compute  # ** had dtypes of its own till 2.3
    for operand in OPERANDS:
        plain = outcome(by_numpy, *((operand, value) if reflected else (value, operand)))
        if plain is not None:
            ours = compute(*((operand, t) if reflected else (t, operand)))
            assert_allclose(ours.numpy(), plain, rtol=1e-14)
            assert ours.dtype == np.asarray(plain).dtype, f"{operand!r}"


METHODS = {
    "sum": lambda x: x.sum(axis=0, keepdims=True),
    "mean": lambda x: x.mean(1),
    "prod": lambda x: x.prod(),
    "max": lambda x: x.max(axis=-1),
    "min": lambda x: x.min(axis=0),
    "var": lambda x: x.var(ddof=1),
    "std": lambda x: x.std(axis=1),
    "argmax": lambda x: x.argmax(axis=1),
    "argmin": lambda x: x.argmin(),
    "argsort": lambda x: x.argsort(),
    "all": lambda x: x.all(),
    "any": lambda x: x.any(axis=0),
    "nonzero": lambda x: x.nonzero()[1],
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumprod": lambda x: x.cumprod(),
    "dot": lambda x: x.dot(x.T),
    "clip": lambda x: x.clip(1, 3),
    "round": lambda x: x.round(),
    "ravel": lambda x: x.ravel("F"),
    "flatten": lambda x: x.flatten(),
    "repeat": lambda x: x.repeat(2, axis=0),
    "take": lambda x: x.take([0, 2], axis=1),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape to tuple": lambda x: x.reshape((3, -1)),
    "transpose": lambda x: x.transpose(1, 0),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "squeeze": lambda x: x[None].squeeze(0),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "diagonal": lambda x: x.diagonal(),
    "trace": lambda x: x.trace(),
    "conj": lambda x: x.conj(),
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "astype": lambda x: x.astype(np.float32),
    "flat": lambda x: x.flat[4],
}


@pytest.mark.parametrize("name", list(METHODS))
def test_methods_are_numpys(name, t):
    ours, plain = METHODS[name](t), METHODS[name](GRID)
    assert_array_equal(ours.numpy(), plain)
    assert ours.dtype == plain.dtype
    assert ours.shape == plain.shape


def test_the_math_of_numbers(t):
    x = t[0, 1]
    assert (math.floor(x).item(), math.ceil(x).item(), math.trunc(x).item()) == (1, 2, 1)
    assert round(x, 1).item() == 1.5
    with pytest.raises(TypeError, match=r"round of a complex value .*\.py:\d+"):
        round(x * 1j, 1)
    assert [part.item() for part in divmod(x, 1)] == [1, 0.5]


@given(st.integers(-4, 4), st.sampled_from(OPERATORS[:4]))
def test_in_place_operators_edit_and_share(number, compute):
    in_place = getattr(
        operator, {"truediv": "itruediv"}.get(compute.__name__, f"i{compute.__name__}")
    )
    if number == 0:
        number = 5
    array, tensor = GRID.copy(), ad.tensor(GRID)
    same_array, same_tensor = array, tensor
    array, tensor = in_place(array, number), in_place(tensor, number)
    assert tensor is same_tensor
    assert array is same_array
    assert_array_equal(same_tensor.numpy(), same_array)


class Foreign:
    """A value of another library that handles NumPy's functions itself."""

    def __array_ufunc__(self, *args, **kwargs):
        return "theirs"

    def __radd__(self, other):
        return "theirs"


def test_another_librarys_values_may_handle_it(t):
    assert t + Foreign() == "theirs"
    assert np.add(t, Foreign()) == "theirs"


ERRORS = {
    "float()": (lambda t: float(t[0, 0]), TypeError, ["float()", "slope", "t.item()"]),
    "int()": (lambda t: int(t[0, 0]), TypeError, ["int()", "test_tensor.py:", "t.numpy()"]),
    "index": (lambda t: [1, 2][t[0, 0]], TypeError, ["index", "test_tensor.py:"]),
    "math": (lambda t: math.sqrt(t[0, 0]), TypeError, ["float()", "test_tensor.py:"]),
    "0-d length": (lambda t: len(t.sum()), TypeError, ["0-d", "single number"]),
    "0-d iteration": (lambda t: list(t.sum()), TypeError, ["0-d", "single number"]),
    "0-d write": (lambda t: operator.setitem(t.sum(), (), 1), TypeError, ["0-d", "new value"]),
    "broadcast": (
        lambda t: t + np.ones(4),
        ValueError,
        ["add at test_tensor.py:", "(2,3) (4,)", "x[:, None]"],
    ),
    "matmul": (lambda t: t @ t, ValueError, ["matmul", "(2, 3) and (2, 3)", "Transpose"]),
    "growing": (
        lambda t: operator.iadd(t, np.ones((2, 2, 3))),
        ValueError,
        ["(2, 3)", "(2, 2, 3)", "test_tensor.py:", "x = x + y"],
    ),
    "complex": (
        lambda t: operator.imul(t, 1j),
        TypeError,
        ["float64", "complex128", "test_tensor.py:"],
    ),
    "text": (lambda t: t * "a", TypeError, ["expected a number", "test_tensor.py:", "'a'"]),
    "write through a repeat": (
        lambda t: operator.setitem(np.broadcast_to(t, (2, 2, 3)), 0, 1),
        ValueError,
        ["read-only", "test_tensor.py:", "x.copy()"],
    ),
    "made from text": (lambda _: ad.tensor("a"), TypeError, ["numbers", "str 'a'"]),
    "made an integer": (lambda _: ad.tensor(1, int), TypeError, ["float", "slopes", "int"]),
}


@pytest.mark.parametrize("name", list(ERRORS))
def test_errors_say_what_to_do(name, t):
    call, kind, parts = ERRORS[name]
    with pytest.raises(kind) as caught:
        call(t)
    for part in parts:
        assert part in str(caught.value)
    assert_array_equal(t.numpy(), GRID)


def test_assigning_into_a_plain_array_names_the_cure(t):
    array = np.zeros(3)
    with pytest.raises(ValueError, match="setting an array element") as caught:
        array[0] = t[0, 0]
    cause = str(caught.value.__cause__)
    assert "np.stack" in cause
    assert "test_tensor.py:" in cause


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), True])
def test_a_number_is_not_edited_in_place(value):
    t = ad.tensor(value)
    s = t
    s += 0.5
    assert t.item() == value
    assert s.item() == value + 0.5
    assert s.dtype == np.add(value, 0.5).dtype


EDITS = {
    "fill": lambda t: t.fill(2),
    "all": lambda t: t.__setitem__(..., 2),
    "no index": lambda t: t.__setitem__((), 2),
    "flat": lambda t: t.flat.__setitem__(0, 2),
    "all of flat": lambda t: setattr(t, "flat", 2),
    "put": lambda t: np.put(t, [0], 2),
    "sort": lambda t: t.sort(),
    "partition": lambda t: t.partition(0),
    "without copy": lambda t: np.nan_to_num(t, copy=False),
    "shape": lambda t: setattr(t, "shape", (1,)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_refused_edit_of_a_number_names_the_line_and_the_cure(name):
    def f(t):
        EDITS[name](t)
        return t * 1

    for run in (ad.jit(f), ad.grad(f)):
        with pytest.raises(
            (TypeError, ValueError, AttributeError),
            match=r"(?s)test_tensor\.py:\d+.* (Write|Give|Leave|Use) ",
        ):
            run(np.array(1.5))


@pytest.mark.parametrize("shape", [(3,), (2, 2)])
@pytest.mark.parametrize("name", ["sort", "partition"])
def test_a_sort_in_place_along_no_axis_is_refused_as_in_numpy(name, shape):
    arguments = [0] * (name == "partition")

    def f(x):
        x = x * 1
        getattr(x, name)(*arguments, axis=None)
        return x

    for run in (f, ad.jit(f), ad.jacobian(f)):
        with pytest.raises(TypeError, match="'NoneType' object cannot be interpreted"):
            run(np.ones(shape))
