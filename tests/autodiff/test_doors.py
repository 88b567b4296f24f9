"""Accepted and refused inputs: the same for every function, with the same messages."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([1.0, 2.0])
MASKED = np.ma.array(X, mask=[False, True])


class Labeled(np.ndarray):
    """A user-defined kind of array."""


KINDS = {"masked": MASKED, "subclass": X.view(Labeled)}
DOORS = {
    "tensor": ad.tensor,
    "tensor of a list": lambda x: ad.tensor([x, x]),
    "grad": ad.grad(np.sum),
    "grad of a dict": lambda x: ad.grad(lambda w: w["x"].sum())({"x": x}),
    "value_and_grad": ad.value_and_grad(np.sum),
    "elementwise_grad": ad.elementwise_grad(np.sin),
    "vjp": lambda x: ad.vjp(np.sum, x),
    "pullback": lambda x: ad.vjp(np.sin, np.asarray(x))[1](x),
    "jvp": lambda x: ad.jvp(np.sum, (x,), (x,)),
    "tangent": lambda x: ad.jvp(np.sum, (np.asarray(x),), (x,)),
    "linearize": lambda x: ad.linearize(np.sum, x),
    "jacobian": ad.jacobian(np.sin),
    "hessian": ad.hessian(np.sum),
    "hvp": lambda x: ad.hvp(np.sum, (x,), (x,)),
    "checkpoint": ad.checkpoint(np.sum),
    "jit": ad.jit(np.sum),
    "jit by name": lambda x: ad.jit(lambda x: x)(x=x),
    "jit of a dict": lambda x: ad.jit(lambda w: w["x"])({"x": x}),
    "jit of a list": lambda x: ad.jit(lambda w: w[0])([x]),
    "constant of jit": lambda x: ad.jit(lambda y: y * x)(X),
    "operand": lambda x: ad.tensor(X) * x,
    "operand in a list": lambda x: ad.tensor(X) * [x, x],
    "ufunc": lambda x: np.add(ad.tensor(X), x),
    "function": lambda x: np.where(x > 1, ad.tensor(X), 0),
    "stack": lambda x: np.stack([ad.tensor(np.asarray(x)), x]),
    "write": lambda x: ad.tensor(X).__setitem__(0, x),
    "index": lambda x: ad.tensor(X)[x > 1],
    "in place": lambda x: ad.tensor(X).__iadd__(x),
    "backward": lambda x: (ad.tensor(np.asarray(x)) * 2).backward(x),
    "check_grads": lambda x: ad.check_grads(np.sum, x),
    "draw": lambda x: ad.draw(np.sum)(x),
}
ENORMOUS = {"number": 10**400, "list": [1, 10**400], "nested": [[1], [-(10**400)]]}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", KINDS)
def test_array_subclasses_are_refused_with_an_alternative(kind, door):
    with pytest.raises(
        TypeError, match=r"expected a plain array, got a (Masked|Labeled)"
    ) as caught:
        DOORS[door](KINDS[kind])
    assert ("filled" if kind == "masked" else "np.asarray(x)") in str(caught.value)


@pytest.mark.parametrize("value", [2**63, 2**64, -(2**70), 10**300])
def test_integers_beyond_every_integer_dtype_become_floats(value):
    assert ad.tensor(value).item() == float(value)
    assert ad.tensor([value, 1]).tolist() == [float(value), 1.0]
    assert ad.grad(lambda x: x * 3)(value) == 3.0
    assert (ad.tensor([1.0, 2.0]) * value).tolist() == [float(value), 2 * float(value)]
    assert (ad.tensor([1.0, 2.0]) * [value, 1]).tolist() == [float(value), 2.0]


@pytest.mark.parametrize("kind", ENORMOUS)
@pytest.mark.parametrize("door", [ad.tensor, ad.grad(np.sum)])
def test_integers_beyond_float64_are_refused(door, kind):
    with pytest.raises(ValueError, match=r"range of float64 at test_doors\.py:\d+.*Scale it down"):
        door(ENORMOUS[kind])
