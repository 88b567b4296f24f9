"""The steps of a computation, to be saved for slides and displayed by notebooks."""

from __future__ import annotations

import os
from pathlib import Path

from autodiff.display.slides.scene import Scene
from autodiff.display.slides.svg import animated, frame
from autodiff.display.slides.tikz import tikz

__all__ = ["Steps"]


class Steps:
    """The steps of a computation, one picture each: values forward, then slopes backward.

    Notebooks display them as an animation. ``len`` counts them, the start included; ``steps[3]`` is
    one of them as SVG.

    >>> import autodiff as ad
    >>> steps = ad.draw(lambda x: x**2)(3.0).steps()
    >>> steps
    <4 steps of result: .save('steps.svg') is animated, ...>
    >>> steps.captions
    ['The inputs', 'Forward: result = x²', 'Backward, from the end: the slope of result is 1',
     'Backward through result = x²']
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    @property
    def captions(self) -> list[str]:
        """What happens in each step."""
        return list(self._scene.captions)

    def __len__(self) -> int:
        return len(self._scene.captions)

    def __getitem__(self, step: int) -> str:
        return frame(self._scene, range(len(self))[step])

    def __repr__(self) -> str:
        return (
            f"<{len(self)} steps of {self._scene.title}: .save('steps.svg') is animated, "
            "'steps.tex' is for Beamer, 'folder' a series>"
        )

    def svg(self) -> str:
        """Return an animated SVG; it shows the last step, still, where motion is to be reduced."""
        return animated(self._scene)

    def tikz(self) -> str:
        r"""Return a ``tikzpicture`` whose parts appear slide by slide in Beamer.

        In other documents, it is the picture of the last step.
        """
        return tikz(self._scene)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write an animated ``.svg``, TikZ as ``.tex``, or a folder with an SVG for each step.

        Raises:
            ValueError: another ending.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in ("", ".svg", ".tex"):
            raise ValueError(
                f"expected a name that ends in .svg or .tex, or a folder's, got {target.name!r}. "
                "Change the ending."
            )
        if ending:
            target.write_text(self.svg() if ending == ".svg" else self.tikz(), encoding="utf-8")
            return target
        target.mkdir(parents=True, exist_ok=True)
        for step in range(len(self)):
            name = f"step_{step + 1:0{len(str(len(self)))}}.svg"
            (target / name).write_text(self[step], encoding="utf-8")
        return target

    def _repr_svg_(self) -> str:
        return self.svg()
