"""Tests that compare with a peer request it as a fixture, which must be installed in CI."""

import re
from pathlib import Path

IMPORTED = re.compile(
    r"^\s*(?:import|from) (?:autograd|jax|keras|torch)\b"
    r"|importorskip\(.(?:autograd|jax|keras|torch)",
    re.MULTILINE,
)


def test_peers_are_requested_as_fixtures():
    here = Path(__file__)
    scripts = here.parent / "nn" / "tutorials"  # the fixture keras passes Keras to them
    tests = [
        path for path in here.parent.rglob("*.py") if path != here and scripts not in path.parents
    ]
    assert not [path for path in tests if IMPORTED.search(path.read_text(encoding="utf-8"))]


def test_other_imports_of_peers_are_detected():
    detected = ["import jax.numpy as jnp", "    from keras import ops", 'importorskip("torch")']
    assert all(map(IMPORTED.search, detected))
    assert not IMPORTED.search("from tests.laws import keras")
