"""OpenDocument spreadsheets (.ods): values, names, number formats, merged and struck-out cells.

Formulas are not read but to tell what reaches out of the workbook: of a cell with one, what was calculated last is taken.
Source: OASIS OpenDocument 1.3, part 3, 9 (tables), 19.385 (values), 5.8 (names).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Container, Sequence

from perfbatch.intake.grid_workbook import Grid, GridName, GridWorkbook, grid_cells, refuse_wide_grid
from perfbatch.intake.guard import sound_package, stated_kind
from perfbatch.intake.open_document_sheets import ContentReader, LaidOutSheet
from perfbatch.intake.open_document_styles import DocumentStyles
from perfbatch.model.catalogue import NO_STAMP
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.active import MACROS, OBJECTS
from perfbatch.package.archive import Package
from perfbatch.package.directory import ZipMember
from perfbatch.package.extent import scan_part
from perfbatch.package.parts import NumberFormats
from perfbatch.package.sheet_cells import covered_cells

__all__ = ["is_open_document", "open_open_document"]

_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_FORMAT = "OpenDocument 表格（.ods）"
_CONTENT, _STYLES, _MANIFEST, _OTHER = "content.xml", "styles.xml", "META-INF/manifest.xml", "[content_types].xml"
# Libraries are listed also where none holds a module.
_MODULE = re.compile(r"(?:Basic/.+/(?!script-l[bc]\.xml$)[^/]+\.xml|Scripts/.+[^/])$")
_ENCRYPTED, _OBJECT = b"encryption-data", b"oleobject"


def is_open_document(content: bytes) -> bool:
    """Whether content is a package that says at its very beginning that it is an OpenDocument spreadsheet."""
    if not content.startswith(b"PK\x03\x04") or content[30:38] != b"mimetype":
        return False
    begin = 38 + int.from_bytes(content[28:30], "little")
    return content[begin:].startswith(_KIND) and content[begin + len(_KIND) :][:1] != b"-"


def open_open_document(
    content: bytes,
    limits: Limits,
    wanted: Container[str],
    sheets: Container[str],
    *,
    plainly: bool = True,  # noqa: ARG001 - there is one way only
) -> GridWorkbook:
    """Open an .ods. `wanted`, `sheets` as in `open_form`; of sheets without a wanted name no cell is kept.

    Raises `SetAside`: F01 another document, F02 encrypted, F03 damaged, F05 without the form's stamp (which is looked for before
    anything is parsed), F07 larger than the limits."""
    package = sound_package(content, limits, _refuse_other_kinds)
    manifest = _whole(package, _MANIFEST, limits)
    if _ENCRYPTED in manifest:
        raise SetAside("F02")
    if not _mentions(package, sheets):
        raise SetAside("F05", NO_STAMP)
    styles = DocumentStyles(limits)
    if _STYLES in package.sizes:
        scan_part(package, _STYLES, limits, styles.start, styles.end, styles.text)
    reader = ContentReader(styles, limits)
    scan_part(package, _CONTENT, limits, reader.start, reader.end, reader.text)
    if not any(name in sheets for name in reader.sheets):
        raise SetAside("F05", NO_STAMP)
    needed = {area.sheet for name, _, area, _ in reader.names if area is not None and name in wanted}
    grids = {
        name: _grid(name, laid_out, styles, limits) if name in needed or name in sheets else Grid()
        for name, laid_out in reader.sheets.items()
    }
    active = [MACROS] if any(map(_MODULE.match, package.sizes)) else []
    active += [OBJECTS] if _OBJECT in manifest else []
    return GridWorkbook(
        _FORMAT, grids, [GridName(*defined) for defined in reader.names], [*active, *reader.active], limits
    )


def _refuse_other_kinds(content: bytes, members: Sequence[ZipMember]) -> None:
    names = {member.name.casefold() for member in members}
    if stated_kind(content, members).encode("latin-1", "replace") != _KIND or _CONTENT not in names or _OTHER in names:
        # One program would take it for this, another for that.
        raise SetAside("F03")


def _whole(package: Package, part: str, limits: Limits) -> bytes:
    """A part that is held whole, b"" where there is none."""
    size = package.sizes.get(part, 0)
    if size > limits.control_bytes:
        raise SetAside("F07", f"部件 {size} 字节，上限 {limits.control_bytes} 字节")
    return package.open(part).read() if size else b""


def _mentions(package: Package, sheets: Container[str]) -> bool:
    """Whether the content names one of the sheets, looked for in its bytes."""
    names = re.compile(rb"\bname=[\"']([\w]{1,40})[\"']", re.ASCII)
    source, rest = package.open(_CONTENT), b""
    try:
        while piece := source.read(256 * 1024):
            if any(name.decode() in sheets for name in names.findall(rest + piece)):
                return True
            rest = piece[-64:]
    except zlib.error:
        raise SetAside("F03") from None
    return False


def _grid(name: str, laid_out: LaidOutSheet, styles: DocumentStyles, limits: Limits) -> Grid:
    refuse_wide_grid(name, laid_out.cells, limits)
    looks = laid_out.styles
    formats = tuple(styles.number_format(style) or ("0%" if percentage else "") for style, percentage in looks)
    struck = frozenset(number for number, (style, _) in enumerate(looks) if styles.struck("table-cell", style))
    cells = grid_cells(name, laid_out.cells, NumberFormats(formats, struck))
    return Grid(cells, covered_cells(laid_out.merged, limits))
