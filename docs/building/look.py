"""Look at the finished site in a browser, on a screen and on a phone.

    python docs/building/look.py site

It prints which pages are wider than the window, which pictures don't load or are shrunk without a
link to the whole, and what the browser reports as errors, and fails if there is anything. Of the
reference, it looks at every tenth page.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

WIDTHS = (1280, 390)
_FOUND = """async () => {
  const pictures = [...document.images];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.all(pictures.map(picture => picture.decode().catch(() => null)));
  return {
    width: document.documentElement.scrollWidth,
    missing: pictures.filter(picture => !picture.naturalWidth).map(picture => picture.src),
    shrunk: pictures.filter(picture => picture.naturalWidth > 1.5 * picture.width)
      .filter(picture => !picture.closest("a")).map(picture => picture.src.slice(0, 100)),
  };
}"""


def pages(site: Path) -> list[Path]:
    """Return the pages to look at."""
    found = [
        path
        for path in sorted(site.rglob("*.html"))
        if not {"_modules", "live"} & set(path.relative_to(site).parts) and path.name != "404.html"
    ]
    reference = [path for path in found if path.parent.name == "reference"]
    return [path for path in found if path not in reference] + reference[::10]


def faults(browser: Browser, site: Path) -> Iterator[str]:
    """Yield what is wrong, a line each."""
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        errors: list[str] = []
        page.on("console", lambda m, errors=errors: m.type == "error" and errors.append(m.text))
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.on("requestfailed", lambda request, errors=errors: errors.append(request.url))
        for path in pages(site):
            errors.clear()
            page.goto(path.resolve().as_uri())
            found = page.evaluate(_FOUND)
            name = f"{path.relative_to(site)} at {width} pixels"
            if found["width"] > width:
                yield f"{name}: {found['width']} pixels wide"
            yield from (f"{name}: no picture {source}" for source in found["missing"])
            yield from (f"{name}: no link to picture {source}" for source in found["shrunk"])
            yield from (f"{name}: {error}" for error in errors)
        page.close()


def main(site: Path) -> int:
    """Print the faults, and return the exit code."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        found = list(faults(browser, site))
        browser.close()
    print(*found[:100], f"{len(found)} faults on {len(pages(site))} pages", sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
