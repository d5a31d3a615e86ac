"""What is safe to open: the content decides, and every refusal has its code and its words."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from perfbatch.intake.guard import inspect
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from tests.workbooks import blank, compound_file, repack, zip_of


def refusal(content: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(SetAside) as caught:
        inspect(content, limits)
    return caught.value.code, caught.value.what


def test_a_sound_workbook_passes() -> None:
    inspect(blank())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "空文件"),
        ("部门整体支出绩效自评\n第二行\n".encode(), "文本文件"),
        ("部门整体支出\n".encode("gb18030"), "文本文件"),
        ("单位,编码\n工会,116001\n".encode(), "CSV 文本"),
        ("单位\t编码\n工会\t116001\n".encode("utf-16"), "CSV 文本"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "网页 HTML"),
        (b"  <!DOCTYPE html>\n<html></html>", "网页 HTML"),
        (b'<?xml version="1.0"?><a/>', "XML 文件"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF 文档"),
        (b"{\\rtf1\\ansi}", "RTF 文档"),
        (b"\x89PNG\r\n\x1a\n\x00", "图片"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "图片"),
        (b"\x00\x01\x02\x03" * 40, "无法识别的文件，如由加密软件加密，请先解密"),
        (compound_file("WordDocument", "1Table"), "Word 文档"),
        (compound_file("PowerPoint Document"), "PowerPoint 演示文稿"),
        (compound_file("Something"), "其他 Office 文件"),
        (zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "Word 文档"),
        (zip_of({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}), "PowerPoint 演示文稿"),
        (zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), "OpenDocument 文档"),
    ],
)
def test_f01_what_is_no_spreadsheet(content: bytes, what: str) -> None:
    assert refusal(content) == ("F01", what)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08\x00", "gz"),
        (zip_of({"photo.txt": b"x"}), "zip"),
        (zip_of({"示例局.xlsx": blank(), "二/乙.xlsx": blank()}), "zip"),
    ],
)
def test_f13_an_archive_is_to_be_unpacked(content: bytes, what: str) -> None:
    assert refusal(content) == ("F13", what)
    assert "请解压" in SetAside("F13", what).remedy


@pytest.mark.parametrize(
    "content", [b"%TSD-Header-###%" + bytes(99), b"\x62\x14\x23\x65O\0\0\0E-SafeNet\0\0\0LOCK" + bytes(99)]
)
def test_f02_what_software_encrypted_is_to_be_decrypted(content: bytes) -> None:
    with pytest.raises(SetAside) as caught:
        inspect(content)
    assert (caught.value.code, caught.value.remedy) == ("F02", "请解密后报送")
    assert caught.value.message == "文件由加密软件加密，在本单位以外打不开"


def test_f07_for_names_speaks_of_names() -> None:
    assert "名称" in SetAside("F07", "50001 个名称，上限 50000").remedy
    assert "名称" not in SetAside("F07", "工作表“封面”：到 B2 为止单元格超过 1 个").remedy


@pytest.mark.parametrize("streams", [("EncryptionInfo", "EncryptedPackage"), ("EncryptedPackage",)])
def test_f02_an_encrypted_workbook(streams: tuple[str, ...]) -> None:
    assert refusal(compound_file(*streams))[0] == "F02"


def test_f02_an_encrypted_zip_member() -> None:
    content = bytearray(blank())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 0x1
    assert refusal(bytes(content))[0] == "F02"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (compound_file("Workbook"), "Excel 97-2003 .xls 或 WPS .et"),
        (compound_file("Book"), "Excel 5.0 .xls"),
        (
            zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
            "OpenDocument 表格 .ods",
        ),
        (zip_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83"}), "Excel 二进制工作簿 .xlsb"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
            "XML 表格 2003",
        ),
    ],
)
def test_f04_a_spreadsheet_of_another_format(content: bytes, what: str) -> None:
    assert refusal(content) == ("F04", what)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.99])
def test_f03_a_truncated_workbook(kept: float) -> None:
    content = blank()
    assert refusal(content[: int(len(content) * kept)]) == ("F03", "")


def test_f03_a_truncated_compound_file() -> None:
    assert refusal(compound_file("Workbook")[:600])[0] == "F03"


def test_f03_a_bad_checksum() -> None:
    with zipfile.ZipFile(io.BytesIO(blank())) as package:
        member = package.getinfo("xl/workbook.xml")
    content = bytearray(blank())
    directory = content.index(b"xl/workbook.xml", content.index(b"PK\x01\x02")) - 46
    assert struct.unpack_from("<I", content, directory + 16)[0] == member.CRC
    content[directory + 16] ^= 0xFF
    assert refusal(bytes(content))[0] == "F03"


def test_f03_no_workbook_part() -> None:
    assert refusal(repack(blank(), {"xl/workbook.xml": None}))[0] == "F03"


def test_f03_two_parts_of_one_name() -> None:
    content = io.BytesIO(blank())
    with zipfile.ZipFile(content, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("xl/workbook.xml", b"<workbook/>")
    assert refusal(content.getvalue())[0] == "F03"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_f03_a_document_type(encoding: str) -> None:
    markup = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding)
    assert refusal(repack(blank(), {"_rels/.rels": markup}))[0] == "F03"


def test_f03_a_part_larger_than_it_declares() -> None:
    """Readers that go on to the end of the stream would inflate what the directory hides."""
    content = bytearray(zip_of({"xl/a.bin": b"a" * 5_000}))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 100)
    assert refusal(bytes(content))[0] == "F03"


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(file_bytes=100), "上限 100 字节"),
        (Limits(members=3), "个部件，上限 3"),
        (Limits(inflated_bytes=1_000), "上限 1000 字节"),
        (Limits(ratio=1, ratio_from=1_000), "压缩比超过 1"),
    ],
)
def test_f07_each_limit(limits: Limits, what: str) -> None:
    code, words = refusal(blank(), limits)
    assert (code, what in words) == ("F07", True)


def test_f07_a_bomb_is_refused_by_its_declared_size() -> None:
    assert refusal(zip_of({"xl/a.xml": b"0" * 2_000_000})) == ("F07", "压缩比超过 200")


def test_messages_are_ready_to_show() -> None:
    fault = SetAside("F04", "Excel 97-2003 .xls")
    assert fault.message == "格式不支持（Excel 97-2003 .xls）"
    assert fault.remedy == "请另存为 .xlsx 后重新报送"
