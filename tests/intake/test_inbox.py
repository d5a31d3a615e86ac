"""What lies in the inbox, and reading it without touching it."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
from pathlib import Path

import pytest

from perfbatch.errors import OperatorFault
from perfbatch.intake.inbox import EntryKind, read_bytes, walk
from perfbatch.intake.limits import Limits
from perfbatch.intake.set_aside import SetAside


def test_files_are_ordered_by_the_bytes_of_their_paths_and_locks_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b.xlsx", "子/a.xlsx", "a/z.xlsx", "a.xlsx", "~$a.xlsx", ".hidden", ".git/x.xlsx", "a/~$z.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    found = walk(tmp_path)
    assert [entry.path for entry in found] == ["a.xlsx", "a/z.xlsx", "b.xlsx", "子/a.xlsx"]
    assert {entry.kind for entry in found} == {EntryKind.FILE}
    assert found[0].size == 1
    assert found[0].mtime_ns == (tmp_path / "a.xlsx").stat().st_mtime_ns


def test_an_empty_folder_is_no_entry(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert walk(tmp_path) == []


def test_an_inbox_that_is_not_there_is_the_operators_fault(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match=r"gone: cannot be read \(No such file or directory\)"):
        walk(tmp_path / "gone")


def test_reading_gives_bytes_and_hash_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"content")
    before = path.stat()
    assert read_bytes(walk(tmp_path)[0]) == (b"content", hashlib.sha256(b"content").hexdigest())
    after = path.stat()
    assert (after.st_mtime_ns, after.st_size, after.st_mode) == (before.st_mtime_ns, before.st_size, before.st_mode)


def refusal(folder: Path, limits: Limits | None = None) -> tuple[str, str]:
    (found,) = walk(folder)
    with pytest.raises(SetAside) as caught:
        read_bytes(found, limits)
    return caught.value.code, caught.value.what


def test_f10_a_link_is_listed_and_never_followed(tmp_path: Path) -> None:
    outside, inbox = tmp_path / "outside", tmp_path / "inbox"
    outside.mkdir()
    inbox.mkdir()
    (outside / "secret.xlsx").write_bytes(b"x")
    (inbox / "link").symlink_to(outside)
    assert refusal(inbox) == ("F10", "符号链接")


def test_f10_a_pipe_does_not_hang_the_night(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert refusal(tmp_path) == ("F10", "命名管道，不是普通文件")


def test_f10_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert refusal(tmp_path) == ("F10", "套接字，不是普通文件")


def test_f10_a_link_put_in_the_files_place_is_not_followed(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(b"x")
    (found,) = walk(inbox)
    (inbox / "a.xlsx").unlink()
    (inbox / "a.xlsx").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetAside) as caught:
        read_bytes(found)
    assert caught.value.code == "F10"


def test_f10_a_pipe_put_in_the_files_place_does_not_hang_the_night(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (found,) = walk(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    os.mkfifo(tmp_path / "a.xlsx")

    def hung(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(5)
    try:
        with pytest.raises(SetAside) as caught:
            read_bytes(found)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert (caught.value.code, caught.value.what) == ("F10", "命名管道，不是普通文件")


def test_f10_a_file_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (found,) = walk(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    with pytest.raises(SetAside) as caught:
        read_bytes(found)
    assert (caught.value.code, caught.value.what) == ("F10", "文件已不存在")


@pytest.mark.parametrize("content", [b"longer than before", b"s", b"same"])
def test_f11_a_file_that_changed_since_it_was_found(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"four")
    (found,) = walk(tmp_path)
    path.write_bytes(content)
    os.utime(path, ns=(found.mtime_ns + 1, found.mtime_ns + 1))
    with pytest.raises(SetAside) as caught:
        read_bytes(found)
    assert caught.value.code == "F11"


def test_f07_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x" * 11)
    assert refusal(tmp_path, Limits(file_bytes=10)) == ("F07", "文件 11 字节，上限 10 字节")


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xa4.xlsx")).write_bytes(b"x")
    (found,) = walk(tmp_path)
    assert found.path == "\\xb9\\xa4.xlsx"
    assert read_bytes(found)[0] == b"x"
