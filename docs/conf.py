"""The configuration of Sphinx: ``python -m sphinx -W docs site`` builds the site, offline."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from building import versions  # noqa: E402

from autodiff import __version__  # noqa: E402 - the clone's, not that of an installed package

project = "slopes"
author = "The slopes authors"
copyright = author  # noqa: A001 - Sphinx's name
version = release = __version__

extensions = [
    *("building.extension", "myst_nb", "notfound.extension"),
    *("sphinx.ext.viewcode", "sphinx_copybutton", "sphinx_design"),
]
exclude_patterns = ["building", "_extra", "_templates", "**/notebooks"]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
python_maximum_signature_line_length = 88
toc_object_entries = False  # thousands, which the sidebar of each page would copy
add_module_names = False
default_role = "py:obj"  # names in docstrings link to their entries, where they have one

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # building.notebooks runs them, several at once
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = f"slopes {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_extra"]  # pages to step through
html_show_sourcelink = False
html_context = {
    "versions": versions.choices(os.environ.get("SLOPES_SITE_VERSIONS", "").split(), release)
}
html_sidebars = {
    "**": [
        *("sidebar/brand.html", "versions.html", "sidebar/search.html"),
        *("sidebar/scroll-start.html", "sidebar/navigation.html", "sidebar/scroll-end.html"),
    ]
}
templates_path = ["_templates"]
notfound_urls_prefix = "/"  # where the site is served
html_theme_options = {"top_of_page_buttons": [], "navigation_with_keys": True}
pygments_style = "default"
pygments_dark_style = "monokai"
