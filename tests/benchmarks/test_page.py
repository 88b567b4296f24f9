"""The tables of the site's page on performance are made from the results of a run."""

import pytest

from benchmarks.page import PAGE, filled, tables
from benchmarks.workloads import WORKLOADS


def results(**times):
    return {"workloads": {name: {"times_ours": found} for name, found in times.items()}}


def test_ratios_have_two_or_three_digits_and_gaps_stay_empty():
    found = tables(results(rnn={"ours, jitted": 0.4567, "PyTorch": 12.34, "by hand": 456.7}))
    (row,) = [line for line in found["gradients"].splitlines() if line.startswith("| recurrent")]
    assert row == "| recurrent network, 30 steps | 0.46 |  |  |  |  | 12.3 | 457 |"


def test_the_page_has_a_place_for_each_table():
    page = PAGE.read_text(encoding="utf-8")
    again = filled(page, results(**{"fit-wide": {"scikit-learn": 1.5}}))
    assert "| scikit-learn |  |  | 1.50 |  |" in again
    assert page.partition("<!--")[0] == again.partition("<!--")[0]


def test_a_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="expected one place <!-- fit -->"):
        filled("nothing", results())


def test_names_are_those_of_workloads_and_engines():
    engines = {w.name: {e.name for e in w.engines} for w in WORKLOADS}
    made_up = {name: dict.fromkeys(found, 3.0) for name, found in engines.items()}
    starts = ("| ours, machine code", "| NumPy by hand", "| JAX", "| PyTorch")  # with gaps
    for table in tables(results(**made_up)).values():
        assert all(line.startswith(starts) for line in table.splitlines() if "|  |" in line)
