"""Chapter 6: each network reaches its goal, and each exercise has its picture."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

sys.path.insert(0, str(EXAMPLES))  # as for a script there
beyond = importlib.import_module("chapter_6_beyond")
sys.path.remove(str(EXAMPLES))


@pytest.mark.slow
def test_every_exercise_reaches_its_goal_and_has_a_picture(tmp_path):
    code = (
        "import pathlib, finding, chapter_6_beyond as beyond;"
        f"finding.PICTURES = pathlib.Path({str(tmp_path)!r});"
        "print([(f.reached, len(f.save_pictures())) for f in (e() for e in beyond.EXERCISES)])"
    )
    # One thread: those of BLAS wait for each other where tests run on all cores.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=EXAMPLES, env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == str([(True, 1)] * 3)
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_the_numbers_of_parameters_that_the_text_names():
    model = beyond.convolutional_model()
    assert model.layers[0].count_params() == 3 * 3 * 32 + 32 == 320
    dense = (28 * 28 + 1) * 26 * 26 * 32
    assert round(dense / 1e6) == 17


def test_marked_sums():
    rows, sums = beyond.marked_sums(50)
    assert rows.shape == (50, 20, 2)
    assert np.array_equal(rows[..., 1].sum(axis=1), np.full(50, 2))
    number, mark = rows[0].T
    assert sums[0] == pytest.approx(number[mark == 1].sum())
