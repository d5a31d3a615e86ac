"""The document of `perfbatch check --json`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfbatch import __version__
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import decimal_text
from perfbatch.model.findings import AtRisk
from perfbatch.report.check_report import build_check_report, total_at_risk, verdict_of
from perfbatch.report.report import build_report
from tests.districts import ENTRIES, FINDINGS, ODD_FILE

UNION = 2  # 116001, in the district's order


@pytest.fixture
def alone(district: BatchResult) -> BatchResult:
    """云溪区总工会 checked on its own, with points at risk behind two of its findings."""
    findings = tuple(finding for finding in FINDINGS if finding.entity_code == "116001")
    scores = district.scores[district.scores["department"] == UNION].assign(department=0).reset_index(drop=True)
    at_risk = {
        findings[0]: AtRisk(Decimal("3"), ("payment_progress",)),
        findings[3]: AtRisk(Decimal("6"), ("payment_progress", "satisfaction")),
    }
    return replace(
        district,
        entries=ENTRIES[:1],
        findings=findings,
        departments=district.departments.iloc[[UNION]].reset_index(drop=True),
        scores=scores,
        roster=None,
        at_risk=at_risk,
    )


def checked_file(result: BatchResult) -> dict[str, Any]:
    (file,) = build_check_report("yunxi-2020", "0f" * 32, [("自评.xlsx", ENTRIES[0], result)])["files"]
    return dict(file)


def test_the_head(alone: BatchResult) -> None:
    report = build_check_report("yunxi-2020", "0f" * 32, [("自评.xlsx", ENTRIES[0], alone)])
    assert {name: value for name, value in report.items() if name != "files"} == {
        "perfbatch_version": __version__,
        "rulebook": "yunxi-2020",
        "rulebook_sha256": "0f" * 32,
        "verdict": "findings",
    }
    assert build_check_report("x", "y", [])["verdict"] == "clean"


def test_a_file_is_told_as_in_the_run_report(alone: BatchResult) -> None:
    file, (department,) = checked_file(alone), build_report(alone, ())["departments"]
    assert list(file) == [
        "path", "bytes", "sha256", "verdict", "code", "message", "remedy", "rulebook", "entity_key", "budget_code",
        "unit_name",
        "self_total", "verified_total", "grade", "points_by_status", "points_at_risk", "findings_by_severity",
        "scores", "findings",
    ]  # fmt: skip
    for name in ("self_total", "verified_total", "grade", "points_by_status", "scores"):
        assert file[name] == department[name]
    assert (file["path"], file["verdict"], file["code"]) == ("自评.xlsx", "findings", None)
    assert file["findings_by_severity"] == {"error": 1, "warning": 2, "info": 1}


def test_findings_carry_what_is_at_risk(alone: BatchResult) -> None:
    file, report = checked_file(alone), build_report(alone, ())
    assert [
        {name: value for name, value in finding.items() if name not in ("points_at_risk", "indicators")}
        for finding in file["findings"]
    ] == [{name: value for name, value in finding.items() if name != "file"} for finding in report["findings"]]
    assert [(finding["code"], finding["points_at_risk"], finding["indicators"]) for finding in file["findings"]] == [
        ("R14", "6.00", ["payment_progress", "satisfaction"]),
        ("R21", "0.00", []),
        ("R21", "0.00", []),
        ("S05", "3.00", ["payment_progress"]),
    ]


def test_together_an_indicator_counts_once(alone: BatchResult, district: BatchResult) -> None:
    # 支付进度 3 and 满意度 3 stand verified.
    assert total_at_risk(alone, 0) == 6
    assert checked_file(alone)["points_at_risk"] == decimal_text(6_000_000)
    assert total_at_risk(district, UNION) == 0


def test_a_file_that_could_not_be_read() -> None:
    (file,) = build_check_report("x", "y", [(ODD_FILE, ENTRIES[-1], None)])["files"]
    assert (file["path"], file["verdict"], file["code"], file["message"], file["remedy"]) == (
        "\\xff\\x01.xlsx".replace("\\x01", "\x01"),
        "unreadable",
        "F01",
        "不是电子表格（文本）",
        "请另存为 .xlsx 后重新报送",
    )
    assert [file[name] for name in ("self_total", "verified_total", "grade", "points_by_status", "points_at_risk")] == [
        None
    ] * 5
    assert (file["scores"], file["findings"]) == ([], [])
    assert file["findings_by_severity"] == {"error": 0, "warning": 0, "info": 0}


def test_verdicts(alone: BatchResult) -> None:
    infos = tuple(finding for finding in alone.findings if finding.severity == "info")
    assert [
        verdict_of(result) for result in (None, alone, replace(alone, findings=infos), replace(alone, findings=()))
    ] == [
        "unreadable",
        "findings",
        "clean",
        "clean",
    ]


def test_the_gravest_verdict_is_the_documents(alone: BatchResult) -> None:
    clean = replace(alone, findings=(), at_risk={})
    files = [("1", ENTRIES[0], clean), ("2", ENTRIES[0], alone), ("3", ENTRIES[-1], None)]
    assert [build_check_report("x", "y", files[:count])["verdict"] for count in (1, 2, 3)] == [
        "clean",
        "findings",
        "unreadable",
    ]
