"""What is short is written out, up to its limit; beyond it, it is summarized."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.mathematics.values import is_short
from autodiff.display.mathematics.words import index_text, number, shortened
from autodiff.display.page.layout import is_written_out
from autodiff.display.page.program import PageProgram
from autodiff.display.page.questions import mistakes_of
from autodiff.display.picture import boxes
from autodiff.display.picture.descriptions import join_names, value_summary
from autodiff.display.working.working import of_function


def repeated(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x


def drawn(f, *args, **options):
    return ad.draw(f, 0, **options)(*args)


def chosen(x, n):
    for i in range(n):
        x = x + i if x > -i else x
    return x


def parts(n):
    return {f"w{i}": np.ones(2) for i in range(n)}


def blocks(weights):
    total = 0.0
    for i, w in enumerate(weights.values()):
        with ad.scope(f"round_{i}", label="Round"):
            total = total + np.sin(w)
    return total


def lines(x, n):
    for _ in range(110):
        x = np.sin(x)
        x = x + 1
        x = np.cos(x)
        x = x * 0.5 if n > 3 else x
    return x


def far(x, n):
    return repeated(x, n) * x


def powers(x, n):
    return sum(x**i for i in range(2, n + 2))


def is_kept(n):
    """Return whether a page keeps all entries of an array that it can't compute."""
    program = PageProgram([], runs=False)
    program.add(np.arange(n))
    return program.entries[0]["data"] is not None


def asked(n):
    working = of_function(lambda x: (x * x).sum(), None, (np.ones(n),), {})
    return mistakes_of(working.starts[0], working)["mutants"]


NAMED = np.arange(1.0, 9)
LIMITS = {
    "names": (lambda n: "…" in join_names("a" * n), 6),
    "entries of a tooltip": (lambda n: "…" in value_summary(np.arange(n), number), 6),
    "entries of a box": (lambda n: "…" in boxes.box(np.arange(n), np.ones(n), 1.0), 6),
    "width of a box": (lambda n: boxes.width(np.arange(n) + 0.25, None) == 210, 6),
    "entries of a number": (lambda n: not is_short(np.ones(n)), 8),
    "axes of a number": (lambda n: not is_short(np.ones([1] * n)), 2),
    "positions": (lambda n: "indices" in index_text([0] * n), 8),
    "text": (lambda n: "…" in shortened("a" * n, 10), 10),
    "rows of a page": (lambda n: not is_written_out(np.ones((n, 1))), 4),
    "columns of a page": (lambda n: not is_written_out(np.ones((1, n))), 6),
    "entries of a page": (lambda n: not is_written_out(np.ones((3, n))), 4),
    "entries that a page keeps": (lambda n: not is_kept(n), 64),
    "entries of a question": (lambda n: not asked(n), 64),
    "entries of a label": (
        lambda n: "a = [" not in drawn(lambda x, a: (x * a).sum(), np.ones(n), NAMED[:n]).dot, 4),
    "results": (lambda n: "…" in drawn(lambda x: [x * i for i in range(n)], 1.0).title, 3),
    "choices of a picture": (lambda n: "1 more choice" in drawn(chosen, 1.0, n).text(), 4),
    "choices of a derivation": (lambda n: "1 more choice" in str(ad.explain(chosen, 0)(1.0, n)), 4),
    "paths": (
        lambda n: "and 1 more" in str(ad.explain(powers, 0)(2.0, n)),
        8),
    "steps of a far arrow": (lambda n: ">from x₁<" in drawn(far, 1.0, n).dot, 5),
    "arguments": (lambda n: "arguments inside" in drawn(blocks, parts(n), fold=True).dot, 12),
    "lines of a block": (lambda n: " / …" in drawn(lines, 1.0, n).text(), 3),
    "boxes of a description": (
        lambda n: "Slopes:" in drawn(repeated, 1.0, n - 1).description, 60),
}  # fmt: skip


@pytest.mark.parametrize("what", LIMITS)
def test_what_is_short_is_written_out(what):
    is_beyond, limit = LIMITS[what]
    assert [bool(is_beyond(limit)), bool(is_beyond(limit + 1))] == [False, True]


def test_a_quiz_asks_about_200_values_at_most():
    with pytest.raises(ValueError, match="at most 200 values to ask about, got 201 values and 201"):
        ad.quiz(repeated)(1.0, 200)
