"""A small district to publish: four departments, every kind of inbox entry, a finding of every severity."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from perfbatch.district.frames import build_frames
from perfbatch.district.reporting import ExpectedDepartment
from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.submission import SCALE, InboxEntry
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook

STARTED = datetime(2021, 7, 20, 1, 0, 5, tzinfo=UTC)
FINISHED = datetime(2021, 7, 20, 1, 0, 36, 500_000, tzinfo=UTC)
INJECTION = "=cmd|'/c calc'!A0"
ODD_FILE = os.fsdecode(b"\xff\x01.xlsx")

#           code      name            rank  grade    amounts of the 汇总 row (万元)
DEPARTMENTS: list[tuple[str, str, int | None, str, dict[str, str]]] = [
    ("007002", "区教育局", 1, "优秀", {"revenue_total": "100.125", "expenditure_total": "100", "three_public_total": "0"}),
    ("101001", INJECTION, None, "", {}),
    ("116001", "云溪区总工会", 2, "优秀", {"revenue_total": "274.98", "expenditure_total": "274.98", "three_public_total": "10.05", "fixed_assets_total": "76.35"}),
    ("116002", "区妇联", 2, "优秀", {"revenue_total": "0.1", "balance_cumulative": "-0.2"}),
]  # fmt: skip

# (code, indicator) → self, computed, verified, status, missing; every other score is full marks by self-report.
SCORES: dict[tuple[str, str], tuple[str | None, str | None, str | None, str, tuple[str, ...]]] = {
    ("116001", "staff_control_rate"): ("5", "0", "0", "computed", ()),
    ("116001", "key_spending_share"): ("5", None, "5", "not_applicable", ()),
    ("116001", "payment_progress"): ("3", None, "3", "self_reported", ("special_fund_late_count",)),
    ("116001", "satisfaction"): ("3", "3", "3", "computed", ()),
    ("116002", "satisfaction"): ("5", "1", "3.335", "adjusted", ()),
    ("116002", "duty_growth"): ("1.665", None, "1.665", "self_reported", ()),
}
# verified: 116001 = 100 − 5 − 2 = 93, 116002 = 100 − 1.665 − 5.335 = 93 too
BLANK_DEPARTMENT = "101001"


def scaled(text: str | None) -> int | None:
    """A decimal as a count of 1/SCALE."""
    return None if text is None else int(Decimal(text) * SCALE)


def nullable(values: Iterable[int | None]) -> pd.Series[Any]:
    """A nullable Int64 column."""
    return pd.Series(pd.array([pd.NA if value is None else value for value in values], dtype="Int64"))


def _scores(rulebook: Rulebook, codes: list[str]) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for position, code in enumerate(codes):
        for indicator in rulebook.indicators:
            full = str(indicator.points)
            default = (None, None, None) if code == BLANK_DEPARTMENT else (full, None, full)
            own, computed, verified, status, missing = SCORES.get((code, indicator.id), (*default, "self_reported", ()))
            rows.append(
                (position, indicator.id, int(indicator.points * SCALE), own, computed, verified, status, missing)
            )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    return pd.DataFrame(
        {
            "department": list(columns[0]),
            "indicator": pd.Series(list(columns[1]), dtype="str"),
            "max": nullable(columns[2]),
            "self": nullable(scaled(column) for column in columns[3]),
            "computed": nullable(scaled(column) for column in columns[4]),
            "verified": nullable(scaled(column) for column in columns[5]),
            "status": pd.Series(list(columns[6]), dtype="str"),
            "missing": pd.Series(list(columns[7]), dtype="object"),
        }
    )


def _departments(rulebook: Rulebook, rows: list[tuple[str, str, int | None, str, dict[str, str]]]) -> pd.DataFrame:
    scores = _scores(rulebook, [row[0] for row in rows])
    columns: dict[str, Any] = {
        "entity_code": pd.Series([row[0] for row in rows], dtype="str"),
        "entity_title": pd.Series([row[1] for row in rows], dtype="str"),
        "file": pd.Series([f"{row[0]}.xlsx" for row in rows], dtype="str"),
    }
    for field in rulebook.fields():
        if field.kind == "amount":
            columns[field.id] = nullable(scaled(row[4].get(field.id)) for row in rows)

    def total(name: str, status: str | None = None) -> pd.Series[Any]:
        sums: list[int | None] = []
        for position in range(len(rows)):
            mine = scores[scores["department"] == position]
            mine = mine if status is None else mine[mine["status"] == status]
            blank = status is None and rows[position][0] == BLANK_DEPARTMENT
            sums.append(None if blank else int(mine[name].sum()))
        return nullable(sums)

    columns["self_total"] = total("self")
    columns["verified_total"] = total("verified")
    for status in STATUS_LABELS:
        columns[f"points.{status}"] = total("verified", status)
    known = scores[scores["status"].isin(["computed", "adjusted"])].groupby("department")[["max", "verified"]].sum()
    known = known.reindex(range(len(rows)), fill_value=0)
    columns["known.points"] = nullable(int(points) for points in known["max"])
    rate = (known["verified"] / known["max"].clip(lower=1)).astype("float64")
    columns["known.rate"] = nullable(int(share) for share in (rate * SCALE).round())
    columns["known.rank"] = nullable(int(rank) for rank in rate.rank(method="min", ascending=False))
    columns["confirmed"] = pd.Series([False] * len(rows), dtype="bool")
    columns["grade"] = pd.Series([row[3] for row in rows], dtype="str")
    columns["rank"] = nullable(row[2] for row in rows)
    return pd.DataFrame(columns)


def entry(path: str, status: str = "accepted", **more: Any) -> InboxEntry:
    """An inbox entry with a made-up hash."""
    return InboxEntry(path, 20_480, "ab" * 32, 0, status, **more)


ENTRIES = (
    entry("116001.xlsx", entity_code="116001", entity_title="云溪区总工会"),
    entry("007002.xlsx", entity_code="007002", entity_title="区教育局"),
    entry("101001.xlsx", entity_code="101001", entity_title=INJECTION),
    entry("116002.xlsx", entity_code="116002", entity_title="区妇联"),
    entry("116001旧.xlsx", "superseded", message="已由新报文件 116001.xlsx 替代", entity_code="116001", entity_title="云溪区总工会"),
    entry("z加密.xlsx", "set_aside", code="F02", message="文件已加密，需要密码才能打开", remedy="请取消密码后重新保存为 .xlsx"),
    entry(ODD_FILE, "set_aside", code="F01", message="不是电子表格（文本）", remedy="请另存为 .xlsx 后重新报送"),
)  # fmt: skip


def finding(code: str, severity: Severity, budget_code: str, place: str, field: str, **more: Any) -> Finding:
    """A finding; `place` is sheet!cell."""
    sheet, cell = place.split("!")
    values = {
        "reported": "",
        "expected": "",
        "difference": "",
        "message": "说明",
        "remedy": "改正",
        "check": code,
        **more,
    }
    return Finding(code, severity, budget_code, f"{budget_code}.xlsx", sheet, cell, field, **values)


FINDINGS = (
    finding("S05", Severity.INFO, "116001", "评分表!F9", "item_self_score", check="payment_progress", row=4, outcome="not_made", message="支付进度：缺少未按进度下达的专项数（个），不能核算，自评仍计分，待核"),
    finding("R21", Severity.WARNING, "116001", "绩效目标!D12", "indicator_actual", row=9, reported="已完成", message="数量指标的完成情况没有写明数值"),
    finding("R21", Severity.WARNING, "116001", "绩效目标!D9", "indicator_actual", row=6, reported="007", message="数量指标的完成情况没有写明数值"),
    finding("R14", Severity.ERROR, "116001", "综述!C4", "narrative_on_post_staff", reported="16.00", expected="10.00", difference="6.00", counts=(16_000_000, 10_000_000, 6_000_000), message="基本概况的实有人数与综述中的在职人数不一致", remedy="核实在职人数"),
    finding("R05", Severity.ERROR, "007002", "收支情况!H22", "balance_cumulative", reported="1.5", expected="0.125", difference="1.375", check="R05.cumulative", row=0, counts=(1_500_000, 125_000, 1_375_000), message="累计结余不等于收入合计减支出合计"),
)  # fmt: skip

ROSTER = (
    *(ExpectedDepartment(row[0], row[1], "行政政法股") for row in DEPARTMENTS),
    ExpectedDepartment("118001", "区文联"),
)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The built-in rulebook."""
    return read_rulebook().rulebook


@pytest.fixture(scope="session")
def district(rulebook: Rulebook) -> BatchResult:
    """The district of this file's tables."""
    return BatchResult(
        run_id="20210720-010005",
        started_at=STARTED,
        finished_at=FINISHED,
        rulebook=rulebook,
        rulebook_sha256="0f" * 32,
        entries=ENTRIES,
        findings=FINDINGS,
        departments=_departments(rulebook, DEPARTMENTS),
        units=build_frames([], rulebook).units,
        scores=_scores(rulebook, [row[0] for row in DEPARTMENTS]),
        roster=ROSTER,
    )


@pytest.fixture(scope="session")
def empty_night(district: BatchResult, rulebook: Rulebook) -> BatchResult:
    """A night with an empty inbox and no roster."""
    return replace(
        district,
        entries=(),
        findings=(),
        departments=_departments(rulebook, []),
        scores=_scores(rulebook, []),
        roster=None,
    )


Values = Callable[[Any], list[list[Any]]]


@pytest.fixture(scope="session")
def values() -> Values:
    """The rows of a sheet as lists, without the empty cells at their ends."""

    def rows(sheet: Any) -> list[list[Any]]:
        filled = []
        for row in sheet.iter_rows(values_only=True):
            cells = list(row)
            while cells and cells[-1] is None:
                cells.pop()
            filled.append(cells)
        return filled

    return rows


def score_of(report: Mapping[str, Any], code: str, indicator: str) -> dict[str, Any]:
    """One score in a run report."""
    department = next(reported for reported in report["departments"] if reported["budget_code"] == code)
    score: dict[str, Any] = next(line for line in department["scores"] if line["indicator"] == indicator)
    return score
