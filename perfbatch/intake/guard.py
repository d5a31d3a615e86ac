"""What is safe to open. The content decides, never the name: only a sound, reasonably sized package passes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence

from perfbatch.intake.foreign import compound_workbook, name_foreign
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.package.archive import Package, members_of, part_of, refuse_members
from perfbatch.package.directory import ZipMember, directory_markup, read_directory, span_of
from perfbatch.package.parts import find_workbook_part

__all__ = ["inspect", "name_macros", "sound_package", "stated_kind"]

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MACROS = b"vbaproject.bin"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What tells that a zip is the package of a document, whatever else is in it.
_PACKAGE_PARTS = frozenset(
    {"[content_types].xml", "_rels/.rels", "mimetype", "content.xml", "androidmanifest.xml", "index/document.iwa"}
)
_PACKAGE_FOLDERS = ("xl/", "word/", "ppt/")


def inspect(content: bytes, limits: Limits | None = None) -> Package:
    """Pass an XLSX package (or an .xlsm, whose macros nothing here looks at), or raise `SetAside`.

    F01 not a spreadsheet, F02 password-protected or encrypted by software, F03 damaged (or made to be read differently by
    different readers, or declaring a document type), F04 a spreadsheet of another format, F07 larger than the limits, F13 an
    archive of files. The directory is held against the members' own headers, and what it declares against the limits, for all
    parts; a part is inflated, and its checksum compared, when it is read, and the others never. How much the sheets that are
    read hold is counted next, by `extent`, and only then does a parser see the content that builds something of it.
    """
    limits = limits or Limits()
    package = sound_package(content, limits, _refuse_other_packages)
    find_workbook_part(package, limits)
    return package


def sound_package(
    content: bytes, limits: Limits, refuse_others: Callable[[bytes, Sequence[ZipMember]], None]
) -> Package:
    """Pass the package of any document by the same rules. `refuse_others` raises for one that is not wanted, told by its
    members. Raises `SetAside` as `inspect` does."""
    if len(content) > limits.file_bytes:
        raise SetAside("F07", f"文件 {len(content)} 字节，上限 {limits.file_bytes} 字节")
    if content.startswith(_OLE_MAGIC):
        # Named where it is another document; a workbook has a reader of its own.
        compound_workbook(content)
        raise SetAside("F04", "Excel 97-2003 .xls 或 WPS .et")
    if not content.startswith(_ZIP_MAGIC):
        raise name_foreign(content)
    try:
        members = members_of(content)
    except SetAside:
        _refuse_odd_archive(content)
        raise
    _refuse_archive(member.name for member in members)
    refuse_members(members, limits)
    refuse_others(content, members)
    return Package(content, members, limits)


def stated_kind(content: bytes, members: Sequence[ZipMember]) -> str:
    """The kind of document that a package says it is in a member of its own, as OpenDocument does; "" for none."""
    for member in members:
        if member.name == "mimetype":
            _, begin, end = span_of(content, member)
            described = part_of(content[begin:end], member.method, member.size, member.checksum)
            return described[:200].decode("latin-1").strip()
    return ""


def _refuse_other_packages(content: bytes, members: Sequence[ZipMember]) -> None:
    """Tell the packages that share the zip container apart by what is in them."""
    named = {member.name: member for member in members}
    if "mimetype" in named:
        kind = stated_kind(content, members)
        if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            raise SetAside("F04", "OpenDocument 表格 .ods")
        raise SetAside("F01", "OpenDocument 文档" if "opendocument" in kind else "压缩包")
    if "xl/workbook.bin" in named:
        raise SetAside("F04", "Excel 二进制工作簿 .xlsb")
    if "Index/Document.iwa" in named:
        raise SetAside("F04", "Apple Numbers 表格 .numbers")
    if not named:
        raise SetAside("F01", "空压缩包")
    for part, what in (
        ("word/document.xml", "Word 文档"),
        ("ppt/presentation.xml", "PowerPoint 演示文稿"),
        ("AndroidManifest.xml", "安装包"),
        ("content.xml", "OpenDocument 文档"),
    ):
        if part in named:
            raise SetAside("F01", what)


def _refuse_archive(names: Iterable[str]) -> None:
    """Raise `SetAside` F13 for a zip of files: one without any part of a package. Its names may be of any kind."""
    parts = [name.replace("\\", "/").casefold() for name in names]
    if parts and not any(name in _PACKAGE_PARTS or name.startswith(_PACKAGE_FOLDERS) for name in parts):
        raise SetAside("F13", "zip")


def _refuse_odd_archive(content: bytes) -> None:
    """The same for a zip that is laid out as no office program does it."""
    # What one reader takes for an archive of files may be a workbook to another.
    if b"[Content_Types].xml" in content or b"xl/workbook" in content:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_archive(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return


def name_macros(content: bytes) -> str:
    """What to tell of a workbook that passed and carries macros (nothing here ever looks at them), "" of any other."""
    if not content.startswith(_ZIP_MAGIC):
        return ""
    # The directory was read once: most need not be taken apart again to tell.
    if _MACROS not in directory_markup(content).lower():
        return ""
    macros = any(member.name.casefold().endswith(_MACROS.decode()) for member in read_directory(content))
    return "启用宏的工作簿，宏未读取" if macros else ""
