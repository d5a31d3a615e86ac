"""What happens to a calculated workbook's bytes: no dates of the day, an outdated result, a password, a lost half."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal

import olefile
from openpyxl import load_workbook

__all__ = ["decrypt", "encrypt", "excel_97_content", "put_stored_results", "steady", "truncate"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
_BUILD = re.compile(rb"<Application>[^<]*</Application>")


def steady(package: bytes) -> bytes:
    """The same package without the day it was saved and the program's build; the same bytes for the same content."""
    changes = {
        "docProps/core.xml": (_DATED, b""),
        "docProps/app.xml": (_BUILD, b"<Application>LibreOffice</Application>"),
    }
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name in changes:
                pattern, put = changes[name]
                part = pattern.sub(put, part)
            target.writestr(_member(name), part, compresslevel=9)
    return written.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def put_stored_results(package: bytes, results: Mapping[tuple[str, str], Decimal]) -> bytes:
    """The package with other results stored beside the formulas of (sheet, cell), as if nobody had recalculated."""
    names = load_workbook(io.BytesIO(package), read_only=True).sheetnames
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        for (sheet, cell), result in results.items():
            part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            markup = changed.get(part) or source.read(part)
            pattern = re.compile(rb'(<c r="%s"[^>]*><f[^>]*>[^<]*</f><v>)[^<]*(</v>)' % cell.encode())
            changed[part], replaced = pattern.subn(rb"\g<1>%s\g<2>" % str(result).encode(), markup)
            if replaced != 1:
                raise LookupError(f"{sheet}!{cell} holds no calculated formula")
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                target.writestr(_member(name), changed.get(name) or source.read(name))
    return written.getvalue()


def encrypt(package: bytes, password: str) -> bytes:
    """The package behind a password, as Office encrypts it; never the same bytes twice."""
    from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]  # whoever only reads does not need it

    written = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt(password, written)
    return written.getvalue()


def decrypt(content: bytes, password: str) -> bytes:
    """The package in an encrypted workbook. Raises where it is none, or the password is another."""
    import msoffcrypto  # type: ignore[import-untyped]

    encrypted = msoffcrypto.OfficeFile(io.BytesIO(content))
    encrypted.load_key(password=password)
    written = io.BytesIO()
    encrypted.decrypt(written)
    return written.getvalue()


def excel_97_content(content: bytes) -> bytes:
    """The cells of an .xls, without the properties beside them; b"" where it is none."""
    if not olefile.isOleFile(content):
        return b""
    with olefile.OleFileIO(content) as compound, compound.openstream("Workbook") as stream:
        cells: bytes = stream.read()
        return cells


def truncate(package: bytes) -> bytes:
    """The first half, as an interrupted transfer leaves it."""
    return package[: len(package) // 2]
