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
    "weights": [],
    "seed": [],
    "tol": [],  # how exact a result is
    "random_state": [],
    "rng": [],
    "workers": [],
    "xp": [],
    "device": [],
    "out": [],
    "lwork": [],
    "iterations": [2],
    "origin": [],  # with another one than fits, SciPy may write outside its memory
    "overwrite_a": [True],
    "overwrite_b": [],  # which SciPy overwrites between the matrices of a stack, too
    "overwrite_x": [True],
}


def values_of(name, default):
    """Return values to try for an option; none where only special ones make sense."""
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


def options_of(function, drawn):
    """Return options that a drawn call doesn't give, with values to try."""
    parameters = list(inspect.signature(function).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given_ = {p.name for p in positional[: len(drawn.args)]} | set(drawn.options)
    return [
        (p.name, value)
        for p in parameters
        if p.default is not p.empty and p.name not in given_ and p.kind is not p.POSITIONAL_ONLY
        for value in values_of(p.name, p.default)
    ]


def has_options(function):
    try:
        return not isinstance(function, np.ufunc) and bool(options_of(function, Call((), {})))
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
    for name, value in options_of(key, drawn):
        call = Call(drawn.args, {**drawn.options, name: value}, drawn.function)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = outcome(call, [a.copy() for a in call.arrays])
            traced = outcome(call, tensors(call))
        told = f"{name}={value!r}"
        note(told)
        if isinstance(plain, Exception):
            assert isinstance(traced, Exception), f"{told} is refused by SciPy alone: {plain!r}"
        elif isinstance(traced, Exception):
            assert isinstance(traced, REFUSALS), f"{told} isn't refused in words: {traced!r}"
            assert re.search(r"\w\.py:\d+", str(traced)), f"{told}: no line of the user: {traced!r}"
        else:
            assert_same(traced, plain)


def is_smooth(call):
    """Return whether SciPy and the engine take a call, whose results are all of floats."""
    plain, traced = outcome(call, call.arrays), outcome(call, tensors(call))
    if isinstance(plain, Exception) or isinstance(traced, Exception):
        return False
    return all(leaf.dtype.kind in "fc" for leaf in map(np.asarray, results(plain)))


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
    for name, value in options_of(key, drawn):
        call = replace(drawn, options={**drawn.options, name: value})
        note(f"{name}={value!r}")
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not is_smooth(call):
                continue
            on_line = along_a_line(real(projected(call.run, call.arrays)), call.arrays)
            measured = (on_line(STEP) - on_line(-STEP)) / (2 * STEP)
            np.testing.assert_allclose(ad.grad(on_line)(0.0), measured, rtol=close, atol=close)
