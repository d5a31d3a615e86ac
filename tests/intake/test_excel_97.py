"""Workbooks of Excel 97 to 2003: the sample that LibreOffice saved, and what is refused before it is believed."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import olefile
import pytest
import xlrd

from perfbatch.intake.biff_records import outline_of
from perfbatch.intake.formats import open_form
from perfbatch.intake.reader import STAMP_SHEET, read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from tests.workbooks import rulebook

SAMPLE = Path(__file__).parents[2] / "inbox" / "农口" / "乡村振兴局自评表.xls"
STAMPS = (STAMP_SHEET,)


def stream() -> bytes:
    with olefile.OleFileIO(io.BytesIO(SAMPLE.read_bytes())) as compound, compound.openstream("Workbook") as records:
        content: bytes = records.read()
        return content


def records(content: bytes) -> list[tuple[int, int, bytes]]:
    """Number, place and content of every record."""
    at, every = 0, []
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        every.append((kind, at, content[at + 4 : at + 4 + length]))
        at += 4 + length
    return every


def refusal(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SetAside) as refused:
        outline_of(content, limits or Limits(), STAMPS)
    return refused.value.code


def test_the_sample() -> None:
    submission = read_submission(SAMPLE.read_bytes(), "a.xls", rulebook())
    assert submission.entity_code == "304001"
    assert [(finding.code, finding.severity, finding.cell) for finding in submission.findings] == [("C11", "info", "")]
    assert "Excel 97-2003" in submission.findings[0].message


def test_formats_of_numbers_are_those_of_the_form() -> None:
    book = open_form(SAMPLE.read_bytes(), Limits(), rulebook().field_by_id, STAMPS)
    area = book.names["satisfaction_rate"]
    assert book.cell(area.sheet, area.first_row, area.first_column).percent


def test_without_the_stamp_nothing_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(**_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(xlrd, "open_workbook", parse)
    with pytest.raises(SetAside) as refused:
        open_form(SAMPLE.read_bytes(), Limits(), rulebook().field_by_id, ("_other",))
    assert refused.value.code == "F05"


def _with(kind: int, change: Callable[[bytes], bytes]) -> bytes:
    """The sample's records, the first of a kind changed."""
    every = records(stream())
    at = next(number for number, (record, _, _) in enumerate(every) if record == kind)
    made = b""
    for number, (record, _, content) in enumerate(every):
        content = change(content) if number == at else content
        made += struct.pack("<HH", record, len(content)) + content
    return made


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"", "F03"),
        (lambda: stream()[:5_000], "F03"),
        (lambda: _with(0x0809, lambda content: struct.pack("<H", 0x0500) + content[2:]), "F04"),
        (lambda: _with(0x0809, lambda content: struct.pack("<H", 0x0123) + content[2:]), "F03"),
        # A password: the record of it stands behind the first.
        (lambda: stream()[:20] + struct.pack("<HH", 0x2F, 6) + bytes(6) + stream()[20:], "F02"),
        # A hole of zeros, which a parser would pass over.
        (lambda: stream()[:60_000] + bytes(512) + stream()[60_512:], "F03"),
        # A sheet that begins where no sheet begins.
        (lambda: _with(0x0085, lambda content: struct.pack("<I", 3) + content[4:]), "F03"),
    ],
)
def test_refusals(content: Callable[[], bytes], code: str) -> None:
    assert refusal(content()) == code


@pytest.mark.parametrize(
    "limits",
    [Limits(sheets=3), Limits(stored_cells=100), Limits(held_cells=50), Limits(merges=2), Limits(shared_strings=5)],
)
def test_more_than_the_limits(limits: Limits) -> None:
    assert refusal(stream(), limits) == "F07"


def test_a_cell_that_is_there_twice_is_refused() -> None:
    every = records(stream())
    number = next(record for record in every if record[0] == 0x0203)
    twice = struct.pack("<HH", number[0], len(number[2])) + number[2]
    content = stream()
    at = number[1]
    moved = content[:at] + twice + content[at:]
    # Sheets behind it begin later by that much.
    for kind, place, record in every:
        if kind == 0x0085 and struct.unpack_from("<I", record)[0] > at:
            begin = struct.pack("<I", struct.unpack_from("<I", record)[0] + len(twice))
            moved = moved[: place + 4] + begin + moved[place + 8 :]
    assert refusal(moved) == "F03"
    assert outline_of(content, Limits(), STAMPS).formulas
