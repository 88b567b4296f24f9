"""The table of domains has one line for every function that the engine knows, and no other."""

from autodiff.registry import registry
from tests.laws.domains import ASKING, DOMAINS
from tests.laws.table import PRIMITIVES, name_of


def test_every_function_has_a_line_in_the_table():
    missing = [name_of(key) for key in registry if key not in DOMAINS and key not in ASKING]
    assert not missing, f"add a line to tests/laws/domains.py for {missing}"


def test_every_primitive_can_be_reached_from_a_line():
    reached = {id(registry.get(key, key)) for key in DOMAINS}
    missing = [p.name for p in PRIMITIVES.values() if id(p) not in reached]
    assert not missing, f"add a line to tests/laws/domains.py for {missing}"


def test_every_line_has_its_function():
    known = {id(p) for p in PRIMITIVES.values()}
    assert not [name_of(key) for key in DOMAINS if key not in registry and id(key) not in known]
    assert all(key in registry for key in ASKING)
    assert not ASKING & set(DOMAINS)
