"""Parts packed by ISA-L, or by zlib where it is not installed: what comes out is what went in."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.package import packing
from perfbatch.package.directory import write_archive
from perfbatch.package.packing import SYNC, packed_member, packer

PIECES = st.lists(st.binary(max_size=300), max_size=6)


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
    with archive({"a": [b"<a>", b"x" * 10_000, b"</a>"]}) as written:
        assert written.read("a") == b"<a>" + b"x" * 10_000 + b"</a>"
        assert written.getinfo("a").compress_size < 200


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_another_packer_packs_can_follow(first: bytes, second: bytes) -> None:
    before, after = packer(), packer()
    packed = before.compress(first) + before.flush(SYNC) + after.compress(second) + after.flush()
    assert zlib.decompress(packed, -zlib.MAX_WBITS) == first + second
