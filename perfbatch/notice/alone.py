"""A workbook of one sheet: what a notice is that no department's workbook stands behind."""

from __future__ import annotations

from collections.abc import Callable

from perfbatch.notice.letter import area_of
from perfbatch.notice.styles import EMPTY_STYLES, StyleSheet
from perfbatch.package.patched import packed

__all__ = ["workbook_of_sheet"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def workbook_of_sheet(name: str, repeated: int, sheet: Callable[[StyleSheet, str], bytes]) -> bytes:
    """A package with one sheet of this name, of which the first rows are `repeated` on every page. `sheet` makes its part of the
    styles that it may add to, and the namespace that it is in."""
    styles = StyleSheet(EMPTY_STYLES.format(_MAIN).encode())
    part = sheet(styles, _MAIN)
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/>'
        f'</sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">{area_of(name, repeated)}'
        "</definedName></definedNames></workbook>"
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
            "xl/worksheets/sheet1.xml": part,
        }
    )


def _relations(*related: tuple[str, str]) -> bytes:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(related, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'.encode()
