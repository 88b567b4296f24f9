"""The page to step through: values forward, slopes backward, in the browser."""

from autodiff.display.page.page import page_of

__all__ = ["page_of"]
