"""What is measured, each as a program of its own so that its CPU, its children's and its imports are all counted.

`python -m tests.benchmarks.contestants NAME INBOX OUTBOX`
"""

from __future__ import annotations

import json
import os
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path

__all__ = ["BASELINE", "CONTESTANTS"]

BASELINE = "baseline"


def night(inbox: Path, outbox: Path) -> None:
    """`perfbatch run`, everything switched on; in an outbox that has last night's readings, the changed workbooks alone."""
    from perfbatch.cli import main
    from perfbatch.model.phases import Phases

    begun: list[tuple[str, float]] = []
    begin = Phases.begin

    def timed(phases: Phases, phase: str, files: int = 0) -> None:
        begun.append((phase, time.process_time()))
        begin(phases, phase, files)

    Phases.begin = timed  # type: ignore[method-assign]
    try:
        main(["run", "--inbox", str(inbox), "--outbox", str(outbox)])
    finally:
        laps = [("start", 0.0), *begun, ("", time.process_time())]
        cpu = {"workers": sum(os.times()[2:4])}
        for (phase, since), (_, until) in pairwise(laps):
            cpu[f"parent, {phase}"] = cpu.get(f"parent, {phase}", 0.0) + until - since
        outbox.with_suffix(".cpu.json").write_text(json.dumps({name: round(spent, 3) for name, spent in cpu.items()}))


def baseline(inbox: Path, outbox: Path) -> None:
    """What somebody writes in an afternoon: pandas and openpyxl, all sheets, a few sums, `to_excel`."""
    import pandas as pd

    rows = []
    for path in sorted(inbox.glob("*.xlsx")):
        sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl", header=None)
        numbers = {name: sheet.apply(pd.to_numeric, errors="coerce").sum().sum() for name, sheet in sheets.items()}
        rows.append({"file": path.name, **numbers})
    outbox.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_excel(outbox / "baseline.xlsx", index=False, engine="openpyxl")


def calamine(inbox: Path, outbox: Path) -> None:
    """python-calamine over all sheets, nothing else."""
    from python_calamine import CalamineWorkbook

    for path in sorted(inbox.glob("*.xlsx")):
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                workbook.get_sheet_by_name(name).to_python()


def inflate(inbox: Path, outbox: Path) -> None:
    """Inflating every part, nothing else."""
    for path in sorted(inbox.glob("*.xlsx")):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                package.read(name)


def reading(inbox: Path, outbox: Path) -> None:
    """Guard and reader over every workbook, in one process, no scoring."""
    from perfbatch.intake.reader import read_submission
    from perfbatch.rulebook.load import load_rulebook

    rulebook = load_rulebook().rulebook
    for path in sorted(inbox.glob("*.xlsx")):
        read_submission(path.read_bytes(), path.name, rulebook)


CONTESTANTS = {"night": night, BASELINE: baseline, "calamine": calamine, "inflate": inflate, "reading": reading}

if __name__ == "__main__":
    CONTESTANTS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
