"""Every kind of workbook of ours is one that Excel opens without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import ooxml_validation
from tests.our_workbooks import KINDS
from tests.package_rules import faults


@pytest.mark.parametrize("kind", KINDS)
def test_excel_has_nothing_to_repair(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.xlsx"
    KINDS[kind](path)
    assert faults(path) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "code", "words"),
    [
        ("", "", 0, "1 workbooks are valid\n"),
        ("bad", "", 1, "form.xlsx: not valid\n  /p /x: bad\n"),
        ("bad", "bad", 0, "1 workbooks are valid\n"),
        ("worse", "bad", 1, "form.xlsx: not valid\n  /p /x: worse\n"),
    ],
)
def test_the_validator_s_words_are_passed_on_but_for_what_a_department_brought(
    ours: str, theirs: str, code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    program = tmp_path / "validator"
    program.write_text(
        '#!/bin/sh\nwords=$(cat "$3")\n[ -z "$words" ] && exit 0\n'
        'printf \'{"errors": [{"path": "/p", "xPath": "/x", "description": "%s"}]}\' "$words"\nexit 1\n'
    )
    program.chmod(0o755)
    written = tmp_path / "form.xlsx"
    written.write_text(ours)
    monkeypatch.setattr(ooxml_validation, "write_all", lambda folder: [written])
    monkeypatch.setattr(ooxml_validation, "SOURCES", {"form": theirs.encode})
    assert ooxml_validation.main(str(program)) == code
    assert capsys.readouterr().out == words


def test_a_validator_that_is_not_there_is_no_verdict(tmp_path: Path) -> None:
    assert ooxml_validation.verdict_on(str(tmp_path / "absent"), tmp_path / "a.xlsx").code == 2
