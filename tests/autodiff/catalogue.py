"""Catalogues: expressions in text files, each with its result or its error, line by line.

The file ``core/catalogue.txt`` is compared by ``core/test_catalogue.py``, whose names it uses.
Where a change is meant: ``python -m tests.autodiff.catalogue core/catalogue``, and read what has
changed. Without names, all of them are written again.
"""

import dis
import doctest
import os
import re
import sys
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np

import autodiff

FOLDER = Path(__file__).parent


def _text(name):
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def titles(name):
    """Return the titles of the parts of a catalogue."""
    return re.findall(r"^# (.*)$", _text(name), flags=re.MULTILINE)


def compared(name, title, namespace):
    """Return the results of the expressions in a part of a catalogue, and what is written there."""
    (part,) = (x for x in re.split(r"^# ", _text(name), flags=re.MULTILINE) if _is(x, title))
    found, expected = [], []
    for entry in doctest.DocTestParser().get_examples(part):
        source = entry.source.strip()
        if all(hasattr(np, name) for name in re.findall(r"\bnp\.(\w+)", source)):
            expected += [f">>> {source}", *entry.want.strip().split("\n")]
            found += [f">>> {source}", *result(source, namespace).split("\n")]
    return found, expected


def _is(part, title):
    return part.partition("\n")[0] == title


def result(source, namespace):
    """Return the text of an expression's result, or its error, and the kinds of its warnings.

    A function ``reset`` in the namespace is called first.
    """
    namespace.get("reset", bool)()
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            found = repr(eval(source, dict(namespace)))
        except Exception as error:  # whatever it is, it is written down
            text = f": {error}" if _is_ours(error) else " of NumPy or Python"
            public = next(k for k in type(error).__mro__ if not k.__name__.startswith("_"))
            found = f"{public.__name__}{text}"
    found = re.sub(r"(?<=\.py):\d+", "", found)
    lines = [*found.split("\n"), *(warning.category.__name__ for warning in caught)]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _is_ours(error):
    """Return whether an error was raised by a statement: the texts of NumPy's own change."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    is_raised = dis.opname[code.co_code[trace.tb_lasti]] in ("RAISE_VARARGS", "RERAISE")
    return is_raised and code.co_filename.startswith(os.path.dirname(autodiff.__file__))


def _rewritten(name):
    folder, _, file = name.rpartition("/")
    module = import_module(f"tests.autodiff.{folder.replace('/', '.')}.test_{file}")
    parts = []
    for part in doctest.DocTestParser().parse(_text(name)):
        if isinstance(part, str):
            parts.append(part)
        else:
            source = part.source.strip()
            parts.append(f">>> {source}\n{result(source, vars(module))}\n")
    return "".join(parts)


if __name__ == "__main__":
    every = [str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("test_*.py")]
    texts = [name.replace("/test_", "/") for name in sorted(every)]
    for name in sys.argv[1:] or texts:
        if (FOLDER / f"{name}.txt").exists():
            (FOLDER / f"{name}.txt").write_text(_rewritten(name), encoding="utf-8")
