"""The form as LibreOffice opens it, which calculates nothing that it finds calculated: typed into, it hides no failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfbatch.rulebook.formula import FAILS, HOLDS
from perfbatch.rulebook.formula import UNREADABLE as UNREADABLE_TEXT
from perfbatch.template import DEFAULT_UNITS, lay_out, write_template
from perfbatch.template.grid import cell_name
from perfbatch.template.live import CHECK_SHEET, plan_live
from tests.calc_session import Session, work
from tests.cases.checks import CHECK_CASES, CheckCase
from tests.cases.clean import clean
from tests.submissions import RULEBOOK, UNREADABLE
from tests.workbooks import places

pytestmark = pytest.mark.libreoffice

LAYOUT = lay_out(RULEBOOK, DEFAULT_UNITS)
PLAN = plan_live(LAYOUT)
LIVE = {check.bound.check.id for check in PLAN.checks()}
# The scorecard's own total is a formula, and always right.
FAILURES = [
    case for case in CHECK_CASES if case.kind == "fail" and case.check in LIVE and not (case.prior or case.roster)
    and case.check != "R16.scorecard"
]  # fmt: skip
TALLY = "A3"


def cells(changes: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int], Any]]:
    """What is typed, by field and row."""
    rows = [evidence_id for indicator in RULEBOOK.indicators for evidence_id in indicator.evidence_ids]
    for address, value in changes.items():
        field, _, row = address.partition("!")
        if field == "evidence":
            answers = {row: value} if row else value
            yield from ((("evidence_answer", rows.index(name)), answer) for name, answer in answers.items())
        elif isinstance(value, list):
            yield from (((field, number), entry) for number, entry in enumerate(value))
        else:
            yield (field, int(row or 0)), value


def typing(entries: Mapping[tuple[str, int], Any]) -> Iterator[list[Any]]:
    """The steps of typing that; nobody types into the scorecard's own total."""
    for (field, row), value in entries.items():
        if field != "scorecard_total":
            place = LAYOUT.places[field]
            where = place.where
            yield ["type", where.sheet, cell_name(where.top + row, where.left), _content(value, place.field.kind)]


def _content(value: Any, kind: str) -> Any:
    if value is UNREADABLE:
        return "约10"
    if isinstance(value, Decimal) or (isinstance(value, str) and kind in ("amount", "score", "percent", "count")):
        return float(value)
    return value


def shown(check: str) -> list[str]:
    """The cells of 校验 that show a check's verdicts."""
    return [
        cell_name(live.shown.top, live.shown.left)
        for live in PLAN.checks()
        if live.shown and live.bound.check.id == check
    ]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("typing") / "blank.xlsx"
    write_template(RULEBOOK, path)
    return path


def test_a_failure_typed_into_the_form_shows_at_once(blank: Path) -> None:
    assert len(FAILURES) >= 40
    sound = dict(cells(clean()))
    steps = list(typing(sound))
    for case in FAILURES:
        changes = dict(cells(case.changes))
        steps += typing(changes)
        steps += [["read", CHECK_SHEET, [TALLY]], ["read", CHECK_SHEET, shown(case.check)]]
        steps += typing({place: sound.get(place) for place in changes})
    (seen,) = work([Session(blank, steps)])
    outcomes = zip(FAILURES, seen[::2], seen[1::2], strict=True)
    hidden = [_case(case) for case, tally, verdicts in outcomes if not _tells(tally, verdicts)]
    # Since the points of an indicator are fixed, three cases of the scorecard (R15.total among them) are told by the night and
    # not yet by 校验: no other may join them.
    assert len(hidden) <= 3, hidden


def _case(case: CheckCase) -> str:
    return f"{case.check}: {dict(case.changes)}"


def _tells(tally: list[Any], verdicts: list[Any]) -> bool:
    """A score below 0 is no score: the form asks for it as for a word in a number's cell."""
    failing = any(str(verdict).startswith(FAILS) for verdict in verdicts) and not tally[0].startswith("没有不符事项")
    return failing or (UNREADABLE_TEXT in verdicts and f"{UNREADABLE_TEXT} 0 项" not in tally[0])


def test_a_form_filled_without_a_fault_says_so(blank: Path) -> None:
    verdicts = [cell_name(live.shown.top, live.shown.left) for live in PLAN.checks() if live.shown]
    ((before, after),) = work(
        [
            Session(
                blank, [["read", CHECK_SHEET, verdicts], *typing(dict(cells(clean()))), ["read", CHECK_SHEET, verdicts]]
            )
        ]
    )
    kinds = {str(verdict)[:1] for verdict in after}
    assert FAILS not in kinds
    assert HOLDS in kinds
    assert sum(verdict == HOLDS for verdict in after) > 100
    # Nothing is filled in yet, and nothing is asked: the points of the blank form add up, that is all.
    assert {verdict for verdict in before if verdict} <= {HOLDS}


def test_every_cell_without_a_number_is_listed_and_texts_too_long_for_paper(blank: Path) -> None:
    typed = {
        "on_post_staff": "二十人",
        "revenue_total": [None, "约10万"],
        "item_self_score": [None] * 3 + ["三分"],
        "annual_work_plan": "字" * 2_000,
        "unit_name": "区测试局",
    }
    where = dict(places(blank.read_bytes()))
    steps: list[list[Any]] = []
    for field, value in typed.items():
        values = value if isinstance(value, list) else [value]
        steps += [["type", *where[field][row], item] for row, item in enumerate(values) if item is not None]
    sheet = openpyxl.load_workbook(blank)[CHECK_SHEET]
    heads = {str(cell.value): cell.row for (cell,) in sheet["A1:A400"] if cell.value in ("序号", "字数")}
    listed, texts = heads["序号"], heads["字数"]
    asked = [f"{letter}{row}" for row in range(listed, listed + 6) for letter in "ABC"]
    asked += [f"{letter}{texts + row}" for row in (1, 2, 3) for letter in "ABC"]
    title = ["评分表", [f"A{row}" for row in (1, 2, 3)]]
    ((first, seen, head),) = work(
        [Session(blank, [["read", CHECK_SHEET, asked], *steps, ["read", CHECK_SHEET, asked], ["read", *title]])]
    )
    rows = [seen[at : at + 3] for at in range(0, len(seen), 3)]
    assert rows[1:6] == [
        [1, "基本概况：实有人数（人）", "二十人"],
        [2, "收支情况：收入合计（第2行）", "约10万"],
        [3, "评分表：自评得分（预算调整率）", "三分"],
        ["", "", ""],
        ["", "", ""],
    ]
    assert rows[6:] == [
        ["", "基本概况：职能职责概述", ""],
        [2000, "基本概况：年度主要工作内容", "全文见续页"],
        ["", "基本概况：年度部门（单位）总体运行情况及取得的成绩", ""],
    ]
    assert first[3:18] == [""] * 15
    assert "区测试局部门整体支出绩效评价评分表" in head
