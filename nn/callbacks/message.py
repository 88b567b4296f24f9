"""What callbacks tell the user."""

from tqdm import tqdm


def announce(text: str) -> None:
    """Print a line to standard output without breaking a progress bar that is being shown."""
    tqdm.write(text)
