"""A progress bar for terminals and notebooks, based on tqdm."""

from tqdm import tqdm


class Bar(tqdm):  # type: ignore[type-arg] # it has no iterable
    """A bar that is drawn on request, without tqdm's monitor thread."""

    monitor_interval = 0
