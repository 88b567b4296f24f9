"""A cache folder of each test's own."""

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Keep what is compiled out of the user's cache."""
    monkeypatch.setenv("AUTODIFF_CACHE", str(tmp_path))
