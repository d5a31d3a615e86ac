"""The Open XML SDK's validator over a workbook of every kind that we write: `python -m tests.ooxml_validation VALIDATOR`.

VALIDATOR is the program `ooxml-validator` (`.ci/run` installs it where npm is there). Exit 1, with its words, where it finds
fault with a workbook that the department's own, which it was made of, did not have; 2 where it could not be run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.our_workbooks import SOURCES, write_all

__all__ = ["Verdict", "main", "verdict_on"]


class Verdict(NamedTuple):
    """The validator's exit code on a workbook, and a line for everything that it says."""

    code: int
    lines: tuple[str, ...]


def verdict_on(validator: str, path: Path) -> Verdict:
    """Run the validator over a workbook, as Excel 2013 would take it."""
    try:
        ended = subprocess.run(
            [validator, "--officeVersion", "Office2013", str(path)],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict(2, (str(error),))
    if ended.returncode != 1:
        return Verdict(ended.returncode, tuple(ended.stderr.splitlines()))
    errors = json.loads(ended.stdout)["errors"]
    return Verdict(1, tuple(f"{error['path']} {error['xPath']}: {error['description']}" for error in errors))


def main(validator: str) -> int:
    """Validate one of every kind, and say what the validator says; the worst exit code of all."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_all(Path(folder))
        sources = {kind: Path(folder, f"source-{kind}.xlsx") for kind in SOURCES}
        for kind, path in sources.items():
            path.write_bytes(SOURCES[kind]())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            verdicts = list(pool.map(lambda path: verdict_on(validator, path), [*paths, *sources.values()]))
    before = dict(zip(sources, verdicts[len(paths) :], strict=True))
    worst = 0
    for path, verdict in zip(paths, verdicts, strict=False):
        known = before.get(path.stem, Verdict(0, ()))
        lines = [line for line in verdict.lines if line not in known.lines]
        if verdict.code and (lines or verdict.code != known.code):
            worst = max(worst, verdict.code)
            print(f"{path.name}: {'not valid' if verdict.code == 1 else 'not validated'}", *lines, sep="\n  ")
    if not worst:
        print(f"{len(paths)} workbooks are valid")
    return worst


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
