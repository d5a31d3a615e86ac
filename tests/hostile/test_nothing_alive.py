"""What a department types or calls its file is text everywhere: no formula, link, command or control of a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.conftest import workbook
from tests.workbooks import Stored, store

TYPED = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1/","x")',
    "=cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    '=WEBSERVICE("http://127.0.0.1/")',
    "='file:///tmp/[x.xlsx]Sheet1'!A1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "{=1+1}",
    "http://127.0.0.1/",
    "mailto:a@example.org",
    "internal:'总览'!A1",
    "\u202egnp.exe",
    "\x85\x9b31m",
    "[red]bold[/red] :smile:",
    "<script>alert(1)</script>",
    "&amp;",
    "%s {} ${x}",
]
NAMES = [
    "=cmd|' C calc'!A0.xlsx",
    "红\x1b[31m\x07字.xlsx",
    "a\nb.xlsx",
    "\u202exslx.exe",
    "[bold]x.xlsx",
    "@SUM(A1).txt",
    "+1.xlsx",
]
# Whatever could act: a scheme, a function that reaches out, a data exchange, a program.
_ALIVE = re.compile(r"https?:|file:|mailto:|HYPERLINK|WEBSERVICE|DDE|cmd|calc|1\+1|2\+3", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder in which `perfbatch run` has ended, with what it and `perfbatch check` printed."""
    folder = tmp_path_factory.mktemp("alive")
    inbox = folder / "inbox"
    inbox.mkdir()
    for number, text in enumerate(TYPED):
        typed = Stored(text, type="inlineStr")
        content = workbook(budget_code=f"9{number:05}", entity_name=["汇总", "局机关"], report_date="2021-7-15")
        fields: dict[str | tuple[str, int], Stored] = dict.fromkeys(
            ("unit_name", "function_summary", "revenue_total", "self_grade", "satisfaction_rate", "on_post_staff"),
            typed,
        )
        fields |= {("entity_name", 1): typed, ("item_deduction_reason", 5): typed, ("evidence_answer", 0): typed}
        fields |= {("indicator_actual", 0): typed}
        (inbox / f"{number:02}.xlsx").write_bytes(store(content, fields, calculated=False))
    coded = store(workbook(), {"budget_code": Stored("=cmd|'/C calc'!A0", type="inlineStr")}, calculated=False)
    (inbox / "code.xlsx").write_bytes(coded)
    for name in NAMES:
        (inbox / name).write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff=1+1.xlsx")).write_bytes(b"x")

    def printed_by(*arguments: str) -> str:
        command = [sys.executable, "-m", "perfbatch", *arguments]
        ended = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
        return (ended.stdout + ended.stderr).decode()

    printed = printed_by("run")
    assert (folder / "outbox" / "run-report.json").exists(), printed
    checked = printed_by(
        "check", *(f"inbox/{name}" for name in [*(f"{number:02}.xlsx" for number in range(4)), *NAMES])
    )
    return folder, printed, checked


def test_every_entry_is_in_the_report_once(night: tuple[Path, str, str]) -> None:
    report = json.loads((night[0] / "outbox" / "run-report.json").read_text("utf-8"))
    paths = [entry["path"] for entry in report["files"]]
    assert len(paths) == len(set(paths)) == len(TYPED) + len(NAMES) + 2
    assert [entry["status"] for entry in report["files"]].count("accepted") == len(TYPED) + 1


def test_the_summary_holds_it_as_text(night: tuple[Path, str, str]) -> None:
    path = night[0] / "outbox" / "district-summary-2020.xlsx"
    shown: set[str] = set()
    for sheet in openpyxl.load_workbook(path):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            if cell.data_type == "f":
                assert not _ALIVE.search(str(cell.value)), f"{sheet.title}!{cell.coordinate}: {cell.value}"
            elif isinstance(cell.value, str):
                shown.add(cell.value)
                assert not _CONTROL.search(cell.value), f"{sheet.title}!{cell.coordinate}: {cell.value!r}"
    for text in TYPED[:-6]:
        assert text in shown, text


def test_the_summary_reaches_out_to_nothing(night: tuple[Path, str, str]) -> None:
    """Its links are its own: to its sheets, to notices, to files of the inbox."""
    folder = night[0]
    with zipfile.ZipFile(night[0] / "outbox" / "district-summary-2020.xlsx") as package:
        names = package.namelist()
        assert not [name for name in names if re.search(r"externalLink|connections|vba|embeddings|queryTable", name)]
        for name in names:
            part = package.read(name).decode()
            if name.endswith(".rels"):
                for relation in ElementTree.fromstring(part):
                    target = unquote(relation.get("Target", ""))
                    if relation.get("TargetMode") == "External":
                        assert relation.get("Type", "").endswith("/hyperlink"), name
                        assert not re.match(r"[a-z][a-z0-9+.-]*:|/|\\\\", target, re.IGNORECASE), target
                        assert (folder / "outbox" / target).resolve().is_relative_to(folder), target
            assert "<ddeLink" not in part
            assert "<!DOCTYPE" not in part
            for link in re.findall(r"<hyperlink [^>]*>", part):
                assert not _ALIVE.search(link.removeprefix("<hyperlink")), link


def test_the_run_report_has_no_control_but_the_line_end(night: tuple[Path, str, str]) -> None:
    content = (night[0] / "outbox" / "run-report.json").read_bytes()
    assert not _CONTROL.search(content.decode("utf-8"))
    parsed = json.loads(content)
    names = {department["unit_name"] for department in parsed["departments"]}
    assert set(TYPED[:-6]) <= names


def test_the_terminal_gets_no_control_but_the_line_end(night: tuple[Path, str, str]) -> None:
    _, printed, checked = night
    for text in (printed, checked):
        assert not _CONTROL.search(text), _CONTROL.findall(text)
    for shown in (
        "=cmd|' C calc'!A0.xlsx",
        "红\\u001b[31m\\u0007字.xlsx",
        "a\\u000ab.xlsx",
        "\\u202exslx.exe",
        "[bold]x.xlsx",
        "\\xff=1+1.xlsx",
    ):
        assert f"F01  {shown}" in printed, shown
    assert "[bold]x.xlsx" in checked


def test_notices_are_named_by_what_a_file_system_can_hold(night: tuple[Path, str, str]) -> None:
    outbox = night[0] / "outbox"
    for path in outbox.rglob("*"):
        assert not re.search(r'[\\:*?"<>|\x00-\x1f\u202a-\u202e]', path.relative_to(outbox).as_posix()), path
