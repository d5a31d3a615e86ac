"""The Open XML SDK's validator over a workbook of every kind that we write: `python -m tests.ooxml_validation VALIDATOR`.

VALIDATOR is the program `ooxml-validator` (`.ci/run` installs it where npm is there). Exit 1, with its words, where it finds
fault with a workbook; 2 where it could not be run.
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

from tests.our_workbooks import write_all

__all__ = ["Verdict", "main", "verdict_on"]


class Verdict(NamedTuple):
    """What the validator's exit code and words on a workbook come to."""

    code: int
    words: str


def verdict_on(validator: str, path: Path) -> Verdict:
    """Run the validator over a workbook, as Excel 2013 would take it."""
    try:
        ended = subprocess.run(
            [validator, "--officeVersion", "Office2013", str(path)],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict(2, str(error))
    if ended.returncode != 1:
        return Verdict(ended.returncode, ended.stderr.strip())
    errors = json.loads(ended.stdout)["errors"]
    lines = [f"  {one['path']} {one['xPath']}: {one['description']}" for one in errors]
    return Verdict(1, "\n".join(lines))


def main(validator: str) -> int:
    """Validate one of every kind, and say what the validator says; the worst exit code of all."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_all(Path(folder))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            verdicts = list(pool.map(lambda path: verdict_on(validator, path), paths))
    for path, verdict in zip(paths, verdicts, strict=True):
        if verdict.code:
            print(f"{path.name}: {'not valid' if verdict.code == 1 else 'not validated'}\n{verdict.words}")
    worst = max(verdict.code for verdict in verdicts)
    if not worst:
        print(f"{len(paths)} workbooks are valid")
    return worst


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
