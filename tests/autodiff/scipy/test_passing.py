"""Solvers pass each of their options on to SciPy's, under its name."""

import inspect

import pytest

plain_integrate = pytest.importorskip("scipy.integrate")
plain_optimize = pytest.importorskip("scipy.optimize")
from autodiff.scipy import integrate, optimize  # noqa: E402 - SciPy may be missing

SOLVERS = {
    integrate: ("quad", "quad_vec", "nquad", "odeint", "solve_ivp"),
    optimize: (
        "minimize", "minimize_scalar", "root", "fsolve", "fixed_point", "root_scalar", "newton",
        "least_squares", "curve_fit",
    ),
}  # fmt: skip
CASES = [
    pytest.param(ours, library, name, id=name)
    for ours, library in ((integrate, plain_integrate), (optimize, plain_optimize))
    for name in SOLVERS[ours]
]
GIVEN = {"ranges": [(0, 1)], "args": (5,), "kwargs": {"k": 6}}


class ReachedError(Exception):
    """SciPy's solver was called, with these arguments."""


@pytest.mark.parametrize(("ours", "library", "name"), CASES)
def test_a_solver_passes_on_its_options(ours, library, name, monkeypatch):
    theirs = inspect.signature(getattr(library, name))
    function, *others = theirs.parameters.values()

    def reached(*args, **kwargs):
        passed = theirs.bind(*args, **kwargs).arguments
        assert passed.pop(function.name)(7) == 7
        raise ReachedError(passed)

    names = [option.name for option in others if option.kind is not option.VAR_KEYWORD]
    options = {option: GIVEN.get(option, f"that of {option}") for option in names}
    if name == "quad_vec":
        del options["args"]  # which are passed on by a function of one argument
    monkeypatch.setattr(library, name, reached)
    with pytest.raises(ReachedError) as caught:
        getattr(ours, name)(lambda x, *args: x, **options)
    (passed,) = caught.value.args
    for option, value in passed.items():
        assert value in (options[option], (options[option],), list(options[option])), option
    assert passed.keys() == options.keys()
