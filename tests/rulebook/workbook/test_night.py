"""A clerk changes 95 % to 90 %, saves and runs: 运行记录 says so with the hash, 评分标准 shows it against the built-in rulebook."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
from typer.testing import CliRunner

from perfbatch.cli import app
from perfbatch.rulebook.load import load_rulebook
from tests.conftest import workbook
from tests.rulebook.workbook.editing import edited, exported


def test_a_night_with_changed_rules(tmp_path: Path) -> None:
    bands = {"所属指标": "satisfaction", "行别": "分段"}
    rules = edited(
        exported(tmp_path),
        ("计分", {**bands, "下限": 95}, "下限", 90),
        ("计分", {**bands, "上限（不含）": 95}, "上限（不含）", 90),
    )
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(workbook(satisfaction_rate="92%"))
    arguments = ["run", "--inbox", str(inbox), "--outbox", str(outbox), "--rulebook", str(rules), "--workers", "1"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    report = json.loads((outbox / "run-report.json").read_text(encoding="utf-8"))
    scores = {score["indicator"]: score["computed"] for score in report["departments"][0]["scores"]}
    assert scores["satisfaction"] == "5.00"
    book = openpyxl.load_workbook(outbox / "district-summary-2020.xlsx")
    log = {row[0]: row[1] for row in book["运行记录"].values if row[0]}
    assert log["规则校验值（SHA-256）"] == load_rulebook(rules).sha256 == report["rulebooks"][0]["sha256"]
    assert log["规则来源"] == str(rules)
    assert log["规则变化"] == "与规则“yunxi-2020”相比有 1 处不同，见“评分标准”"
    rows = [row for row in book["评分标准"].values if row[2] == "社会公众或服务对象满意度" and row[0] == "修改"]
    assert [("95%（含）" in row[5], "90%（含）" in row[6]) for row in rows] == [(True, True)]
