"""`python -m tests.benchmarks.summary [--departments N] [--findings M] [--repeat R] [--json]`: the summary workbook against
pandas' `to_excel` with xlsxwriter, which writes the same cell contents sheet by sheet, without a format, a formula or a link.

Both run in turn, `--repeat` times over, as programs of their own. CPU counts from the moment when the night's result, or the
frames, are in memory; peak memory is the highest resident set of the program over what it had at that moment.
"""

from __future__ import annotations

import argparse
import gc
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.district.result import BatchResult
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.load import load_rulebook
from perfbatch.summary import Surroundings, write_summary
from tests.benchmarks.corpus import make_corpus
from tests.benchmarks.spread import print_spreads, spread

__all__ = ["BASELINE", "compare", "district", "filled_cells", "summary", "to_excel"]

BASELINE = "to_excel"
_BASE = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU, MiB over the input, size of the workbook in MB."""

    cpu: float
    peak: float
    size: float


def district(departments: int, findings: int, base: BatchResult | None = None) -> BatchResult:
    """A night of any size: a night over `_BASE` workbooks of the corpus, repeated with other codes, names, files and amounts,
    as many findings a department as make `findings` in all."""
    if base is None:
        with tempfile.TemporaryDirectory() as folder:
            make_corpus(Path(folder) / "inbox", min(departments, _BASE))
            base = run_batch(BatchPlan(Path(folder) / "inbox", load_rulebook(None))).result
    size, each = len(base.departments), -(-findings // departments)
    amounts = [
        field.id for table in base.rulebook.unit_tables.values() for field in table.fields if field.kind == "amount"
    ]
    parts: dict[str, list[pd.DataFrame]] = {"departments": [], "units": [], "scores": []}
    files = base.departments["file"].tolist()
    by_file = {file: [finding for finding in base.findings if finding.file == file] for file in files}
    entries, chosen, at_risk = [], [], {}
    by_path = {entry.path: entry for entry in base.entries}
    for first in range(0, departments, size):
        here = min(size, departments - first)
        names = [(f"{900000 + at}", f"第{at:06}号部门", f"{at:06}.xlsx") for at in range(first, first + here)]
        for name, frame in (("departments", base.departments), ("units", base.units), ("scores", base.scores)):
            more = frame.iloc[:here].copy() if name == "departments" else frame[frame["department"] < here].copy()
            if name == "departments":
                for column, values in zip(
                    ("entity_code", "entity_title", "file"), zip(*names, strict=True), strict=True
                ):
                    more[column] = list(values)
            else:
                more["department"] += first
            if name != "scores":
                more[amounts] += first * SCALE // 100
            parts[name].append(more)
        for file, (code, unit, own) in zip(files, names, strict=False):
            entries.append(replace(by_path[file], path=own, entity_code=code, entity_title=unit))
            for field in by_file[file][:: max(1, len(by_file[file]) // max(1, each))][:each]:
                said_here = replace(field, file=own, entity_code=code)
                chosen.append(said_here)
                if field in base.at_risk:
                    at_risk[said_here] = base.at_risk[field]
    frames = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    return replace(base, entries=tuple(entries), findings=tuple(chosen), at_risk=at_risk, **frames)


def summary(result: BatchResult, path: Path) -> None:
    """The summary with everything in it."""
    notices = {file: f"notices/{file}" for file in result.departments["file"].tolist()}
    write_summary(result, path, [path.name], Surroundings("../inbox", notices))


def to_excel(frames: dict[str, pd.DataFrame], path: Path) -> None:
    """The same cell contents by pandas."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, header=False, index=False)


CONTESTANTS: dict[str, Callable[[Any, Path], None]] = {"summary": summary, BASELINE: to_excel}


def measure(name: str, given: Path, path: Path) -> Cost:
    """Run one contestant to its end."""
    arguments = [sys.executable, "-m", "tests.benchmarks.summary", "--contestant", name, str(given), str(path)]
    output = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    cpu, peak = (float(part) for part in output.split())
    return Cost(cpu, peak, path.stat().st_size / 1e6)


def _run(name: str, given: Path, path: Path) -> None:
    """In a program of its own: print the seconds and the MiB that a contestant took."""
    content = pickle.loads(given.read_bytes())
    gc.collect()
    before, started = _memory("VmRSS"), time.process_time()
    CONTESTANTS[name](content, path)
    print(time.process_time() - started, _memory("VmHWM") - before)


def _memory(name: str) -> float:
    """MiB that this program has in memory now (VmRSS), or has had at most (VmHWM; `getrusage` counts its parent's too)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def compare(departments: int, findings: int, repeat: int) -> dict[str, Any]:
    """Both contestants; the ratio's minimum, median and maximum over the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        result = district(departments, findings)
        given = {name: Path(folder) / f"{name}.pickle" for name in CONTESTANTS}
        given["summary"].write_bytes(pickle.dumps(result))
        summary(result, Path(folder) / "cells.xlsx")
        count = len(result.findings)
        del result
        frames = filled_cells(Path(folder) / "cells.xlsx")
        given[BASELINE].write_bytes(pickle.dumps(frames))
        cells = sum(int(frame.notna().to_numpy().sum()) for frame in frames.values())
        del frames
        rounds = [
            {name: measure(name, given[name], Path(folder) / f"{name}.xlsx") for name in CONTESTANTS}
            for _ in range(repeat)
        ]
    ratios = [costs["summary"].cpu / costs[BASELINE].cpu for costs in rounds]
    return {
        "departments": departments,
        "findings": count,
        "filled_cells": cells,
        "rounds": repeat,
        "contestants": {
            name: {
                "cpu_seconds": round(statistics.median(costs[name].cpu for costs in rounds), 2),
                "peak_mib": round(max(costs[name].peak for costs in rounds), 1),
                "megabytes": round(rounds[0][name].size, 2),
            }
            for name in CONTESTANTS
        },
        "ratios": {f"summary against {BASELINE}, CPU": spread(ratios)},
    }


def filled_cells(path: Path) -> dict[str, pd.DataFrame]:
    """The cells of a workbook, a frame a sheet; None for an empty one."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {
        name: pd.DataFrame([[None if cell == "" else cell for cell in row] for row in rows], dtype=object)
        for name, rows in sheets.items()
    }


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.summary", description=__doc__)
    parser.add_argument("--departments", type=int, default=1_000)
    parser.add_argument("--findings", type=int, help="in all (default: five a department)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contestant", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        name, given, path = arguments.contestant
        _run(name, Path(given), Path(path))
        return
    comparison = compare(arguments.departments, arguments.findings or 5 * arguments.departments, arguments.repeat)
    if arguments.json:
        print(json.dumps(comparison, indent=1))
        return
    print(
        f"{comparison['departments']} departments, {comparison['findings']} findings, {comparison['filled_cells']} filled cells, "
        f"{comparison['rounds']} rounds"
    )
    for name, cost in comparison["contestants"].items():
        print(
            f"  {name:<10} {cost['cpu_seconds']:>8.2f} s CPU {cost['peak_mib']:>8.1f} MiB over its input "
            f"{cost['megabytes']:>7.2f} MB"
        )
    print_spreads(comparison["ratios"], "times")


if __name__ == "__main__":
    main()
