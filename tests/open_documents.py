"""OpenDocument spreadsheets for tests, from small pieces of markup."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

__all__ = ["SPREADSHEET", "cell", "spreadsheet"]

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for prefix, space in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "calcext": "calcext",
    }.items()
)
_STAMP = '<table:table table:name="_perfbatch"><table:table-row><table:table-cell/></table:table-row></table:table>'


def cell(kind: str, value: str = "", text: str = "", more: str = "") -> str:
    """A cell of a value type: its value, the text that it shows, further attributes."""
    named = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    stated = f' office:{named}="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{stated} {more}><text:p>{text}</text:p></table:table-cell>'


def spreadsheet(
    rows: str = "",
    names: Mapping[str, str] | None = None,
    *,
    styles: str = "",
    columns: str = "",
    stamp: str = _STAMP,
    behind: str = "",
    parts: Mapping[str, bytes] | None = None,
    before: str = "",
) -> bytes:
    """A spreadsheet with the sheets 表 and `_perfbatch`. `rows`, `columns` of 表, `styles` and what stands `behind` the sheets as
    markup; `names`: defined name → address; `parts` further parts of the package; `before` the root."""
    named = "".join(
        f'<table:named-range table:name="{name}" table:cell-range-address="{address}"/>'
        for name, address in (names or {}).items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {_SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{columns}{rows}</table:table>{stamp}'
        f"<table:named-expressions>{named}</table:named-expressions>{behind}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", SPREADSHEET, compress_type=zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
        for name, part in (parts or {}).items():
            package.writestr(name, part)
    return made.getvalue()
