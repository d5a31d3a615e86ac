"""The look of the workbooks that the bureau opens: fonts, fills, borders, by the name of what they mark.

Nothing is told by red and green: blue, orange and grey differ for every eye and, being of different darkness, on a grey
print; signs and slant say the same again.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "AMOUNT",
    "BASE_FONT",
    "BLUE",
    "DARK",
    "DIFFERENCE",
    "GREY",
    "LOST",
    "ORANGE",
    "PALE_BLUE",
    "PERCENT",
    "ROUNDING",
    "ROUNDING_COLOUR",
    "SCORE",
    "STATUS_COLOURS",
    "STATUS_FORMATS",
    "STATUS_SIGNS",
    "STYLES",
    "WHOLE",
]

AMOUNT = "#,##0.00####"
SCORE = "0.00"
WHOLE = "#,##0"
PERCENT = "0.0%"
# A check column: a sign where nothing is left over.
DIFFERENCE = '#,##0.00####;-#,##0.00####;"✓";@'

# Left over by the rounding of the figures alone: told, and no fault of anybody's.
ROUNDING = "尾差"

DARK, BLUE, PALE_BLUE = "#1F3864", "#2E75B6", "#9DC3E6"
# Each of them, and ORANGE on the tile that alerts, is read at a contrast of 4.5 at least (WCAG AA).
ORANGE, LOST, GREY = "#A84A0E", "#F4B183", "#6E6E6E"
ROUNDING_COLOUR = "#1F4E79"

# 宋体 and 黑体 are on every Windows with Excel or WPS; WPS and LibreOffice on Linux put their own Song and Hei faces in their
# place, of the same widths. Without a scheme: with one, Excel takes the font of the theme instead.
BASE_FONT: Mapping[str, object] = {"font_name": "宋体", "font_size": 10, "font_scheme": "none"}

# The bar of points by status: from dark to light, so that a grey print keeps the order.
STATUS_COLOURS: Mapping[str, str] = {
    "computed": DARK,
    "adjusted": ORANGE,
    "self_reported": PALE_BLUE,
    "not_applicable": "#E4E2E2",
}

_HEADING = "黑体"
_LINE = {"border": 1, "border_color": "#BFBFBF"}
_BODY = {**_LINE, "valign": "vcenter"}
_RIGHT = {**_BODY, "align": "right"}
_CENTRE = {**_BODY, "align": "center"}
_HEAD = {
    **_LINE,
    "bold": True,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "bg_color": "#D9E4F1",
}
_TOTAL = {"bold": True, "bg_color": "#F2F2F2", "top": 2, "top_color": "#7F7F7F"}
_LINK = {"font_color": "#1F4E9E", "underline": 1}
_GROUP = {**_LINE, "valign": "vcenter", "font_name": _HEADING, "bg_color": "#D9E4F1"}
_SUBGROUP = {**_LINE, "valign": "vcenter", "bold": True, "bg_color": "#F2F2F2"}

STYLES: Mapping[str, Mapping[str, object]] = {
    "title": {"font_name": _HEADING, "font_size": 16, "valign": "vcenter"},
    "centred_title": {"font_name": _HEADING, "font_size": 18, "align": "center", "valign": "vcenter"},
    "note": {"font_color": "#595959", "valign": "vcenter"},
    "centred_note": {"font_color": "#595959", "align": "center", "valign": "vcenter"},
    "alert_note": {
        "font_color": ORANGE,
        "bg_color": "#FBE9DD",
        "bold": True,
        "align": "center",
        "valign": "vcenter",
    },
    "part": {"font_name": _HEADING, "font_size": 12, "valign": "vcenter", "font_color": DARK},
    "head": _HEAD,
    "points": {**_HEAD, "bold": False, "italic": True},
    "text": {**_BODY, "text_wrap": True, "indent": 1},
    "centred": _CENTRE,
    "number": _RIGHT,
    "big": {**_CENTRE, "font_size": 14, "bold": True},
    "total_text": {**_CENTRE, **_TOTAL},
    "total": {**_RIGHT, **_TOTAL},
    "bar": {**_BODY, "font_size": 7},
    "link": {**_CENTRE, **_LINK},
    # The tiles of the overview.
    "tile_head": {
        "align": "center",
        "shrink": True,
        "valign": "vcenter",
        "font_color": "#595959",
        "bg_color": "#EEF3FA",
        "top": 5,
        "top_color": BLUE,
    },
    "tile": {
        "align": "center",
        "valign": "vcenter",
        "font_name": _HEADING,
        "font_size": 18,
        "font_color": DARK,
        "bg_color": "#EEF3FA",
        "shrink": True,
    },
    "tile_alert": {
        "align": "center",
        "valign": "vcenter",
        "font_name": _HEADING,
        "font_size": 18,
        "font_color": ORANGE,
        "bg_color": "#FBE9DD",
        "shrink": True,
    },
    "small_tile": {"align": "center", "valign": "vcenter", "bold": True, "font_size": 12, "bg_color": "#F2F2F2"},
    "small_tile_alert": {
        "align": "center",
        "valign": "vcenter",
        "bold": True,
        "font_size": 12,
        "font_color": ORANGE,
        "bg_color": "#FBE9DD",
    },
    "small_tile_head": {
        "shrink": True,
        "align": "center",
        "valign": "vcenter",
        "font_color": "#595959",
        "bg_color": "#F2F2F2",
    },
    # Rows that head a group.
    "group": {**_GROUP, "indent": 1},
    "group_centred": {**_GROUP, "align": "center"},
    "group_number": {**_GROUP, "align": "right"},
    "subgroup": {**_SUBGROUP, "indent": 2},
    "subgroup_centred": {**_SUBGROUP, "align": "center"},
    "subgroup_number": {**_SUBGROUP, "align": "right"},
    # A department's own row and, folded under it, its units'.
    "own": {**_BODY, "bold": True, "text_wrap": True, "indent": 1},
    "own_centred": {**_CENTRE, "bold": True},
    "own_number": {**_RIGHT, "bold": True},
    "unit": {**_BODY, "text_wrap": True, "indent": 3, "font_color": "#595959"},
    "unit_centred": {**_CENTRE, "font_color": "#595959"},
    "unit_number": {**_RIGHT, "font_color": "#595959"},
    "check": {**_CENTRE, "font_color": GREY},
    "plain": {},
    "line": {**_BODY, "indent": 1, "shrink": False},
    "text_small": {**_BODY, "indent": 1, "shrink": True},
    "finding": {**_BODY, "indent": 1, "shrink": True},
    "follow": {**_BODY, "text_wrap": True, "indent": 3, "font_color": "#595959"},
    # The one cell of a sheet that is to be chosen in.
    "choose": {
        "border": 2,
        "border_color": BLUE,
        "bg_color": "#FFF8E1",
        "bold": True,
        "font_size": 12,
        "valign": "vcenter",
        "indent": 1,
    },
    # Whose page it is, where nothing is to be chosen.
    "named": {"border": 2, "border_color": BLUE, "bold": True, "font_size": 12, "valign": "vcenter", "indent": 1},
    # The status of a score, told by colour and slant; `STATUS_FORMATS` adds a sign.
    "computed": _RIGHT,
    "self_reported": {**_RIGHT, "italic": True, "font_color": "#595959"},
    "not_applicable": {**_RIGHT, "italic": True, "font_color": "#595959"},
    "adjusted": {**_RIGHT, "bold": True, "font_color": "#1F4E79"},
    # Severities and what became of a file; the sign is part of the number format, so that the cell's text is the word.
    "error": {**_CENTRE, "bold": True, "font_color": ORANGE, "num_format": '"■ "@'},
    "warning": {**_CENTRE, "font_color": "#1F4E79", "num_format": '"▲ "@'},
    "info": {**_CENTRE, "font_color": GREY, "num_format": '"○ "@'},
    "accepted": _CENTRE,
    "superseded": {**_CENTRE, "font_color": GREY},
    "set_aside": {**_CENTRE, "bold": True, "font_color": ORANGE, "num_format": '"■ "@'},
    "missing": {**_CENTRE, "bold": True, "font_color": "#1F4E79", "num_format": '"▲ "@'},
}

STATUS_SIGNS: Mapping[str, str] = {"computed": "", "self_reported": "°", "not_applicable": "*", "adjusted": "+"}
STATUS_FORMATS: Mapping[str, str] = {
    status: f'0.00"{sign}"' if sign else "0.00_°" for status, sign in STATUS_SIGNS.items()
}
