"""The same inbox gives the same answers: whatever lies beside a file, in any order, in one process or several, and twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.batch import BatchPlan, Night, run_batch
from perfbatch.publishing import NightPlan, run_night
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import MONDAY, lay, workbook
from tests.hostile.files import HOSTILE, ODD

GOOD = {
    "甲.xlsx": workbook(),
    "乙.xlsx": workbook(budget_code="900002", unit_name="乙局", on_post_staff=45),
    "丙.xlsx": workbook(budget_code="900003", unit_name="丙局", revenue_total=[501, 500], self_grade="良好"),
}
BAD = (
    "random bytes",
    "billion laughs",
    "cells of the form: the far corner",
    "ole encrypted",
    "two members over one content",
)
_VOLATILE = re.compile(r'"(run_id|started_at|finished_at)": "[^"]*"|"seconds": [0-9.e-]+')


def answers(night: Night, names: set[str]) -> dict[str, Any]:
    """Everything the night says of the files named, by file."""
    result = night.result
    given: dict[str, Any] = {}
    for name in names:
        mine = result.departments[result.departments["file"] == name]
        assert len(mine) == 1
        position = mine.index[0]
        scores = result.scores[result.scores["department"] == position].drop(columns="department")
        given[name] = (
            next(entry for entry in result.entries if entry.path == name),
            [finding for finding in result.findings if finding.file == name],
            mine.drop(columns=["rank", "known.rank"]).to_dict("records"),
            scores.to_dict("records"),
        )
    return given


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, loaded: LoadedRulebook) -> dict[str, Any]:
    """What each good file gets when it is the only one."""
    given: dict[str, Any] = {}
    for name, content in GOOD.items():
        given |= answers(run_batch(BatchPlan(lay(tmp_path_factory.mktemp("alone"), {name: content}), loaded)), {name})
    return given


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("place", ["0 before", "乙 between", "龙 after"])
def test_bad_files_change_nothing_for_good_ones(
    tmp_path: Path, loaded: LoadedRulebook, alone: dict[str, Any], place: str, workers: int
) -> None:
    bad = {f"{place} {number}.xlsx": HOSTILE[name][1]() for number, name in enumerate(BAD)}
    night = run_batch(BatchPlan(lay(tmp_path, {**GOOD, **bad}), loaded, workers=workers))
    given = answers(night, set(GOOD))
    for name in GOOD:
        assert repr(given[name]) == repr(alone[name])
    codes = {entry.path: entry.code for entry in night.result.entries if entry.status == "set_aside"}
    assert codes == {f"{place} {number}.xlsx": HOSTILE[name][0] for number, name in enumerate(BAD)}


def test_names_that_turn_the_order_round_change_nothing(
    tmp_path: Path, loaded: LoadedRulebook, alone: dict[str, Any]
) -> None:
    turned = {f"{9 - number}.xlsx": name for number, name in enumerate(GOOD)}
    night = run_batch(BatchPlan(lay(tmp_path, {new: GOOD[name] for new, name in turned.items()}), loaded))
    given = answers(night, set(turned))
    for new, name in turned.items():
        assert repr(given[new]).replace(new, name) == repr(alone[name])


def test_one_process_or_many(tmp_path: Path, loaded: LoadedRulebook) -> None:
    files = {f"{number:02} {name}": content for number in range(12) for name, content in GOOD.items()}
    folder = lay(tmp_path, files)
    single, many = (run_batch(BatchPlan(folder, loaded, workers=workers)) for workers in (1, 4))
    assert single.result.entries == many.result.entries
    assert single.result.findings == many.result.findings
    assert single.result.scores.equals(many.result.scores)
    assert single.result.departments.equals(many.result.departments)


def cells_of(path: Path, volatile: set[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """(sheet, cell) → content without what is of the hour, and number format. By content: two times that happen to be equal
    share a string, and the numbers of all strings after it change."""
    cells: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in openpyxl.load_workbook(path):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            text = str(cell.value)
            for word in sorted(volatile, key=len, reverse=True):
                text = text.replace(word, "")
            cells[sheet.title, cell.coordinate] = (text, cell.number_format)
    return cells


def test_twice_over_gives_the_same_bytes_but_for_times_and_ids(tmp_path: Path, loaded: LoadedRulebook) -> None:
    bad = {f"坏 {number}.xlsx": HOSTILE[name][1]() for number, name in enumerate(BAD)}
    inbox = lay(tmp_path / "inbox", {**GOOD, **bad, "怪.xlsx": ODD["sizes behind the content"]()})
    runs = []
    for name in ("one", "two"):
        night, outputs = run_night(NightPlan(inbox, tmp_path / name, loaded, workers=2))
        runs.append((night.run.results[0], outputs))
    (first, outputs), (second, again) = runs
    assert outputs == again
    volatile = {str(getattr(run, name)) for run in (first, second) for name in ("run_id", "started_at", "finished_at")}
    volatile |= {
        f"{moment:{shape}}"
        for run in (first, second)
        for moment in (run.started_at, run.finished_at)
        for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ")
    }
    volatile |= {f"{(run.finished_at - run.started_at).total_seconds():.1f} 秒" for run in (first, second)}
    reports = [_VOLATILE.sub("", (tmp_path / name / "run-report.json").read_text("utf-8")) for name in ("one", "two")]
    assert reports[0] == reports[1]
    for output in outputs:
        if not output.endswith(".xlsx"):
            continue
        run, two = (cells_of(tmp_path / name / output, volatile) for name in ("one", "two"))
        assert run == two, output
        assert len(run) > 20
    assert json.loads((tmp_path / "one" / "run-report.json").read_text("utf-8"))["outputs"] == outputs
    assert (inbox / "甲.xlsx").stat().st_mtime_ns == MONDAY
