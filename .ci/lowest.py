"""Print the lowest versions that pyproject.toml admits, as constraints for pip.

``numpy>=2.0`` becomes ``numpy==2.0.*``, of what the package needs and of what its tests need.
"""

import re
import tomllib
from pathlib import Path

EXTRAS = ("draw", "plot", "scipy", "examples")


def main():
    """Print one constraint a line."""
    pyproject = Path(__file__).parents[1] / "pyproject.toml"
    tables = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project = tables["project"]
    needed = [*project["dependencies"], *tables["dependency-groups"]["test"]]
    for extra in EXTRAS:
        needed += project["optional-dependencies"][extra]
    for requirement in needed:
        if not requirement.startswith("slopes["):
            print(lowest(requirement))


def lowest(requirement):
    """Return the constraint that admits the lowest version only."""
    found = re.fullmatch(r"([\w-]+)>=([\d.]+)(?:,<[\d.]+)?", requirement)
    if not found:
        raise ValueError(f"expected 'name>=version' in pyproject.toml, got {requirement!r}")
    return f"{found[1]}=={found[2]}.*"


if __name__ == "__main__":
    main()
