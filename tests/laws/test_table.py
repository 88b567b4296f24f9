"""The table of domains has one line for every function that the engine knows, and no other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff.core.graph import ancestors
from autodiff.core.indexing import read, write
from autodiff.core.lift import lift
from autodiff.core.registry import registry
from tests.laws.domains import ASKING, DOMAINS
from tests.laws.scipy_table import ASKED, SCIPY
from tests.laws.table import PRIMITIVES, calls, name_of, results, tensors

ALL = {**DOMAINS, **SCIPY}
PLAIN = ASKING | ASKED
HERE = "add a line to tests/laws/domains.py, or to a file in tests/laws/scipy_domains,"


def test_every_function_has_a_line_in_the_table():
    missing = [name_of(key) for key in registry if key not in ALL and key not in PLAIN]
    assert not missing, f"{HERE} for {missing}"


def test_every_primitive_can_be_reached_from_a_line():
    reached = {id(registry.get(key, key)) for key in ALL}
    reached |= {id(primitive) for domain in ALL.values() for primitive in domain.through}
    missing = [p.name for p in PRIMITIVES.values() if id(p) not in reached]
    assert not missing, f"{HERE} for {missing}"


def test_every_line_has_its_function():
    known = {id(p) for p in PRIMITIVES.values()}
    known |= {id(front) for front in (lift, read, write)}
    assert not [name_of(key) for key in ALL if key not in registry and id(key) not in known]
    assert all(key in registry for key in PLAIN)
    assert not PLAIN & set(ALL)


@pytest.mark.parametrize("key", [k for k in ALL if ALL[k].through], ids=name_of)
def test_calls_lead_to_the_primitives_that_a_line_names(key):
    missing = set(ALL[key].through)

    @given(data=st.data())
    @settings(max_examples=30)
    def seek(data):
        call = data.draw(calls(key))
        traced = results(call.run(*tensors(call)))
        missing.difference_update(node.primitive for node in ancestors(t.node for t in traced))

    seek()
    assert not missing
