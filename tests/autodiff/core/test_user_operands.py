import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip


class Length:
    """A number with a unit, which computes with numbers on its left."""

    def __init__(self, meters):
        self.meters = meters

    def __rmul__(self, factor):
        return Length(factor * self.meters)

    def __rtruediv__(self, numerator):
        return numerator / self.meters

    def __eq__(self, other):
        return isinstance(other, Length) and self.meters == other.meters

    __hash__ = None


def recording(answer):
    """Return an object whose reflected operators answer to their names and operands."""

    class Recording:
        pass

    def plain(x):
        return x.item() if isinstance(x, ad.Tensor) else float(x)

    for name in (
        "__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rfloordiv__", "__rmod__",
        "__rpow__", "__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__",
    ):  # fmt: skip
        setattr(Recording, name, lambda self, other, name=name: answer(name, plain(other)))
    return Recording()


def test_the_class_of_an_operand_computes():
    double = 2 * ad.tensor(3.0)
    assert (double * Length(5.0)).meters == 30
    assert ad.grad(lambda factor: (factor * Length(5.0)).meters)(2.0) == 5
    assert ad.grad(lambda x: x / Length(4.0))(2.0) == 0.25
    assert ad.jit(lambda factor: (factor * Length(5.0)).meters)(2.0) == 10
    assert (ad.tensor(5.0) == Length(5.0)) is False


def test_entries_of_an_array_are_given_one_by_one():
    def total(x):
        return sum(length.meters for length in x * Length(5.0))

    assert total(np.array([1.0, 2.0])) == 15
    np.testing.assert_array_equal(ad.grad(total)(np.array([1.0, 2.0])), [5, 5])


def test_a_class_of_higher_priority_is_given_the_array():
    class Unit(Length):
        __array_priority__ = 1

    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal((x * Unit(5.0)).meters, [5, 10])
    np.testing.assert_array_equal(ad.jit(lambda x: (x * Unit(5.0)).meters)(x), [5, 10])
    np.testing.assert_array_equal(ad.grad(lambda x: (x * Unit(5.0)).meters.sum())(x), [5, 5])


@pytest.mark.parametrize("operation", BINARY)
@given(data=st.data())
def test_an_operator_returns_what_numpys_returns(operation, data):
    shape = data.draw(st.sampled_from([(), (1,), (3,), (2, 2), (0, 2)]))
    x = data.draw(st.floats(-9, 9)) + np.arange(np.prod(shape, dtype=int)).reshape(shape)[()]
    is_comparison = operation in BINARY[-6:]
    operand = recording((lambda _, x: x > 0) if is_comparison else (lambda *given: given))
    expected, found = operation(x, operand), operation(ad.tensor(x), operand)
    if not shape:
        assert found == expected
        return
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    assert found.tolist() == expected.tolist()


def test_an_edit_in_place_is_refused_as_by_numpy():
    x = ad.tensor(np.ones(2))
    with pytest.raises(TypeError, match=r"can't turn float64 into .* Write x = x \* y"):
        x *= Length(5.0)
    np.testing.assert_array_equal(x.numpy(), [1, 1])
    number = ad.tensor(2.0)
    number *= Length(5.0)  # a variable gets a new value, as with a number of NumPy
    assert number.meters == 10


class Sequence(Length):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return [self.meters, 1.0][i]


class NoOperand:
    pass


class OfIntegers(Length):
    def __rmul__(self, factor):
        return super().__rmul__(factor) if isinstance(factor, int) else NotImplemented


@pytest.mark.parametrize("other", [Sequence(5.0), Fraction(1, 2), NoOperand(), OfIntegers(5.0)])
def test_what_numpy_converts_or_refuses_is_refused(other):
    with pytest.raises(TypeError, match=r"expected a number.*np\.asarray\(x, dtype=float\)"):
        ad.tensor(2.0) * other


def test_a_sequence_is_not_compared_as_one_object():
    class Plain:  # whose class has no comparison, but NumPy compares its entries
        __len__, __getitem__ = Sequence.__len__, Sequence.__getitem__
        meters = 5.0

    np.testing.assert_array_equal(np.float64(5) == Plain(), [True, False])
    with pytest.raises(TypeError, match="expected a number"):
        ad.tensor(5.0) == Plain()  # noqa: B015
    assert ad.tensor(5.0) != NoOperand()


def test_an_operand_on_the_left_that_cannot_compute_is_refused():
    with pytest.raises(TypeError, match="expected a number"):
        Length(5.0) * ad.tensor(2.0)
