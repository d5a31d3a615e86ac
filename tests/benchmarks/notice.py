"""What a notice costs: `python -m tests.benchmarks.notice [--departments N] [--repeat R] [--json]`.

A notice of five findings of a workbook of the corpus against the named baseline, openpyxl's load and save of the same workbook:
CPU of this process, in turns within each round. `first` is the same notice with nothing kept from the one before, which is
what a workbook costs whose parts no other shares. `all` has every error and warning of its department.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.model.findings import Finding, Severity
from perfbatch.notice import NoticeHeading, notice_content
from perfbatch.package.scanning import forget
from perfbatch.rulebook.load import load_rulebook
from tests.benchmarks.corpus import make_corpus
from tests.benchmarks.spread import print_spreads, spread

__all__ = ["BASELINE", "compare"]

BASELINE = "openpyxl load and save"
_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class _Department:
    """A workbook, all that it must put right, and five of that from all over it."""

    content: bytes
    heading: NoticeHeading
    grave: Sequence[Finding]
    five: Sequence[Finding]


def _district(folder: Path, departments: int) -> list[_Department]:
    make_corpus(folder, departments)
    night = run_batch(BatchPlan(folder, load_rulebook(), workers=2))
    made: list[_Department] = []
    for code, unit, file in night.result.departments[["entity_code", "entity_title", "file"]].itertuples(index=False):
        grave = [
            finding
            for finding in night.result.findings
            if finding.file == file and finding.severity is not Severity.INFO
        ]
        if len(grave) >= _FINDINGS:
            heading = NoticeHeading(code, unit, date(2021, 7, 20), date(2021, 8, 10))
            five = grave[:: len(grave) // _FINDINGS][:_FINDINGS]
            made.append(_Department((folder / file).read_bytes(), heading, grave, five))
    return made


def _openpyxl(department: _Department) -> None:
    book = openpyxl.load_workbook(io.BytesIO(department.content))
    book.save(io.BytesIO())


def _notice(department: _Department) -> None:
    notice_content(department.content, department.five, heading=department.heading)


def _first(department: _Department) -> None:
    forget()
    notice_content(department.content, department.five, heading=department.heading)


def _all(department: _Department) -> None:
    notice_content(department.content, department.grave, heading=department.heading)


_CONTESTANTS: dict[str, Callable[[_Department], None]] = {
    "notice": _notice,
    "first": _first,
    "all": _all,
    BASELINE: _openpyxl,
}


def compare(departments: int = 24, repeat: int = 5) -> dict[str, Any]:
    """Milliseconds of CPU a workbook, and how many times a notice the baseline costs: minimum, median, maximum."""
    with tempfile.TemporaryDirectory() as folder:
        district = _district(Path(folder) / "inbox", departments)
    rounds: list[dict[str, float]] = []
    for _ in range(repeat):
        costs: dict[str, float] = {}
        for name, contestant in _CONTESTANTS.items():
            began = time.process_time()
            for department in district:
                contestant(department)
            costs[name] = (time.process_time() - began) / len(district) * 1000
        rounds.append(costs)
    return {
        "workbooks": len(district),
        "rounds": repeat,
        "findings": {
            "five": _FINDINGS,
            "all": round(statistics.mean(len(department.grave) for department in district), 1),
        },
        "milliseconds": {name: spread([times[name] for times in rounds]) for name in _CONTESTANTS},
        "ratios": {
            f"{BASELINE} against {name}, CPU": spread([times[BASELINE] / times[name] for times in rounds])
            for name in _CONTESTANTS
            if name != BASELINE
        },
    }


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.notice", description=__doc__)
    parser.add_argument("--departments", type=int, default=24)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    comparison = compare(arguments.departments, arguments.repeat)
    if arguments.json:
        print(json.dumps(comparison, indent=1, ensure_ascii=False))
        return
    print(
        f"{comparison['workbooks']} workbooks, {comparison['rounds']} rounds, findings a notice: {comparison['findings']}"
    )
    print_spreads(comparison["milliseconds"], "ms CPU a workbook")
    print_spreads(comparison["ratios"], "times as much")


if __name__ == "__main__":
    main()
