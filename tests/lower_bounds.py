"""The lower bounds of pyproject.toml as constraints for pip: `python -m tests.lower_bounds > lowest.txt`.

Installed with `pip install -c lowest.txt -e '.[test]'` into an environment of its own, they are what the tests must pass on, and
what an audit of known advisories is given (CONTRIBUTING, *Bounds*).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

__all__ = ["lower_bounds"]

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_BOUND = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)(\[[a-z,]+\])?>=(?P<version>[0-9][0-9.]*)(?P<marker>\s*;.*)?")


def lower_bounds() -> list[str]:
    """`name==version` for every dependency, extras included, in their order; what has no bound of its own (an extra of this
    project) is left out. Raises `ValueError` for one that is bounded in another way."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    given = [
        *project["dependencies"],
        *(requirement for extra in project["optional-dependencies"].values() for requirement in extra),
    ]
    constraints = []
    for requirement in given:
        if requirement.startswith(f"{project['name']}["):
            continue
        bound = _BOUND.fullmatch(requirement)
        if bound is None:
            raise ValueError(f"pyproject.toml: {requirement!r} has no plain lower bound")
        constraints.append(f"{bound['name']}=={bound['version']}{bound['marker'] or ''}")
    return list(dict.fromkeys(constraints))


if __name__ == "__main__":
    print("\n".join(lower_bounds()))
