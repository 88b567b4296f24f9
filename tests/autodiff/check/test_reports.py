"""Reports of wrong slopes, kinks, noise and the like are the texts in ``reports.txt``.

Where a change of a text is meant: ``python -m tests.autodiff.check.written_reports``.
"""

import pytest

from tests.autodiff.check.written_reports import CASES, known, written

TEXTS = known()


@pytest.mark.parametrize("name", CASES)
def test_the_text_of_a_report(name):
    assert written(name).splitlines() == TEXTS[name].rstrip("\n").splitlines()
