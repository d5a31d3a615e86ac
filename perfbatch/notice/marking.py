"""Marks put on a workbook: tints, notes, the stamp and the first sheet. Sheets that cannot be marked are named, not lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfbatch.model.findings import Finding, Severity
from perfbatch.model.notices import waits
from perfbatch.notice.comment_part import CommentPart, new_comments
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.letter import area_of
from perfbatch.notice.note_drawing import NoteDrawing, block_of, empty_drawing
from perfbatch.notice.notice_sheet import SHEET_NAME, Listed, header_row, sheet_markup
from perfbatch.notice.stamp import CellMark, Stamp, write_stamp
from perfbatch.notice.styles import EMPTY_STYLES, StyleSheet, checksum
from perfbatch.notice.tabs import deselect
from perfbatch.package.addresses import Place, place_of
from perfbatch.package.book_part import EditableWorkbook, SheetEntry
from perfbatch.package.content_types import declare
from perfbatch.package.editing import NotEditable, well_formed
from perfbatch.package.patched import EditablePackage
from perfbatch.package.relation_edits import Relations
from perfbatch.package.sheet_part import SheetPart

__all__ = ["listed_findings", "mark"]

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1}
_LEGEND = "红色底纹的单元格为错误，黄色底纹的为提醒；点击“位置”可跳转到该单元格，把鼠标移到单元格上可看批注。"
_EXPLAIN = "有浅黄色“情况说明”格的问题，情况属实的，可在格中写明原因，随本工作簿报送，不必改动数据。"
_RETURN = "请直接在本工作簿中改正，保存后重新报送；本页、底纹和批注由系统识别，不必删除。"


@dataclass
class _Marked:
    """What is to be done to one sheet."""

    entry: SheetEntry
    tints: dict[Place, str] = field(default_factory=dict)
    notes: dict[Place, list[str]] = field(default_factory=dict)


def listed_findings(
    findings: Sequence[Finding], heading: NoticeHeading, sheets: Mapping[str, int]
) -> tuple[Listed, ...]:
    """The findings of a notice, errors first, what waits for figures last, then by place; `sheets`: name → position of the
    sheets that have cells."""

    def order(finding: Finding) -> tuple[object, ...]:
        at = place_of(finding.cell) or (0, 0)
        position = sheets.get(finding.sheet, -1)
        gravity = _GRAVITY.get(finding.severity, len(_GRAVITY))
        return gravity, position, finding.sheet, at, finding.code, finding.message, finding.field

    shown = sorted((finding for finding in findings if finding.severity in _GRAVITY or waits(finding)), key=order)
    return tuple(
        Listed(
            finding,
            finding.sheet if finding.sheet in sheets and place_of(finding.cell) is not None else "",
            heading.points_at_risk.get(finding),
            finding.check in heading.explainable,
        )
        for finding in shown
    )


def note_text(findings: Sequence[Finding]) -> str:
    """What the note at a cell says: of each finding what is wrong, found, expected, difference, remedy."""
    parts = []
    for finding in findings:
        lines = [f"{finding.severity.label}（{finding.code}）：{finding.message}"]
        figures = (
            ("填报", finding.reported),
            ("应为", finding.expected),
            ("差额", finding.difference),
            ("整改", finding.remedy),
        )
        lines += [f"{word}：{figure}" for word, figure in figures if figure]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def mark(
    package: EditablePackage,
    workbook: EditableWorkbook,
    findings: Sequence[Finding],
    heading: NoticeHeading,
    more: Sequence[str] = (),
) -> None:
    """Mark a package in place; `more` are remarks to stand under the list. Raises `NotEditable` where not even a sheet can be added to it."""
    sheets = {sheet.name: number for number, sheet in enumerate(workbook.sheets) if sheet.kind == "worksheet"}
    listed = listed_findings(findings, heading, sheets)
    explained = [_EXPLAIN] if any(entry.explainable for entry in listed) else []
    remarks = [*more, _LEGEND, *explained, _RETURN]
    styles, styles_part = _styles(package, workbook)
    by_sheet: dict[str, _Marked] = {}
    for entry in listed:
        if entry.marked:
            by_sheet.setdefault(entry.sheet, _Marked(workbook.sheets[sheets[entry.sheet]]))
    if styles is None:
        remarks.append("本工作簿的样式无法识别，单元格未加底纹，请以本页所列为准。")
    marks: list[CellMark] = []
    selected = deselect(package, workbook.sheets)
    block = 0
    for name in sorted(by_sheet, key=lambda sheet: sheets[sheet]):
        marked = by_sheet[name]
        here = [entry.finding for entry in listed if entry.marked and entry.sheet == name]
        try:
            block = _mark_sheet(package, workbook, marked, here, styles, marks, block, remarks)
        except NotEditable:
            remarks.append(f"工作表“{name}”无法加标注，请以本页所列为准。")
    _add_sheet(package, workbook, listed, heading, remarks, styles, styles_part, marks, selected)


def _styles(package: EditablePackage, workbook: EditableWorkbook) -> tuple[StyleSheet | None, str]:
    """The styles and their part; a workbook without them is given some."""
    related = workbook.relations.first("styles")
    if related is None:
        # Some readers look for the styles under this name whatever the relationships say.
        part = "xl/styles.xml" if "xl/styles.xml" not in package else package.unused("xl/styles", ".xml")
        package.write(part, EMPTY_STYLES.format(workbook.namespace).encode())
        declare(package, part, _SPREADSHEET + "styles+xml")
        workbook.relations.add(workbook.relation_types + "/styles", part)
        return StyleSheet(package.read(part)), part
    try:
        return StyleSheet(package.read(related.part)), related.part
    except NotEditable:
        return None, related.part


def _mark_sheet(
    package: EditablePackage,
    workbook: EditableWorkbook,
    marked: _Marked,
    findings: Sequence[Finding],
    styles: StyleSheet | None,
    marks: list[CellMark],
    block: int,
    remarks: list[str],
) -> int:
    """Tint and annotate the cells of one sheet; returns the last block of shape numbers in use.

    Parts are written only when all of them are made, so a sheet that fails is as it was."""
    part = marked.entry.part
    sheet = SheetPart(package.read(part))
    at: dict[Place, list[Finding]] = {}
    for finding in findings:
        place = place_of(finding.cell)
        assert place is not None
        at.setdefault(sheet.top_left(place), []).append(finding)
    new_marks: list[CellMark] = []
    if styles is not None:
        spots = {place: sheet.spot(place) for place in at}
        restyled = []
        for place, spot in spots.items():
            fill = styles.fill_of(spot.style)
            restyled.append((spot, styles.tinted(spot.style, at[place][0].severity.value)))
            new_marks.append(CellMark(marked.entry.name, place, spot.style, fill, spot.origin))
        sheet.restyle(restyled)
    notes = {place: note_text(these) for place, these in at.items()}
    block, left = _annotate(package, workbook, marked.entry, sheet, notes, block)
    if left:
        cells = "、".join(finding.cell for finding in findings if place_of(finding.cell) in left)
        remarks.append(f"“{marked.entry.name}”的 {cells} 已有会话批注，未另加批注，请以本页所列为准。")
    marks += sorted(new_marks, key=lambda cell_mark: cell_mark.place)
    return block


def _annotate(
    package: EditablePackage,
    workbook: EditableWorkbook,
    entry: SheetEntry,
    sheet: SheetPart,
    notes: Mapping[Place, str],
    block: int,
) -> tuple[int, list[Place]]:
    """Add notes to a sheet and write its part; returns the last block of shape numbers and the cells left alone."""
    types = workbook.relation_types
    relations = Relations(package, entry.part)
    comments_at = relations.first("comments")
    if comments_at is None:
        new, left = sorted(notes), list[Place]()
        commented = new_comments(workbook.namespace, notes)
    else:
        comments = CommentPart(package.read(comments_at.part))
        new, left = comments.add(notes)
        commented = comments.markup
    well_formed(commented)
    drawn = sheet.drawing
    drawing_part = ""
    if drawn is not None:
        drawing_part = next((relation.part for relation in relations.all if relation.id == drawn[1]), "")
        if drawing_part not in package:
            raise NotEditable("a drawing that is not there")
    if new:
        if not drawing_part:
            taken = (
                [block_of(package.read(part)) for part in package.names if part.endswith(".vml")] if not block else []
            )
            block = max([block, *taken]) + 1
        drawing = NoteDrawing(package.read(drawing_part) if drawing_part else empty_drawing(block))
        drawing.add({place: notes[place] for place in new}, sheet)
        if not drawing_part:
            drawing_part = package.unused("xl/drawings/vmlDrawing", ".vml")
            sheet.add_drawing(relations.next_id, types)
    marked, steady = sheet.content()
    # From here on nothing is refused.
    if new:
        if drawn is None:
            relations.add(types + "/vmlDrawing", drawing_part)
            declare(package, "vml", _VML, extension=True)
        package.write(drawing_part, drawing.markup)
    if comments_at is None:
        part = package.unused("xl/comments", ".xml")
        declare(package, part, _SPREADSHEET + "comments+xml")
        relations.add(types + "/comments", part)
    else:
        part = comments_at.part
    package.write(part, commented)
    package.write(entry.part, marked, steady=steady)
    return block, left


def _add_sheet(
    package: EditablePackage,
    workbook: EditableWorkbook,
    listed: Sequence[Listed],
    heading: NoticeHeading,
    remarks: Sequence[str],
    styles: StyleSheet | None,
    styles_part: str,
    marks: Sequence[CellMark],
    selected: tuple[tuple[str, str], ...],
) -> None:
    name = workbook.unused_sheet_name(SHEET_NAME)
    markup = sheet_markup(listed, heading, remarks, styles, namespace=workbook.namespace, prefix=workbook.prefix)
    well_formed(markup)
    part = package.unused("xl/worksheets/sheet", ".xml")
    package.write(part, markup)
    declare(package, part, _SPREADSHEET + "worksheet+xml")
    stamp = Stamp(
        name,
        "0" * 8,
        (0, 0, 0, 0),
        not workbook.first_tab_stated,
        tuple(marks),
        workbook.active_tab,
        selected,
    )
    if styles is not None:
        written = styles.write(package, styles_part)
        stamp = replace(stamp, checksum=checksum(written), counts=styles.counts)
    write_stamp(workbook, stamp)
    workbook.define("_xlnm.Print_Titles", area_of(name, header_row(heading)), local_to=0, hidden=False)
    relation = workbook.relations.add(workbook.relation_types + "/worksheet", part)
    workbook.insert_first(name, relation)
