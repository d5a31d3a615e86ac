"""Marks of an earlier notice taken off a workbook that came back: its sheet, tints and notes, and the stamp itself."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from perfbatch.notice.comment_part import CommentPart
from perfbatch.notice.note_drawing import NoteDrawing
from perfbatch.notice.stamp import CellMark, Stamp, is_stamp, most_common_fill, read_stamp
from perfbatch.notice.styles import StyleSheet, checksum
from perfbatch.notice.tabs import reselect
from perfbatch.package.addresses import Place, parse_area
from perfbatch.package.book_part import EditableWorkbook, SheetEntry
from perfbatch.package.content_types import withdraw
from perfbatch.package.editing import NotEditable, well_formed
from perfbatch.package.patched import EditablePackage
from perfbatch.package.relation_edits import Relations
from perfbatch.package.sheet_part import SheetPart

__all__ = ["clear"]

_NO_FILL = '<fill><patternFill patternType="none"/></fill>'


def clear(package: EditablePackage, workbook: EditableWorkbook) -> bool:
    """Take the marks off in place; whether there were any.

    What is not understood stays: a sheet whose part cannot be edited keeps its marks. A workbook part that was cleared must
    be read anew.
    """
    stamp = read_stamp(workbook)
    if stamp is None:
        return False
    sheets = [sheet for sheet in workbook.sheets if sheet.kind == "worksheet" and sheet.name != stamp.sheet]
    for entry in sheets:
        try:
            _clear_notes(package, entry)
        except NotEditable:
            continue
    with contextlib.suppress(NotEditable):
        _clear_tints(package, workbook, sheets, stamp)
    if workbook.active_tab < len(workbook.sheets) and workbook.sheets[workbook.active_tab].name == stamp.sheet:
        reselect(package, sheets, stamp.selected)
    _clear_workbook(package, workbook, stamp)
    return True


def _clear_notes(package: EditablePackage, entry: SheetEntry) -> None:
    """Take our notes off a sheet, and the parts that only they needed."""
    relations = Relations(package, entry.part)
    related = relations.first("comments")
    if related is None:
        return
    comments = CommentPart(package.read(related.part))
    before = comments.markup
    gone = comments.clear()
    if comments.markup == before:
        return
    sheet = SheetPart(package.read(entry.part))
    drawn = sheet.drawing
    well_formed(comments.markup)
    if gone and drawn is not None:
        drawn_by = next(
            (relation for relation in relations.all if relation.id == drawn[1] and relation.part in package), None
        )
        if drawn_by is not None:
            drawing = NoteDrawing(package.read(drawn_by.part))
            drawing.remove(frozenset(gone))
            if drawing.empty:
                sheet.remove_drawing()
                cleared, steady = sheet.content()
                package.write(entry.part, cleared, steady=steady)
                relations.remove(drawn_by)
                withdraw(package, drawn_by.part)
            else:
                package.write(drawn_by.part, drawing.markup)
    if comments.places:
        package.write(related.part, comments.markup)
    else:
        relations.remove(related)
        withdraw(package, related.part)


def _clear_tints(
    package: EditablePackage, workbook: EditableWorkbook, sheets: Sequence[SheetEntry], stamp: Stamp
) -> None:
    """Give the marked cells the fill that they had; where the styles part is still ours, the very style."""
    related = workbook.relations.first("styles")
    if related is None:
        return
    part = package.read(related.part)
    styles = StyleSheet(part)
    ours = checksum(part) == stamp.checksum
    whole = ours
    for entry in sheets:
        here = {mark.place: mark for mark in stamp.marks if mark.sheet == entry.name}
        try:
            sheet = SheetPart(package.read(entry.part))
            whole &= _clear_sheet(sheet, styles, here, stamp, ours=ours)
            cleared, steady = sheet.content()
        except NotEditable:
            whole = False
            continue
        package.write(entry.part, cleared, steady=steady)
    if whole:
        styles.cut(stamp.counts)
    styles.write(package, related.part)


def _clear_sheet(
    sheet: SheetPart, styles: StyleSheet, here: dict[Place, CellMark], stamp: Stamp, *, ours: bool
) -> bool:
    """Take the tints off one sheet; whether no style past those of the stamp is in use any more."""
    restored: list[tuple[Place, str, int]] = []
    tints: dict[int, bool] = {}
    whole = True
    for place, style in sheet.styled():
        mark = here.get(place)
        if ours and mark is not None and style >= stamp.counts[3]:
            restored.append((place, mark.origin, mark.style))
            continue
        if style not in tints:
            tints[style] = styles.is_tint(style)
        if tints[style]:
            # A marked cell that a program has written anew, or a copy of one that somebody pasted elsewhere.
            fill = mark.fill if mark is not None else most_common_fill(stamp.marks)
            restored.append((place, mark.origin if mark is not None else "c", styles.untinted(style, fill or _NO_FILL)))
            whole = False
        whole &= not ours or style < stamp.counts[3]
    sheet.restore(restored)
    return whole


def _clear_workbook(package: EditablePackage, workbook: EditableWorkbook, stamp: Stamp) -> None:
    """Take the first sheet of the notice and the names of its stamp away."""
    workbook.drop(is_stamp)
    positions = [number for number, sheet in enumerate(workbook.sheets) if sheet.name == stamp.sheet]
    # A name can be made to point anywhere: a sheet that other names need is not the notice's.
    needed = any(
        name.sheet is None and not is_stamp(name) and (area := parse_area(name.text)) and area.sheet == stamp.sheet
        for name in workbook.names
    )
    if not positions or needed or len(workbook.sheets) == 1:
        workbook.write()
        return
    entry = workbook.sheets[positions[0]]
    for related in Relations(package, entry.part).all:
        if related.part in package and related.kind == "printerSettings":
            withdraw(package, related.part)
    own = Relations(package, entry.part).name
    workbook.remove_sheet(positions[0], first_tab_unstated=stamp.tab_unstated, active=stamp.active)
    relation = next(relation for relation in workbook.relations.all if relation.id == entry.relation)
    workbook.relations.remove(relation)
    withdraw(package, entry.part)
    if own in package:
        package.remove(own)
