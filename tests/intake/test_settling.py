"""Whose a workbook is where code and name do not agree with the roster, and which of several under one code counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from perfbatch.intake.inbox import EntryKind, Found
from perfbatch.intake.one_file import Read
from perfbatch.intake.settling import settle
from tests.submissions import submission

ROSTER = {"410002": "云溪区水利局", "410003": "云溪区林业局", "410004": "云溪区粮食局", "410005": "云溪区粮食局"}
Told = list[tuple[str, str, str, str]]


def _settled(
    claims: list[tuple[str, str]], roster: Mapping[str, str] | None = ROSTER
) -> tuple[list[str], Told, list[str]]:
    """Of workbooks (code, name), the oldest first: what became of each, every finding, and the codes that count."""
    reads, files = [], []
    for number, (code, name) in enumerate(claims):
        file = f"{number}.xlsx"
        made = submission({"budget_code": code or None, "unit_name": name}, file=file)
        reads.append(Read("", made))
        files.append(Found(file, Path(file), 0, number, EntryKind.FILE))
    entries, submissions = settle(files, reads, roster)
    remarks = [
        (finding.code, finding.severity.value, finding.cell, finding.message)
        for each in submissions
        for finding in each.findings
    ]
    return (
        [entry.code or entry.status for entry in entries],
        remarks,
        [accepted.entity_code for accepted in submissions],
    )


def test_a_code_that_nobody_has_under_a_name_that_the_roster_knows() -> None:
    become, remarks, codes = _settled([("410001", "云溪区 水利局")])
    assert become == ["accepted"]
    assert remarks == [("C19", "error", "budget_code!0", "预算编码与名录不符（名录 410002，报送 410001）")]
    assert codes == ["410002"]


def test_a_code_that_the_roster_knows_under_another_name() -> None:
    become, remarks, codes = _settled([("410002", "云溪区水务局")])
    assert become == ["accepted"]
    assert remarks == [("C20", "warning", "unit_name!0", "单位名称与名录不符（名录 云溪区水利局，报送 云溪区水务局）")]
    assert codes == ["410002"]


@pytest.mark.parametrize(
    ("claims", "roster", "become", "codes"),
    [
        # The roster knows one of two names.
        ([("410002", "云溪区水利局"), ("410002", "云溪区水务局")], ROSTER, ["accepted", "F09"], ["410002"]),
        ([("410002", "云溪区水务局"), ("410002", "云溪区水利局")], ROSTER, ["F09", "accepted"], ["410002"]),
        # It knows neither; there is no roster.
        ([("410002", "甲局"), ("410002", "乙局")], ROSTER, ["F09", "F09"], []),
        ([("410009", "甲局"), ("410009", "乙局")], ROSTER, ["F09", "F09"], []),
        ([("410002", "云溪区水利局"), ("410002", "云溪区水务局")], None, ["F09", "F09"], []),
        # A wrong code does not stand in the way of whoever else wrote it.
        ([("410009", "云溪区水利局"), ("410009", "乙局")], ROSTER, ["accepted", "accepted"], ["410002", "410009"]),
        # The same department again, its code put right.
        ([("410001", "云溪区水利局"), ("410002", "云溪区水利局")], ROSTER, ["superseded", "accepted"], ["410002"]),
        # A name that two departments share tells nobody; a name of nobody neither.
        ([("410001", "云溪区粮食局")], ROSTER, ["accepted"], ["410001"]),
        ([("410001", "甲局")], ROSTER, ["accepted"], ["410001"]),
        # No code at all.
        ([("", "云溪区林业局")], ROSTER, ["accepted"], ["410003"]),
    ],
)
def test_who_counts(
    claims: list[tuple[str, str]], roster: Mapping[str, str] | None, become: list[str], codes: list[str]
) -> None:
    assert _settled(claims, roster)[::2] == (become, codes)


def test_the_order_of_the_files_changes_nobody_s_department() -> None:
    claims = [("410001", "云溪区水利局"), ("410003", "云溪区林业局"), ("410007", "甲局")]
    assert _settled(claims)[2] == _settled(claims[::-1])[2] == ["410002", "410003", "410007"]
