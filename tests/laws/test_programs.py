"""Programs of many operations, drawn at random, have the slopes that finite differences measure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check import numerical_slope
from tests.laws.table import along_a_line, examples, projected, results


def written_into(a, b):
    edited = np.broadcast_to(a, (2, 3)).copy()
    edited[0] *= 2
    edited[..., 1] = np.broadcast_to(b, (2, 3))[:, 0]
    row = edited[1]
    row += a if np.ndim(a) == 0 else 1
    return edited


def looped(a, b):
    total = b
    for i in range(3):
        total = np.tanh(total) + a / (i + 1)
    return total


def gathered(a, b):
    whole = np.broadcast_to(a + b, (2, 3))
    return np.array([whole[1, i] for i in (2, 0, 0)])


STEPS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: 1 - a - b,
    "multiply": lambda a, b: a * b / 2,
    "divide": lambda a, b: a / (1 + b * b),
    "sin": lambda a, b: np.sin(a),
    "bell": lambda a, b: np.exp(-(b**2)),
    "root": lambda a, b: np.sqrt(a * a + b * b + 1),
    "total": lambda a, b: np.sum(a, axis=-1, keepdims=True) if np.ndim(a) else a,
    "mean": lambda a, b: (a * b).mean(),
    "reversed": lambda a, b: a[..., ::-1] if np.ndim(a) else a,
    "product": lambda a, b: (
        np.broadcast_to(a, (2, 3)) @ np.broadcast_to(b, (2, 3)).T @ np.ones((2, 3))
    ),
    "stacked": lambda a, b: np.stack(np.broadcast_arrays(a, b)).sum(axis=0),
    "joined": lambda a, b: np.concatenate([np.ravel(a), np.ravel(b), np.array([-2.0, 2.0])]).std(),
    "constant": lambda a, b: a * np.sign(np.floor(100 * np.pi)),
    "written into": written_into,
    "looped": looped,
    "gathered": gathered,
    "nested": lambda a, b: ad.elementwise_grad(lambda x: np.sin(x) * np.mean(b))(a),
}


@st.composite
def programs(draw):
    """Draw steps, each with the numbers of the earlier values that it takes."""
    names = draw(st.lists(st.sampled_from(list(STEPS)), min_size=2, max_size=8))
    numbers = st.integers(0, 2 + len(names))
    return [
        (name, draw(numbers) % (i + 3), draw(numbers) % (i + 3)) for i, name in enumerate(names)
    ]


def run(program, *arrays):
    values = list(arrays)
    for name, first, second in program:
        values.append(STEPS[name](values[first], values[second]))
    return values[-1], values[-2]


def starts():
    random = np.random.default_rng(7)
    return [random.normal(size=shape)[()] for shape in ((2, 3), (3,), ())]


@given(programs())
@examples(300)
def test_slopes_of_programs_are_the_measured_ones(program):
    f = projected(lambda *arrays: run(program, *arrays), starts())
    on_line = along_a_line(f, starts())
    slope, error = numerical_slope(on_line, 0.0)
    assert abs(ad.grad(on_line)(0.0) - slope) <= 1e-8 * (1 + abs(slope)) + 10 * error


@given(programs())
@examples(100)
def test_second_derivatives_of_programs_are_the_measured_ones(program):
    f = projected(lambda *arrays: run(program, *arrays), starts())
    on_line = along_a_line(f, starts())
    slope, error = numerical_slope(ad.grad(on_line), 0.0)
    assert abs(ad.grad(ad.grad(on_line))(0.0) - slope) <= 1e-8 * (1 + abs(slope)) + 10 * error


@given(programs())
@examples(100)
def test_traced_values_of_programs_are_plain_ones(program):
    plain = results(run(program, *starts()))
    traced = results(run(program, *map(ad.tensor, starts())))
    for ours, theirs in zip(traced, plain, strict=True):
        assert isinstance(ours, ad.Tensor)
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-11, atol=1e-11)
