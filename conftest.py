"""The configuration of pytest: parallel runs, hypothesis profiles, and fixtures for the peers.

``pytest`` runs the whole suite. ``pytest --quick`` draws a tenth of the examples, leaves out
tests in a browser and those marked ``slow``, and takes one case of a test that has many, such as a
law with one for each function; ``--cases 50`` takes 50. ``--machine-code python`` runs what
jitted functions compile as loops of machine code, interpreted by Python; ``--machine-code numba``
compiles them, which takes a second for each. ``HYPOTHESIS_PROFILE=thorough`` draws
forty times as many examples, ``HYPOTHESIS_PROFILE=brief`` a sixth of them.
With ``SLOPES_NEEDS_ORACLES=1``, ``pytest -m oracle`` fails where a peer isn't installed.

Local runs draw new examples each time. Where the variable ``CI`` is set, the same examples are
drawn each time, so that a result depends on the change alone. ``.ci/run`` sets it; ``CI=true
pytest`` repeats its failures, on the same versions of Python, NumPy and hypothesis.

Several processes run with one thread of OpenBLAS each, unless ``OPENBLAS_NUM_THREADS`` is set.
"""

import gc
import importlib.util
import os
import warnings
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PEERS = ("autograd", "jax", "keras", "numba", "onnxruntime", "torch")
collect_ignore = []
if importlib.util.find_spec("farmhash") is None:  # whose examples need it
    collect_ignore += [
        f"nn/layers/preprocessing/{name}.py" for name in ("hashing", "hashed_crossing")
    ]
if importlib.util.find_spec("sklearn") is None:
    collect_ignore += [str(path) for path in Path("nn/wrappers").glob("*.py")]
if importlib.util.find_spec("numba") is None:
    collect_ignore += ["autodiff/compiler/native/vector_math.py"]
if importlib.util.find_spec("onnx") is None:
    collect_ignore += ["autodiff/onnx/export.py", "autodiff/onnx/writer.py"]

in_ci = bool(os.environ.get("CI"))
for profile, examples in (("default", 50), ("brief", 8), ("quick", 5), ("thorough", 2000)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=in_ci and profile in ("default", "brief"),
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],  # which fails on a busy machine
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser):
    """Add ``--quick``."""
    parser.addoption(
        "--quick", action="store_true", help="few examples and cases, and no test marked slow"
    )
    parser.addoption(
        "--cases", type=int, metavar="N", help="take at most N cases of each test, evenly spread"
    )
    parser.addoption(
        "--machine-code", choices=("python", "numba"), help="run jitted functions as loops"
    )


def pytest_configure(config):
    """Register the markers, and load the profile for ``--quick``."""
    config.addinivalue_line("markers", "slow: takes 50 ms or more; left out by --quick")
    config.addinivalue_line(
        "markers", "oracle: compares with HIPS autograd, JAX, Keras, ONNX Runtime or PyTorch"
    )
    config.addinivalue_line("markers", "numpy_source: left out by --machine-code")
    if config.option.quick:
        settings.load_profile("quick")
    if config.option.machine_code:
        from tests.autodiff.compiler.native.interpreted import run_all_programs_in_pieces

        run_all_programs_in_pieces(by=config.option.machine_code)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the number
def pytest_cmdline_main(config):
    """Use all cores where xdist is installed, except for debugging."""
    distributes = config.pluginmanager.hasplugin("xdist") and not hasattr(config, "workerinput")
    if distributes and config.option.numprocesses is None and not wants_one_process(config):
        config.option.numprocesses = "auto"
        if config.option.dist == "no":
            config.option.dist = "worksteal"  # no process waits while another has slow tests left
    if distributes and config.option.numprocesses not in (None, 0, 1):
        # One thread in each of the processes, which start with these variables: OpenBLAS's
        # threads wait for a core of their own, so that a system of 3 unknowns can take 10 ms.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def wants_one_process(config):
    """Return whether the options request a debugger, uncaptured output, or only a list of tests."""
    option = config.option
    return option.usepdb or option.trace or option.collectonly or option.capture == "no"


@pytest.hookimpl(tryfirst=True)  # before the cases are made, which takes longer than to run a few
def pytest_generate_tests(metafunc):
    """Make only some of the cases of a test that is to run few of them."""
    count = number_of_cases(metafunc.config)
    if not count or "of_keras" in metafunc.fixturenames:  # whose answers are recorded for all cases
        return
    parametrize = metafunc.parametrize

    def parametrize_some(argnames, argvalues, *args, ids=None, **kwargs):
        argvalues = list(argvalues)
        step = -(-len(argvalues) // count) or 1
        ids = ids if ids is None or callable(ids) else list(ids)[::step]
        parametrize(argnames, argvalues[::step], *args, ids=ids, **kwargs)

    metafunc.parametrize = parametrize_some


def number_of_cases(config):
    """Return the most cases that a test is to run; None for all."""
    is_whole_suite = config.args_source is config.ArgsSource.TESTPATHS and not config.option.keyword
    return config.option.cases or (1 if config.option.quick and is_whole_suite else None)


@pytest.hookimpl(tryfirst=True)  # before -m chooses by mark
def pytest_collection_modifyitems(config, items):
    """Mark tests that request a peer, and select the tests for ``--quick``."""
    for item in items:
        if set(PEERS) & set(getattr(item, "fixturenames", ())):
            item.add_marker("oracle")
    kept, cases = items, number_of_cases(config)
    if config.option.quick:
        kept = [item for item in items if not is_slow(item)]
    if config.option.machine_code:
        kept = [item for item in kept if item.get_closest_marker("numpy_source") is None]
    if cases:
        kept = thinned(kept, cases)
    if kept is not items:
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = kept


def is_slow(item):
    """Return whether a test is marked slow, or runs in a browser."""
    return item.get_closest_marker("slow") is not None or "browser" in item.path.name


def thinned(items, count):
    """Return ``count`` cases of each test that has more, spread evenly, and all other tests."""
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    return [item for many in cases.values() for item in many[:: -(-len(many) // count)]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection():
    """Import the tests without garbage collection, which would visit all that stays in memory."""
    gc.disable()


def pytest_collection_finish():
    """Exclude long-lived objects from garbage collection, so that tests that collect are faster."""
    gc.enable()
    gc.freeze()


def peer(name):
    """Import a peer without its warnings; skip the test, or fail in CI, if it isn't installed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
    missing = f"{name} isn't installed: pip install --group oracle"
    if os.environ.get("SLOPES_NEEDS_ORACLES"):
        pytest.fail(missing)
    return pytest.skip(missing)


@pytest.fixture(scope="session")
def autograd():
    """HIPS autograd."""
    return peer("autograd")


@pytest.fixture(scope="session")
def jax():
    """JAX in double precision."""
    jax = peer("jax")
    jax.config.update("jax_enable_x64", val=True)
    return jax


@pytest.fixture(scope="session")
def torch():
    """PyTorch."""
    return peer("torch")


@pytest.fixture(scope="session")
def numba():
    """The compiler of machine code, of the extra ``native``."""
    return peer("numba")


@pytest.fixture(scope="session")
def keras():
    """Keras on PyTorch, which compiles nothing."""
    os.environ["KERAS_BACKEND"] = "torch"
    return peer("keras")


@pytest.fixture(scope="session")
def onnxruntime():
    """The program that runs ONNX files, and the package that writes them."""
    peer("onnx")
    return peer("onnxruntime")
