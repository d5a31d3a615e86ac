"""Kinds of workbooks that were read wrongly, blamed wrongly or refused though readable, from the file to the verdict.

Each is the clean department with one planted fault (27 people in the profile, 28 in the narrative: R14), then changed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from perfbatch.batch import check_workbook
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import workbook
from tests.hostile.raw_zip import Member, archive, members
from tests.workbooks import Stored, blank, places, repack, sheet_parts, store, zip_of

R14 = ("R14", "on_post_staff")
PLANTED = workbook(on_post_staff=27)


def parts(change: Callable[[str, str], str]) -> bytes:
    """The department's workbook with the text of its parts changed: part name, text → text."""
    with zipfile.ZipFile(io.BytesIO(PLANTED)) as package:
        changed = {name: change(name, package.read(name).decode()).encode() for name in package.namelist()}
    return repack(PLANTED, changed)


def cells(stored: Mapping[str | tuple[str, int], Stored]) -> bytes:
    return store(PLANTED, stored)


def formatted(code: str, figures: Mapping[str | tuple[str, int], str]) -> bytes:
    """Figures stored in cells whose number format is `code`."""
    content = cells({place: Stored(figure) for place, figure in figures.items()})
    quoted = code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        styles = package.read("xl/styles.xml").decode()
        sheets = {part: package.read(part).decode() for part in sheet_parts(content).values()}
    count = len(re.findall(r"<xf ", styles[styles.index("<cellXfs") : styles.index("</cellXfs>")]))
    styles = re.sub(r"<numFmts[^>]*>", f'<numFmts><numFmt numFmtId="399" formatCode="{quoted}"/>', styles)
    styles = styles.replace("</cellXfs>", '<xf numFmtId="399" fontId="0" fillId="0" borderId="0"/></cellXfs>')
    for place in figures:
        field, row = place if isinstance(place, tuple) else (place, 0)
        sheet, cell = places(PLANTED)[field][row]
        part = sheet_parts(content)[sheet]
        sheets[part], replaced = re.subn(rf'(<c r="{cell}")(?: s="\d+")?', rf'\g<1> s="{count}"', sheets[part])
        assert replaced == 1
    changed = {part: markup.encode() for part, markup in sheets.items()}
    return repack(content, {**changed, "xl/styles.xml": styles.encode()})


def in_a_cell(field: str, markup: str) -> bytes:
    """A cell whose markup, from its type on, is written anew."""
    sheet, cell = places(PLANTED)[field][0]
    part = sheet_parts(PLANTED)[sheet]
    pattern = re.compile(rf'(<c r="{cell}"(?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
    return parts(lambda name, text: pattern.sub(rf"\g<1>{markup}</c>", text) if name == part else text)


ALL_ASSETS = [("fixed_assets_total", row) for row in (0, 1)] + [("fixed_assets_in_use", row) for row in (0, 1)]
READ: dict[str, Callable[[], bytes]] = {
    "nothing but the planted fault": lambda: PLANTED,
    "backslashes": lambda: archive(
        [Member(member.name.replace("/", "\\"), member.content) for member in members(PLANTED)]
    ),
    "a reference for a digit": lambda: in_a_cell("on_post_staff", ' t="n"><v>2&#x37;</v>'),
    "a section for a figure": lambda: in_a_cell("authorized_posts", "><v><![CDATA[30]]></v>"),
    "a date in Chinese numerals": lambda: cells({"report_date": Stored("二〇二一年八月廿一日", type="inlineStr")}),
    "a date written out with Z": lambda: in_a_cell("report_date", ' t="d"><v>2021-07-15T00:00:00Z</v>'),
    "escapes and a new error": lambda: parts(
        lambda name, text: (
            text.replace("<sheetData>", '<sheetData><row r="1"><c r="A1" t="e"><v>#BUSY!</v></c></row>')
            if name.endswith("sheet1.xml") and '<row r="1"' not in text
            else text.replace("云溪区测试局", "云溪区测试局_x000D_")
        )
    ),
    "digits struck out": lambda: in_a_cell(
        "on_post_staff", ' t="inlineStr"><is><r><rPr><strike/></rPr><t>19</t></r><r><t>27</t></r></is>'
    ),
    "names in capitals": lambda: parts(
        lambda name, text: (
            re.sub(r'(?<=definedName name=")[a-z_]+', lambda match: match[0].upper(), text)
            if name == "xl/workbook.xml"
            else text
        )
    ),
    "yuan shown in ten thousands": lambda: formatted("0!.0000", dict.fromkeys(ALL_ASSETS, "2000000")),
    "thousands shown": lambda: formatted("#,##0.00,", {"procurement_budget": "40000", "procurement_actual": "40000"}),
    "the format names the unit": lambda: formatted('0.00"元"', {"official_card_spending": "120000"}),
    "conditions": lambda: formatted('[>=10000]0!.0000"万";0"元"', {"budget_initial": "4800000"}),
    "a sign of money": lambda: cells({"procurement_actual": Stored("￥40", type="inlineStr")}),
}


def verdict(content: bytes, loaded: LoadedRulebook, folder: Path) -> tuple[str, set[tuple[str, str]], str]:
    """F-code, errors by (code, field), and the verified total."""
    path = folder / "a.xlsx"
    path.write_bytes(content)
    checked = check_workbook(path, loaded)
    if checked.night is None:
        return checked.entry.code, set(), ""
    result = checked.night.result
    errors = {(finding.code, finding.field) for finding in result.findings if finding.severity == "error"}
    return "", errors, f"{result.departments['verified_total'].iloc[0] / 1_000_000:.2f}"


@pytest.mark.parametrize("kind", READ)
def test_read_with_the_planted_fault_alone(kind: str, loaded: LoadedRulebook, tmp_path: Path) -> None:
    assert verdict(READ[kind](), loaded, tmp_path) == ("", {R14}, "99.00")


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda: in_a_cell("on_post_staff", ' t="inlineStr"><is><r><t>27</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></is>'),
         ("C04", "on_post_staff")),
        (lambda: in_a_cell("evaluator_name", ' t="e" vm="1"><v>#VALUE!</v>'), ("C06", "evaluator_name")),
        (lambda: formatted('[>=10000]0!.0000"万";0', {"budget_initial": "480"}), ("C10", "budget_initial")),
        (lambda: formatted("$0.00", {"budget_initial": "480"}), ("C10", "budget_initial")),
    ],
)  # fmt: skip
def test_told_at_its_cell(
    build: Callable[[], bytes], error: tuple[str, str], loaded: LoadedRulebook, tmp_path: Path
) -> None:
    code, errors, _ = verdict(build(), loaded, tmp_path)
    assert (code, errors - {R14}) == ("", {error})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zip_of({"甲/一.xlsx": PLANTED}), "F13"),
        (b"%TSD-Header-###%" + bytes(2000), "F02"),
        (blank(), "F12"),
        (parts(lambda _, text: re.sub(r"<definedNames>.*</definedNames>", "", text, flags=re.DOTALL)), "F05"),
    ],
    ids=["an archive", "encrypted by a DRM product", "a blank template", "without its names"],
)
def test_set_aside_as_what_it_is(content: bytes, code: str, loaded: LoadedRulebook, tmp_path: Path) -> None:
    assert verdict(content, loaded, tmp_path)[0] == code
