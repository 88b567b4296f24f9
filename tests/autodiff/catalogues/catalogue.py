"""Catalogues: expressions in text files, each with its result or its error, line by line.

Where a change is meant: ``python -m tests.autodiff.catalogues.catalogue transforms``, and read what
has changed.
"""

import dis
import doctest
import os
import re
import sys
import warnings
from importlib import import_module
from pathlib import Path

import autodiff

FOLDER = Path(__file__).parent


def entries(name):
    """Return the expressions of a catalogue with what is written below them."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [(x.source.strip(), x.want.strip()) for x in doctest.DocTestParser().get_examples(text)]


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


def _rewritten(name, namespace):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    parts = []
    for part in doctest.DocTestParser().parse(text):
        if isinstance(part, str):
            parts.append(part)
        else:
            source = part.source.strip()
            parts.append(
                f">>> {source}".replace("\n", "\n... ") + f"\n{result(source, namespace)}\n"
            )
    return "".join(parts)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        space = vars(import_module(f"tests.autodiff.catalogues.test_{name}"))
        (FOLDER / f"{name}.txt").write_text(_rewritten(name, space), encoding="utf-8")
