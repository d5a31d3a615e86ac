"""Days past the deadline: as a rule, in conditions, at the deadline and beside it, and where no day is known."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.district.frames import build_frames
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.model import Cap, Indicator, Rulebook
from perfbatch.rulebook.toml_text import rulebook_toml
from perfbatch.rulebook.wording import describe_expression, describe_figure, describe_rule
from perfbatch.scoring.remarks import remark
from perfbatch.scoring.trace import trace
from perfbatch.scoring.verify import score
from tests.cases.clean import changed
from tests.conftest import department, lay
from tests.overlays import blank_form, rulebook_of, written
from tests.submissions import RULEBOOK, UNREADABLE
from tests.workbooks import fill

LATE = "payment_progress"
DEADLINE = date(2021, 7, 31)


def _ruled(rule: dict[str, Any], **more: Any) -> Rulebook:
    def other(indicator: Indicator) -> Indicator:
        own = {**indicator.model_dump(), "rule": rule}
        return Indicator.model_validate(own) if indicator.id == LATE else indicator

    assert RULEBOOK.deadline == DEADLINE
    return RULEBOOK.model_copy(update={"indicators": tuple(map(other, RULEBOOK.indicators)), **more})


RULE = {"kind": "late", "date": "report_date", "per_day": Decimal("0.5")}


@pytest.mark.parametrize(
    ("days", "points", "arithmetic"),
    [
        (-200, "3", "按期报送，不扣分，得 3 分"),
        (0, "3", "按期报送，不扣分，得 3 分"),
        (1, "2.5", "逾期 1 天，3 − 0.5 × 1（扣完为止），得 2.5 分"),
        (5, "0.5", "逾期 5 天，3 − 0.5 × 5（扣完为止），得 0.5 分"),
        (6, "0", "逾期 6 天，3 − 0.5 × 6（扣完为止），得 0 分"),
        (400, "0", "逾期 400 天，3 − 0.5 × 400（扣完为止），得 0 分"),
    ],
)
def test_every_day_past_the_deadline_costs(days: int, points: str, arithmetic: str) -> None:
    rulebook = _ruled(RULE)
    assert lint(rulebook) == []
    frames = build_frames([changed({"report_date": DEADLINE + timedelta(days)}, rulebook=rulebook)], rulebook)
    scored = score(frames, rulebook)
    row = scored.scores.set_index("indicator").loc[LATE]
    assert (row["status"], Decimal(int(row["computed"])) / SCALE) == ("computed", Decimal(points))
    traced = trace(frames, scored, rulebook, 0, LATE)
    assert traced.arithmetic == arithmetic
    assert [(given.label, given.value) for given in traced.inputs] == [
        ("报告日期", (DEADLINE + timedelta(days)).isoformat())
    ]


@pytest.mark.parametrize("day", [None, UNREADABLE])
def test_without_a_day_the_own_score_stands_and_the_date_is_asked_for(day: Any) -> None:
    rulebook = _ruled(RULE)
    frames = build_frames([changed({"report_date": day}, rulebook=rulebook)], rulebook)
    scored = score(frames, rulebook)
    row = scored.scores.set_index("indicator").loc[LATE]
    assert (row["status"], row["missing"], row["verified"]) == ("self_reported", ("report_date",), row["self"])
    findings = [finding for finding in remark(frames, scored, rulebook) if finding.check == LATE]
    assert [(finding.code, finding.field) for finding in findings] == [("S05", "report_date")]


def test_conditions_may_ask_for_the_days() -> None:
    cases = {"kind": "cases", "cases": [{"when": "days_late(report_date) > 5", "points": 0}, {"when": "days_late(report_date) <= 5", "points": 3}]}  # fmt: skip
    cap = Cap(id="late", name="逾期报送", when="days_late(report_date) >= 10", maximum=Decimal(60), source="通知")
    rulebook = _ruled(cases, caps=(cap,))
    assert lint(rulebook) == []
    days = (5, 6, 9, 10)
    typed = [
        changed({"report_date": DEADLINE + timedelta(late)}, code=f"{number:06}", rulebook=rulebook)
        for number, late in enumerate(days)
    ]
    scored = score(build_frames(typed, rulebook), rulebook)
    own = scored.scores[scored.scores["indicator"] == LATE]
    assert [int(points) // SCALE for points in own["computed"]] == [3, 0, 0, 0]
    totals = [int(total) / SCALE for total in scored.departments["verified_total"]]
    assert totals[-1] == 60
    assert min(totals[:-1]) > 60


def test_in_words() -> None:
    indicator = _ruled(RULE).indicator_by_id[LATE]
    assert describe_rule(indicator) == "按期报送：3 分；每逾期 1 天扣 0.5 分，扣完为止"
    assert describe_figure(indicator, RULEBOOK) == "报告日期迟于报送截止日期的天数"
    assert describe_expression("days_late(report_date) > 5", RULEBOOK) == "报告日期迟于报送截止日期的天数 > 5"


@pytest.mark.parametrize(
    ("rule", "more", "fault"),
    [
        ({**RULE, "date": "report_dat"}, {}, "'report_dat' is no field with a date (the nearest is report_date)"),
        ({**RULE, "date": "unit_name"}, {}, "'unit_name' is no field with a date"),
        (RULE, {"deadline": None}, "the rulebook has no deadline to count the days from"),
    ],
)
def test_lint_names_what_is_wrong(rule: dict[str, Any], more: dict[str, Any], fault: str) -> None:
    faults = lint(_ruled(rule, **more))
    assert len(faults) == 1
    assert faults[0].startswith(f"indicator {LATE}, rule: date, column 11: {fault}")


def test_a_deadline_moved_for_the_night_is_what_lateness_counts_from(tmp_path: Path) -> None:
    text = rulebook_toml(_ruled(RULE))
    typed = {**department(), "report_date": "2021-08-05"}
    book = rulebook_of(text)
    inbox = lay(tmp_path / "inbox", {"a.xlsx": fill(blank_form(book, units=2), typed)})
    forms = [load_rulebook(written(tmp_path, text))]

    def points(deadline: date | None) -> tuple[int, date | None]:
        night = run_batch(BatchPlan(inbox, forms, deadline=deadline))
        row = night.result.scores.set_index("indicator").loc[LATE]
        return int(row["computed"]), night.result.deadline

    assert points(None) == (SCALE // 2, DEADLINE)
    assert points(date(2021, 8, 4)) == (5 * SCALE // 2, date(2021, 8, 4))
    assert points(date(2021, 8, 31)) == (3 * SCALE, date(2021, 8, 31))
