"""The quick look at a package and the full one agree: on samples, on odd markup, on packages that something has spoiled."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.model.findings import Finding
from perfbatch.model.set_aside import SetAside
from perfbatch.notice import notice_content
from perfbatch.notice.comment_part import CommentPart, new_comments
from perfbatch.package import patched as package
from perfbatch.package import sheet_grid, sheet_part
from perfbatch.package.directory import read_directory
from perfbatch.package.editing import Edits, NotEditable, string, well_formed
from perfbatch.package.scanning import LONGEST, forget, remembered
from perfbatch.package.sheet_part import SheetPart
from tests.notice.test_odd_packages import FINDINGS, SHEETS, commented, prefixed, strict, utf16
from tests.notice.workbooks import HEADING, finding, form, parts, rich
from tests.workbooks import repack

INBOX = Path(__file__).parents[2] / "inbox"
_SAMPLES = sorted(path.name for path in INBOX.glob("1160*.xlsx"))[:4]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@contextmanager
def full_looks() -> Iterator[None]:
    """Every row, cell, member and part looked at in full, nothing kept from before."""
    forget()

    def whole(self: SheetPart) -> tuple[bytes, list[tuple[int, int]]]:
        part = self._edits.applied(self.markup)
        well_formed(part)
        return part, []

    with (
        patch.object(sheet_grid, "_row_starts", lambda *_: None),
        patch.object(sheet_grid, "_cell_at", lambda *_: None),
        patch.object(sheet_part.SheetPart, "content", whole),
    ):
        yield
    forget()


def in_full(content: bytes, findings: list[Finding]) -> dict[str, bytes]:
    """The parts of the notice that the full looks give."""
    with full_looks():
        return parts(notice_content(content, findings, heading=HEADING))


def at_cells(content: bytes, cells: int) -> list[Finding]:
    """Findings at cells all over a workbook's sheets, some of them not there."""
    chance = random.Random(cells)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read("xl/workbook.xml").decode()
    names = re.findall(r'<sheet [^>]*?name="([^"]*)"', book)
    places = [f"{chance.choice('ABCDEFGHIJ')}{chance.randrange(1, 70)}" for _ in range(cells)]
    return [finding(chance.choice(names), place) for place in places]


# ---------------------------------------------------------------------- notices


@pytest.mark.parametrize("name", sorted(path.name for path in INBOX.glob("*.xlsx")))
def test_samples_give_the_same_notice_both_ways(name: str) -> None:
    content = (INBOX / name).read_bytes()
    findings = at_cells(content, 40) if zipfile.is_zipfile(io.BytesIO(content)) else FINDINGS
    assert parts(notice_content(content, findings, heading=HEADING)) == in_full(content, findings)


@pytest.mark.parametrize("odd", [prefixed, strict, utf16, commented, lambda content: content])
def test_odd_markup_gives_the_same_notice_both_ways(odd: object) -> None:
    source = odd(rich())  # type: ignore[operator]
    assert parts(notice_content(source, FINDINGS, heading=HEADING)) == in_full(source, FINDINGS)


PIECES = [
    *(
        b"<",
        b">",
        b"/",
        b'"',
        b" ",
        b"&",
        b"'",
        b"]]>",
        b"<!-- -->",
        b"<x/>",
        b"</row>",
        b"</sheetData>",
        b"<sheetData>",
    ),
    *(b'<row r="2">', b'<row r="90"/>', b"<row>", b'<row r="3" />', b'<c r="A1"/>', b'<c r="B2" s="1"/>', b"<c/>"),
    *(b'<c r="C1" t="s"><v>0</v></c>', b"</c>", b"<v>1</v>", b' s="2"', b' r="A1"', b"&#1;", b"&lt;", b"\xff", b"\x00"),
    *(b'<mergeCell ref="A1:B2"/>', b'<legacyDrawing r:id="rId1"/>', b"<extLst/>", b'<?xml version="1.0"?>', b"<q:c/>"),
]


@st.composite
def spoiled(draw: st.DrawFn, part: bytes) -> bytes:
    """A part with some bytes taken out, put in, or put elsewhere."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(part)))
        # Where tags begin or end is where markup goes wrong in the ways that matter.
        if draw(st.booleans()):
            at = max(part.find(draw(st.sampled_from([b"<row", b"<c ", b"</c>", b"</row>", b"<sheetData"])), at), 0)
        gone = draw(st.sampled_from([0, 0, 1, 5, 40]))
        put = draw(st.one_of(st.sampled_from(PIECES), st.just(b""), st.just(part[at + gone : at + gone + 60])))
        part = part[:at] + put + part[at + gone :]
    return part


@settings(max_examples=300)
@given(st.data())
def test_a_spoiled_sheet_gives_the_same_notice_both_ways(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(SHEETS))
    source = repack(rich(), {name: data.draw(spoiled(parts(rich())[name]))})
    findings = [*FINDINGS, finding("数据", "C3"), finding("数据", "A2")]
    assert parts(notice_content(source, findings, heading=HEADING)) == in_full(source, findings)


@settings(max_examples=100)
@given(st.data())
def test_any_other_spoiled_part_gives_the_same_notice_both_ways(data: st.DataObject) -> None:
    names = [
        "xl/workbook.xml",
        "xl/styles.xml",
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
    ]
    name = data.draw(st.sampled_from(names))
    source = repack(rich(), {name: data.draw(spoiled(parts(rich())[name]))})
    assert parts(notice_content(source, FINDINGS, heading=HEADING)) == in_full(source, FINDINGS)


def test_what_was_made_before_makes_no_difference() -> None:
    workbooks = [
        rich(),
        form(),
        strict(rich()),
        prefixed(rich()),
        *((INBOX / sample).read_bytes() for sample in _SAMPLES),
    ]
    alone = []
    for content in workbooks:
        forget()
        alone.append(notice_content(content, FINDINGS + at_cells(form(), 5), heading=HEADING))
    for seed in range(3):
        order = list(range(len(workbooks)))
        random.Random(seed).shuffle(order)
        for number in order:
            made = notice_content(workbooks[number], FINDINGS + at_cells(form(), 5), heading=HEADING)
            assert made == alone[number]


# ---------------------------------------------------------------------- what is put together


@given(st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=6))
def test_a_part_packed_in_stretches_is_the_part(part: bytes, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(part)) for cut in cuts})
    steady = [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]
    packed = package._deflated(part * 3, [*steady, (len(part), 3 * len(part))])
    assert zlib.decompress(packed, -zlib.MAX_WBITS) == part * 3


@given(st.binary(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.binary(max_size=4))))
def test_edits_in_pieces_are_the_edits(markup: bytes, wanted: list[tuple[int, int, bytes]]) -> None:
    edits, whole = Edits(), list[bytes]()
    position = 0
    for at, length, new in sorted(wanted):
        start, end = min(at, len(markup)), min(at + length, len(markup))
        if start >= position:
            edits.replace(start, end, new)
            whole += (markup[position:start], new)
            position = end
    assert edits.applied(markup) == b"".join((*whole, markup[position:]))
    for cut in range(len(markup) + 1):
        try:
            pieces = edits.split(markup, cut)
        except NotEditable:
            assert any(start < cut < start + length for start, length, _ in wanted)
        else:
            assert b"".join(pieces) == edits.applied(markup)


@given(
    st.dictionaries(st.tuples(st.integers(1, 99), st.integers(1, 99)), st.text(max_size=30), min_size=1, max_size=5),
)
def test_new_comments_are_what_adding_to_none_gives(notes: dict[tuple[int, int], str]) -> None:
    none = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'
    comments = CommentPart(none.encode())
    assert comments.add(notes) == (sorted(notes), [])
    assert new_comments(MAIN, notes) == comments.markup
    well_formed(comments.markup)


@given(st.text())
def test_a_text_with_nothing_to_escape_is_its_own_string(text: str) -> None:
    with patch("perfbatch.package.editing._SHORT", 0):
        escaped = string(text)
    assert string(text) == escaped


def test_what_is_kept_is_bounded_and_an_exception_is_not_kept() -> None:
    calls: list[bytes] = []

    @remembered
    def first_letter(part: bytes) -> bytes:
        calls.append(part)
        if not part:
            raise NotEditable("empty")
        return part[:1]

    long = b"x" * (LONGEST + 1)
    for part in (b"ab", b"ab", long, long):
        assert first_letter(part) == part[:1]
    assert calls == [b"ab", long, long]
    for _ in range(2):
        with pytest.raises(NotEditable):
            first_letter(b"")
    assert calls[3:] == [b"", b""]
    forget()
    first_letter(b"ab")
    assert calls[5:] == [b"ab"]


# ---------------------------------------------------------------------- the package


def zipped(how: str) -> bytes:
    """A package as writers lay it out, and as few do."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"said of the whole" if how == "comment" else b""
        for name, part in parts(rich()).items():
            info = zipfile.ZipInfo(name, (2021, 7, 20, 13, 59, 58))
            info.compress_type = zipfile.ZIP_STORED if how == "stored" else zipfile.ZIP_DEFLATED
            info.extra = b"UT\x05\x00\x01\x00\x00\x00\x00" if how == "extra" else b""
            info.comment = b"said of one" if how == "remark" else b""
            info.external_attr, info.internal_attr = 0o644 << 16, 1
            archive.writestr(info, part)
        if how == "foreign":
            archive.writestr("xl/图片.bin", b"1")
        if how == "twice":
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("xl/styles.xml", parts(rich())["xl/styles.xml"])
    return (b"in front" if how == "shifted" else b"") + made.getvalue()


LAYOUTS = ["plain", "stored", "comment", "remark", "extra", "foreign", "twice", "shifted"]


REFUSED = ("shifted",)


@pytest.mark.parametrize("how", LAYOUTS)
def test_the_directory_is_what_zipfile_reads(how: str) -> None:
    content = zipped(how)
    if how in REFUSED:
        with pytest.raises(SetAside):
            read_directory(content)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [told_of(member) for member in archive.infolist()]
    assert [(*member[:1], *member[3:]) for member in read_directory(content)] == members
    assert parts(notice_content(content, FINDINGS, heading=HEADING)) == in_full(content, FINDINGS)


def told_of(member: zipfile.ZipInfo) -> tuple[object, ...]:
    """What a member is by the word of zipfile."""
    year, month, day, hour, minute, second = member.date_time
    time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    packed = (
        time,
        date,
        member.CRC,
        member.compress_size,
        member.file_size,
        member.internal_attr,
        member.external_attr,
    )
    return (
        member.orig_filename,
        member.create_system,
        member.flag_bits,
        member.compress_type,
        *packed,
        member.header_offset,
        member.comment,
    )


@settings(max_examples=300)
@given(st.data())
def test_a_spoiled_directory_is_read_as_zipfile_does_or_refused(data: st.DataObject) -> None:
    content = bytearray(zipped(data.draw(st.sampled_from(LAYOUTS))))
    begin = content.index(b"PK\x01\x02")
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(begin, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        members = read_directory(bytes(content))
    except SetAside:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [told_of(member) for member in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        # It takes odd extra fields for damage, which nobody here looks at.
        return
    assert [(*member[:1], *member[3:]) for member in members] == infos
