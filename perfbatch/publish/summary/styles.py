"""The look of the workbooks that the bureau opens: fonts, fills, borders, by the name of what they mark."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["AMOUNT", "BASE_FONT", "SCORE", "STYLES", "WHOLE"]

AMOUNT = "#,##0.00####"
SCORE = "0.00"
WHOLE = "#,##0"

# 宋体 is on every Windows with Excel or WPS; other systems put their own Song face in its place.
BASE_FONT: Mapping[str, object] = {"font_name": "宋体", "font_size": 10}

_HEADING = "黑体"
_LINE = {"border": 1, "border_color": "#A6A6A6"}
_BODY = {**_LINE, "valign": "vcenter"}
_RIGHT = {**_BODY, "align": "right"}
_HEAD = {
    **_LINE,
    "bold": True,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "bg_color": "#D9E4F1",
}
_TOTAL = {"bold": True, "bg_color": "#F2F2F2", "top": 2, "top_color": "#7F7F7F"}

STYLES: Mapping[str, Mapping[str, object]] = {
    "title": {"font_name": _HEADING, "font_size": 16, "valign": "vcenter"},
    "centred_title": {"font_name": _HEADING, "font_size": 18, "align": "center", "valign": "vcenter"},
    "note": {"font_color": "#595959", "valign": "vcenter"},
    "centred_note": {"font_color": "#595959", "align": "center", "valign": "vcenter"},
    "part": {"font_name": _HEADING, "font_size": 12, "valign": "vcenter"},
    "head": _HEAD,
    "points": {**_HEAD, "bold": False, "italic": True},
    "text": {**_BODY, "text_wrap": True, "indent": 1},
    "centred": {**_BODY, "align": "center"},
    "number": _RIGHT,
    "big": {**_BODY, "align": "center", "font_size": 14, "bold": True},
    "total_text": {**_BODY, **_TOTAL, "align": "center"},
    "total": {**_RIGHT, **_TOTAL},
    # The status of a score, told by colour and by slant, so that a black-and-white print still tells it.
    "computed": _RIGHT,
    "self_reported": {**_RIGHT, "italic": True, "font_color": "#7F7F7F"},
    "not_applicable": {**_RIGHT, "italic": True, "font_color": "#7F6000", "bg_color": "#FFF2CC"},
    "adjusted": {**_RIGHT, "bold": True, "font_color": "#1F4E79", "bg_color": "#DDEBF7"},
    # Severities and what became of a file.
    "error": {**_BODY, "align": "center", "bold": True, "font_color": "#C00000"},
    "warning": {**_BODY, "align": "center", "font_color": "#B45F06"},
    "info": {**_BODY, "align": "center", "font_color": "#7F7F7F"},
    "accepted": {**_BODY, "align": "center"},
    "superseded": {**_BODY, "align": "center", "font_color": "#7F7F7F"},
    "set_aside": {**_BODY, "align": "center", "bold": True, "font_color": "#C00000"},
    "missing": {**_BODY, "align": "center", "bold": True, "font_color": "#B45F06"},
}
