"""The real report, rebuilt as a Word file: what the night says of it is what it says of the workbook."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from perfbatch.importing.filling import FoundEntry
from tests.importing.imports import night, verdicts
from tests.samples.expected import FINDINGS, NOTES
from tests.samples.seed import SEED
from tests.word_documents import report_of_the_seed
from tests.workbooks import rulebook

WORKBOOK = "116001岳阳市云溪区总工会.xlsx"
SAMPLE = Path(__file__).parents[1] / "forms" / "116001.docx"


@lru_cache(maxsize=1)
def finding_lines() -> dict[tuple[str, int], FoundEntry]:
    return verdicts(SAMPLE.read_bytes())


def test_the_sample_is_the_seed() -> None:
    """`tests/forms/116001.docx` is what the builder writes (its package carries hours)."""
    made = verdicts(report_of_the_seed().content())
    assert made == finding_lines()


def test_the_same_findings_and_scores_as_the_workbook() -> None:
    findings, standing = night(SAMPLE.read_bytes())
    assert findings == sorted([*FINDINGS[WORKBOOK], *NOTES[WORKBOOK]])
    assert len(findings) == 22
    assert standing == (98, 93, "优秀")


@pytest.mark.parametrize(
    ("field", "row", "value", "verdict"),
    [
        ("unit_name", 0, "岳阳市云溪区总工会", "sure"),
        ("budget_code", 0, "116001", "sure"),
        ("report_date", 0, "2021年7月15日", "sure"),
        ("fiscal_year", 0, 2020, "check"),
        ("authorized_posts", 0, 7, "sure"),
        ("entity_name", 1, "1、局机关", "sure"),
        ("revenue_total", 0, 274.98, "sure"),
        ("carryover_prior_year", 0, None, "sure"),
        ("basic_expenditure", 1, 274.98, "sure"),
        ("operating_expenditure", 0, 60.77, "sure"),
        ("balance_cumulative", 0, None, "sure"),
        ("fixed_assets_other", 0, 0, "sure"),
        ("goal_actual", 0, "完成预期目标", "sure"),
        ("indicator_actual", 6, "已完成", "sure"),
        ("indicator_target", 12, None, "sure"),
        ("satisfaction_rate", 0, 0.9, "check"),
        ("self_score_total", 0, 98, "sure"),
        ("self_grade", 0, "优秀", "sure"),
        ("item_self_score", 24, 3, "sure"),
        ("item_deduction_reason", 24, "满意度90%", "sure"),
        ("evaluator_title", 3, "办公室主任", "sure"),
        ("filler_phone", 0, "0000000", "sure"),
        ("narrative_on_post_staff", 0, 16, "check"),
        ("goods_services", 0, 60.77, "check"),
        ("narrative_fund_budget", 0, "无", "sure"),
        ("budget_initial", 0, None, "missing"),
    ],
)
def test_fields(field: str, row: int, value: object, verdict: str) -> None:
    entry = finding_lines()[field, row]
    assert (entry.value, entry.verdict) == (value, verdict)


def test_every_score_goes_to_its_own_indicator() -> None:
    """管理制度健全性 stands twice; one merged cell holds the points of three."""
    scores = [finding_lines()["item_self_score", row].value for row in range(len(rulebook().indicators))]
    assert scores == SEED["item_self_score"]
    assert ("item_max", 0) not in {key for key, entry in finding_lines().items() if entry.verdict != "missing"}


def test_places_are_told() -> None:
    assert finding_lines()["revenue_total", 0].place == "表2第5行第2格"
    assert finding_lines()["unit_name", 0].place == "第4段"
    assert finding_lines()["narrative_on_post_staff", 0].original == "16人"
