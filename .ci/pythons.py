"""Print the oldest and the newest supported Python on this machine, one path a line.

Looked at are the programs ``python3`` and ``python3.x`` on the path and in ``/usr/bin``: those that
start (a shim of pyenv may not), are supported, and can make a virtual environment.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

PROBE = """if True:
    import ensurepip, sys, venv
    assert sys.version_info.releaselevel == "final"
    print(*sys.version_info[:3])
"""


def main():
    """Print both paths."""
    folders = [*os.environ["PATH"].split(os.pathsep), "/usr/bin", "/usr/local/bin"]
    found = [(version, path) for path in programs(folders) if (version := version_of(path))]
    found = [(version, path) for version, path in found if version >= (3, 11)]
    if not found:
        sys.exit("no Python of 3.11 or newer that can make a virtual environment was found")
    print(min(found)[1], max(found)[1], sep="\n")


def programs(folders):
    """Yield the paths of what is named like a Python."""
    for folder in dict.fromkeys(folders):
        if Path(folder).is_dir():
            for path in sorted(Path(folder).iterdir()):
                if re.fullmatch(r"python3(\.\d+)?", path.name):
                    yield str(path)


def version_of(path):
    """Return the version as a tuple; nothing if it doesn't start or lacks the parts needed."""
    try:
        done = subprocess.run(
            [path, "-c", PROBE], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None


if __name__ == "__main__":
    main()
