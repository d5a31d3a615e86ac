"""A rulebook's file as editors save it: byte order marks, other encodings, signs typed with a Chinese keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.source import read_source

TEXT = 'title = "自评报告"\npoints = 0.5\n'


def _told(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(OperatorFault) as caught:
        read_source(path, "mine.toml")
    return str(caught.value)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    assert read_source(path, "mine.toml").data == read_source_of(tmp_path, TEXT)


def read_source_of(folder: Path, text: str) -> dict[str, object]:
    path = folder / "plain.toml"
    path.write_text(text, encoding="utf-8")
    return read_source(path, "plain.toml").data


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (TEXT.encode("gbk"), "mine.toml: is saved as GBK (“ANSI”): line 1. Save it as UTF-8."),
        (b"a = 1\n" + TEXT.encode("gb18030"), "mine.toml: is saved as GBK (“ANSI”): line 2. Save it as UTF-8."),
        (TEXT.encode("utf-16"), "mine.toml: is saved as UTF-16 (“Unicode”). Save it as UTF-8."),
        (TEXT.encode()[:-1] + b"\n\xff\xfe", "mine.toml: is not UTF-8: line 3. Save it as UTF-8."),
    ],
)
def test_other_encodings_are_named(content: bytes, line: str, tmp_path: Path) -> None:
    assert _told(tmp_path / "mine.toml", content) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = “自评”\n", 'there stands the full-width “, write "'),
        ("a = [1，2]\n", "there stands the full-width ，, write ,"),
        ("a ＝ 1\n", "there stands the full-width ＝, write ="),
        ("a = [1、 2]\n", "there stands the full-width 、, write ,"),
    ],
)
def test_full_width_signs_are_named(text: str, line: str, tmp_path: Path) -> None:
    assert line in _told(tmp_path / "mine.toml", text.encode())


def test_other_faults_are_told_as_they_are(tmp_path: Path) -> None:
    line = _told(tmp_path / "mine.toml", b"a = 1\na = 2\n")
    assert line.startswith("mine.toml: not TOML: Cannot overwrite a value")
    assert "full-width" not in line
    assert "nested too deep" in _told(tmp_path / "mine.toml", b"a = " + b"[" * 5000 + b"]" * 5000)
