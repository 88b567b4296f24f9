"""The names in the code of a function: globals, attributes, and modules that it imports."""

from __future__ import annotations

import dis
import re
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

import numpy as np

_READ_GLOBAL = frozenset(("LOAD_GLOBAL", "LOAD_NAME"))
_BY_ANY_NAME = frozenset((
    "getattr", "hasattr", "vars", "dir", "attrgetter", "__dict__", "__dir__", "__getattribute__",
    "eval", "exec", "locals", "f_locals", "format", "format_map", "getattr_static", "getmembers",
    "__match_args__",
))  # fmt: skip
_OF_MODULES = frozenset((  # which look up globals or modules by names in strings, or as attributes
    "globals", "f_globals", "eval", "exec", "modules", "__import__", "import_module", "getmodule",
))  # fmt: skip
_WORD = re.compile(r"[^\W\d]\w*")
_OF_TYPES = {
    name
    for kind in (object, type, int, complex, str, list, dict, set, range, property, np.ndarray)
    for name in dir(kind)
    if name.startswith("__") and callable(getattr(kind, name, None))
}
_OF_PROTOCOLS = frozenset((
    "__array_function__", "__bool__", "__enter__", "__exit__", "__getattr__", "__missing__",
    "__next__",
))  # fmt: skip
_FOR_COPIES = frozenset((
    "__class__", "__copy__", "__deepcopy__", "__dir__", "__getstate__", "__init_subclass__",
    "__reduce__", "__reduce_ex__", "__setstate__", "__sizeof__", "__subclasshook__",
))  # fmt: skip

CONSTRUCTORS = frozenset(("__class_getitem__", "__init__", "__new__", "__post_init__"))
SPECIAL_METHODS = (_OF_TYPES | _OF_PROTOCOLS) - _FOR_COPIES - CONSTRUCTORS
"""Methods that code runs without naming them, such as those of operators."""


class NamesInCode(NamedTuple):
    """Names in a piece of code, and in the functions that it defines.

    Attributes:
        globals: names looked up in the module or among the builtins.
        attributes: names looked up in objects.
        modules: modules imported when it runs.
        words: names in its strings, which may be looked up too.
    """

    globals: frozenset[str]
    attributes: frozenset[str]
    modules: frozenset[str]
    words: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether it may look up attributes by names that aren't in the code."""
        return not _BY_ANY_NAME.isdisjoint(self.globals | self.attributes)

    @property
    def of_modules(self) -> frozenset[str]:
        """Further names that it may look up in a module that it gets hold of by itself."""
        if _OF_MODULES.isdisjoint(self.globals | self.attributes):
            return frozenset()
        return self.attributes | self.words


@lru_cache(maxsize=4096)
def names_in(code: CodeType) -> NamesInCode:
    """Return the names in a piece of code.

    >>> def total(x):
    ...     return sum(item.price for item in x)
    >>> names_in(total.__code__)[:2]
    (frozenset({'sum'}), frozenset({'price'}))
    """
    known, attributes, modules, words = set[str](), set[str](), set[str](), set[str]()
    for instruction in dis.get_instructions(code):
        if instruction.opname in _READ_GLOBAL:
            known.add(instruction.argval)
        elif instruction.opname == "IMPORT_NAME":
            modules.add(instruction.argval)
        elif instruction.opcode in dis.hasname:
            attributes.add(instruction.argval)
        elif instruction.opname == "MATCH_CLASS":
            attributes.add("__match_args__")
    for part in code.co_consts:
        if isinstance(part, CodeType):
            inner = names_in(part)
            known |= inner.globals
            attributes |= inner.attributes
            modules |= inner.modules
            words |= inner.words
        elif isinstance(part, str):
            words.update(_WORD.findall(part))
    return NamesInCode(*map(frozenset, (known, attributes, modules, words)))
