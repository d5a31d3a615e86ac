"""Parts packed by ISA-L, or by zlib where it is not installed: what comes out is what went in."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.package import packing
from perfbatch.package.directory import write_archive
from perfbatch.package.packing import SYNC, packed_member, packer

PIECES = st.lists(st.binary(max_size=300), max_size=6)


BLANK = Path(__file__).parents[2] / "workbook_templates" / "yunxi-2020-blank.xlsx"


def archive(parts: dict[str, list[bytes]]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(write_archive([packed_member(name, pieces) for name, pieces in parts.items()])))


@given(st.dictionaries(st.sampled_from(["a.xml", "xl/甲.xml", "b"]), PIECES))
def test_a_part_is_its_pieces(parts: dict[str, list[bytes]]) -> None:
    with archive(parts) as written:
        assert written.testzip() is None
        assert {name: written.read(name) for name in written.namelist()} == {
            name: b"".join(pieces) for name, pieces in parts.items()
        }


def test_without_isal_it_is_zlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "_library", zlib)
    monkeypatch.setattr(packing, "_LEVEL", 1)
    with archive({"a": [b"<a>", b"x" * 10_000, b"</a>"]}) as written:
        assert written.read("a") == b"<a>" + b"x" * 10_000 + b"</a>"
        assert written.getinfo("a").compress_size < 200


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_another_packer_packs_can_follow(first: bytes, second: bytes) -> None:
    before, after = packer(), packer()
    packed = before.compress(first) + before.flush(SYNC) + after.compress(second) + after.flush()
    assert zlib.decompress(packed, -zlib.MAX_WBITS) == first + second


def sheet_markup() -> bytes:
    """A sheet's markup, as the blank form has it."""
    with zipfile.ZipFile(BLANK) as form:
        return form.read("xl/worksheets/sheet4.xml")


def test_what_lay_in_memory_has_no_say() -> None:
    chance = random.Random(1)
    markup = sheet_markup()
    starts = chance.choices(range(len(markup)), k=300)
    stretches = [markup[start : start + chance.randrange(40, 800)] for start in starts]
    ways: dict[bytes, set[bytes]] = {stretch: set() for stretch in stretches}
    kept: list[bytearray] = []
    for _ in range(500):
        chance.shuffle(stretches)
        for stretch in stretches:
            press = packer()
            ways[stretch].add(press.compress(stretch) + press.flush(SYNC))
            kept.append(bytearray(chance.randrange(1_000, 100_000)))
            if len(kept) > 20:
                kept.clear()
    assert {len(outcomes) for outcomes in ways.values()} == {1}
