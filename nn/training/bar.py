"""The bar that fills up in a terminal or a notebook, by tqdm."""

from tqdm import tqdm


class Bar(tqdm):  # type: ignore[type-arg] # it iterates over nothing
    """A bar that is drawn when it is told to, without tqdm's thread that watches for stalls."""

    monitor_interval = 0
