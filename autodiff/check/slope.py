"""check_slope: compare a slope derived by hand with autodiff's, and name the likely mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.comparison import aligned, bracketed
from autodiff.check.diagnosis import Kink, diagnose, kink, written
from autodiff.check.fresh_arguments import require_function, with_fresh_arguments
from autodiff.check.likely_mistakes import (
    Slope,
    common_factor,
    is_usual_factor,
    likely_mistake,
    mistake_of_shape,
)
from autodiff.check.measurement import Finding, measure, size_of_values
from autodiff.check.mutants import intermediate_values, mutants
from autodiff.check.numeric import widened
from autodiff.check.point import Point
from autodiff.check.remeasurement import remeasure
from autodiff.core.errors import function_place
from autodiff.core.typing import Array
from autodiff.transforms.gradients import grad
from autodiff.transforms.pytree import flatten

__all__ = ["Row", "SlopeCheck", "check_slope"]

_ROWS_SHOWN = 5
_KINKS_SHOWN = 3
_MOST_KINKS, _MOST_OTHERS = 500, 20  # entries that are measured on both sides


class Row(NamedTuple):
    """One entry of the slope: by hand, by autodiff, and measured."""

    place: str
    by_hand: Array
    autodiff: Array
    numeric: Array
    error: float


@dataclass(frozen=True, repr=False)
class SlopeCheck:
    """The result of a check; its repr is the report.

    Attributes:
        ok: whether the slope by hand, autodiff's and the measured one agree in every entry.
        verdict: one sentence, with the likely mistake if one is found.
        rows: the entries, the largest disagreements first; none for a wrong shape. Of a large
            slope, the first few are measured one by one, the rest only along random directions.

    >>> import numpy as np, autodiff as ad
    >>> found = ad.check_slope(lambda w: (w**2).sum(), np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    >>> found.ok, found.verdict
    (False, 'wrong in 2 of 2 entries: multiply it by 2 and it is right')
    """

    ok: bool
    verdict: str
    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return self.ok

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the report if the slope is wrong."""
        if not self.ok:
            raise AssertionError(repr(self))

    def __repr__(self) -> str:
        if not self.rows:
            return self.verdict
        rows = self.rows[:1] if self.ok else self.rows[:_ROWS_SHOWN]
        table = [["worst entry" if self.ok else "entry", "by hand", "autodiff", "numeric"]]
        table += [[r.place, *map(written, (r.by_hand, r.autodiff, r.numeric))] for r in rows]
        return f"{self.verdict}\n{aligned(table, left=(0,))}"


def check_slope(f: Callable[[Any], Array], slope: Any, x: Any, seed: int = 0) -> SlopeCheck:
    """Compare a slope derived by hand with autodiff's and with finite differences.

    Args:
        f: a function of x that returns one real number.
        slope: the slope by hand: an array or structure like x, or a function of x that returns it.
        x: the point: a number, an array, or a structure of them. Narrow floats are widened.
        seed: of the random directions along which a large x is measured.

    Returns:
        A :class:`SlopeCheck`. At a kink, any slope between those of the two sides is right.

    Raises:
        TypeError: f doesn't return one real number.
        ValueError: the slope doesn't have the structure of x.

    >>> import numpy as np, autodiff as ad
    >>> x = np.array([1.0, 2.0])
    >>> ad.check_slope(lambda x: np.mean(x ** 2), 2 * x, x)
    wrong in 2 of 2 entries: divide it by 2 and it is right (a mean over 2 entries?)
      entry  by hand  autodiff  numeric
      x[1]         4         2        2
      x[0]         2         1        1
    >>> ad.check_slope(lambda x: np.mean(x ** 2), x, x).ok
    True
    """
    require_function(f, "check_slope")
    with np.errstate(all="ignore"):
        check = _Check(with_fresh_arguments(f, (x,)), slope, widened(x), seed)
        shapes = [mistake_of_shape(part) for part in check.parts]
        if any(shapes):
            return SlopeCheck(ok=False, verdict="; ".join(filter(None, shapes)), rows=())
        return check.result()


class _Check:
    """Three slopes of one function at one point."""

    def __init__(self, f: Callable[[Any], Array], slope: Any, x: Any, seed: int) -> None:
        self.f, self.slope = f, slope
        draw = np.random.default_rng(seed)
        ours = grad(f)(x)
        self.point = Point(f, (x,), (0,), ("x",))
        found = measure(self.point, [ours], size_of_values(self.point, draw), draw)
        doubtful = [finding for finding in found if not finding.row.agrees]
        again = remeasure(doubtful, self.point, grad(f), draw) if doubtful else []
        self.remeasured = {case.finding.entry: case for case in again}
        self.findings = [finding for finding in found if finding.row.agrees]
        self.findings += [case.finding for case in again]
        self.parts = self._slopes(slope(x) if callable(slope) else slope, ours)
        self.nearby = self.point.nearby(0.1, draw)[0]

    def result(self) -> SlopeCheck:
        """Return the verdict on the slope by hand, and the table of entries."""
        agrees = np.concatenate([np.ravel(part.agrees(part.own)) for part in self.parts])
        doubtful = [f for f in self.findings if not f.row.agrees]
        kinks = self._kinks([*np.flatnonzero(~agrees), *(f.entry for f in doubtful)])
        in_doubt = np.flatnonzero(~agrees).tolist()
        wrong = {
            e for e in in_doubt if e not in kinks or not kinks[e].contains(self._row(e).by_hand)
        }
        rows = self._rows(wrong)
        unsettled = [f for f in doubtful if f.entry not in kinks]
        if unsettled:
            return SlopeCheck(ok=False, verdict=self._no_verdict(unsettled), rows=rows)
        if wrong:
            verdict = f"wrong in {len(wrong)} of {len(agrees)} entries"
            hint = "" if wrong & kinks.keys() else self._likely_mistake()
            verdict += self._wrong_arrays() + (f": {hint}" if hint else "")
        else:
            verdict = f"right in all {len(agrees)} entries"
        notes = [self._note(entry, kinks[entry]) for entry in sorted(kinks)[:_KINKS_SHOWN]]
        return SlopeCheck(ok=not wrong, verdict="; ".join([verdict, *notes]), rows=rows)

    def _slopes(self, by_hand: Any, ours: Any) -> list[Slope]:
        """Pair the slope by hand with autodiff's and the measured one, array by array.

        Where no entry is measured, but only random directions, autodiff's slopes are used.
        """
        leaves, names, _ = flatten(ours, "x")
        own, own_names, _ = flatten(by_hand, "x")
        if names != own_names:
            raise ValueError(
                f"expected a slope of the structure of x, {', '.join(names)}, got "
                f"{', '.join(own_names)}. Pass one slope for each."
            )
        arrays = [np.asarray(leaf) for leaf in leaves]
        numeric = [leaf.astype(np.result_type(leaf, float)) for leaf in arrays]
        error = [np.zeros(leaf.shape) for leaf in arrays]
        for row, entry in ((finding.row, finding.entry) for finding in self.findings):
            if entry is not None:
                number, place = self.point.where(entry)
                numeric[number][place], error[number][place] = row.numeric, row.error
        columns = zip(names, map(np.asarray, own), arrays, numeric, error, strict=True)
        return [Slope(*column) for column in columns]

    def _kinks(self, entries: Sequence[int | None]) -> dict[int, Kink]:
        """Return the kinks among some entries."""
        found: dict[int, Kink] = {}
        others = 0
        for entry in dict.fromkeys(int(entry) for entry in entries if entry is not None):
            at = kink(self.point.axis(entry))
            if at is None:
                others += 1
            else:
                found[entry] = at
            if others == _MOST_OTHERS or len(found) == _MOST_KINKS:
                break
        return found

    def _row(self, entry: int) -> Row:
        number, place = self.point.where(entry)
        part = self.parts[number]
        arrays = (part.own, part.right, part.numeric, part.error)
        return Row(part.name + bracketed(place), *(array[place].item() for array in arrays))

    def _rows(self, wrong: set[int]) -> tuple[Row, ...]:
        """Return all entries, wrong ones first, then the largest disagreements."""
        rows = [self._row(entry) for entry in range(self.point.size)]
        order = sorted(range(len(rows)), key=lambda e: (e not in wrong, -_apart(rows[e])))
        if self.point.size > len(self.findings):
            for entry in order[:_ROWS_SHOWN]:
                numeric, error = self.point.measured_entry(entry)
                rows[entry] = rows[entry]._replace(numeric=numeric, error=error)
        return tuple(rows[entry] for entry in order)

    def _no_verdict(self, unsettled: list[Finding]) -> str:
        """Return why autodiff and the measurement can't be compared."""
        worst = max(unsettled, key=lambda finding: finding.row.excess)
        row, case = worst.row, self.remeasured[worst.entry]
        for line, part in zip(worst.lines, (np.real, np.imag), strict=False):
            ours = part(row.ours)
            if cause := diagnose(line, ours, "autodiff's slope", case.noise, case.nearest):
                return f"no verdict, at {row.label}: {cause}"
        if not row.is_measured:
            return (
                f"no verdict: the slope can't be measured, at {row.label} and "
                f"{len(unsettled) - 1} more, where the values of {function_place(self.f)} have too "
                f"few accurate digits. Check at another point."
            )
        return (
            f"no verdict: autodiff and finite differences disagree, at {row.label} and "
            f"{len(unsettled) - 1} more. Does {function_place(self.f)} hide operations from "
            f"autodiff (.numpy(), stop_gradient), or is a user-defined derivative wrong?"
        )

    def _note(self, entry: int, at: Kink) -> str:
        """Describe a kink, and the slope by hand at it."""
        row = self._row(entry)
        lies = "lies between" if at.contains(row.by_hand) else "doesn't lie between"
        return (
            f"{row.place} is at a kink: {written(at.left)} from the left, {written(at.right)} from "
            f"the right; yours, {written(row.by_hand)}, {lies}"
        )

    def _wrong_arrays(self) -> str:
        """Return the names of the wrong arrays as text; empty if all are wrong."""
        names = [part.name for part in self.parts if not part.is_right(part.own)]
        return f", all in {' and '.join(names)}" if len(names) < len(self.parts) else ""

    def _likely_mistake(self) -> str:
        """Return the likely mistake; preferably one that explains the slope nearby as well."""
        here = self._mistakes(self.parts, self.point.leaves)
        first = next(here, "")
        if not first or not callable(self.slope):
            return first
        leaves, _, _ = flatten(self.nearby, "x")
        ours = grad(self.f)(self.nearby)
        own, right = flatten(self.slope(self.nearby), "x")[0], flatten(ours, "x")[0]
        rows = zip(self.parts, own, right, strict=True)
        parts = [_slope(part.name, mine, other) for part, mine, other in rows]
        if any(mistake_of_shape(part) for part in parts):
            return first
        nearby = set(self._mistakes(parts, leaves))
        return next((mistake for mistake in [first, *here] if mistake in nearby), first)

    def _mistakes(self, parts: Sequence[Slope], leaves: Sequence[Array]) -> Iterator[str]:
        """Iterate over descriptions of mistakes that explain the slope, the likely ones first."""
        usual, factor = likely_mistake(parts), common_factor(parts)
        if usual.endswith("sign is flipped"):
            usual += " (the error is the prediction minus the target?)"
        if usual and (factor is None or is_usual_factor(factor)):
            yield usual
        _, _, rebuild = flatten(self.point.args[0], "x")
        for description, slopes in mutants(self.f, leaves, rebuild):
            pairs = zip(parts, slopes, strict=True)
            if all(_slope(part.name, part.own, other).is_right(part.own) for part, other in pairs):
                yield description
        for name, value in intermediate_values(self.f, leaves, rebuild):
            if _explains(value, parts):
                yield f"a factor is missing, {name}"
            elif _explains(np.divide(1, value), parts):
                yield f"there is a factor too many, {name}"
        yield usual


def _slope(name: str, own: Array, right: Array) -> Slope:
    right = np.asarray(right)
    return Slope(name, np.asarray(own), right, right, np.zeros(right.shape))


def _explains(factor: Array, parts: Sequence[Slope]) -> bool:
    """Return whether one factor, other than 1, makes all slopes right."""
    if np.all(np.abs(factor) == 1) or not np.all(np.isfinite(factor)):
        return False
    return all(_fits(factor, part) and part.is_right(part.own * factor) for part in parts)


def _fits(factor: Array, part: Slope) -> bool:
    """Return whether a factor broadcasts to the shape of a slope."""
    shape, factor_shape = part.own.shape, np.shape(factor)
    pairs = zip(reversed(factor_shape), reversed(shape), strict=False)
    return len(factor_shape) <= len(shape) and all(n in (1, m) for n, m in pairs)


def _apart(row: Row) -> float:
    distance = float(abs(row.by_hand - row.autodiff))
    return np.inf if np.isnan(distance) else distance
