"""Every option of SciPy's functions means what it means in SciPy, or is refused by the call.

The tables of domains draw the options that matter to slopes; here each one has another value than
its default once.
"""

import inspect
import re
import warnings
from dataclasses import replace

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.drawing import Call, Draw
from tests.laws.scipy_table import ASKED, FACES, SCIPY
from tests.laws.table import (
    along_a_line,
    calls,
    every,
    examples,
    is_constant,
    name_of,
    projected,
    real,
    results,
    tensors,
)
from tests.laws.test_values import assert_same

REFUSALS = (TypeError, ValueError, NotImplementedError, ArithmeticError, Warning)
STEP = 1e-5
TEXTS = {
    "boundary": ["wrap", "symm", "odd", "even", "constant"],
    "detrend": ["linear", "constant", False],
    "method": ["direct", "fft", "approx", "asymptotic", "pearson", "hazen", "nearest", "linear"],
    "mode": ["same", "valid", "nearest", "wrap", "reflect", "constant", "mirror", "clip", "full"],
    "nan_policy": ["omit", "raise"],
    "norm": ["ortho", "forward", "backward"],
    "padtype": ["even", "constant", "line", "mean"],
    "scaling": ["spectrum", "psd", "density"],
    "window": ["hamming", ("kaiser", 3.0)],
    "alternative": ["less", "greater"],
    "kind": ["rank", "weak", "mean"],
    "bc_type": ["natural", "clamped"],
    "center": ["mean", "trimmed"],
    "average": ["median"],
    "type": ["constant"],
}
OTHERS = {
    "axis": [0, -1, None],
    "axes": [0, (0,), (-1,), (0, 1)],
    "n": [3, 5],
    "s": [(3,), (2, 3)],
    "shape": [(3,), (2, 3)],
    "nperseg": [3, 4],
    "nfft": [6, 9],
    "noverlap": [1],
    "iterations": [2],
    "overwrite_a": [True],
    "overwrite_x": [True],
    "N": [7],
    "alpha": [0.05],
    "assume_a": ["symmetric", "positive definite", "upper triangular", "diagonal"],
    "atol": [0.3],
    "base": [2.0],
    "blocksize": [2],
    "check_finite": [True, False],
    "cond": [0.3],
    "cval": [0.5],
    "disp": [False],
    "domain": ["freq"],
    "driver": ["ev", "evr", "evx"],
    "dtype": [np.float32],
    "extend": ["complex"],
    "force": ["tomatrix", "tovector"],
    "inclusive": [(False, False), (True, False)],
    "interpolation": ["lower", "nearest"],
    "initial": [0, 0.5],
    "irlen": [2],
    "lapack_driver": ["gesvd", "gelss", "gelsy", "stebz", "stemr"],
    "m": [3],
    "metric": ["taxicab", "chessboard", "euclidean"],
    "mysize": [3],
    "noise": [0.2],
    "orthogonalize": [True, False],
    "output": [np.float32],
    "padlen": [1, 2],
    "radius": [1, 2],
    "rtol": [0.3],
    "select": ["v"],
    "singular": ["lstsq"],
    "subset_by_index": [[0, 0]],
    "subset_by_value": [[-0.5, 1.5]],
    "w": [np.exp(-0.3j)],
}
LIKE_THE_FIRST = {  # values of the shape of the first array
    "b": lambda a: [1 + np.cos(np.arange(a.size)).reshape(a.shape) / 2],
    "footprint": lambda a: [np.arange(3**a.ndim).reshape([3] * a.ndim) % 2 == 0],
    "labels": lambda a: [np.arange(a.size).reshape(a.shape) % 2],
    "output_shape": lambda a: [[3] * a.ndim],
    "x": lambda a: [np.cumsum(1 + np.arange(a.shape[-1]) % 2)],
    "mask": lambda a: [np.arange(a.size).reshape(a.shape) % 2 == 0],
    "qk": lambda a: [1 + np.arange(a.size).reshape(a.shape) % 3 / 2],
    "sampling": lambda a: [1.5, [1.0 + i for i in range(a.ndim)]],
    "structure": lambda a: [np.ones([3] * a.ndim), np.eye(3) if a.ndim == 2 else np.ones(2)],
    "structure1": lambda a: [np.ones([2] * a.ndim)],
    "structure2": lambda a: [np.zeros([3] * a.ndim)],
    "t": lambda a: [np.arange(a.shape[0]) * 0.5 + 1],
    "u_weights": lambda a: [1 + np.arange(a.size) / 2],
    "v_weights": lambda a: [1 + np.arange(a.size) / 2],
    "weights": lambda a: [1 + np.arange(a.size).reshape(a.shape) / 2],
}
OF_RANKS = {"median_filter", "rank_filter", "percentile_filter"}
"""In SciPy 1.17 they write float64 into a vector of another dtype, and beyond its memory."""
UNTRIED = {
    "device": "of other libraries",
    "distances": "a place for results",
    "extra_arguments": "of a function; drawn",
    "index": "of labels; drawn together",
    "indices": "a place for results",
    "lwork": "of memory",
    "optimizer": "a function that searches",
    "origin": "with another one than fits, SciPy may write outside its memory",
    "origin2": "with another one than fits, SciPy may write outside its memory",
    "out": "a place for results",
    "overwrite_b": "SciPy overwrites it between the matrices of a stack, too",
    "plan": "of other libraries",
    "plot": "a function that draws",
    "random_state": "of draws",
    "rng": "of draws",
    "seed": "of draws",
    "select_range": "drawn together with select",
    "tol": "how exact a result is",
    "workers": "of threads",
    "xp": "of other libraries",
    "zi": "a state of the length of a filter; drawn",
}
ROOTS = {"circstd"}  # of rounding noise, where all directions are one
CUTOFFS = ("atol", "cond", "rtol")  # of singular values; slopes are among matrices of one rank
TOGETHER = {  # options that only have a meaning together
    "eigvals_banded": [{"select": "i", "select_range": (0, 0)},
                       {"select": "v", "select_range": (-1.0, 1.5)}],
    "eigvalsh_tridiagonal": [{"select": "i", "select_range": (0, 0)},
                             {"select": "v", "select_range": (-1.0, 1.5)}],
    "resample_poly": [{"padtype": "constant", "cval": 0.5}],
    "tmean": [{"limits": (0.7, 1.8), "inclusive": (False, True)}],
}  # fmt: skip


def values_of(name, default, drawn):
    """Return values to try for an option."""
    if name in UNTRIED:
        return []
    if name in LIKE_THE_FIRST:
        return LIKE_THE_FIRST[name](np.asarray(drawn.arrays[0])) if drawn.arrays else []
    if name in OTHERS:
        return [value for value in OTHERS[name] if value != default]
    if isinstance(default, bool | np.bool):
        return [not default]
    if isinstance(default, str):
        return [value for value in TEXTS.get(name, []) if value != default]
    if isinstance(default, int):
        return [default + 1, default + 2]
    if isinstance(default, float):
        return [default + 0.25]
    return TEXTS.get(name, [])


def parameters_not_given(function, drawn):
    """Return the options of a function that a drawn call doesn't give."""
    parameters = list(inspect.signature(function).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given_ = {p.name for p in positional[: len(drawn.args)]} | set(drawn.options)
    return [
        p
        for p in parameters
        if p.default is not p.empty and p.name not in given_ and p.kind is not p.POSITIONAL_ONLY
    ]


def options_of(function, drawn):
    """Return options that a drawn call doesn't give, with values to try."""
    found = [
        {p.name: value}
        for p in parameters_not_given(function, drawn)
        for value in values_of(p.name, p.default, drawn)
    ]
    if function.__name__ in OF_RANKS and np.ndim(drawn.args[0]) == 1:
        found = [options for options in found if "output" not in options]
    more = TOGETHER.get(function.__name__, [])
    return found + [options for options in more if options.keys().isdisjoint(drawn.options)]


def has_options(function):
    try:
        return not isinstance(function, np.ufunc) and bool(
            options_of(function, Call((np.ones(2),), {}))
        )
    except ValueError:
        return False


def outcome(call, arrays):
    try:
        return call.run(*arrays)
    except Exception as error:
        return error


@every(
    [key for key in FACES if has_options(key) and key not in ASKED and name_of(key) != "upfirdn"]
)
@given(data=st.data())
@examples(1)
def test_an_option_means_what_it_means_in_scipy(key, data):
    drawn = data.draw(calls(key))
    for options in options_of(key, drawn):
        call = Call(drawn.args, {**drawn.options, **options}, drawn.function)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = outcome(call, [a.copy() for a in call.arrays])
            traced = outcome(call, tensors(call))
        told = repr(options)
        note(told)
        if isinstance(plain, Exception):
            assert isinstance(traced, Exception), f"{told} is refused by SciPy alone: {plain!r}"
        elif isinstance(traced, Exception):
            assert isinstance(traced, REFUSALS), f"{told} isn't refused in words: {traced!r}"
            assert re.search(r"\w\.py:\d+", str(traced)), f"{told}: no line of the user: {traced!r}"
        else:
            if name_of(key) in ROOTS:
                traced, plain = traced**2, plain**2
            assert_same(traced, plain)


def is_smooth(call):
    """Return whether SciPy and the engine take a call, whose results are all of wide floats."""
    plain, traced = outcome(call, call.arrays), outcome(call, tensors(call))
    if isinstance(plain, Exception) or isinstance(traced, Exception):
        return False
    return all(leaf.dtype.char in "dD" for leaf in map(np.asarray, results(plain)))


class Seeded(Draw):
    """Draws everything by one seed, so that a single example isn't the simplest one."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def integer(self, low, high):
        return int(self.random.integers(low, high + 1))


@every([key for key in FACES if has_options(key) and key not in ASKED and not is_constant(key)])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=max(1, settings.default.max_examples // 50))
def test_slopes_are_those_of_the_option(key, seed):
    drawn = SCIPY[key].draw(Seeded(seed))
    drawn = replace(drawn, function=drawn.function or FACES[key])
    close = max(SCIPY[key].close, 1e-5)
    for options in options_of(key, drawn):
        if not options.keys().isdisjoint(CUTOFFS):
            continue
        call = replace(drawn, options={**drawn.options, **options})
        note(repr(options))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not is_smooth(call):
                continue
            on_line = along_a_line(real(projected(call.run, call.arrays)), call.arrays)
            measured = (on_line(STEP) - on_line(-STEP)) / (2 * STEP)
            np.testing.assert_allclose(ad.grad(on_line)(0.0), measured, rtol=close, atol=close)


def test_every_option_is_tried_or_listed():
    """A new option of SciPy needs a value above, or a reason."""
    known = UNTRIED.keys() | OTHERS.keys() | LIKE_THE_FIRST.keys() | TEXTS.keys()
    missing = set()
    for key in FACES:
        if isinstance(key, np.ufunc) or key in ASKED:
            continue
        drawn = SCIPY[key].draw(Seeded(0))
        if drawn.function is None:  # another function may not take the options
            missing |= {
                f"{name_of(key)}, {p.name}"
                for p in parameters_not_given(key, drawn)
                if p.name not in known and not isinstance(p.default, bool | int | float)
            }
    assert sorted(missing) == []


def takes(function, option):
    return not isinstance(function, np.ufunc) and any(
        p.name == option for p in parameters_not_given(function, Call((), {}))
    )


@every([key for key in FACES if key not in ASKED and takes(key, "check_finite")])
def test_numbers_that_are_not_finite_are_refused_where_scipy_refuses_them(key):
    drawn = SCIPY[key].draw(Seeded(3))
    call = replace(drawn, function=drawn.function or FACES[key]).map(with_nan)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, traced = outcome(call, call.arrays), outcome(call, tensors(call))
    assert isinstance(traced, Exception) or not isinstance(plain, Exception), plain


@every([key for key in FACES if key not in ASKED and takes(key, "nan_policy")])
def test_a_policy_for_nan_is_that_of_scipy_or_is_refused(key):
    drawn = SCIPY[key].draw(Seeded(3))
    call = replace(drawn, function=drawn.function or FACES[key]).map(with_nan)
    for policy in ("propagate", "omit", "raise", "guess"):
        asked = replace(call, options={**call.options, "nan_policy": policy})
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain, traced = outcome(asked, asked.arrays), outcome(asked, tensors(asked))
        if isinstance(plain, Exception):
            assert isinstance(traced, Exception), f"{policy} is refused by SciPy alone: {plain!r}"
        elif not isinstance(traced, Exception):
            assert_same(traced, plain)
        else:
            assert isinstance(traced, REFUSALS), f"{policy} isn't refused in words: {traced!r}"


def with_nan(array):
    """Return an array with a NaN in it."""
    found = np.array(array)
    if found.ndim:
        found[(1,) * found.ndim if min(found.shape) > 1 else (0,) * found.ndim] = np.nan
    return found[()]
