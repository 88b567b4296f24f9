"""The trail: lines and names of the user's code, and the scopes that blocks open."""

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.display.working.working import of_function
from autodiff.tracing.trail import Trail
from autodiff.transforms.gradients import Trace


def follow(f, *args):
    """Run a function on traced arguments; give its trail and its Nodes in creation order."""
    with Trail() as trail:
        trace = Trace(f, range(len(args)), args, {})
    found, stack = {}, [trace.out.node]
    while stack:
        node = stack.pop()
        if type(node) is Node and node.order not in found:
            found[node.order] = node
            stack += node.inputs
    return trail, [found[order] for order in sorted(found)]


def names(f, *args):
    """What is known of a function's Nodes, as it is when the engine calls the function."""
    working = of_function(f, range(len(args)), args, {})
    return [working.names.get(node) for node in working.nodes]


def test_local_variables_name_their_values():
    def loss(weights, x, target):
        error = (weights * x).sum() - target
        return error**2

    w = np.array([1.0, 2.0])
    assert names(loss, w, w, 3.0) == ["weights", "x", "target", None, None, "error", None]


def test_the_last_variable_before_the_return_is_known():
    def double(x):
        y = x * 2
        z = y + 1
        return z  # noqa: RET504 - the name is the point

    assert names(double, 1.0) == ["x", "y", "z"]


def test_of_two_variables_the_earlier_one_names_their_value():
    def twice(x):
        first = x * 2
        second = first
        return second + first

    assert names(twice, 1.0)[:2] == ["x", "first"]


def test_a_variable_names_each_value_that_it_held():
    def steps(h):
        for _ in range(3):
            h = h * 2
        return h

    assert names(steps, 1.0) == ["h"] * 4


def test_entries_of_containers_are_named_by_their_path():
    def net(weights):
        hidden = [w * 2 for w in weights["layers"]]
        parts = {"sum": hidden[0] + hidden[1]}
        return parts["sum"] * 3

    found = names(net, {"layers": [np.ones(2), np.ones(3).sum()]})
    assert found == [
        "weights['layers'][0]", "weights['layers'][1]",
        "hidden[0]", "hidden[1]", "parts['sum']", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hold", "take", "name"),
    [
        (lambda x: [0, x], lambda held: held[1], "held[1]"),
        (lambda x: (0, x), lambda held: held[1], "held[1]"),
        (lambda x: {"a": x}, lambda held: held["a"], "held['a']"),
        (lambda x: ({"a": [x]}, 0), lambda held: held[0]["a"][0], "held[0]['a'][0]"),
        (lambda x: [({"a": [x]},)], lambda held: held[0][0]["a"][0], None),  # too deep
    ],
)
def test_each_kind_of_container_names_its_entries(hold, take, name):
    def net(x):
        held = hold(x * 2)
        return take(held) * 3

    assert names(net, 1.0) == ["x", name, None]


def test_attributes_of_a_method_s_object_are_named():
    class Net:
        def __init__(self, w):
            self.w = w

        def predict(self, x):
            self.hidden = np.tanh(self.w * x)
            return self.hidden * 2

    def net(w, x):
        return Net(w).predict(x)

    assert names(net, 2.0, 3.0) == ["w", "x", None, "self.hidden", None]


@pytest.mark.parametrize("values", [[None], {0: None}])
def test_a_long_container_is_named_as_it_grows(values):
    def many(x):
        held = values.copy()
        held[0] = x
        for i in range(100):
            held.update({i + 1: held[i] * 2}) if isinstance(held, dict) else held.append(
                held[i] * 2
            )
        return held[100]

    assert names(many, 1.0) == ["x", *(f"held[{i}]" for i in range(1, 101))]


def test_an_array_of_traced_values_is_named_though_it_is_lifted_later():
    def net(a, b, weights):
        hidden = np.array([a * 2, b * 3])
        mixed = np.array([a, max(0, b * -1)])  # the second one is a plain 0
        return (hidden * weights).sum() + (mixed * weights).sum()

    trail, nodes = follow(net, 1.0, 2.0, np.ones(2))
    assert [trail.name(n) for n in nodes if n.primitive.name == "stack"] == ["hidden", "mixed"]


def test_arrays_of_anything_are_no_trouble():
    def f(x):
        odd = np.array([x, "text", None, [1]], dtype=object)
        return np.stack([x, np.float64(1)]).sum() * len(odd)

    assert names(f, 1.0) == ["x", None, None, None]


def test_an_edited_array_keeps_its_name_and_so_does_its_view():
    def edit(x):
        y = x * 1
        row = y[0]
        row += 1
        y[1] = 0
        return y

    trail, nodes = follow(edit, np.eye(2))
    assert [trail.name(n) for n in nodes if n.primitive.name == "setitem"] == ["y", "y"]


def test_what_a_function_calls_its_parameters_has_other_names_outside():
    def relu(x):
        return np.maximum(0, x)

    def net(x):
        return relu(x * 2) + relu(x)

    assert names(net, 1.0) == ["x", None, None, None, None]


def test_a_caller_names_a_value_before_what_it_called():
    def dense(inputs):
        outputs = inputs * 2
        return outputs  # noqa: RET504

    def net(x):
        hidden = dense(x)
        return dense(hidden)

    assert names(net, 1.0) == ["x", "hidden", "outputs"]


def test_an_explicit_name_comes_first():
    def f(x):
        y = ad.name(x * 2, "twice")
        pair = ad.name(np.array([x, y]), "pair")
        return (pair + 1).sum()

    assert names(f, 1.0) == ["x", "twice", "pair", None, None]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.sampled_from("abcde")),
        min_size=1,
        max_size=12,
    )
)
def test_a_name_is_always_one_that_the_value_had(steps):
    """Any program of assignments: each value has a name, of a variable that held it."""
    lines = [f"{target} = {x} + {y}; log({target!r}, {target})" for target, x, y in steps]
    scope = {}
    exec("def f(a, b, c, d, e, log):\n " + "\n ".join(lines) + f"\n return {steps[-1][0]}", scope)
    held = {}

    def log(name, tensor):
        held.setdefault(tensor.node, name)

    with Trail() as trail:
        Trace(lambda *starts: scope["f"](*starts, log), range(5), (1.0, 2.0, 3.0, 4.0, 5.0), {})
    assert {node: trail.name(node) for node in held} == held


def test_lines_are_those_of_the_innermost_function_of_the_user():
    def inner(x):
        return np.tanh(x).mean()  # both steps of the mean are this line's

    trail, nodes = follow(lambda x: inner(x) * 2, np.ones(2))
    lines = [trail.line(node) for node in nodes[1:]]
    assert [line.function for line in lines] == ["inner"] * (len(lines) - 1) + ["<lambda>"]
    assert lines[0].text.startswith("return np.tanh(x).mean()")
    assert str(lines[0]) == f"test_trail.py:{inner.__code__.co_firstlineno + 1}"


def test_an_expression_over_several_lines_is_at_its_first():
    def spread(x):
        return np.multiply(
            np.sin(
                x
                * 3.0
                + 1.0
            ),
            2.0,
        )  # fmt: skip

    trail, nodes = follow(spread, 0.5)
    first = spread.__code__.co_firstlineno
    lines = [trail.line(node).number - first for node in nodes[1:]]
    assert lines == [3, 3, 2, 1]  # of x * 3.0, of the sum, of the sine, of all


def test_code_without_lines_is_at_the_function_s_first():
    def f(x):
        return x * 2

    f.__code__ = f.__code__.replace(co_linetable=b"")
    trail, (_, node) = follow(f, 1.0)
    assert trail.line(node).number == f.__code__.co_firstlineno


def test_nodes_made_outside_have_no_line_or_name():
    node = ad.tensor(1.0).node
    with Trail() as trail:
        pass
    assert (trail.line(node), trail.name(node), trail.scopes(node)) == (None, None, ())


def test_scopes_nest_and_each_run_is_its_own():
    def net(x):
        for i in range(2):
            with ad.scope(f"dense_{i}", label=lambda: "Dense 2"), ad.scope("activation"):
                x = x * 2
        return x + 1

    trail, (_, first, second, last) = follow(net, 1.0)
    found = [[(scope.name, scope.label) for scope in trail.scopes(n)] for n in (first, second)]
    assert found == [
        [("dense_0", "Dense 2"), ("activation", "activation")],
        [("dense_1", "Dense 2"), ("activation", "activation")],
    ]
    assert trail.scopes(first)[0].id != trail.scopes(second)[0].id
    assert trail.scopes(last) == ()


def test_a_scope_costs_nothing_without_observers():
    assert ad.scope("a") is ad.scope("b")


def test_a_name_changes_no_slope_and_no_plain_value():
    x = np.arange(3.0)
    for plain in (x, 3.0, "text"):
        assert ad.name(plain, "x") is plain
    np.testing.assert_array_equal(ad.grad(lambda x: (ad.name(x, "x") ** 2).sum())(x), 2 * x)
    with pytest.raises(TypeError, match="expected a string as the name of a value, got int 3"):
        ad.name(x, 3)


def test_a_write_to_what_was_named_is_a_write_to_the_value():
    def f(x):
        y = x * 1
        ad.name(y, "y")[0] = 5.0
        return y.sum()

    np.testing.assert_array_equal(ad.grad(f)(np.ones(2)), [0.0, 1.0])


def test_nothing_is_held_after_it():
    class Held:
        pass

    def f(x):
        held.append(weakref.ref(mine := Held()))
        return x * 2 + isinstance(mine, Held)

    def opened():
        held.append(weakref.ref(mine := Held()))
        with Trail() as trail:
            return mine and trail

    held = []
    gc.disable()
    try:
        trails = follow(f, 1.0)[0], opened()
        assert [ref() for ref in held] == [None, None], trails
    finally:
        gc.enable()


def test_other_threads_are_left_alone():
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(lambda: ad.tensor(1.0) * 2).result()
        y = x * 3
        return y + other

    assert names(f, 1.0)[0] == "x"
    assert "y" in names(f, 1.0)


def test_a_value_of_another_thread_has_no_line_and_no_name():
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            y = pool.submit(copy_context().run, lambda: np.sin(x)).result()
        z = y * 2
        return z + 1

    trail, nodes = follow(f, 1.0)
    assert [trail.line(node) is None for node in nodes] == [False, True, False, False]
    assert [trail.name(node) for node in nodes] == ["x", "y", "z", None]


def test_proxies_are_not_resolved():
    class Proxy:
        @property
        def __class__(self):
            raise RuntimeError("not now")

    def f(x):
        proxy = Proxy()
        y = x * 2
        return y + (proxy is None)

    assert names(f, 1.0) == ["x", "y", None]


@pytest.mark.slow
def test_it_takes_little_time():
    def chain(x):
        for _ in range(500):
            x = np.tanh(x * 2)
        return x

    def once():
        start = time.process_time()
        follow(chain, 1.0)
        return (time.process_time() - start) / 1000

    assert min(once() for _ in range(3)) < 100e-6  # about 10 on a quiet machine
