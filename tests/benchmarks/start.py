"""What a small night costs: `python -m tests.benchmarks.start [--inbox DIR] [--repeat R] [--json]`.

A night of the inbox (the shipped one unless given) in a process of its own, start and end included, against the named
baseline: an interpreter that imports pandas, xlsxwriter, pydantic, typer and rich, and ends. Against the night stand
`loaded first`, which loads everything before it begins to read, and `usual collector`, which looks for cycles as often as
any program. Wall and CPU of the whole process tree, in turns within each round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["BASELINE", "compare"]

ROOT = Path(__file__).parents[2]
BASELINE = "imports alone"
_MAIN = "from perfbatch.cli import main; main()"
_PROGRAMS: Mapping[str, str] = {
    BASELINE: "import pandas, xlsxwriter, pydantic, typer, rich.console",
    "night": _MAIN,
    "loaded first": f"from perfbatch import batch as b, publishing as p; b._load((*b._EXAMINING, *p._PUBLISHING)); {_MAIN}",
    "usual collector": f"import gc; gc.set_threshold = lambda *_: None; {_MAIN}",
}
_WITHOUT_NIGHT = frozenset({BASELINE})


class _Cost(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def _run(name: str, inbox: Path) -> _Cost:
    with tempfile.TemporaryDirectory() as outbox:
        given = [] if name in _WITHOUT_NIGHT else ["run", "--inbox", str(inbox), "--outbox", outbox]
        began, before = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-c", _PROGRAMS[name], *given], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        wall, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return _Cost(wall, cpu)


def _spread(values: list[float]) -> dict[str, float]:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def compare(inbox: Path, repeat: int) -> dict[str, Any]:
    """Seconds of each program, and how many times the first of each pair costs the second, over `repeat` rounds."""
    # Once before: what is compiled, or read from the disk for the first time, is nobody's cost.
    for name in _PROGRAMS:
        _run(name, inbox)
    rounds = [{name: _run(name, inbox) for name in _PROGRAMS} for _ in range(repeat)]
    pairs = [("night", BASELINE), *((name, "night") for name in _PROGRAMS if name not in (BASELINE, "night"))]
    return {
        "rounds": repeat,
        "seconds": {
            f"{name}, {what}": _spread([getattr(costs[name], what) for costs in rounds])
            for name in _PROGRAMS
            for what in _Cost._fields
        },
        "ratios": {
            f"{program} against {other}, {what}": _spread(
                [getattr(each[program], what) / getattr(each[other], what) for each in rounds]
            )
            for program, other in pairs
            for what in _Cost._fields
        },
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.start", description=__doc__)
    parser.add_argument("--inbox", type=Path, default=ROOT / "inbox")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    comparison = compare(arguments.inbox.resolve(), arguments.repeat)
    if arguments.json:
        print(json.dumps(comparison, indent=1))
        return
    for kind in ("seconds", "ratios"):
        print(f"{kind} (min, median, max over {comparison['rounds']} rounds)")
        for name, spread in comparison[kind].items():
            print(f"  {name:<42} {spread['min']:7.2f} {spread['median']:7.2f} {spread['max']:7.2f}")


if __name__ == "__main__":
    main()
