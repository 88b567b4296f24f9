"""What an exercise found: a question, its answer, and where there is one a slope, a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from three_ways import Slopes

PICTURES = Path(__file__).resolve().parent.parent / "pictures"


class Picture(Protocol):
    """Anything that writes itself to a file: a drawing of autodiff's, or `curves.Plot`."""

    def save(self, path: Path) -> object:
        """Write the picture; the ending of the file's name says in which format."""


@dataclass(frozen=True)
class Finding:
    """The result of one exercise.

    Attributes:
        name: the exercise's number and title.
        asked: what the exercise asks.
        found: what came out.
        slopes: a slope found three ways, where the exercise has one.
        pictures: from the name of a file to what is in it.
        reached: whether the goal was reached, where the exercise sets one.
    """

    name: str
    asked: str
    found: str
    slopes: Slopes | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    reached: bool | None = None

    @property
    def is_right(self) -> bool:
        """Whether the slopes agree and the goal was reached."""
        return self.reached is not False and (self.slopes is None or self.slopes.agree)

    def show(self) -> None:
        """Print the finding, and save its pictures."""
        print(f"\n{self.name}\n  {self.asked}\n  -> {self.found}")
        if self.slopes is not None:
            print(self.slopes)
            print(f"  {self.slopes.verdict}")
        for path in self.save_pictures():
            print(f"  picture: {path}")

    def save_pictures(self) -> list[Path]:
        """Write the pictures into the folder ``pictures``, and answer where they are."""
        PICTURES.mkdir(exist_ok=True)
        paths = [PICTURES / name for name in self.pictures]
        for path, picture in zip(paths, self.pictures.values(), strict=True):
            picture.save(path)
        return paths
