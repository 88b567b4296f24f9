"""The reference: a page for each public module, or for each name of a module with long entries.

Pages are reStructuredText, as docstrings are. Each entry is a directive of Sphinx's Python domain,
with the signature, its types, and the docstring. A second name of an object refers to the first.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any

from building import examples
from building.names import PublicName, names_of, public_modules

_A_PAGE_EACH = (
    *("autodiff", "nn.models", "nn.layers", "nn.optimizers", "nn.callbacks"),
    *("nn.saving", "nn.wrappers", "nn.optimizers.schedules"),
)
"""Modules whose names have long entries."""

_SAME_ELSEWHERE = ("nn", "autodiff.check", "nn.ops.numpy", "nn.ops.nn", "nn.ops.linalg", "nn.ops")
"""Modules that have names of other modules, which have the entries."""

_WORDS = {
    "class": "Classes",
    "exception": "Exceptions",
    "function": "Functions",
    "data": "Values and types",
}
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

Docstring = Callable[[str], str]


class Reference:
    """The pages of the reference.

    Args:
        docstring: converts a docstring to reStructuredText.
    """

    def __init__(self, docstring: Docstring = str) -> None:
        self.docstring = docstring
        self.modules = {name: names_of(module) for name, module in public_modules().items()}

    @cached_property
    def first(self) -> Mapping[int, PublicName]:
        """The name under which an object has its entry, by the object's id."""
        by_object: dict[int, PublicName] = {}
        every = [x for names in self.modules.values() for x in names if x.kind != "data"]
        for x in sorted(every, key=_rank):
            by_object.setdefault(id(x.found), x)
        return by_object

    def pages(self) -> dict[str, str]:
        """Return all pages, by the name of their file without its suffix."""
        found: dict[str, str] = {}
        for module, names in self.modules.items():
            if module in _A_PAGE_EACH:
                found |= self._pages_of_names(module, names)
            else:
                found[module] = self._page_of_module(module, names)
        return found

    def _page_of_module(self, module: str, names: list[PublicName]) -> str:
        return "\n".join([*self._top(module), *self._entries(names, titled=True)])

    def _pages_of_names(self, module: str, names: list[PublicName]) -> dict[str, str]:
        pages, lines = {}, self._top(module)
        here = [x for x in names if self._is_first(x)]
        files = _files(here)
        for kind, word in _WORDS.items():
            some = [x for x in here if x.kind == kind and kind != "data"]
            if some:
                lines += [*_heading(word, "-"), *self._table(some)]
        for x in here:
            if x.kind != "data":
                top = [
                    ":orphan:",
                    "",
                    f":doc:`{module}`",
                    *_heading(x.full, "="),
                    "",
                    *_imports(module),
                ]
                pages[files[x.name]] = "\n".join([*top, *self._entry(x)])
        lines += self._entries([x for x in names if not self._is_first(x) or x.kind == "data"])
        return {module: "\n".join(lines), **pages}

    def _top(self, module: str) -> list[str]:
        docstring = inspect.getdoc(public_modules()[module]) or ""
        return [*_heading(module, "="), self.docstring(docstring), "", *_imports(module)]

    def _table(self, names: list[PublicName]) -> list[str]:
        lines = ["", ".. list-table::", "   :widths: 30 70", ""]
        for x in names:
            role = {"class": "class", "exception": "exc"}.get(x.kind, "func")
            lines += [f"   * - :py:{role}:`~{x.full}`", f"     - {escaped(_summary(x.docstring))}"]
        return lines

    def _entries(self, names: list[PublicName], *, titled: bool = False) -> Iterator[str]:
        for kind, word in _WORDS.items():
            some = [x for x in names if x.kind == kind]
            if some and titled:
                yield from _heading(word, "-")
            for x in some:
                yield from self._entry(x)

    def _entry(self, x: PublicName) -> list[str]:
        lines = [
            "",
            f".. py:{x.kind}:: {x.name}{signature(x.found)}",
            f"   :module: {x.module}",
            "",
        ]
        if x.kind == "data":
            return [*lines, f"   {_described(x.found)}", ""]
        if not self._is_first(x):
            first = self.first[id(x.found)]
            return [*lines, f"   The same as :py:obj:`{first.full}`.", ""]
        lines += [_indented(self._docstring_of(x)), ""]
        if isinstance(x.found, type) and is_ours(x.found):
            lines += [_indented("\n".join(self._members(x))), ""]
        return lines

    def _docstring_of(self, x: PublicName) -> str:
        if is_ours(x.found):
            return self.docstring(with_example(x))
        return f"{escaped(_summary(x.docstring))}\n\nFrom ``{x.found.__module__}``."

    def _members(self, x: PublicName) -> Iterator[str]:
        for name, member in _members(x.found, self.first):
            function = getattr(member, "__func__", member)
            directive = "method" if isinstance(function, FunctionType) else "property"
            is_bound = not isinstance(member, staticmethod)
            written = signature(function, bound=is_bound) if directive == "method" else ""
            yield from ("", f".. py:{directive}:: {x.name}.{name}{written}")
            yield f"   :module: {x.module}"
            if isinstance(member, (classmethod, staticmethod)):
                yield f"   :{type(member).__name__}:"
            docstring = inspect.getdoc(getattr(member, "fget", None) or function) or ""
            yield from ("", _indented(self.docstring(docstring)), "")

    def _is_first(self, x: PublicName) -> bool:
        return x.kind == "data" or self.first[id(x.found)] == x


def _imports(module: str) -> list[str]:
    """Write what the examples of a page need to be pasted into a session."""
    imports = "``import numpy as np``, ``import autodiff as ad``"
    return [f"The examples are run after {imports} and ``from {module} import *``.", ""]


def with_example(x: PublicName) -> str:
    """Return the docstring of a name, with an example of the shared page if it has none."""
    if ">>> " in x.docstring:
        return x.docstring
    return f"{x.docstring}\n\n{examples.written(x.full)}".rstrip()


def signature(found: Any, *, bound: bool = False) -> str:
    """Write the signature of a class or function, with its types; "" where it has none."""
    if not callable(found):
        return ""
    try:
        shown = inspect.signature(found)
    except (TypeError, ValueError):
        return ""
    if bound:
        shown = shown.replace(parameters=list(shown.parameters.values())[1:])
    if isinstance(found, type):
        shown = shown.replace(return_annotation=inspect.Signature.empty)
    return _plain(str(shown.replace(parameters=[_readable(p) for p in shown.parameters.values()])))


class _Written:
    """A default, written as it stands in the code."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _readable(parameter: inspect.Parameter) -> inspect.Parameter:
    """Name a default that is a function or class, instead of its address."""
    default = parameter.default
    if default is parameter.empty or isinstance(
        default, (int, float, str, bool, tuple, type(None))
    ):
        return parameter
    name = getattr(default, "__name__", None) or f"{type(default).__name__.strip('_')}(...)"
    return parameter.replace(default=_Written(name))


def _plain(text: str) -> str:
    """Remove the quotes of annotations that are text, and the modules of Python's own types."""
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)
    return _ADDRESS.sub("", text.replace("typing.", "").replace("collections.abc.", ""))


def _members(kind: type, documented: Mapping[int, PublicName]) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class that no other entry has."""
    seen: set[str] = set()
    for owner in kind.__mro__:
        if not is_ours(owner):
            continue
        if owner is not kind and id(owner) in documented:
            return
        for name, member in vars(owner).items():
            function = getattr(member, "__func__", getattr(member, "fget", member))
            is_shown = isinstance(function, FunctionType) and bool(function.__doc__)
            if name[0] != "_" and is_shown and name not in seen:
                seen.add(name)
                yield name, member


def _rank(x: PublicName) -> tuple[bool, int, bool, str]:
    """Order names of one object: the one that it was defined with, in the closest module."""
    place = _SAME_ELSEWHERE.index(x.module) if x.module in _SAME_ELSEWHERE else len(_SAME_ELSEWHERE)
    return x.module != "autodiff", -place, getattr(x.found, "__name__", "") != x.name, x.full


def is_ours(found: Any) -> bool:
    """Return whether a class or function is defined in these packages."""
    module = getattr(found, "__module__", None) or type(found).__module__
    return module.partition(".")[0] in ("autodiff", "nn")


def escaped(text: str) -> str:
    r"""Escape what reStructuredText would read as markup, outside of literals and examples.

    >>> print(escaped("the size ``|x|`` of |x| and *args"))
    the size ``|x|`` of \|x\| and \*args
    """
    lines, in_example = [], False
    for line in text.split("\n"):
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        lines.append(line if in_example else _escaped_line(line))
    return "\n".join(lines)


def _escaped_line(line: str) -> str:
    parts = re.split(r"(``.+?``|:[\w:]+:`[^`]+`|\*\*[^*\s][^*]*\*\*|https?://\S+)", line)
    parts[::2] = [re.sub(r"(?<!\\)([*|]|(?<=\w)_(?!\w))", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def _files(names: list[PublicName]) -> dict[str, str]:
    """Return the file of each name; those that differ in case alone have different ones."""
    count = Counter(x.name.lower() for x in names)
    return {
        x.name: x.full + ("-function" if count[x.name.lower()] > 1 and x.name.islower() else "")
        for x in names
    }


def _heading(text: str, line: str) -> list[str]:
    return ["", text, line * len(text), ""]


def _indented(text: str) -> str:
    return textwrap.indent(text, "   ")


def _summary(docstring: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(docstring.strip().partition("\n\n")[0].split())


def _described(found: Any) -> str:
    """Describe a value, or a type alias, in a line."""
    return f"``{_ADDRESS.sub('', ' '.join(repr(found).split()))[:300]}``"
