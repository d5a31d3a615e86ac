"""What the file of a notice must end with: Excel opens a workbook with macros only as `.xlsm`.

The list of content types says it, a few hundred bytes of the package. They are taken from the file without the rest where
the package is plainly laid out, and departments' workbooks share them to the byte, so that they are looked into once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from perfbatch.intake.inbox import Found, peek, read_bytes
from perfbatch.model.set_aside import SetAside
from perfbatch.package.archive import part_of
from perfbatch.package.content_types import CONTENT_TYPES, part_type
from perfbatch.package.directory import _CENTRAL as CENTRAL
from perfbatch.package.directory import _END as END
from perfbatch.package.directory import _LOCAL as LOCAL
from perfbatch.package.editing import NotEditable, plain
from perfbatch.package.patched import EditablePackage
from perfbatch.package.relation_edits import Relations
from perfbatch.package.scanning import LONGEST, remembered

__all__ = ["extension_of", "notice_extension"]

_PLAIN, _MACROS = ".xlsx", ".xlsm"
_NAME = CONTENT_TYPES.encode()
# Bytes at the end of the file: the directory of some hundred parts.
_TAIL = 16 * 1024


def notice_extension(content: bytes) -> str:
    """The extension for a workbook given as received; `.xlsx` for what is no package."""
    try:
        package = EditablePackage(content)
        found = Relations(package, "").first("officeDocument")
        macros = found is not None and "macroEnabled" in part_type(package, found.part)
    except NotEditable:
        return _PLAIN
    return _MACROS if macros else _PLAIN


def extension_of(found: Found) -> str:
    """As `notice_extension` of a file's content; `.xlsx` for a file that is not what was found any more."""
    try:
        with peek(found) as read:
            types = _types(read, found.size)
        if types is not None and not _may_name_macros(*types):
            return _PLAIN
        return notice_extension(read_bytes(found)[0])
    except SetAside:
        return _PLAIN


def _types(read: Callable[[int, int], bytes], size: int) -> tuple[bytes, int, int, int] | None:
    """The packed content types, how they are packed, their size and checksum; None where they are not seen at once."""
    tail = read(max(0, size - _TAIL), _TAIL)
    try:
        ended, _, _, _, _, length, begin, comment = END.unpack(tail[-END.size :])
        directory = tail[-END.size - length : -END.size]
        at = directory.find(_NAME) - CENTRAL.size
        if ended != b"PK\x05\x06" or comment or len(directory) != length or begin + length + END.size != size:
            return None
        if at < 0 or directory.count(_NAME) != 1:
            return None
        entry = CENTRAL.unpack_from(directory, at)
        flags, method, checksum, packed, inflates, named, offset = *entry[5:7], *entry[9:13], entry[18]
        local = read(offset, LOCAL.size + len(_NAME))
        header = LOCAL.unpack_from(local)
    except struct.error:
        return None
    if entry[0] != b"PK\x01\x02" or named != len(_NAME) or flags & 0x1 or method not in (0, 8) or inflates > LONGEST:
        return None
    if header[0] != b"PK\x03\x04" or local[LOCAL.size :] != _NAME:
        return None
    part = read(offset + LOCAL.size + header[9] + header[10], packed)
    return (part, method, inflates, checksum) if len(part) == packed else None


@remembered
def _may_name_macros(packed: bytes, method: int, size: int, checksum: int) -> bool:
    """Whether the content types say anything of macros, or cannot be told not to."""
    try:
        markup = plain(part_of(packed, method, size, checksum))
    except (NotEditable, SetAside):
        return True
    return b"macroEnabled" in markup or b"&" in markup
