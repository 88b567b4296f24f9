"""The page to step through: values forward, slopes backward, in the browser."""

from autodiff.show.page.page import page_of

__all__ = ["page_of"]
