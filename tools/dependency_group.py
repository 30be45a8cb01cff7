"""Print a dependency group of pyproject.toml, one requirement a line: the pip of Python 3.11 cannot read groups."""

import sys
import tomllib
from pathlib import Path

if __name__ == "__main__":
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    print("\n".join(project["dependency-groups"][sys.argv[1]]))  # noqa: T201 - that is its job
