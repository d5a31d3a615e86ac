"""Looks of cells as xlsxwriter formats: 宋体 for the body, 黑体 for titles, inputs unlocked on light yellow."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from perfbatch.rulebook.model import FieldKind
from perfbatch.template.plan import BODY_SIZE, FONT_SIZES, EntryLook, Style

__all__ = ["BODY_FONT", "GIVEN_TINT", "INPUT_TINT", "Styles"]

BODY_FONT = "宋体"
TITLE_FONT = "黑体"
INPUT_TINT = "#FFFBE0"
LABEL_TINT = "#F2F2F2"
GIVEN_TINT = "#E2EFF7"
RULE = "#7F7F7F"
GREY = "#808080"

_BOXED = {"border": 1, "border_color": RULE, "text_wrap": True, "valign": "vcenter"}
_MIDDLE = {**_BOXED, "align": "center"}
_SHRUNK = {"text_wrap": False, "shrink": True}
_SIDES = {"left": 1, "right": 1, "left_color": RULE, "right_color": RULE, "valign": "vcenter"}

_PRINTED: dict[Style, dict[str, Any]] = {
    Style.ATTACHMENT: {"font_name": TITLE_FONT, "align": "left", "valign": "vcenter"},
    Style.TITLE: {"font_name": TITLE_FONT, "align": "center", "valign": "vcenter", "text_wrap": True},
    Style.COVER_TITLE: {"font_name": TITLE_FONT, "align": "center", "valign": "vcenter", "text_wrap": True},
    Style.COVER_LABEL: {"align": "right", "valign": "bottom"},
    Style.COVER_TEXT: {"bottom": 1, "align": "center", "valign": "bottom", "shrink": True},
    Style.COVER_FOOT: {"align": "center", "valign": "vcenter"},
    Style.SUBTITLE: {**_MIDDLE, "font_name": TITLE_FONT, "bg_color": LABEL_TINT},
    Style.NOTE: {"align": "left", "valign": "top", "text_wrap": True},
    Style.PARAGRAPH: {"align": "left", "valign": "vcenter", "text_wrap": True},
    Style.LEGEND: {**_MIDDLE, "bg_color": INPUT_TINT},
    Style.GIVEN_LEGEND: {**_MIDDLE, "bg_color": GIVEN_TINT},
    Style.HEADER: {**_MIDDLE, "bold": True, "bg_color": LABEL_TINT},
    Style.LABEL: {**_MIDDLE, "bg_color": LABEL_TINT},
    Style.GROUP: {**_MIDDLE, "bold": True, "bg_color": LABEL_TINT},
    Style.HEADING: {**_MIDDLE, "bold": True, "bg_color": LABEL_TINT, "valign": "top"},
    Style.TEXT: {**_BOXED, "align": "left"},
    Style.LINE: {**_BOXED, "align": "left", **_SHRUNK},
    Style.CENTRE: _MIDDLE,
    Style.POINTS: {**_MIDDLE, "bold": True},
    Style.EDITABLE_TEXT: {**_MIDDLE, "bg_color": INPUT_TINT, "locked": False},
    Style.INDEX: {**_MIDDLE, "font_color": GREY},
    Style.SIGN_FIRST: {**_SIDES, "top": 1, "top_color": RULE, "align": "left", "indent": 1},
    Style.SIGN_MIDDLE: {**_SIDES, "align": "right"},
    Style.SIGN_LAST: {**_SIDES, "bottom": 1, "bottom_color": RULE, "align": "right"},
    Style.CODE_HEADER: {"font_color": GREY, "align": "left", "valign": "vcenter"},
}

_ALIGNMENTS: dict[FieldKind, dict[str, Any]] = {
    # A figure too wide for its column is shown small rather than as ###.
    "amount": {"align": "right", **_SHRUNK},
    "area": {"align": "right", **_SHRUNK},
    "text": {"align": "left"},
    "code": {"align": "left"},
    # What does not fit loses its end, never its beginning.
    "longtext": {"align": "left", "valign": "top"},
    "id": {"align": "left"},
}


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def printed(self, style: Style) -> Format:
        """The format of a printed cell."""
        return self._format({"font_name": BODY_FONT, "font_size": FONT_SIZES.get(style, BODY_SIZE), **_PRINTED[style]})

    def entry(
        self, kind: FieldKind, number_format: str, look: EntryLook, *, locked: bool, given: bool, tall: bool
    ) -> Format:
        """The format of a field's cell; text in a `tall` one begins at the top, a `given` one has a tint of its own."""
        properties: dict[str, Any] = {
            "font_name": BODY_FONT,
            "font_size": BODY_SIZE,
            **_MIDDLE,
            **_ALIGNMENTS.get(kind, {}),
            "num_format": number_format,
            "locked": locked,
        }
        if kind == "id":
            properties |= {
                "border": 0,
                "font_color": GREY,
                "font_size": FONT_SIZES[Style.CODE_HEADER],
                "text_wrap": False,
            }
        elif not locked:
            properties["bg_color"] = INPUT_TINT
        elif given:
            properties["bg_color"] = GIVEN_TINT
        if look is EntryLook.LINE:
            properties |= _SHRUNK
        if tall:
            properties["valign"] = "top"
        if look is EntryLook.COVER:
            properties |= {"border": 0, "bottom": 1, "bottom_color": "#000000", "align": "center", "valign": "bottom"}
            properties["font_size"] = FONT_SIZES[Style.COVER_LABEL]
        return self._format(properties)

    def _format(self, properties: dict[str, Any]) -> Format:
        properties = {"font_scheme": "none", **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]
