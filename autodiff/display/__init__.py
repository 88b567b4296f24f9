"""Readers of the graph that show its working: the picture, the derivation and the page.

``rendered`` is public: it renders any text in Graphviz's language.
"""

from autodiff.display.picture.rendering import rendered

__all__ = ["rendered"]
