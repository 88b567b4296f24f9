"""The result of an exercise: a question, its result, and where it has them, slopes and pictures."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from three_ways import Slopes

PICTURES = Path(__file__).resolve().parent.parent / "pictures"


class Picture(Protocol):
    """An object that can be saved to a file, such as a drawing by autodiff or `curves.Plot`."""

    def save(self, path: Path) -> object:
        """Write the picture in the format of the file's suffix."""


@dataclass(frozen=True)
class Finding:
    """The result of one exercise.

    Attributes:
        name: the exercise's number and title.
        question: the question of the exercise.
        result: the result, in words and numbers.
        slopes: the slope computed three ways, where the exercise has one.
        pictures: from the name of a file to the picture.
        reached: whether the goal was reached, where the exercise sets one.
    """

    name: str
    question: str
    result: str
    slopes: Slopes | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    reached: bool | None = None

    @property
    def is_right(self) -> bool:
        """Whether the slopes agree and the goal was reached."""
        return self.reached is not False and (self.slopes is None or self.slopes.agree)

    def show(self) -> None:
        """Print the finding, and save its pictures."""
        print(f"\n{self.name}\n  {self.question}\n  -> {self.result}")
        if self.slopes is not None:
            print(self.slopes)
            print(f"  {self.slopes.verdict}")
        for path in self.save_pictures():
            if "ipykernel" in sys.modules:  # in a notebook
                _display(path)
            else:
                print(f"  picture: {path}")

    def save_pictures(self) -> list[Path]:
        """Write the pictures into the folder ``pictures``, and return their paths."""
        PICTURES.mkdir(exist_ok=True)
        paths = [PICTURES / name for name in self.pictures]
        for path, picture in zip(paths, self.pictures.values(), strict=True):
            picture.save(path)
        return paths


def _display(path: Path) -> None:
    """Display a picture in a notebook."""
    from IPython.display import SVG, Image, display

    display(SVG(path) if path.suffix == ".svg" else Image(path, width=700))
