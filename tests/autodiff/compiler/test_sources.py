"""The source of small programs, for NumPy and in pieces, is the text in ``sources/``.

Where a change of the text is meant: ``python -m tests.autodiff.compiler.written_programs``.
"""

import pytest

from tests.autodiff.compiler.written_programs import FOLDER, PROGRAMS, written


@pytest.mark.numpy_source
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_text_of_a_program(name):
    assert written(name).splitlines() == (FOLDER / f"{name}.txt").read_text().splitlines()
