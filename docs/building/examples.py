"""Examples of names that share a page of them: those of `nn.ops`.

The page is written by hand and tested; the entry of an operation shows the examples that call it.
"""

from __future__ import annotations

import doctest
import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "reference" / "operations.md"
_CALL = re.compile(r"\bops\.((?:image\.)?\w+)\(")


@functools.cache
def of_operations() -> Mapping[str, Sequence[doctest.Example]]:
    """Return the examples of each operation, by its name: ``"nn.ops.sum"``."""
    found: dict[str, list[doctest.Example]] = defaultdict(list)
    for example in doctest.DocTestParser().get_examples(PAGE.read_text(encoding="utf-8")):
        for name in set(_CALL.findall(example.source)):
            found[f"nn.ops.{name}"].append(example)
    return found


def written(name: str) -> str:
    r"""Return an example of a name as it stands in a docstring, the shortest; "" without any.

    >>> written("nn.ops.add")
    '>>> ops.add([1, 2], 3)\narray([4, 5], dtype=int32)'
    """
    examples = sorted(of_operations().get(name, ()), key=lambda example: len(example.source))
    return f">>> {examples[0].source}{examples[0].want}".rstrip() if examples else ""
