"""Hostile files, each with the code that it must be set aside with, and odd ones that must be read all the same.

All are made here, from a sound workbook or from nothing.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import openpyxl

from tests.conftest import workbook
from tests.hostile.raw_zip import Member, archive, deflated, members, replaced
from tests.workbooks import blank, compound_file, zip_of

__all__ = ["HOSTILE", "ODD", "good"]

Build = Callable[[], bytes]
HOSTILE: dict[str, tuple[str, Build]] = {}
"""Name → (expected F-code, what builds it)."""

ODD: dict[str, Build] = {}
"""Name → what builds a file that is strange, and sound."""

UNREAD: dict[str, Build] = {}
"""Name → what builds a workbook that is damaged or dangerous where nobody reads, and that must not be handed on."""

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BOOK, _RELS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_STRINGS, _TYPES, _SHEET = "xl/sharedStrings.xml", "[Content_Types].xml", "xl/worksheets/sheet2.xml"


def good() -> bytes:
    """A workbook that is accepted without a finding."""
    return workbook()


@lru_cache(maxsize=1)
def _parts() -> tuple[Member, ...]:
    return tuple(members(blank()))


def _text(name: str) -> str:
    return next(part.content for part in _parts() if part.name == name).decode()


def _add(code: str, name: str, build: Build | bytes) -> None:
    assert name not in HOSTILE, name
    HOSTILE[name] = (code, build if callable(build) else lambda: build)


def _with(name: str, change: object) -> bytes:
    return archive(replaced(_parts(), name, change))


def _edited(name: str, pattern: str, put: str) -> bytes:
    text, count = re.subn(pattern, put.replace("\\", "\\\\"), _text(name), count=1, flags=re.DOTALL)
    assert count == 1, (name, pattern)
    return _with(name, text.encode())


def _written_in(codec: str, encoding: str, prolog: str = "") -> bytes:
    """A sheet of the form in another encoding, which it declares."""
    markup = _text(_SHEET).partition("?>")[2]
    # What the encoding has no letters for is a reference.
    return _with(
        _SHEET, f'<?xml version="1.0" encoding="{encoding}"?>{prolog}{markup}'.encode(codec, "xmlcharrefreplace")
    )


def _plus(*added: Member, **options: object) -> bytes:
    return archive([*_parts(), *added], **options)  # type: ignore[arg-type]


# --- F01: no spreadsheet ---------------------------------------------------------------------------------------------------

for _name, _content in {
    "empty": b"",
    "one byte": b"P",
    "blank line": b"\r\n",
    "nul bytes": bytes(4096),
    "text": "部门整体支出绩效自评\n第二行\n".encode(),
    "text in gb18030": "部门整体支出绩效自评\n".encode("gb18030"),
    "text in utf-16": "部门整体支出绩效自评\n".encode("utf-16"),
    "csv": "单位,编码\n工会,116001\n".encode(),
    "csv with tabs": "单位\t编码\n工会\t116001\n".encode(),
    "csv with semicolons": "单位;编码\n工会;116001\n".encode(),
    "csv with formulas": b"=cmd|'/c calc'!A1,2\n=1+1,3\n",
    "html": b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    "html with doctype": b"  <!DOCTYPE html>\n<html></html>",
    "html table alone": b"<table><tr><td>1</td></tr></table>",
    "html that names excel": b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body></body></html>',
    "mht": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n",
    "xml": b'<?xml version="1.0"?><a/>',
    "xml with entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "json": b'{"budget_code": "116001"}',
    "script": b"#!/bin/sh\nrm -rf /\n",
    "mail": b"From: a@example.org\nSubject: =1+1\n\nbody\n",
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "rtf": b"{\\rtf1\\ansi}",
    "png": b"\x89PNG\r\n\x1a\n\x00",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "gif": b"GIF89a\x01\x00",
    "bmp": b"BM\x46\x00\x00\x00\x00",
    "tiff little": b"II*\x00\x08\x00",
    "tiff big": b"MM\x00*\x00\x08",
    "elf": b"\x7fELF\x02\x01\x01\x00" + bytes(64),
    "exe": b"MZ\x90\x00\x03" + bytes(64),
    "sqlite": b"SQLite format 3\x00" + bytes(84),
    "random bytes": random.Random(1).randbytes(5000),
    "docx": zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    "pptx": zip_of({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
    "odt": zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
    "odp": zip_of({"mimetype": b"application/vnd.oasis.opendocument.presentation", "content.xml": b"<a/>"}),
    "epub": zip_of({"mimetype": b"application/epub+zip"}),
    "apk": zip_of({"AndroidManifest.xml": b"\x03\x00", "classes.dex": b"dex"}),
    "ole word": compound_file("WordDocument", "1Table"),
    "ole powerpoint": compound_file("PowerPoint Document"),
    "ole other": compound_file("VisioDocument"),
    "ole empty": compound_file(),
}.items():
    _add("F01", _name, _content)

# --- F13: archives of files ------------------------------------------------------------------------------------------------

for _name, _content in {
    "rar": b"Rar!\x1a\x07\x00",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "gzip": gzip.compress(b"x", mtime=0),
    "zip of a photo": zip_of({"photo.jpg": b"\xff\xd8\xff"}),
    "zip of a workbook": zip_of({"自评表.xlsx": b"PK\x03\x04"}),
    "rar 5": b"Rar!\x1a\x07\x01\x00",
    "bzip2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\x00",
    "zstandard": b"\x28\xb5\x2f\xfd\x04\x00",
    "cabinet": b"MSCF\x00\x00\x00\x00",
    "lzh": b"\x1f\x00-lh5-",
    "tar": b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000" + bytes(248),
    "zip of odd names": zip_of({"..\\示例局\\一.xlsx": b"x", "/二.xlsx": b"x", "a.xlsx": b"x"}),
    "zip of files with another behind": zip_of({"a.xlsx": b"x"}) + b"MZ\x90\x00",
    "zip of many files": zip_of({f"{number}.txt": b"" for number in range(2_500)}),
}.items():
    _add("F13", _name, _content)

# --- F02: behind a password ------------------------------------------------------------------------------------------------

_add("F02", "ole encrypted", compound_file("EncryptionInfo", "EncryptedPackage"))
for _name, _content in {
    "tsd": b"%TSD-Header-###%" + random.Random(5).randbytes(3000),
    "e-safenet": b"\x62\x14\x23\x65\x4f\x00\x00\x00E-SafeNet\x00\x00\x00LOCK" + random.Random(6).randbytes(3000),
    "fasoo": b"\x9b DRMONE  This Document is encrypted and protected by Fasoo DRM" + bytes(2000),
    "softcamp": b"SCDSA002" + random.Random(7).randbytes(2000),
    "rights management": b".pfile\x02\x00" + bytes(2000),
    "ole rights management": compound_file("\tDRMContent", "DRMEncryptedTransform"),
}.items():
    _add("F02", f"encrypted by software: {_name}", _content)
_add("F02", "ole encrypted package alone", compound_file("EncryptedPackage"))
_add("F02", "ole encryption info alone", compound_file("EncryptionInfo"))
_add("F02", "ole encrypted beside an old workbook", compound_file("Workbook", "EncryptedPackage"))
for _bit, _what in ((0x1, "encrypted"), (0x41, "strongly encrypted"), (0x2000, "masked directory")):
    _add("F02", f"zip {_what}", lambda b=_bit: _with(_SHEET, lambda part: part.saying(flags=0x800 | b)))  # type: ignore[misc]
_add(
    "F02",
    "zip encrypted by the header alone",
    lambda: _with(_SHEET, lambda part: replace(part, local={"flags": 0x801})),
)
_add(
    "F02",
    "zip encrypted by the directory alone",
    lambda: _with(_SHEET, lambda part: replace(part, central={"flags": 0x801})),
)
_add("F02", "zip aes", lambda: _with(_SHEET, lambda part: replace(part, method=99).saying(flags=0x801)))

# --- F04: a spreadsheet of another format ------------------------------------------------------------------------------------

_add("F03", "xls without a record", compound_file("Workbook"))
_add("F04", "xls 5.0", compound_file("Book"))
for _name, _content in {
    "2": b"\x09\x00\x04\x00\x02\x00\x10\x00",
    "3": b"\x09\x02\x06\x00\x00\x00\x10\x00\x00\x00",
    "4": b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00",
    "5": b"\x09\x08\x08\x00\x00\x05\x05\x00\x00\x00\x00\x00",
}.items():
    _add("F04", f"xls of BIFF{_name}", _content + bytes(200))
_add("F04", "lotus", b"\x00\x00\x02\x00\x06\x04\x06\x00" + bytes(100))
_add("F04", "sylk", b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n")
_add("F04", "numbers", zip_of({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b"x"}))
_add("F03", "xls with macros without a record", compound_file("Workbook", "_VBA_PROJECT_CUR"))
_add("F04", "ods", zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}))
_add(
    "F04",
    "ots",
    zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet-template", "content.xml": b"<a/>"}),
)
_add("F04", "xlsb", zip_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83"}))
_add(
    "F04",
    "xml 2003",
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
)
_add(
    "F04",
    "flat ods",
    b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"/>',
)

# --- F03: cut, spoiled -------------------------------------------------------------------------------------------------------

for _share in (1, 5, 20, 40, 60, 80, 95, 99):
    _add("F03", f"the first {_share} % of it", lambda s=_share: blank()[: len(blank()) * s // 100])  # type: ignore[misc]
_add("F03", "all but its last byte", lambda: blank()[:-1])
_add("F01", "an empty archive", b"PK\x05\x06" + bytes(18))
_add("F03", "a zip magic and nothing", b"PK\x03\x04")
_add("F03", "a hole of zeros", lambda: blank()[:9000] + bytes(2000) + blank()[11000:])
_add("F03", "ole cut", compound_file("Workbook")[:600])
_add("F03", "ole magic alone", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_add("F03", "xls whose directory loops", lambda: _looping_compound_file())


def _looping_compound_file() -> bytes:
    content = bytearray(compound_file("Workbook"))
    # The directory's chain leads back into itself.
    struct.pack_into("<I", content, 512 + 4, 1)
    struct.pack_into("<I", content, 512 + 8, 1)
    return bytes(content)


# --- F03: the container lies ---------------------------------------------------------------------------------------------------

for _name, _fields in {
    "one member too few": {"entries": 1, "here": 1},
    "one member too many": {"entries": 40, "here": 40},
    "two disks": {"disk": 1},
    "directory on another disk": {"first_disk": 1},
    "counts disagree": {"here": 2},
    "directory one byte early": {"offset": 7},
    "directory size 0": {"size": 0},
    "a comment that is not there": {"comment": 500},
}.items():
    _add("F03", f"end record: {_name}", lambda f=_fields: archive(_parts(), end=f))  # type: ignore[misc]
_add("F03", "end record: hidden in a comment", lambda: archive(_parts(), comment=archive([Member("a.txt", b"x")])))
_add(
    "F03",
    "end record: a second one in front",
    lambda: archive(_parts(), before_end=struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 22)),
)
_add("F03", "end record: something behind it", lambda: archive(_parts(), trailing=b"MZ\x90\x00"))
_add("F03", "end record: another archive behind it", lambda: archive(_parts()) + archive([Member("a.txt", b"x")]))
_add(
    "F03",
    "zip64 locator that leads nowhere",
    lambda: archive(_parts(), before_end=struct.pack("<4sLQL", b"PK\x06\x07", 0, 3, 1)),
)


def _zip64(entries: int) -> bytes:
    plain = archive(_parts())
    size, offset = struct.unpack_from("<2L", plain, len(plain) - 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    return archive(_parts(), before_end=record + locator)


_add("F03", "zip64 end record that disagrees", lambda: _zip64(len(_parts()) - 1))
_add("F03", "another archive in front", lambda: archive(_parts(), prefix=archive([Member("a.txt", b"x")])))
_add(
    "F03",
    "a member in front that nobody lists",
    lambda: archive([replace(_parts()[0], before=archive([Member("a", b"x")])[:40]), *_parts()[1:]]),
)
_add(
    "F03",
    "a member in between that nobody lists",
    lambda: archive([_parts()[0], replace(_parts()[1], before=b"PK\x03\x04" + bytes(26)), *_parts()[2:]]),
)
for _name, _path in {
    "absolute": "/etc/passwd", "up": "../evil.xml", "up in between": "xl/../../evil.xml", "up by backslashes": "xl\\..\\evil.xml",
    "a part twice but for a stroke": "xl\\workbook.xml",
    "drive": "C:evil.xml", "here": "./xl/evil.xml", "empty step": "xl//evil.xml", "share": "//host/evil.xml",
    "a part twice": _BOOK, "a part twice but for case": "XL/Workbook.xml", "an empty name": "",
}.items():  # fmt: skip
    _add("F03", f"member name: {_name}", lambda p=_path: _plus(Member(p, b"<a/>")))  # type: ignore[misc]
_add("F03", "member name: nul", lambda: _plus(Member("xl/evil.xml", b"<a/>").saying(name=b"xl/evil.xml\0.png")))
_add("F03", "member name: a folder with content", lambda: _plus(Member("xl/folder/", b"x" * 50)))
for _method in (1, 6, 9, 12, 14, 93, 95, 97, 98):
    _add("F03", f"method {_method}", lambda m=_method: _with(_SHEET, lambda part: replace(part, method=m)))  # type: ignore[misc]
for _name, _lie in {
    "name": {"name": b"xl/worksheets/sheet3.xml"}, "method": {"method": 0}, "checksum": {"crc": 1}, "size": {"size": 5},
    "packed size": {"packed": 5},
}.items():  # fmt: skip
    _add(
        "F03",
        f"header and directory disagree: {_name}",
        lambda f=_lie: _with(_SHEET, lambda part: replace(part, local=f)),
    )  # type: ignore[misc]
    if _name not in ("name", "method"):
        _add("F03", f"both lie: {_name}", lambda f=_lie: _with(_SHEET, lambda part: part.saying(**f)))  # type: ignore[misc]
_add(
    "F03",
    "a part larger than both say",
    lambda: _with(_SHEET, lambda part: part.saying(size=100, crc=zlib.crc32(part.content[:100]))),
)
_add("F03", "a part smaller than both say", lambda: _with(_SHEET, lambda part: part.saying(size=len(part.content) + 1)))
_add(
    "F03",
    "a bomb that says it is small",
    lambda: _with(_SHEET, lambda part: replace(part, content=bytes(50_000_000)).saying(size=1000)),
)
UNREAD["a bomb that says it is small"] = lambda: _plus(Member("xl/media/a.bin", bytes(50_000_000)).saying(size=1000))
_add("F03", "two members over one content", lambda: _overlapping())
_add("F03", "a member that swallows the next", lambda: _swallowing())
_add("F03", "an offset past the end", lambda: _with(_SHEET, lambda part: replace(part, central={"offset": 0x7FFFFFFF})))
_add("F03", "an offset into a content", lambda: _with(_SHEET, lambda part: replace(part, central={"offset": 200})))
_add(
    "F03",
    "bytes behind the end of the deflated stream",
    lambda: _with(_SHEET, lambda part: replace(part, stored=deflated(part.content) + b"rest")),
)
_add("F03", "a deflated stream that is none", lambda: _with(_SHEET, lambda part: replace(part, stored=b"\xff" * 300)))


def _overlapping() -> bytes:
    content = b"A" * 90_000
    return _plus(
        Member("xl/a.bin", content),
        Member("xl/a.bin", content, central={"name": b"xl/b.bin", "offset": _offset("xl/a.bin", content)}),
    )


def _offset(name: str, content: bytes) -> int:
    return archive([*_parts(), Member(name, content)]).index(name.encode()) - 30


def _swallowing() -> bytes:
    inner = archive([Member("xl/b.bin", b"B" * 1000, method=0)])
    local = inner[: 30 + 8 + 1000]
    outer = Member("xl/a.bin", local, method=0)
    at = archive([*_parts(), outer]).index(local)
    listed = Member("xl/b.bin", b"B" * 1000, method=0, central={"offset": at})
    return _plus(outer, listed)


# --- F03: the markup -------------------------------------------------------------------------------------------------------------

_BILLION = (
    '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
for _part in (
    _BOOK,
    _RELS,
    _STYLES,
    _STRINGS,
    _TYPES,
    _SHEET,
    "_rels/.rels",
):
    _add("F03", f"document type in {_part}", lambda p=_part: _edited(p, r"(?<=\?>)\s*(?=<)", "<!DOCTYPE a>"))  # type: ignore[misc]
for _part in ("xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml"):
    UNREAD[f"document type in {_part}"] = lambda p=_part: _edited(p, r"(?<=\?>)\s*(?=<)", "<!DOCTYPE a>")  # type: ignore[misc]
for _encoding in ("utf-16", "utf-16-le", "utf-16-be"):
    _add("F03", f"document type in {_encoding}", lambda e=_encoding: _written_in(e, "UTF-16", _BILLION))  # type: ignore[misc]
    UNREAD[f"document type in {_encoding}"] = lambda e=_encoding: _plus(  # type: ignore[misc]
        Member("customXml/item1.xml", f'<?xml version="1.0" encoding="UTF-16"?>{_BILLION}<a>&a9;</a>'.encode(e))
    )
_add("F03", "billion laughs", lambda: _edited(_STRINGS, r"(?<=\?>)\s*(?=<)", _BILLION))
UNREAD["billion laughs"] = lambda: _plus(Member("xl/a.xml", f'<?xml version="1.0"?>{_BILLION}<a>&a9;</a>'.encode()))
_add(
    "F03",
    "an external entity",
    lambda: _edited(_STRINGS, r"(?<=\?>)\s*(?=<)", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
)
_add(
    "F03",
    "a parameter entity",
    lambda: _edited(_BOOK, r"(?<=\?>)\s*(?=<)", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>'),
)
_add(
    "F03",
    "a document type behind 70 kB of comment",
    lambda: _edited(_SHEET, r"(?<=\?>)\s*(?=<)", "<!--" + "x" * 70_000 + "--><!DOCTYPE a>"),
)
UNREAD["a document type behind 70 kB of comment"] = lambda: _plus(
    Member("xl/a.xml", b"<!--" + b"x" * 70_000 + b"--><!DOCTYPE a><a/>")
)
UNREAD["a document type in a part of no known name"] = lambda: _plus(
    Member("xl/a.dat", b'<?xml version="1.0"?><!DOCTYPE a><a/>')
)
UNREAD["a document type in a drawing"] = lambda: _plus(Member("xl/drawings/vmlDrawing1.vml", b"<!DOCTYPE xml><xml/>"))
for _encoding, _codec in (
    ("UTF-7", "utf-7"),
    ("IBM037", "cp037"),
    ("UTF-32", "utf-32"),
    ("EBCDIC-CP-US", "utf-8"),
):
    _add("F03", f"a part in {_encoding}", lambda e=_encoding, c=_codec: _written_in(c, e))  # type: ignore[misc]
    UNREAD[f"a part in {_encoding}"] = lambda e=_encoding, c=_codec: _plus(  # type: ignore[misc]
        Member("xl/a.xml", f'<?xml version="1.0" encoding="{e}"?><a/>'.encode(c))
    )
UNREAD["utf-7 that hides a document type"] = lambda: _plus(
    Member("xl/a.xml", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>')
)
UNREAD["a part whose checksum is another"] = lambda: _plus(Member("xl/media/a.png", b"picture").saying(crc=1))
UNREAD["a part that is no deflate stream"] = lambda: _plus(
    Member("xl/media/a.png", bytes(range(200)), method=0).saying(method=8)
)
_add("F03", "depth bomb in a sheet", lambda: _edited(_SHEET, r"(?=<sheetData>)", "<x>" * 50_000 + "</x>" * 50_000))
_add("F03", "depth bomb in the workbook part", lambda: _edited(_BOOK, r"(?=<sheets>)", "<x>" * 300 + "</x>" * 300))
_add("F03", "depth bomb in the styles", lambda: _edited(_STYLES, r"(?=<fonts)", "<x>" * 300 + "</x>" * 300))
_add("F03", "depth bomb in the shared strings", lambda: _edited(_STRINGS, r"(?=<si>)", "<x>" * 300 + "</x>" * 300))
_add(
    "F03",
    "two thousand attributes",
    lambda: _edited(_SHEET, r"<sheetData>", "<sheetData " + " ".join(f'a{n}="1"' for n in range(2000)) + ">"),
)
for _part in (_BOOK, _RELS, _STYLES, _STRINGS, _SHEET, "_rels/.rels"):
    _add("F03", f"{_part} not well-formed", lambda p=_part: _with(p, _text(p).encode()[:-5]))  # type: ignore[misc]
    _add("F03", f"{_part} empty", lambda p=_part: _with(p, b""))  # type: ignore[misc]
_add(
    "F03",
    "a byte that is not utf-8",
    lambda: _with(_SHEET, _text(_SHEET).encode().replace(b"<sheetData>", b"<sheetData>\xff\xfe")),
)
_add(
    "F03",
    "a nul in the markup",
    lambda: _with(_SHEET, _text(_SHEET).encode().replace(b"<sheetData>", b"<sheetData>\0")),
)

# --- F03: the workbook cannot be ------------------------------------------------------------------------------------------------


def _without(name: str) -> bytes:
    return archive([part for part in _parts() if part.name != name])


for _part in (_BOOK, _RELS, "_rels/.rels", _SHEET, "xl/worksheets/sheet1.xml"):
    _add("F03", f"without {_part}", lambda p=_part: _without(p))  # type: ignore[misc]
_add("F03", "no sheets", lambda: _edited(_BOOK, r"<sheets>.*</sheets>", "<sheets/>"))
_add(
    "F03",
    "no worksheets, only relations of another kind",
    lambda: _with(_RELS, _text(_RELS).replace('/worksheet"', '/chartsheet"').encode()),
)
_add(
    "F03",
    "the workbook is elsewhere",
    lambda: _with(
        "_rels/.rels",
        _text("_rels/.rels")
        .replace('Target="xl/workbook.xml"', 'Target="http://127.0.0.1/workbook.xml" TargetMode="External"')
        .encode(),
    ),
)
_add("F03", "two sheets share a part", lambda: _edited(_RELS, r"worksheets/sheet3\.xml", "worksheets/sheet2.xml"))
_add(
    "F03",
    "two sheets of one name",
    lambda: _edited(_BOOK, r'(?<=<sheets>)<sheet name="[^"]*"', '<sheet name="收支情况"'),
)
_add(
    "F03",
    "a sheet without its relation",
    lambda: _edited(
        _BOOK,
        r'(?<=<sheets>)(<sheet name="[^"]*" sheetId="\d+" r:id=")[^"]*',
        '<sheet name="x" sheetId="99" r:id="rId999',
    ),
)
_add("F03", "one relation twice", lambda: _edited(_RELS, r'Id="rId2"', 'Id="rId1"'))


def _stamp_sheet() -> str:
    """The part of the form's last sheet."""
    return f"xl/worksheets/sheet{_text(_BOOK).count('<sheet ')}.xml"


def _sheet(rows: str, rest: str = "") -> bytes:
    """The sheet of the stamp (it is read, and no cell of the form is on it) replaced."""
    return _with(_stamp_sheet(), f"<worksheet {_MAIN}><sheetData>{rows}</sheetData>{rest}</worksheet>".encode())


def _other_sheet(rows: str) -> bytes:
    """The first sheet, which nobody reads, replaced."""
    return _with("xl/worksheets/sheet1.xml", f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode())


def _form_row(row: str) -> bytes:
    """A row put behind the others of a sheet of the form."""
    return _edited(_SHEET, r"(?=</sheetData>)", row)


for _name, _row in {
    "row 0": '<row r="0"><c r="A0"><v>1</v></c></row>',
    "row 1048577": '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
    "row 99999999999": '<row r="99999999999"/>',
    "row x": '<row r="x"/>',
    "row -1": '<row r="-1"/>',
    "column XFE": '<row r="5000"><c r="XFE5000"><v>1</v></c></row>',
    "column ZZZZ": '<row r="5000"><c r="ZZZZ5000"><v>1</v></c></row>',
    "column twenty letters": f'<row r="5000"><c r="{"A" * 20}5000"><v>1</v></c></row>',
    "no column": '<row r="5000"><c r="5000"><v>1</v></c></row>',
    "no row": '<row r="5000"><c r="A"><v>1</v></c></row>',
    "small letters": '<row r="5000"><c r="a5000"><v>1</v></c></row>',
    "dollars": '<row r="5000"><c r="$A$5000"><v>1</v></c></row>',
    "full-width digits": '<row r="5000"><c r="A５０００"><v>1</v></c></row>',
    "a cell in another row": '<row r="5000"><c r="A5001"><v>1</v></c></row>',
    "too many cells for a row": '<row r="5000"><c r="XFD5000"/><c><v>1</v></c></row>',
}.items():
    _add("F03", f"cells: {_name}", lambda r=_row: _sheet(r))  # type: ignore[misc]
    _add("F03", f"cells of the form: {_name}", lambda r=_row: _form_row(r))  # type: ignore[misc]
_add(
    "F03",
    "cells of the form: one place twice",
    lambda: _form_row('<row r="5000"><c r="A5000"><v>1</v></c><c r="A5000"><v>2</v></c></row>'),
)
_add(
    "F03",
    "cells of the form: shared string -1",
    lambda: _form_row('<row r="5000"><c r="A5000" t="s"><v>-1</v></c></row>'),
)
_add(
    "F03",
    "cells of the form: shared string x",
    lambda: _form_row('<row r="5000"><c r="A5000" t="s"><v>x</v></c></row>'),
)
_add(
    "F03",
    "cells of the form: a shared string that is not there",
    lambda: _form_row('<row r="5000"><c r="A5000" t="s"><v>99999</v></c></row>'),
)
_add(
    "F03",
    "merged: no cells",
    lambda: _edited(_SHEET, r"(?<=</sheetData>)", '<mergeCells><mergeCell ref="x:y"/></mergeCells>'),
)

# --- F07: larger than the limits ---------------------------------------------------------------------------------------------------

_CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row>'
_add("F07", "cells: the far corner", lambda: _sheet(_CORNERS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
_add(
    "F07",
    "cells of the form: the far corner",
    lambda: _form_row('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
)
_add("F07", "cells: a far formula", lambda: _sheet(_CORNERS + '<row r="1048576"><c r="XFD1048576"><f>A1</f></c></row>'))
_add(
    "F07",
    "cells: a far text",
    lambda: _sheet(_CORNERS + '<row r="1048576"><c r="Z1048576" t="inlineStr"><is><t>x</t></is></c></row>'),
)
_add(
    "F07", "cells: five million and some", lambda: _sheet(_CORNERS + '<row r="5001"><c r="ALM5001"><v>1</v></c></row>')
)
_add(
    "F07",
    "cells: behind a prefix",
    lambda: _with(
        _stamp_sheet(),
        f'<x:worksheet {_MAIN.replace("xmlns", "xmlns:x")}><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'.encode(),
    ),
)
_add(
    "F07",
    "cells: a claim of one, and the far corner",
    lambda: _with(
        _stamp_sheet(),
        f'<worksheet {_MAIN}><dimension ref="A1"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'.encode(),
    ),
)
_add("F07", "cells of the form: half a million", lambda: _form_row(_many_rows(501_000)))
_add(
    "F07",
    "merged: the whole sheet",
    lambda: _edited(_SHEET, r"(?<=</sheetData>)", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
)
_add(
    "F07",
    "merged: too often",
    lambda: _sheet(
        "", "<mergeCells>" + "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 100_002)) + "</mergeCells>"
    ),
)
_add(
    "F07",
    "linked: too often",
    lambda: _sheet(
        "",
        "<hyperlinks>"
        + "".join(f'<hyperlink ref="A{n}" location="x{n * 7919}"/>' for n in range(1, 65_532))
        + "</hyperlinks>",
    ),
)
_add(
    "F07",
    "styles: too many",
    lambda: _edited(
        _STYLES,
        r"<cellXfs.*</cellXfs>",
        "<cellXfs>" + "".join(f'<xf numFmtId="{n}"/>' for n in range(65_600)) + "</cellXfs>",
    ),
)
_add(
    "F07",
    "names: too many",
    lambda: _edited(
        _BOOK,
        r"(?=</definedNames>)",
        "".join(f'<definedName name="n{n * 7919}">#REF!</definedName>' for n in range(50_001)),
    ),
)
_add("F07", "sheets: 201", lambda: _sheets(201, shared=False))
_add("F07", "sheets: 3,000 that share a part", lambda: _sheets(3000, shared=True))
_add("F07", "members: 2,001", lambda: _plus(*(Member(f"xl/media/{n}.bin", b"", method=0) for n in range(2001))))
_add("F07", "a bomb in a picture", lambda: _plus(Member("xl/media/a.png", bytes(30_000_000))))
_add("F07", "a bomb in a sheet", lambda: _sheet("<row/>" * 1_000_000))
_add("F07", "a bomb of spaces in the strings", lambda: _edited(_STRINGS, r"(?=<si>)", " " * 5_000_000))
_add(
    "F07",
    "256 MB in small portions",
    lambda: _plus(
        *(Member(f"xl/media/{n}.bin", b"", method=0).saying(size=200_000_000, packed=1_500_000) for n in range(2))
    ),
)
_add("F07", "a string of 30,000, referred to 3,000 times", lambda: _long_string(3000))
_add("F07", "64 MB and a byte", lambda: b"PK\x03\x04" + bytes(64 * 1024 * 1024 - 3))
_add("F07", "64 MB and a byte of text", lambda: b"a" * (64 * 1024 * 1024 + 1))
_add(
    "F07",
    "a workbook part of 40 MB",
    lambda: _edited(_BOOK, r"(?=<sheets>)", "<!--" + random.Random(2).randbytes(21_000_000).hex() + "-->"),
)


def _many_rows(cells: int) -> str:
    width = 100
    rows = []
    for number in range(cells // width):
        row = 5000 + number
        rows.append(f'<row r="{row}">' + "".join(f"<c><v>{row * 31 + n}</v></c>" for n in range(width)) + "</row>")
    return "".join(rows)


def _sheets(count: int, *, shared: bool) -> bytes:
    listed = "".join(f'<sheet name="s{n}" sheetId="{n + 100}" r:id="x{0 if shared else n}"/>' for n in range(count))
    related = "".join(
        f'<Relationship Id="x{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        f' Target="worksheets/x{n}.xml"/>'
        for n in range(1 if shared else count)
    )
    book = _text(_BOOK).replace("</sheets>", listed + "</sheets>").encode()
    rels = _text(_RELS).replace("</Relationships>", related + "</Relationships>").encode()
    added = [
        Member(f"xl/worksheets/x{n}.xml", f"<worksheet {_MAIN}><sheetData/></worksheet>".encode())
        for n in range(1 if shared else count)
    ]
    return archive([*replaced(replaced(_parts(), _BOOK, book), _RELS, rels), *added])


def _long_string(references: int) -> bytes:
    text = random.Random(3).randbytes(15_000).hex()
    strings = _text(_STRINGS)
    index = strings.count("<si>")
    with_it = strings.replace("</sst>", f"<si><t>{text}</t></si></sst>").encode()
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{index}</v></c></row>' for n in range(1, references + 1))
    parts = replaced(_parts(), _STRINGS, with_it)
    return archive(
        replaced(parts, _stamp_sheet(), f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode())
    )


# --- F05, F06: another form --------------------------------------------------------------------------------------------------------


def _plain(cells: dict[str, object] | None = None, title: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for cell, value in (cells or {"A1": "单位"}).items():
        sheet[cell] = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


_add("F05", "a workbook of somebody else's", _plain)
_add("F05", "a workbook without a cell", lambda: _plain({"A1": None}))
_add(
    "F05",
    "formulas in somebody else's workbook",
    lambda: _plain({"A1": '=HYPERLINK("http://127.0.0.1")', "A2": "=cmd|'/c calc'!A1"}),
)
_add("F05", "an empty stamp", lambda: _plain(title="_perfbatch"))
_add(
    "F06",
    "the stamp of another form",
    lambda: _plain({"A1": "form_id", "B1": "other", "A2": "form_version", "B2": "2020"}, "_perfbatch"),
)
_add("F05", "a stamp that is a formula", lambda: _plain({"A1": "form_id", "B1": "=1+1"}, "_perfbatch"))
for _version in ("2019", "", "=1+1", "9" * 300, "2020\u202e", "１９９９"):
    _add("F06", f"form version {_version[:20]!r}", lambda v=_version: _stamped(v))  # type: ignore[misc]


def _stamped(version: str) -> bytes:
    from tests.workbooks import rulebook

    return _plain({"A1": "form_id", "B1": rulebook().form_id, "A2": "form_version", "B2": f"v{version}"}, "_perfbatch")


# --- odd, and sound: the guard is no hurdle for what real programs write ------------------------------------------------------------


def _described() -> bytes:
    """As streaming writers do: sizes and checksum not in the header but behind the content."""
    streamed = [
        replace(part, local={"flags": 0x808, "crc": 0, "packed": 0, "size": 0}, central={"flags": 0x808})
        for part in _parts()
    ]
    after = [
        struct.pack("<4s3L", b"PK\x07\x08", zlib.crc32(part.content), len(deflated(part.content)), len(part.content))
        for part in streamed
    ]
    return archive(
        [streamed[0], *(replace(part, before=tail) for part, tail in zip(streamed[1:], after[:-1], strict=True))]
    )


def _macros() -> bytes:
    types = (
        _text(_TYPES)
        .replace("spreadsheetml.sheet.main+xml", "x")
        .replace(
            "application/vnd.openxmlformats-officedocument.x", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        )
    )
    return archive([*replaced(_parts(), _TYPES, types.encode()), Member("xl/vbaProject.bin", compound_file("VBA"))])


ODD.update(
    {
        "as the writer made it": blank,
        "written field by field": lambda: archive(_parts()),
        "stored, not deflated": lambda: archive([replace(part, method=0) for part in _parts()]),
        "sizes behind the content": _described,
        "a zip64 end record that agrees": lambda: _zip64(len(_parts())),
        "a comment": lambda: archive(_parts(), comment=b"made by a bureau's own program"),
        "padded with zeros": lambda: archive(_parts(), trailing=bytes(512)),
        "padded by a mail program": lambda: archive(_parts(), trailing=b"\r\n"),
        "folders as members": lambda: archive(
            [Member("xl/", b"", method=0), Member("xl/worksheets/", b"", method=0), *_parts()]
        ),
        "directory in another order": lambda: archive(list(reversed(_parts()))),
        "macros, not looked at": _macros,
        "a picture of noise": lambda: _plus(Member("xl/media/a.png", random.Random(4).randbytes(2_000_000))),
        "an empty custom part": lambda: _plus(Member("customXml/item1.xml", b"")),
        "a byte order mark": lambda: _with(_SHEET, b"\xef\xbb\xbf" + _text(_SHEET).encode()),
        "no xml declaration": lambda: _edited(_SHEET, r"^<\?xml[^>]*\?>\s*", ""),
        "comments and processing instructions": lambda: _edited(
            _SHEET, r"(?=<sheetData>)", "<!-- <!DOCTYPE a> --><?x y?>"
        ),
        "a styled empty cell in the far corner": lambda: _form_row('<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
        "a claim of the whole sheet": lambda: _edited(
            _SHEET, r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>'
        ),
        "another sheet with a text in every cell": lambda: _other_sheet(_many_rows(20_000)),
        "another sheet to the far corner": lambda: _other_sheet(
            _CORNERS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        "strings counted by reference": lambda: _edited(_STRINGS, r'uniqueCount="\d+"', 'uniqueCount="700"'),
        **{
            f"shared strings claim to be {claim}": lambda c=claim: _edited(  # type: ignore[misc]
                _STRINGS, r'uniqueCount="\d+"', f'uniqueCount="{c}"'
            )
            for claim in ("4294967295", "4000000000", "1000000000", "100000", "9223372036854775807")
        },
        "a sheet of the form in utf-16": lambda: _with(
            _SHEET, _text(_SHEET).replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
        ),
        "backslashes in all names": lambda: archive(
            [Member(part.name.replace("/", "\\"), part.content) for part in _parts()]
        ),
        "backslashes in targets": lambda: _with(
            _RELS, _text(_RELS).replace('Target="worksheets/', 'Target="\\xl\\worksheets\\').encode()
        ),
        "names in other letters": lambda: archive(
            [
                Member(part.name.replace("sharedStrings", "SharedStrings").replace("sheet2", "Sheet2"), part.content)
                for part in _parts()
            ]
        ),
        **{
            f"a part in {encoding}": lambda e=encoding, c=codec: _with(  # type: ignore[misc]
                _SHEET, _text(_SHEET).replace('encoding="UTF-8"', f'encoding="{e}"').encode(c)
            )
            for encoding, codec in (("gb2312", "gb18030"), ("GBK", "gb18030"), ("GB18030", "gb18030"))
        },
        "a sheet in latin-1": lambda: _with(
            _SHEET,
            _text(_SHEET).replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1", "xmlcharrefreplace"),
        ),
        "column widths of every kind": lambda: _edited(
            _SHEET,
            r"<cols>.*</cols>",
            '<cols><col min="1" max="1" width="255.7109375" customWidth="1"/><col min="2" max="2"/>'
            '<col min="3" max="3" width="9,14"/><col min="4" max="16384" width="0" hidden="1"/></cols>',
        ),
        "strings not counted": lambda: _edited(_STRINGS, r' count="\d+" uniqueCount="\d+"', ""),
        "links and a data exchange command as text": lambda: _other_sheet(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>=cmd|\'/c calc\'!A1</t></is></c></row>'
        ),
    }
)
