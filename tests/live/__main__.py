"""`python -m tests.live --count N`: compare any number of workbooks, and print what was compared."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from perfbatch.rulebook.load import load_rulebook
from tests.live.agreement import compare_many


def main() -> int:
    """Exit code 1 where a cell and the night disagree."""
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many workbooks (default 200)")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_many(count, load_rulebook().rulebook, Path(folder))
    print(f"workbooks {comparison.workbooks}, live checks {comparison.checks}, scores {comparison.scores}")
    print("words", dict(comparison.words))
    print(f"disagreements {len(comparison.parted)}", *comparison.parted[:50], sep="\n")
    return 1 if comparison.parted else 0


if __name__ == "__main__":
    raise SystemExit(main())
