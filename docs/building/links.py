"""Check the finished site: internal links, anchors, images and their texts.

    python docs/building/links.py site

It prints what is broken, and fails if anything is.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Links(HTMLParser):
    """The links, anchors and images of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.without_text: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag links to, and its anchor."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        for name in ("href", "src", "data"):
            if found.get(name):
                self.targets.append(found[name])
        if tag == "img" and not found.get("alt"):
            self.without_text.append(found.get("src", ""))


def broken(site: Path) -> list[str]:
    """Return what is wrong on all pages of a site, a line each."""
    pages = {
        path.resolve(): Links(path)
        for path in sorted(site.rglob("*.html"))
        if "live" not in path.relative_to(site).parts  # complete in themselves
    }
    lines = []
    for path, page in pages.items():
        place = path.relative_to(site.resolve())
        if "_modules" in place.parts:  # source code, whose links back name where a thing is defined
            continue
        lines += [f"{place}: an image without a text: {source}" for source in page.without_text]
        lines += [f"{place}: no {t}" for t in page.targets if not _exists(t, path, site, pages)]
    return lines


def _exists(target: str, page: Path, site: Path, pages: dict[Path, Links]) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//"):
        return True
    start = site if parts.path.startswith("/") else page.parent
    path = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else page
    if path.is_dir():
        path = path / "index.html"
    if not path.exists():
        return False
    known = pages.get(path)
    return not parts.fragment or known is None or unquote(parts.fragment) in known.anchors


if __name__ == "__main__":
    found = broken(Path(sys.argv[1]))
    print(*found[:100], f"{len(found)} broken", sep="\n")
    sys.exit(bool(found))
