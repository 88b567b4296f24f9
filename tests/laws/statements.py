"""Random programs of statements: expressions that give views or copies, and edits in place.

A program is text, so what fails can be read, run and shortened. Its arrays are a and b; each
expression makes a new one. It returns all, so an edit shows in everything that shares memory.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.laws.aliasing import FORMS
from tests.laws.expressions import EXPRESSIONS

Array = Any
Random = np.random.Generator
ERRORS = "(TypeError, ValueError, IndexError)"

MIXED = """
x + y   x - y   x * y   x / (1 + abs(y))   2 * x + 1   x**2   x // 2   x % 3   -x   abs(x)
~(x > 0)   x > y   x <= 1   x == y   x != x   x > 0   np.where(x > 0, x, y)   np.where(y > 0, x, 0)
x @ y   x @ x.T   x[y > 0]   x[x > 0]   x[np.argmax(x)]   x[np.argsort(y)]   x[..., np.argmin(y)]
x[[1, 0]]   x[[-1]]   x[y.size % 2]   x.astype(np.float32)   x.astype(int)   x.astype(bool)
np.stack([x, x], -1)   np.concatenate([x.ravel(), y.ravel()])   np.stack(np.broadcast_arrays(x, y))
np.maximum(x, y)   np.minimum(x, 1)   np.sqrt(abs(x))   np.sin(x)   np.exp(-abs(x))   np.tanh(x)
np.log1p(abs(x))   np.add(x, y, where=x > 0, out=np.zeros_like(x + y))
np.sum(x, axis=0, keepdims=True)   np.sum(x)   np.sum(x, axis=-1, where=x > 0)   np.mean(x, axis=0)
np.max(x, axis=-1)   np.prod(x, axis=0)   np.std(x, axis=0)   np.var(x)   np.median(x, axis=-1)
np.quantile(x, 0.3, axis=0)   np.cumsum(x, axis=0)   np.cumprod(x, axis=-1)   np.outer(x, y)
np.dot(x, y)   np.inner(x, y)   np.tensordot(x, y, 1)   np.einsum("i...,i...", x, y)
np.einsum("...i,...i->...", x, x)   np.linalg.norm(x, axis=-1)   np.maximum.accumulate(x)
np.add.reduceat(x, [0, 1])   np.subtract.outer(x, y)   np.diff(x, axis=0)
np.take(x, [0, -1], axis=-1)   np.take(x, np.argsort(y), mode="clip")   np.linspace(x, y, 3)
np.full_like(x, 3)   np.zeros(3) + x   np.ones_like(x, dtype=np.float32) * y
np.lib.stride_tricks.sliding_window_view(x, 1, 0)   np.select([x > 1, x > 0], [x, y], 2)
np.choose(np.argsort(y) % 2, [y, 2 * y])   np.interp(x, [0, 1], [2, 3])
np.searchsorted(np.sort(y.ravel()), x)   np.bincount(np.argsort(y))   np.digitize(x, [0.0, 1.0])
np.unique(x, return_counts=True)[1]   np.isin(x, y)   np.trapezoid(x)   np.convolve(x, y)
np.cross(x, y)   np.kron(x, y)   np.vander(y)   np.polyval(y, x)   np.ptp(x, axis=0)
np.nanmax(x, axis=0)   np.nansum(x)   np.count_nonzero(x, axis=0)   np.fft.fft(x)   np.fft.irfft(x)
np.floor(x)   np.round(x, 1)   np.sign(x)   np.heaviside(x, y)   np.hypot(x, y)   np.copysign(x, y)
np.ldexp(x, 2)   np.float_power(abs(x), 2)   np.logaddexp(x, y)   np.arctan2(x, y)
np.divmod(x, 2)[1]   np.modf(x)[0]   np.spacing(x)   np.angle(x)   x.sum().astype(x.dtype)
x.dtype.type(2) * x   len(x) * x   np.cov(x)   np.corrcoef(x, y)   np.histogram(x, 3)[0]
np.average(x, axis=0, weights=abs(y) + 1)   np.apply_along_axis(np.sum, 0, x)
np.take_along_axis(x, np.argsort(x, axis=-1), -1)   np.argsort(x, 0)   np.nonzero(x > 0)[0]
np.flatnonzero(x)   np.triu(x, 1)   np.tril(x > 0)   np.squeeze(x[None], 0)
np.linalg.inv(x @ x.T + 3 * np.eye(len(x)))   np.linalg.solve(x @ x.T + np.eye(len(x)), x)
np.linalg.det(x @ x.T)   np.linalg.svd(x)[1]   np.linalg.qr(x)[1]   np.linalg.eigvalsh(x @ x.T)
np.linalg.slogdet(x @ x.T + np.eye(len(x)))[1]   np.linalg.cholesky(x @ x.T + np.eye(len(x)))
np.linalg.pinv(x)   np.linalg.lstsq(x, x @ x.T)[0]   np.linalg.eigh(x @ x.T)[0]
np.linalg.svdvals(x)   np.linalg.multi_dot([x, x.T, x])   np.linalg.matrix_norm(x, ord=1)
np.linalg.vector_norm(x, axis=0)   np.linalg.eigvals(x @ x.T)   np.vecdot(x, y)   np.matvec(x, y)
np.vecmat(y, x)   np.vdot(x, x)   np.allclose(x, y)   np.array_equal(x, x)
np.column_stack([x.ravel(), x.ravel()])   np.concat([x, x])   np.correlate(x, y)
np.cumulative_sum(x, axis=0, include_initial=True)   np.extract(x > 0, x)   np.intersect1d(x, y)
np.isreal(x)   np.iscomplex(x)   np.lexsort((y, -y))   np.nanargmax(x, 0)   np.nancumprod(x, 0)
np.nanmean(x, axis=0)   np.nanpercentile(x, 40, axis=-1)   np.nanprod(x, axis=0)
np.percentile(x, 60)   np.poly(y)   np.polyadd(x, y)   np.polyint(y)   np.polymul(y, y)
np.polysub(y, x)   np.polyfit(np.arange(x.shape[0]), x, 1)   np.roots(y)   np.sinc(x)   np.i0(x)
np.unstack(x)[0]   np.unique_counts(x)[1]   np.unique_inverse(x)[1]   np.unique_values(x)
np.vsplit(x, 2)[1]   np.array_split(x, 2, -1)[0]   np.gradient(x, axis=0)   np.meshgrid(x, y)[1]
np.broadcast_arrays(x, y)[0]   np.fromfunction(lambda i: i * y[0], (3,))   np.fft.ifft(x, 4)
np.fft.fft2(x)   np.fft.rfft(x)   np.fft.hfft(x, norm="ortho")   np.fft.ihfft(x)   np.fft.irfftn(x)
np.fft.fftn(x, axes=[0])   x.nbytes * x   np.take(x, 1)   np.linalg.tensorsolve(np.eye(len(x)), x)
np.add.outer(x, y)   np.multiply.reduce(x, axis=None)   np.logical_or.reduce(x, 0)
np.multiply.accumulate(x, -1)   np.minimum.reduceat(x, [1, 0])   np.hypot.reduce(x, 0)
"""
"""Expressions of two arrays, beside those of FORMS and EXPRESSIONS."""

EDITS = """
x[...] = y   x[0] = y   x[..., 0] += 1   x[::-1] = y   x[x > 0] = 0   x[x > 0] *= 2
x[[0, -1]] = y   x[[0, 0]] += 1   x[0] += y   x += y   x *= 2   x -= y   x /= 2   x **= 2   x //= 2
x %= 3   x |= 1   x ^= x   x[...] = x[..., ::-1].copy()   x[1:] = x[:-1].copy()
x[..., -1] = x[..., 0]   x[:, 0] = y[0]   x[-1, :1] = 7   np.put(x, [0, -1], [1, 2])
np.put(x, [0, 0], y)   np.copyto(x, y)   np.copyto(x, 2, where=x > 0)   np.putmask(x, x > 0, y)
np.place(x, x > 0, [1, 2])   np.add.at(x, [0, 0], 1)   np.multiply.at(x, 0, y)
np.subtract.at(x, [-1], y)   np.negative(x, out=x)   np.add(x, y, out=x)
np.multiply(x, y, out=x, where=y > 0)   np.sin(x, out=x)   np.sin(y, out=x)
np.maximum(y, 1, out=x)   x.sort()   x.sort(0)   x.fill(2)   x.fill(y.sum())   x.T[...] = y
x.T[0] = 5   x.reshape(-1)[0] = 3   x.ravel()[::2] = 2   x.ravel("K")[-1] = 4   x.flat[0] = 5
x.flat[::2] = y   x.flat = y   x.flat[[0, -1]] = 8   np.fill_diagonal(x, 2)
np.fill_diagonal(x, y)   np.clip(x, 0, 1, out=x)   x.real = y   x.imag = 1   x.real[0] = 3
x[np.argmax(x)] = 2   x[np.argsort(y)] = y   x[..., np.argmin(y)] = 1
np.cumsum(x, axis=-1, out=x)   x.put(0, 1)   x[None][0] = y   x[1:, ..., 0] = y[0]
np.put_along_axis(x, np.argsort(x, axis=-1)[..., :1], -1, -1)   np.nan_to_num(x, copy=False)
np.maximum(x, y, out=x)   np.matmul(x, x.T, out=x)   x[np.ix_([0, 1], [0])] = 1   x[0, 0] = x.sum()
x @= x   x[0], x[-1] = x[-1], x[0]   x[:1], x[-1:] = x[-1:], x[:1]   x[y > 0] = y[y > 0]
x[True] = 3   x[False] = 3   np.sum(x, axis=0, out=x[0])   np.take(x, [0], axis=0, out=x[-1:])
np.mean(y, axis=0, out=x[0])   np.swapaxes(x, 0, -1)[0] = 1   np.moveaxis(x, 0, -1)[..., 0] *= 3
np.diagonal(x)[...] = 3   np.squeeze(x)[...] = 2   x.flat[x.ravel() > 0] = 6
x[x.astype(bool)] += 1   x[...] = 2.5   x[np.newaxis, ..., 0] -= y[..., 0]
np.floor_divide(x, 2, out=x)   np.logical_not(x, out=x)   x[-1:] = y[:1]
np.lib.stride_tricks.sliding_window_view(x, 1, writeable=True)[...] = 1   x[[True] * len(x)] *= y
"""
"""Edits of x, which read y."""


def _texts(table: str) -> list[str]:
    return [
        text.strip() for line in table.split("\n") for text in line.split("   ") if text.strip()
    ]


def _reads_lists(text: str) -> bool:
    """Return whether an expression makes a list of arrays' entries, which has its own rules."""
    return re.search(r"(?<![\w.])[\[(]\*?[xy]\b(?! [-+*@/]| ==)", text) is not None


LISTS = re.compile(
    r"ad\.|\">|np.partition|split|meshgrid|frexp|modf|broadcast_arrays|nonzero|gradient|x, x\)$"
)
OF_FORMS = [text for text in FORMS if not LISTS.search(text)]
OF_EXPRESSIONS = [
    text
    for text in EXPRESSIONS
    if not text.startswith(("edited", "changed"))
    and not LISTS.search(text)
    and not _reads_lists(text)
]
OF_MIXED, OF_EDITS = _texts(MIXED), _texts(EDITS)
OF_UFUNCS = [
    f"np.{name}({'x' if ufunc.nin == 1 else 'x, y'})"
    for name, ufunc in vars(np).items()
    if isinstance(ufunc, np.ufunc) and ufunc.nout == 1 and ufunc.signature is None
]


def _made_by(statement: str) -> str:
    """Return the variable that a statement defines; "" of an edit."""
    made = re.match(r"(v\d+) = ", statement)
    return made[1] if made else ""


class Program:
    """Statements with the arrays that they are run with.

    Args:
        statements: lines of Python over a, b and what they define.
        make: returns new arrays a and b.
    """

    def __init__(self, statements: list[str], make: Callable[[], list[Array]]) -> None:
        self.statements, self.make = statements, make

    def text(self) -> str:
        names = ["a", "b", *filter(None, map(_made_by, self.statements))]
        body = [line for s in self.statements for line in s.split("\n")]
        return "\n    ".join(["def program(a, b):", *body, f"return [{', '.join(names)}]"])

    def function(self) -> Callable[[Array, Array], list[Array]]:
        scope: dict[str, Any] = {"np": np}
        exec(compile(self.text(), "program.py", "exec"), scope)
        found: Callable[[Array, Array], list[Array]] = scope["program"]
        return found

    def shorter(self) -> Iterator[Program]:
        """Yield the programs that lack one statement, the last ones first."""
        for i in reversed(range(len(self.statements))):
            yield Program(self.statements[:i] + self.statements[i + 1 :], self.make)

    def __str__(self) -> str:
        described = [
            f"{name} = {array!r} of {array.dtype}, strides {array.strides}"
            for name, array in zip("ab", self.make(), strict=True)
        ]
        return "\n".join([*described, self.text()])


def drawn_statement(names: list[str], number: int, random: Random) -> str:
    """Draw an expression, as the value of a new variable, or an edit, which may be in a loop."""

    def name() -> str:
        late = names[max(0, len(names) - 3) :]
        return str(random.choice(late if random.random() < 0.6 else names))

    is_edit = random.random() < 0.45
    tables = [OF_EDITS] if is_edit else [OF_FORMS, OF_MIXED, OF_MIXED, OF_EXPRESSIONS, OF_UFUNCS]
    table = tables[random.integers(len(tables))]
    x, y = name(), name()
    text = re.sub(r"\b[xy]\b", lambda m: x if m[0] == "x" else y, str(random.choice(table)))
    if not is_edit:
        return f"v{number} = {text}"
    return f"for _ in range(2):\n    {text}" if random.random() < 0.05 else text


def _is_accepted(statement: str, scope: dict[str, Any]) -> bool:
    """Run a statement in NumPy; return whether it raised none of the errors of wrong arguments."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(statement, scope)
        except (TypeError, ValueError, IndexError, AttributeError, ArithmeticError):
            return False
    return True


def drawn_program(make: Callable[[], list[Array]], length: int, random: Random) -> Program:
    """Draw statements that NumPy accepts; some edits that it doesn't, in a ``try``."""
    scope: dict[str, Any] = {"np": np, **dict(zip("ab", make(), strict=True))}
    names, statements = ["a", "b"], list[str]()
    for number in range(3 * length):
        statement = drawn_statement(names, number, random)
        made = _made_by(statement)
        edited = re.match(r"(?:np\.[.\w]+\()?(\w+)", statement)
        if edited and not made and getattr(scope.get(edited[1]), "ndim", 1) == 0:
            continue  # a number is a scalar
        if not _is_accepted(statement, scope):
            if made or "arg" in statement or random.random() > 0.03:
                continue
            body = statement.replace("\n", "\n    ")
            statement = f"try:\n    {body}\nexcept {ERRORS}:\n    pass"
        if made and not isinstance(scope[made], (np.ndarray, np.generic)):
            continue
        statements.append(statement)
        if made:
            names.append(made)
        if len(statements) == length:
            break
    return Program(statements, make)
