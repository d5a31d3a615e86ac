"""The parts of an XLSX package around its sheets: which part is which sheet, defined names, number formats, calculation."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.active import active_name
from perfbatch.package.addresses import Area, parse_area
from perfbatch.package.archive import Package
from perfbatch.package.relationships import Relation, read_relationships, relationships_name
from perfbatch.package.scanning import remembered, scan

__all__ = [
    "BUILTIN_FORMATS",
    "NumberFormats",
    "WorkbookPart",
    "find_workbook_part",
    "named_areas",
    "read_styles",
    "read_workbook_part",
]

_TRUE = ("1", "true", "on")
# ECMA-376 part 1, 18.8.30, with the dates of Chinese programs: the built-in formats that bear on how a figure is read; all
# others are plain numbers (5 to 8 and 37 to 44 show the currency of whoever opens the workbook).
_DAY, _MONTH, _MONTH_DAY = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
BUILTIN_FORMATS: Mapping[int, str] = {
    9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: _MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _DAY,
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"', 36: _MONTH, 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 49: "@", 50: _MONTH, 51: _MONTH_DAY, 52: _MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY,
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: _MONTH, 58: _MONTH_DAY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkbookPart:
    """What the workbook part states.

    `sheets`: sheet name → part name, worksheets only, in order. `names`: workbook-level defined names, small letters
    throughout as their case says nothing, → area; a name that refers to anything but one block of cells of one sheet of this
    workbook is not there. `twins`: further names that are written alike, those of copied sheets among them. `elsewhere`: names
    that refer to another workbook. `full_calculation`: nobody has calculated the workbook since it was written. `styles_part`, `strings_part`: their names, None where there is none.
    """

    sheets: Mapping[str, str]
    names: Mapping[str, Area]
    twins: Mapping[str, tuple[Area, ...]]
    elsewhere: frozenset[str]
    full_calculation: bool
    date1904: bool
    styles_part: str | None
    strings_part: str | None
    active: tuple[str, ...] = ()
    """What its defined names hold of active content, in words."""


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """Number formats by cell style, and the styles whose font is struck out."""

    formats: tuple[str, ...] = field(default=())
    struck: frozenset[int] = field(default=frozenset())

    def format_of(self, style: int) -> str:
        """The number format of a cell style, "" (General) where the styles part does not say."""
        return self.formats[style] if 0 <= style < len(self.formats) else ""


def _part(package: Package, name: str, limits: Limits) -> bytes:
    """A part that is read whole. Raises `SetAside` F03 where it is missing, F07 where it is huge."""
    name = package.named(name)
    size = package.sizes.get(name)
    if size is None:
        raise SetAside("F03")
    if size > limits.control_bytes:
        raise SetAside("F07", f"部件 {size} 字节，上限 {limits.control_bytes} 字节")
    return package.open(name).read()


def _relationships(package: Package, part: str, limits: Limits) -> tuple[Relation, ...]:
    markup = _part(package, relationships_name(part), limits)
    related = read_relationships(markup, posixpath.dirname(part))
    if all(relation.external or relation.part in package.sizes for relation in related):
        return related
    return tuple(relation._replace(part=package.named(relation.part)) for relation in related)


def find_workbook_part(package: Package, limits: Limits) -> str:
    """The name of the workbook part. Raises `SetAside` F03 where the package does not lead to one that is there."""
    for relationship in _relationships(package, "", limits):
        if relationship.kind == "officeDocument" and relationship.part in package.sizes:
            return relationship.part
    raise SetAside("F03")


class _WorkbookReader:
    """Collects what `read_workbook_part` returns from the events of the workbook part."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.names: list[tuple[str, bool, str]] = []
        self.full_calculation = False
        self.date1904 = False
        self.active: list[str] = []
        self._name: str | None = None
        self._given: Mapping[str, str] = {}
        self._text: list[str] = []

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif element == "definedName":
            # A copied sheet brings names of its own (localSheetId): they are the copy's, not the form's.
            self._name, self._given, self._text = attributes.get("name", ""), attributes, []
        elif element == "calcPr":
            self.full_calculation = attributes.get("fullCalcOnLoad", "") in _TRUE
        elif element == "workbookPr":
            self.date1904 = attributes.get("date1904", "") in _TRUE

    def text(self, piece: str) -> None:
        if self._name is not None:
            self._text.append(piece)

    def end(self, element: str) -> None:
        if element == "definedName" and self._name is not None:
            text = "".join(self._text)
            if word := active_name(text, self._given):
                self.active.append(word)
            self.names.append((self._name.casefold(), "localSheetId" in self._given, text))
            self._name = None


def read_workbook_part(package: Package, limits: Limits) -> WorkbookPart:
    """Read the workbook part and its relationships. Raises `SetAside`: F03 damaged or without sheets, F07 too many sheets."""
    part = find_workbook_part(package, limits)
    return _workbook_part(
        _part(package, part, limits), _relationships(package, part, limits), frozenset(package.sizes), limits
    )


@remembered
def _workbook_part(markup: bytes, related: tuple[Relation, ...], parts: frozenset[str], limits: Limits) -> WorkbookPart:
    reader = _WorkbookReader()
    scan(io.BytesIO(markup), reader.start, reader.end, reader.text)
    if len(reader.sheets) > limits.sheets:
        raise SetAside("F07", f"{len(reader.sheets)} 张工作表，上限 {limits.sheets}")
    related = tuple(relation for relation in related if not relation.external)
    worksheets = {relation.id: relation.part for relation in related if relation.kind == "worksheet"}
    sheets = {name: worksheets[key] for name, key in reader.sheets if key in worksheets}
    _refuse_sheets(parts, reader.sheets, sheets, related)
    if len(reader.names) > limits.names:
        raise SetAside("F07", f"{len(reader.names)} 个名称，上限 {limits.names}")
    names, twins = named_areas(((name, local, parse_area(text)) for name, local, text in reader.names), sheets)
    elsewhere = frozenset(name for name, local, text in reader.names if not local and "[" in text)
    styles, strings = (
        next((relation.part for relation in related if relation.kind == kind and relation.part in parts), None)
        for kind in ("styles", "sharedStrings")
    )
    stated = reader.full_calculation, reader.date1904
    return WorkbookPart(sheets, names, twins, elsewhere, *stated, styles, strings, tuple(reader.active))


def named_areas(
    named: Iterable[tuple[str, bool, Area | None]], sheets: Container[str]
) -> tuple[Mapping[str, Area], Mapping[str, tuple[Area, ...]]]:
    """The areas that names refer to: the workbook's own, and the twins of each name."""
    names: dict[str, Area] = {}
    twins: dict[str, tuple[Area, ...]] = {}
    for name, local, area in named:
        if area is None or area.sheet not in sheets:
            continue
        if local or name in names:
            twins[name] = (*twins.get(name, ()), area)
        else:
            names[name] = area
    return names, twins


def _refuse_sheets(
    present: frozenset[str],
    listed: Sequence[tuple[str, str]],
    sheets: Mapping[str, str],
    related: Sequence[Relation],
) -> None:
    """Raise `SetAside` F03 where the workbook has no worksheet, or one without a part, a name or a part of its own."""
    known = {relation.id for relation in related}
    parts = list(sheets.values())
    if (
        not sheets
        or any(key not in known for _, key in listed)
        or len({name.casefold() for name, _ in listed}) != len(listed)
        or len(known) != len(related)
        or len(set(parts)) != len(parts)
        or not present.issuperset(parts)
    ):
        raise SetAside("F03")


def read_styles(package: Package, part: str | None, limits: Limits) -> NumberFormats:
    """Each cell style, in the order of `cellXfs`; a workbook without styles has General throughout, nothing struck out."""
    return NumberFormats() if part is None else _styles(_part(package, part, limits), limits.styles)


@remembered
def _styles(markup: bytes, most: int) -> NumberFormats:
    reader = _StylesReader(most)
    scan(io.BytesIO(markup), reader.start, reader.end)
    formats = tuple(reader.formats.get(style, BUILTIN_FORMATS.get(style, "")) for style, _ in reader.styles)
    struck = frozenset(number for number, (_, font) in enumerate(reader.styles) if font in reader.struck_fonts)
    return NumberFormats(formats, struck)


class _StylesReader:
    """Collects what `read_styles` returns from the events of the styles part."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: list[str] = []
        self._fonts = 0
        self.formats: dict[int, str] = {}
        self.styles: list[tuple[int, int]] = []
        self.struck_fonts: set[int] = set()

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if not self._inside and element != "styleSheet":
            raise SetAside("F03")
        around = self._inside[-1] if self._inside else ""
        try:
            if element == "numFmt":
                # The differential formats further down may use the same numbers for other codes.
                self.formats.setdefault(int(attributes.get("numFmtId", "0")), attributes.get("formatCode", ""))
            elif element == "font" and around == "fonts":
                self._fonts += 1
            elif element == "strike" and self._inside[-2:] == ["fonts", "font"]:
                if attributes.get("val", "1") in _TRUE:
                    self.struck_fonts.add(self._fonts - 1)
            elif element == "xf" and around == "cellXfs":
                self.styles.append((int(attributes.get("numFmtId", "0")), int(attributes.get("fontId", "0"))))
                if len(self.styles) > self._most:
                    raise SetAside("F07", f"单元格格式超过 {self._most} 种")
        except ValueError:
            raise SetAside("F03") from None
        self._inside.append(element)

    def end(self, _: str) -> None:
        self._inside.pop()
