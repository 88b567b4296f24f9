"""Rendering by Graphviz."""

import shutil
import subprocess

import graphviz
import numpy as np
import pytest

import autodiff as ad


def test_the_system_dot_is_preferred(monkeypatch):
    piped = []

    def pipe(engine, form, source, **options):
        piped.append((engine, form, source[:7], options))
        return b'<svg x="1"></svg>'

    monkeypatch.setattr(shutil, "which", lambda name, path=None: name)
    monkeypatch.setattr(graphviz, "pipe", pipe)
    assert "<title" in ad.draw(np.sin)(1.0).svg()
    assert piped == [("dot", "svg", b"digraph", {"quiet": True})]


def test_without_a_renderer_the_error_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    drawing = ad.draw(np.sin)(1.0)
    with pytest.raises(RuntimeError, match=r"pip install graphviz-pure \(the extra \[draw\]\)"):
        drawing.svg()
    assert drawing.save(tmp_path / "picture.dot").exists()
    assert drawing._repr_svg_() is None
    assert "<iframe" in drawing._repr_html_()  # laid out in the browser


def test_pdf_needs_a_system_dot(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: name if "pure" in name else None)
    with pytest.raises(RuntimeError, match="a system installation of Graphviz for PDF"):
        ad.draw(np.sin)(1.0).save(tmp_path / "picture.pdf")


def test_edges_that_graphviz_fails_to_bend_are_straight(monkeypatch):
    def pipe(engine, _form, source, **_):
        if b"splines=line" not in source:
            raise subprocess.CalledProcessError(1, engine, stderr=b"Error: in routesplines\nlost")
        return b"<svg></svg>"

    monkeypatch.setattr(shutil, "which", lambda name, path=None: name)
    monkeypatch.setattr(graphviz, "pipe", pipe)
    assert "<title" in ad.draw(np.sin)(1.0).svg()


def test_a_failing_renderer_is_quoted(monkeypatch):
    def fail(*args, **_):
        raise subprocess.CalledProcessError(1, args, stderr=b"dot: 1\nout of \xff\nmemory\n")

    monkeypatch.setattr(shutil, "which", lambda name, path=None: name)
    monkeypatch.setattr(graphviz, "pipe", fail)
    with pytest.raises(RuntimeError, match="as svg: out of \ufffd memory"):
        ad.draw(np.sin)(1.0).svg()
