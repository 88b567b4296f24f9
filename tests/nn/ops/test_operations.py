"""Each operation beside Keras's on PyTorch: values, dtypes, shapes, slopes, and on Symbols."""

import inspect
import math
import sys

import numpy as np
import pytest

import autodiff as ad
from nn import ops, tree
from nn.layers.symbol import Symbol
from nn.ops import linalg
from tests.nn.ops.cases import CASES, Call
from tests.nn.ops.options import NOT_GIVEN, OPTIONS, UNLIKE_KERAS

SEEDS = range(4)
NAMES = sorted(set(ops.__all__) - {"image", "nn", "numpy"})  # which are modules
ELSEWHERE = {
    "argpartition", "associative_scan", "cond", "convert_to_numpy", "custom_gradient", "dtype",
    "eig", "eigh", "empty", "empty_like", "fori_loop", "imag", "is_tensor", "jvp",
    "lu_factor", "map", "polar", "qr", "scan", "segment_min", "segment_prod", "svd", "switch",
    "vectorize", "vectorized_map", "view_as_complex", "view_as_real", "while_loop",
}  # fmt: skip
"""These are tested in test_families.py."""

DTYPES = {"top_k": "indices in int32, as Keras infers", "histogram": "counts in int32"}
VALUES = {"sparsemax": "Keras adds up the wrong sums on PyTorch", "where": "a tuple of indices",
          "nonzero": "a tuple, as NumPy has it"}  # fmt: skip
SLOPES = {
    "sparsemax": "as its values",
    "ldexp": "PyTorch rounds negative powers of 2 to 0",
    "cholesky": "PyTorch returns a symmetric slope",
    "cholesky_inverse": "PyTorch has slopes in the triangle that it doesn't read",
    "logdet": "likewise",
}
ARGUMENTS = {"einsum": "kwargs", "layer_normalization": "kwargs", "multi_hot": "kwargs"}
ON_NUMBERS = {"full", "ones", "zeros", "array", "arange", "linspace", "logspace", "geomspace",
              "eye", "identity", "tri", "bartlett", "blackman", "hamming", "hanning", "kaiser",
              "unique", "unravel_index", "size", "convert_to_tensor"}  # fmt: skip
"""These take no Symbols."""


COMPOSED = {
    name for name in NAMES if getattr(ops, name).__module__ in (
        "nn.ops.ctc", "nn.ops.networks", "nn.ops.sliding", "nn.ops.scattering", "nn.ops.fourier",
    )
}  # fmt: skip
"""The other operations are NumPy's functions, which the laws of autodiff record."""


def leaves(results):
    return tree.leaves(list(results) if isinstance(results, tuple) else results)


def drawn(name):
    """Return calls with arguments of several kinds, then one for each option."""
    random = [np.random.default_rng(seed) for seed in SEEDS]
    options = [draw(np.random.default_rng(9)) for draw in OPTIONS.get(name, ())]
    return [*map(CASES[name], random), *options]


def as_tensors(keras, args):
    return [keras.ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x for x in args]


def plain(x):
    return x.detach().numpy() if hasattr(x, "detach") else np.asarray(x)


def test_each_operation_has_a_case():
    assert set(NAMES) == CASES.keys() | ELSEWHERE
    assert not CASES.keys() & ELSEWHERE
    assert OPTIONS.keys() <= CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_each_option_has_a_case(name):
    signature = inspect.signature(getattr(ops, name))
    given = {
        key
        for call in drawn(name)
        for key, value in signature.bind(*call.args, **call.options).arguments.items()
        if not is_default(value, signature.parameters[key].default)
    }
    optional = {p.name for p in signature.parameters.values() if p.default is not p.empty}
    assert optional - given - NOT_GIVEN.keys() == set()


def is_default(value, default):
    return type(value) is type(default) and value == default


# NumPy has these names with other arguments, or other results
NOT_OF_NUMPY = {
    "array", "argpartition", "average", "bincount", "empty", "empty_like", "histogram", "jvp",
    "normalize", "one_hot", "reciprocal", "shape", "size", "stft", "unstack", "view", "where",
}  # fmt: skip


def of_numpy(name):
    """Return the function that NumPy has under the name of an operation, or None."""
    found = getattr(np.linalg, name, None) if name in linalg.__all__ else getattr(np, name, None)
    return found if callable(found) and name not in NOT_OF_NUMPY else None


@pytest.mark.filterwarnings("ignore:.*(invalid value|divide by zero|overflow)")
@pytest.mark.parametrize("name", [name for name in CASES if of_numpy(name)])
def test_values_are_those_of_numpy(name):
    for call in drawn(name):
        found = leaves(getattr(ops, name)(*call.args, **call.options))
        expected = leaves(of_numpy(name)(*call.args, **call.options))
        for x, y in zip(found, expected, strict=False):  # NumPy's lstsq returns more
            assert np.shape(x) == np.shape(y)
            if np.asarray(y).dtype.kind in "iu":
                y = np.asarray(y).astype(np.asarray(x).dtype)
            is_half = np.float16 in (getattr(x, "dtype", None), getattr(y, "dtype", None))
            tolerance = 4e-3 if is_half else 2e-5
            np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def described(results):
    """Return the dtype and shape of each result, and its numbers, as one array."""
    rows = [[np.asarray(x).dtype.num, np.ndim(x), *np.shape(x), *np.ravel(x)] for x in results]
    return np.array([number for row in rows for number in row], np.float32)


def parted(description):
    """Yield the dtypes, shapes and numbers of `described`."""
    while len(description):
        kind, rank = map(int, description[:2])
        end = 2 + rank
        shape = tuple(map(int, description[2:end]))
        numbers, description = np.split(description[end:], [math.prod(shape)])
        yield kind, shape, numbers.reshape(shape)


@pytest.mark.filterwarnings("ignore:The use of `x.T`", "ignore:Using torch.cross")
@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_keras(of_keras, name):
    if name in VALUES:
        pytest.skip(VALUES[name])
    calls = drawn(name)[: len(SEEDS) if name in UNLIKE_KERAS else None]

    def of_call(keras, call):
        try:
            args = as_tensors(keras, call.args)
            results = getattr(keras.ops, name)(*args, **call.options)
        except NotImplementedError:  # PyTorch lacks some functions of integers
            return np.zeros(1)
        return np.append(1, described(map(plain, leaves(results))))

    def of_calls(keras):
        answers = [of_call(keras, call) for call in calls]
        return np.concatenate([np.append(len(answer), answer) for answer in answers])

    answers = of_keras(of_calls)
    for call in calls:
        length = int(answers[0])
        is_known, expected, answers = np.split(answers[1:], [1, length])
        if not is_known:
            continue
        found = leaves(getattr(ops, name)(*call.args, **call.options))
        for x, (kind, shape, numbers) in zip(found, parted(expected), strict=True):
            assert np.shape(x) == shape
            np.testing.assert_allclose(x, numbers, rtol=2e-4, atol=1e-4)
            if hasattr(x, "dtype") and name not in DTYPES:
                assert x.dtype.num == kind, [getattr(a, "dtype", a) for a in call.args]
    assert not len(answers)


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_those_of_keras(of_keras, name):
    if name in SLOPES:
        pytest.skip(SLOPES[name])
    for call in drawn(name)[:2]:
        places = [i for i, x in enumerate(call.args)
                  if isinstance(x, np.ndarray) and x.dtype == np.float32]  # fmt: skip
        values = [call.args[i] for i in places]
        outputs = leaves(getattr(ops, name)(*call.args, **call.options))
        are_floats = [np.asarray(x).dtype.kind == "f" for x in outputs]
        if not places or not any(are_floats):
            continue
        rng = np.random.default_rng(0)
        factors = [rng.normal(size=np.shape(x)).astype(np.float32) for x in outputs]

        def of_torch(keras, call=call, places=places, values=values, factors=factors):
            torch = sys.modules["torch"]  # Keras has imported it
            sources = [torch.tensor(x, requires_grad=True) for x in values]
            args = as_tensors(keras, put(call, places, sources))
            outputs = leaves(getattr(keras.ops, name)(*args, **call.options))
            pairs = zip(outputs, factors, strict=True)
            terms = [
                (x * torch.tensor(c)).sum() for x, c in pairs if getattr(x, "requires_grad", False)
            ]
            if not terms:
                return np.zeros(0)
            try:
                slopes = torch.autograd.grad(sum(terms), sources, allow_unused=True)
            except RuntimeError as error:
                assert "not implemented" in str(error) or "inplace" in str(error)  # noqa: PT017
                return np.zeros(0)
            found = [
                np.zeros_like(x) if s is None else s for x, s in zip(values, slopes, strict=True)
            ]
            return np.concatenate([np.ravel(x) for x in found])

        def weighted(*xs, call=call, places=places, factors=factors, are_floats=are_floats):
            found = leaves(getattr(ops, name)(*put(call, places, xs), **call.options))
            triples = zip(found, factors, are_floats, strict=True)
            return sum((x * c).sum() for x, c, is_float in triples if is_float)

        expected = of_keras(of_torch)
        if len(expected):
            mine = ad.grad(weighted, argnums=tuple(range(len(values))))(*values)
            assert all(x.dtype == np.float32 for x in mine)
            found = np.concatenate([np.ravel(x) for x in mine])
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def put(call, places, values):
    args = list(call.args)
    for place, value in zip(places, values, strict=True):
        args[place] = value
    return args


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_keras(keras, name):
    def parameters(function):
        found = inspect.signature(function).parameters.values()
        return [(p.name, p.default) for p in found if p.name != ARGUMENTS.get(name)]

    assert parameters(getattr(ops, name)) == parameters(getattr(keras.ops, name))


@pytest.mark.parametrize("name", sorted(CASES.keys() - ON_NUMBERS))
def test_symbols_have_the_shape_and_dtype_of_the_result(name):
    call: Call = drawn(name)[0]
    if not any(isinstance(x, np.ndarray) and x.ndim for x in tree.leaves(list(call.args))):
        return
    symbolic = tree.map_leaves(
        lambda x: Symbol(x.shape, x.dtype) if isinstance(x, np.ndarray) and x.ndim else x,
        list(call.args),
    )
    if name in ("scatter", "scatter_update", "take", "take_along_axis", "segment_sum"):
        symbolic[1] = call.args[1]
    if name in ("cholesky", "cholesky_inverse", "inv", "logdet", "solve", "solve_triangular"):
        with pytest.raises(NotImplementedError, match="Write a Layer whose call does this"):
            getattr(ops, name)(*symbolic, **call.options)
        return
    if name in ("nonzero", "bincount", "where"):  # the shape depends on the numbers
        return
    expected = leaves(getattr(ops, name)(*call.args, **call.options))
    for x, y in zip(leaves(getattr(ops, name)(*symbolic, **call.options)), expected, strict=True):
        if isinstance(x, Symbol):
            assert (x.shape, x.dtype) == (np.shape(y), y.dtype)
        else:
            assert x == y


@pytest.mark.parametrize("name", sorted(CASES.keys() & COMPOSED))
def test_recorded_results_are_the_same(name):
    call = drawn(name)[0]
    places = [i for i, x in enumerate(call.args)
              if isinstance(x, np.ndarray) and x.dtype == np.float32]  # fmt: skip
    if not places:
        return

    def run(*xs):
        return leaves(getattr(ops, name)(*put(call, places, xs), **call.options))

    values = [call.args[i] for i in places]
    for x, y in zip(ad.jit(run)(*values), run(*values), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)
        assert np.asarray(x).dtype == np.asarray(y).dtype
