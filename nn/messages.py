"""Messages and warnings for the user."""

import sys
import warnings


def announce(text: str) -> None:
    """Print a line to standard output without breaking a progress bar that is being shown."""
    bars = sys.modules.get("tqdm")  # without tqdm, no bar is shown
    (bars.tqdm.write if bars else print)(text)


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning that names the innermost line of the user's code."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals["__name__"].startswith("nn."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
