"""Other libraries: what works, and what comes with a note, as docs/other_libraries.md lists it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad

pd = pytest.importorskip("pandas", "3.0")  # older versions accept and refuse others
pytest.importorskip("sklearn", "1.8")
einops = pytest.importorskip("einops")
opt_einsum = pytest.importorskip("opt_einsum")

# ruff: noqa: E402 - after the check that they are installed
from sklearn import linear_model, metrics, preprocessing
from sklearn.decomposition import PCA
from sklearn.gaussian_process.kernels import DotProduct
from sklearn.model_selection import KFold, train_test_split
from sklearn.utils import extmath, resample, shuffle

PAGE = Path(__file__).resolve().parents[2] / "docs" / "other_libraries.md"
X = np.random.default_rng(0).normal(size=(2, 3, 4))
M = np.random.default_rng(1).normal(size=(4, 5))
V = np.array([1.0, 2.5, 4.0, 3.0, 5.5, 0.5])
S = pd.Series([1.2, 2.0, 3.4, 4.0, 5.0, 6.0])
TABLE = pd.DataFrame({"a": S, "b": [2.0, 1.0, 0.0, 3.0, 1.0, 2.0], "k": list("xyxyxy")})
NUMBERS = TABLE[["a", "b"]]
ROWS = np.random.default_rng(2).normal(size=(6, 3))
LABELS = np.array([0, 1, 0, 1, 1, 0])
WEIGHTS = np.arange(1.0, 7.0)


def shared(x):
    with opt_einsum.shared_intermediates():
        return opt_einsum.contract("abc,cd->ad", x, M) * opt_einsum.contract("abc,cd->ad", x, M)


def packed(x):
    together, shapes = einops.pack([x, x[:, 0]], "a * c")
    return [part**2 for part in einops.unpack(together, shapes, "a * c")]


PATH = [(0, 2), (0, 1)]
EINSUMS = {
    "contract": lambda x: opt_einsum.contract("abc,cd,abe->de", x, M, x, optimize=PATH),
    "contract_expression": lambda x: opt_einsum.contract_expression(
        "abc,cd,abe->de", x.shape, M, x.shape, constants=[1]
    )(x, x),
    "contract_path": lambda x: x * len(opt_einsum.contract_path("abc,cd->ad", x, M)[0]),
    "shared_intermediates": shared,
}
EINOPS = {
    "rearrange": lambda x: einops.rearrange([x, x**2], "n a b c -> b (n c a)") ** 2,
    "reduce": lambda x: [
        einops.reduce(x, "a b (c two) -> b c", how, two=2) ** 2
        for how in ("sum", "mean", "max", "min", "prod", np.var)
    ],
    "repeat": lambda x: einops.repeat(x, "a b c -> b (a r) c", r=3) ** 2,
    "einsum": lambda x: [
        einops.einsum(x, M, "a b c, c d -> a d") ** 2,
        einops.einsum(M, x, "c d, a b c -> a d") ** 2,
    ],
    "pack": packed,
    "unpack": packed,
    "parse_shape": lambda x: x * einops.parse_shape(x, "a b _")["b"],
}


def of_columns(x):
    return [S + x, x - S, S * x, x / S, S**x, x @ S, NUMBERS @ x[:2], NUMBERS * x[:2]]


BESIDE = {
    "Series.dot": lambda x: S.dot(x),
    "DataFrame.dot": lambda x: NUMBERS.dot(x[:2]),
    "Series.add": lambda x: S.add(x) ** 2,
    "Series.where": lambda x: S.where(S > 2, x).sum(),
    "Series.map": lambda x: S.map(lambda s: s * x[0]).sum(),
    "DataFrame.apply": lambda x: NUMBERS.apply(lambda row: (row * x[:2]).sum(), axis=1).sum(),
    "DataFrame.eval": lambda x: NUMBERS.eval("a * @x", local_dict={"x": x}).sum(),
    "itertuples": lambda x: sum((row.a * x[0] - row.b) ** 2 for row in NUMBERS.itertuples()),
    "x[column > 2]": lambda x: x[S > 2],
}
COLUMN = {
    "sum": lambda s: s.sum() ** 2, "prod": lambda s: s.prod(), "min": lambda s: s.min() ** 2,
    "max": lambda s: s.max() ** 2, "cumsum": lambda s: s.cumsum() ** 2,
    "cumprod": lambda s: s.cumprod(), "cummax": lambda s: s.cummax() ** 2,
    "diff": lambda s: s.diff()[1:] ** 2, "shift": lambda s: s.shift()[1:] ** 2,
    "abs": lambda s: s.abs(), "clip": lambda s: s.clip(0.7, 4.5), "head": lambda s: s.head(2),
    "sort_values": lambda s: s.sort_values() ** 2, "quantile": lambda s: s.quantile(0.3) ** 2,
    "merge": lambda s: TABLE.assign(c=s).merge(TABLE, on="a")["c"],
    "concat": lambda s: pd.concat([S, s**2]), "assign": lambda s: TABLE.assign(c=s)["c"] ** 2,
}  # fmt: skip
GROUPED = ("sum", "prod", "min", "max", "first", "last")
FITTED = {
    "predict": [
        model().fit(ROWS, V).predict
        for model in (linear_model.LinearRegression, linear_model.Ridge, linear_model.Lasso)
    ],
    "decision_function": [linear_model.LogisticRegression().fit(ROWS, LABELS).decision_function],
    "transform": [
        made.fit(ROWS).transform
        for made in (
            *(PCA(2), preprocessing.StandardScaler(), preprocessing.MinMaxScaler()),
            *(preprocessing.MaxAbsScaler(), preprocessing.RobustScaler()),
            preprocessing.PolynomialFeatures(2),
        )
    ],
}
SPLIT = {
    "train_test_split": lambda x: train_test_split(x, random_state=0)[0],
    "KFold": lambda x: [x[rows] ** 2 for rows, _ in KFold(2).split(x)],
    "shuffle": lambda x: shuffle(x, random_state=0)[0],
    "resample": lambda x: resample(x, random_state=0),
    "softmax": extmath.softmax, "row_norms": extmath.row_norms,
    "DotProduct": lambda x: DotProduct()(x, ROWS[:2]),
}  # fmt: skip


def total(result):
    """Return the sum of all numbers in a result, weighted by their places."""
    if isinstance(result, list):
        return sum(map(total, result))
    array = np.asarray(result).ravel()
    return sum(entry * (1 + place % 3) for place, entry in enumerate(array))


def check(f, x, jit=True):
    ad.check_grads(lambda x: total(f(x)), x, order=1)
    if not jit:  # where a library decides by the values, or converts them entry by entry
        return
    jitted = ad.jit(ad.value_and_grad(lambda x: total(f(x))))
    assert jitted(x)[0] == pytest.approx(float(total(f(x))))


@pytest.mark.slow
@pytest.mark.parametrize("name", EINSUMS)
def test_opt_einsum(name):
    check(EINSUMS[name], X)


@pytest.mark.slow
@pytest.mark.parametrize("name", EINOPS)
def test_einops(name):
    check(EINOPS[name], X)


def test_einops_accepts_tensors_outside_of_a_trace():
    t = ad.tensor(X)
    total(einops.rearrange(t, "a b c -> c (a b)")).backward()
    assert np.all(t.grad >= 1)


def test_the_plain_value_is_what_einops_returns_as_numpy():
    np.testing.assert_array_equal(einops.asnumpy(ad.tensor(X)), X)


LATE = """
import numpy as np, autodiff as ad
def f(x):
    import einops
    return einops.reduce(x, "a ->", "sum")
try:
    ad.grad(f)(np.ones(3))
except RuntimeError as error:
    print(*error.__notes__)
print(ad.grad(f)(np.ones(3)))
"""


@pytest.mark.slow
def test_einops_that_is_imported_within_a_trace_has_a_note_of_its_own():
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    assert "reached einops.reduce" in done.stdout
    assert "Import einops before the trace begins" in done.stdout
    assert done.stdout.endswith("[1. 1. 1.]\n")


def test_a_wrong_pattern_gets_no_note():
    with pytest.raises(einops.EinopsError) as caught:
        ad.grad(lambda x: einops.rearrange(x, "a b -> b a"))(X)
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.slow
def test_operators_of_columns():
    check(of_columns, V)


@pytest.mark.slow
@pytest.mark.parametrize("name", BESIDE)
def test_a_parameter_beside_columns(name):
    check(BESIDE[name], V)


@pytest.mark.slow
def test_operators_of_a_column_of_traced_values():
    def of_column(x):
        column = pd.Series(x)
        return [column * 2 + S, S**column, np.exp(column), np.maximum(column, S)]

    check(of_column, V, jit=False)


@pytest.mark.parametrize("name", COLUMN)
def test_a_column_of_traced_values(name):
    check(lambda x: COLUMN[name](pd.Series(x)), V, jit=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", GROUPED)
def test_groups_of_traced_values(name):
    check(lambda x: getattr(pd.Series(x).groupby(TABLE["k"]), name)() ** 2, V, jit=False)


@pytest.mark.slow
def test_a_function_of_groups():
    check(lambda x: pd.Series(x).groupby(TABLE["k"]).apply(lambda s: s.sum() ** 2), V)


def test_the_mean_of_groups_as_the_page_has_it():
    codes = pd.factorize(TABLE["k"])[0]
    check(lambda x: np.bincount(codes, x) / np.bincount(codes), V)


@pytest.mark.slow
@pytest.mark.parametrize("name", FITTED)
def test_what_is_fitted_to_plain_data(name):
    for method in FITTED[name]:
        check(method, ROWS + 0.01, jit=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", SPLIT)
def test_parts_of_scikit_learn(name):
    check(SPLIT[name], ROWS, jit=False)


DISPATCHING = """
import sys
import numpy as np, sklearn, autodiff as ad
from sklearn import covariance, decomposition, linear_model, preprocessing
from sklearn.metrics import pairwise
sklearn.set_config(array_api_dispatch=True)
rows, others = np.random.default_rng(0).uniform(0.1, 1, size=(2, 3, 2))
also = lambda x, data: ad.tensor(data) if isinstance(x, ad.Tensor) else data
def of(name):
    if hasattr(preprocessing, name):
        return lambda x: getattr(preprocessing, name)(x) ** 2
    if hasattr(pairwise, name):
        return lambda x: getattr(pairwise, name)(x, also(x, others)) ** 2
    if name == "Ridge":
        return lambda x: linear_model.Ridge().fit(x, also(x, others[:, 0])).coef_
    if name == "PCA":
        return lambda x: decomposition.PCA(1).fit(x).explained_variance_
    return lambda x: np.asarray(getattr(covariance, name)(x)[0]) ** 2
for name in sys.argv[1:]:
    f = of(name)
    ad.check_grads(lambda x: f(x).sum(), rows, order=1)
    print(name)
"""


@pytest.mark.slow
def test_scikit_learn_with_dispatch():
    names = re.findall(r"`(\w+)`", section("| `sklearn.metrics.pairwise`", "The metrics"))
    assert len(names) == 19
    done = subprocess.run(
        [sys.executable, "-c", DISPATCHING, *names],
        env={**os.environ, "SCIPY_ARRAY_API": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == names, done.stderr


NOTED = {
    **{
        name: lambda x, name=name: getattr(pd.Series(x), name)()
        for name in ("mean", "median", "std", "var", "skew", "interpolate")
    },
    "cov": lambda x: pd.Series(x).cov(S), "corr": lambda x: pd.Series(x).corr(S),
    "nlargest": lambda x: pd.Series(x).nlargest(2),
    "rolling": lambda x: pd.Series(x).rolling(2).mean(),
    "expanding": lambda x: pd.Series(x).expanding().mean(),
    "ewm": lambda x: pd.Series(x).ewm(alpha=0.5).mean(),
    **{
        f"groupby {name}": lambda x, name=name: getattr(pd.Series(x).groupby(TABLE["k"]), name)()
        for name in ("mean", "median", "std", "cumsum", "quantile")
    },
    "mean_squared_error": lambda x: metrics.mean_squared_error(V, x),
    "log_loss": lambda x: metrics.log_loss(LABELS, x / 10),
    "r2_score": lambda x: metrics.r2_score(V, x),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTED)
def test_failures_have_a_note(name):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - a library's own
        ad.grad(lambda x: total(NOTED[name](x)))(V)
    (note,) = caught.value.__notes__
    library = "sklearn.metrics" if hasattr(metrics, name) else "pandas."
    assert f"A traced value reached {library}" in note
    assert " at test_other_libraries.py:" in note
    assert "autodiff.primitive" in note


def section(start, end):
    text = PAGE.read_text(encoding="utf-8")
    begin = text.index(start)
    return text[begin : text.index(end, begin)]


@pytest.mark.parametrize(
    ("start", "end", "tested"),
    [
        ("`contract`", ".", {*EINSUMS}),
        ("`rearrange`", "work:", {*EINOPS}),
        ("| a parameter beside", "\n", {*BESIDE}),
        ("| a column of", "\n", {"pd.Series(x)", "groupby", "apply", *COLUMN, *GROUPED}),
        ("These raise an error with a note", "Write", {n.removeprefix("groupby ") for n in NOTED}
         - {"mean_squared_error", "log_loss", "r2_score"} | {"groupby"}),
        ("| splitting", "\n\n", {*SPLIT, "sklearn.utils.extmath"}),
    ],
)  # fmt: skip
def test_the_page_lists_what_is_tested(start, end, tested):
    assert {*re.findall(r"`([^`]+)`", section(start, end))} == tested
