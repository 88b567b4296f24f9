# %% [markdown]
"""# The gallery: one picture for each example with SciPy.

Runs them all, in about half a minute, and writes the pictures of `docs/gallery.md`.
"""

# %%
from collections.abc import Callable
from pathlib import Path

from bayesian_optimization import optimization
from finding import Finding
from gaussian_process import regression
from hidden_markov_model import casino
from independent_components import separation
from mixture_model import mixture
from neural_ode import motion
from PIL import Image
from survival import survival
from variational_inference import inference

EXAMPLES: tuple[Callable[[], Finding], ...] = (
    *(regression, optimization, mixture, casino),
    *(inference, separation, motion, survival),
)
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "gallery"


# %%
def save_pictures(folder: Path) -> None:
    """Run the examples, and write their pictures into a folder."""
    folder.mkdir(exist_ok=True)
    for example in EXAMPLES:
        finding = example()
        print(f"{finding.name}: {finding.result}")
        for name, picture in finding.pictures.items():
            picture.save(folder / name)
            pixels = Image.open(folder / name).convert("RGB")
            pixels.quantize(64).save(folder / name, optimize=True)  # a quarter of the size


if __name__ == "__main__":
    save_pictures(FOLDER)
