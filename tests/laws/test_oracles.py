"""Programs drawn at random have the values and slopes of JAX and PyTorch, if installed.

The programs are those of test_programs.py. For JAX the same code runs with ``jax.numpy`` in the
place of NumPy; for PyTorch, whose names differ, its steps are written out again.
"""

import types

import numpy as np
import pytest
from hypothesis import assume, given

import autodiff as ad
from tests.laws.table import examples, random_like, results
from tests.laws.test_programs import STEPS, programs, run, starts


def weights(program):
    """Draw the weights of a program's results, which both sides use."""
    random = np.random.default_rng(5)
    return [random_like(np.asarray(r), random) for r in results(run(program, *starts()))]


def ours(program, *arrays):
    pairs = zip(run(program, *arrays), weights(program), strict=True)
    return sum(np.sum(value * weight) for value, weight in pairs)


def assume_well_conditioned(slope):
    """Skip a program whose slopes depend on rounding, such as the std of two equal numbers."""
    here = slope(*starts())
    nearby = slope(*(x * (1 + 1e-9) for x in starts()))
    for one, other in zip(here, nearby, strict=True):
        assume(np.allclose(one, other, rtol=1e-5, atol=1e-5))
    return here


def with_modules(function, **modules):
    """Run a function's own code with other modules as its globals."""
    code, names = function.__code__, {**function.__globals__, **modules}
    return types.FunctionType(code, names, function.__name__, function.__defaults__)


def run_steps(steps, program, *arrays):
    values = list(arrays)
    for name, first, second in program:
        values.append(steps[name](values[first], values[second]))
    return values[-1], values[-2]


def assert_close(mine, others):
    for one, other in zip(mine, others, strict=True):
        other = np.asarray(other)
        assume(np.all(np.isfinite(other)))  # at the root of zero, theirs has no answer
        scale = 1 + np.max(np.abs(other), initial=0)
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9 * scale)


@pytest.fixture(scope="module")
def jax_steps(jax):
    jnp = jax.numpy

    def slope_of_elementwise(f):
        return jax.grad(lambda x: jnp.sum(f(x)))

    def written_into(a, b):
        edited = jnp.broadcast_to(a, (2, 3))
        edited = edited.at[0].multiply(2)
        edited = edited.at[..., 1].set(jnp.broadcast_to(b, (2, 3))[:, 0])
        return edited.at[1].add(a if jnp.ndim(a) == 0 else 1)

    engine = types.SimpleNamespace(elementwise_grad=slope_of_elementwise)
    steps = {name: with_modules(step, np=jnp, ad=engine) for name, step in STEPS.items()}
    return {**steps, "nested": nested_in_jax(jax), "written into": written_into}


def nested_in_jax(jax):
    def nested(a, b):
        mean = jax.numpy.mean(b)
        return jax.grad(lambda x: jax.numpy.sum(jax.numpy.sin(x) * mean))(a)

    return nested


@pytest.fixture(scope="module")
def torch_steps(torch):
    def product(a, b):
        return wide(a) @ wide(b).T @ torch.ones((2, 3), dtype=torch.float64)

    def wide(a):
        return torch.broadcast_to(a, (2, 3))

    def written_into(a, b):
        edited = wide(a).clone()
        edited[0] *= 2
        edited[..., 1] = wide(b)[:, 0]
        edited[1] += a if a.ndim == 0 else 1
        return edited

    def nested(a, b):
        return torch.cos(a) * torch.mean(b)

    def joined(a, b):
        spread = torch.tensor([-2.0, 2.0], dtype=torch.float64)
        return torch.cat([a.reshape(-1), b.reshape(-1), spread]).std(correction=0)

    def looped(a, b):
        for i in range(3):
            b = torch.tanh(b) + a / (i + 1)
        return b

    return {
        "add": torch.add,
        "subtract": lambda a, b: 1 - a - b,
        "multiply": lambda a, b: a * b / 2,
        "divide": lambda a, b: a / (1 + b * b),
        "sin": lambda a, b: torch.sin(a),
        "bell": lambda a, b: torch.exp(-(b**2)),
        "root": lambda a, b: torch.sqrt(a * a + b * b + 1),
        "total": lambda a, b: torch.sum(a, -1, keepdim=True) if a.ndim else a,
        "mean": lambda a, b: torch.mean(a * b),
        "reversed": lambda a, b: torch.flip(a, [-1]) if a.ndim else a,
        "product": product,
        "stacked": lambda a, b: torch.stack(torch.broadcast_tensors(a, b)).sum(0),
        "joined": joined,
        "constant": lambda a, b: a,
        "written into": written_into,
        "looped": looped,
        "gathered": lambda a, b: wide(a + b)[1, [2, 0, 0]],
        "nested": nested,
    }


@given(program=programs())
@examples(60)
def test_slopes_of_programs_are_those_of_jax(program, jax, jax_steps):
    def theirs(*arrays):
        out = run_steps(jax_steps, program, *arrays)
        pairs = zip(out, weights(program), strict=True)
        return sum(jax.numpy.sum(value * weight) for value, weight in pairs)

    mine = assume_well_conditioned(lambda *arrays: ad.grad(ours, (1, 2, 3))(program, *arrays))
    assert_close(mine, jax.grad(theirs, (0, 1, 2))(*starts()))


@given(program=programs())
@examples(100)
def test_slopes_of_programs_are_those_of_pytorch(program, torch, torch_steps):
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in starts()]
    out = run_steps(torch_steps, program, *theirs)
    pairs = zip(out, weights(program), strict=True)
    total = sum(torch.sum(value * torch.tensor(weight)) for value, weight in pairs)
    slopes = torch.autograd.grad(total, theirs, create_graph=True, materialize_grads=True)
    assert_close(ad.grad(ours, (1, 2, 3))(program, *starts()), [slope.detach() for slope in slopes])
    if not slopes[0].requires_grad:
        return
    again = torch.autograd.grad(slopes[0].sum(), theirs, materialize_grads=True)
    second = ad.grad(lambda *arrays: np.sum(ad.grad(ours, 1)(program, *arrays)), (0, 1, 2))
    assert_close(assume_well_conditioned(second), [slope.detach() for slope in again])


COMPLEX = np.array([0.3 + 0.4j, -1.2 + 0.5j, 0.7 - 0.9j])


def complex_loss(np, z):
    """Mix analytic functions with the ones that aren't: abs, the conjugate, the parts."""
    mixed = np.exp(z) * np.conj(z) + np.sin(z) / (2 + z * z)
    return (np.abs(mixed) ** 2 + np.real(z) * np.imag(z)).sum()


def test_complex_slopes_are_those_of_pytorch(torch):
    z = torch.tensor(COMPLEX, requires_grad=True)
    complex_loss(torch, z).backward()
    np.testing.assert_allclose(
        ad.grad(lambda z: complex_loss(np, z))(COMPLEX), z.grad.numpy(), rtol=1e-12
    )


def test_complex_slopes_are_the_conjugates_of_jaxs(jax):
    theirs = jax.grad(lambda z: complex_loss(jax.numpy, z))(COMPLEX)
    np.testing.assert_allclose(
        ad.grad(lambda z: complex_loss(np, z))(COMPLEX), np.conj(np.asarray(theirs)), rtol=1e-12
    )
