"""Draws from distributions, with Keras's arguments.

Each takes a ``seed``: a whole number for the same draw in each call, a `SeedGenerator` for another
one in each, or None for the global source. Those of floats are differentiable where the numbers
are shifted and scaled: in ``mean`` and ``stddev``, in ``minval`` and ``maxval``.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.dtypes import is_float_dtype, standardize_dtype
from nn.numbers import fraction
from nn.random.seed_generator import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.random.seed_generator import SeedGenerator

    Seed = int | SeedGenerator | None


def normal(
    shape: Sequence[int],
    mean: Array = 0.0,
    stddev: Array = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Array:
    """Draw from a normal distribution.

    Args:
        shape: the shape of the result.
        mean: a number or an array that broadcasts to the shape.
        stddev: the standard deviation, likewise.
        dtype: a float dtype; float32 by default.
        seed: see `nn.random.draws`.

    Raises:
        ValueError: ``dtype`` isn't one of floats.

    >>> normal((2, 3), mean=1.0, stddev=0.1, seed=1).shape
    (2, 3)
    """
    z = drawn(seed, "standard_normal", _lengths(shape), dtype=np.float32)
    return _shifted(z, stddev, mean, dtype)


def truncated_normal(
    shape: Sequence[int],
    mean: Array = 0.0,
    stddev: Array = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Array:
    """Draw from a normal distribution without what is more than 2 standard deviations away.

    The arguments are those of `normal`. Numbers beyond the limits are drawn again.

    >>> bool((np.abs(truncated_normal((100,), stddev=0.5, seed=1)) <= 1.0).all())
    True
    """
    lengths = _lengths(shape)
    count = int(np.prod(lengths))
    # One in 22 is beyond the limits; there are enough others among these, but for odds of 1e-12.
    z = drawn(seed, "standard_normal", 2 * count + 40, dtype=np.float32)
    inside_first = np.argsort(np.abs(z) > 2, stable=True)[:count]
    return _shifted(np.take(z, inside_first).reshape(lengths), stddev, mean, dtype)


def uniform(
    shape: Sequence[int],
    minval: Array = 0.0,
    maxval: Array = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Array:
    """Draw from the numbers from ``minval`` up to ``maxval``, this one excluded.

    Args:
        shape: the shape of the result.
        minval: a number or an array that broadcasts to the shape.
        maxval: likewise.
        dtype: a float dtype, or one of integers; float32 by default.
        seed: see `nn.random.draws`.

    >>> draws = uniform((100,), 2.0, 3.0, seed=1)
    >>> bool((draws >= 2).all() and (draws < 3).all())
    True
    """
    if not is_float_dtype(dtype):
        return randint(shape, minval, maxval, dtype, seed)
    u = drawn(seed, "random", _lengths(shape), dtype=np.float32)
    return _shifted(u, maxval - minval, minval, dtype)


def randint(
    shape: Sequence[int], minval: Any, maxval: Any, dtype: Any = "int32", seed: Seed = None
) -> Array:
    """Draw from the whole numbers from ``minval`` up to ``maxval``, this one excluded.

    >>> draws = randint((100,), 0, 6, seed=1)
    >>> draws.dtype, sorted(set(draws.tolist()))
    (dtype('int32'), [0, 1, 2, 3, 4, 5])
    """
    kind = np.dtype(standardize_dtype(dtype))
    return drawn(seed, "integers", minval, maxval, _lengths(shape), dtype=kind)


def categorical(logits: Array, num_samples: int, dtype: Any = "int32", seed: Seed = None) -> Array:
    """Draw class numbers with the probabilities of the softmax of logits.

    Args:
        logits: shape (rows, classes).
        num_samples: the number of draws for each row.
        dtype: of the result.
        seed: see `nn.random.draws`.

    Returns:
        Shape (rows, num_samples).

    >>> categorical(np.array([[0.0, 100.0], [100.0, 0.0]]), 3, seed=1)
    array([[1, 1, 1],
           [0, 0, 0]], dtype=int32)
    """
    logits = _array(logits)
    shape = (logits.shape[0], num_samples, logits.shape[1])
    noise = drawn(seed, "gumbel", 0.0, 1.0, shape)
    classes = np.argmax(np.expand_dims(logits, 1) + noise, axis=-1)
    return classes.astype(standardize_dtype(dtype))


def dropout(
    inputs: Array, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> Array:
    """Set a fraction of the inputs to 0 and scale the others by ``1 / (1 - rate)``.

    Args:
        inputs: any shape.
        rate: the fraction, from 0 to 1.
        noise_shape: the shape of the random mask; None stands for the length of the inputs.
        seed: see `nn.random.draws`.

    >>> draws = dropout(np.ones(100), 0.5, seed=1)
    >>> sorted(set(draws.tolist()))
    [0.0, 2.0]
    """
    inputs, rate = _array(inputs), fraction("rate", rate)
    if rate == 0:
        return inputs
    lengths = inputs.shape if noise_shape is None else noise_shape
    shape = [n if m is None else m for n, m in zip(inputs.shape, lengths, strict=True)]
    kept = drawn(seed, "random", shape, dtype=np.float32) >= rate
    return inputs * (kept.astype(np.float32) * (1 / (1 - rate) if rate < 1 else 0.0))


def shuffle(x: Array, axis: int = 0, seed: Seed = None) -> Array:
    """Return the entries along an axis in a random order.

    >>> sorted(shuffle(np.array([1, 2, 3]), seed=1).tolist())
    [1, 2, 3]
    """
    x = _array(x)
    return np.take(x, drawn(seed, "permutation", x.shape[axis]), axis)


def gamma(shape: Sequence[int], alpha: Array, dtype: Any = None, seed: Seed = None) -> Array:
    """Draw from a gamma distribution of scale 1; ``alpha``, its shape parameter, is plain.

    >>> bool((gamma((100,), 2.0, seed=1) > 0).all())
    True
    """
    return _narrowed(drawn(seed, "standard_gamma", alpha, _lengths(shape)), dtype)


def beta(
    shape: Sequence[int], alpha: Array, beta: Any, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw from a beta distribution; its parameters are plain numbers or arrays.

    >>> draws = beta((100,), 2.0, 3.0, seed=1)
    >>> bool((draws > 0).all() and (draws < 1).all())
    True
    """
    return _narrowed(drawn(seed, "beta", alpha, beta, _lengths(shape)), dtype)


def binomial(
    shape: Sequence[int], counts: Any, probabilities: Any, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw how many of ``counts`` trials succeed; the arguments are plain numbers or arrays.

    >>> set(binomial((100,), 1, 0.5, seed=1).tolist()) == {0.0, 1.0}
    True
    """
    trials = np.asarray(counts, np.int64)
    return _narrowed(drawn(seed, "binomial", trials, probabilities, _lengths(shape)), dtype)


def _lengths(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(operator.index, shape))


def _array(x: Array) -> Array:
    return x if hasattr(x, "__array_ufunc__") else np.asarray(x, np.float32)


def _shifted(draws: Array, scale: Array, offset: Array, dtype: Any) -> Array:
    """Return draws, scaled and shifted, in a float dtype.

    Raises:
        ValueError: the dtype is another one.
    """
    name = standardize_dtype(dtype)
    if not is_float_dtype(name):
        raise ValueError(
            f"expected a float dtype, got {dtype!r}. Use nn.random.randint for whole numbers."
        )
    return _narrowed(draws * scale + offset, name)


def _narrowed(draws: Array, dtype: Any) -> Array:
    return draws.astype(standardize_dtype(dtype))
