"""Readers of the graph that show its working: the picture, the derivation and the page.

Public: ``rendered`` renders any text in Graphviz's language. ``as_json``, ``escaped``, ``filled``
and ``static`` write other pages with the styles and scripts of this one; ``HtmlPage`` holds one.
"""

from autodiff.display.page.filling import as_json, escaped, filled, static
from autodiff.display.page.html_page import HtmlPage
from autodiff.display.picture.rendering import rendered

__all__ = ["HtmlPage", "as_json", "escaped", "filled", "rendered", "static"]
