"""Print the packages that an extra of pyproject.toml asks for, one a line.

``pip install '.[dev]'`` would build this package as well; the Makefile builds it apart from its packages.

    python tools/requirements.py dev
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def requirements(pyproject: dict[str, Any], extra: str) -> set[str]:
    """
    List the packages of one extra and of those that it names, with the core's own.

    Parameters
    ----------
    pyproject : dict
        The parsed file.
    extra : str
        Name of the extra; "build" stands for what a build needs.

    Returns
    -------
    set of str
        Requirements as pip reads them.
    """
    project = pyproject["project"]
    found = set(project["dependencies"])
    if extra == "build":
        return found | set(pyproject["build-system"]["requires"])
    for requirement in project["optional-dependencies"][extra]:
        own = re.fullmatch(rf"{project['name']}\[(.+)\]", requirement)
        if own:
            for name in own[1].split(","):
                found |= requirements(pyproject, name.strip())
        else:
            found.add(requirement)
    return found


if __name__ == "__main__":
    with PROJECT.open("rb") as file:
        print("\n".join(sorted(requirements(tomllib.load(file), sys.argv[1]))))
