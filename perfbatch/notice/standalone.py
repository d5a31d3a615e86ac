"""A notice without the department's workbook, for one that cannot be marked at all: the list is still delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfbatch.model.findings import Finding
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.marking import listed_findings
from perfbatch.notice.notice_sheet import SHEET_NAME, area_of, header_row, sheet_markup
from perfbatch.notice.styles import EMPTY_STYLES, StyleSheet
from perfbatch.package.patched import packed

__all__ = ["standalone_notice"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_REMARK = "原工作簿的结构无法识别，未能附在本通知之后；请在原工作簿中按上列各项改正，保存后重新报送。"


def standalone_notice(findings: Sequence[Finding], heading: NoticeHeading) -> bytes:
    """A package with the sheet 整改通知 alone, which says why."""
    styles = StyleSheet(EMPTY_STYLES.format(_MAIN).encode())
    # No cell to link to: the place is told in words.
    listed = [
        replace(entry, finding=replace(entry.finding, sheet=f"{entry.finding.sheet}!{entry.finding.cell}".strip("!")))
        for entry in listed_findings(findings, heading, {})
    ]
    sheet = sheet_markup(listed, heading, [_REMARK], styles, namespace=_MAIN, prefix="")
    titles = area_of(SHEET_NAME, header_row(heading))
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{SHEET_NAME}" sheetId="1" r:id="rId1"/>'
        f'</sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">{titles}</definedName>'
        "</definedNames></workbook>"
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}styles+xml"/></Types>'
    )
    return packed(
        {
            "[Content_Types].xml": (_DECLARATION + types).encode(),
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": (_DECLARATION + book).encode(),
            "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
            "xl/styles.xml": styles.content(),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _relations(*related: tuple[str, str]) -> bytes:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(related, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'.encode()
