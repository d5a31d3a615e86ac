"""What lies in the inbox, and reading it without touching it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import stat
from pathlib import Path

import pytest

from perfbatch.intake import inbox as inbox_module
from perfbatch.intake.inbox import EntryKind, read_bytes, walk
from perfbatch.intake.reading_pool import read_all
from perfbatch.model.errors import OperatorFault
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from tests.workbooks import blank, rulebook


def test_files_are_ordered_by_the_bytes_of_their_paths_and_locks_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b.xlsx", "子/a.xlsx", "a/z.xlsx", "a.xlsx", "~$a.xlsx", ".hidden", ".git/x.xlsx", "a/~$z.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    files = walk(tmp_path)
    assert [entry.path for entry in files] == ["a.xlsx", "a/z.xlsx", "b.xlsx", "子/a.xlsx"]
    assert {entry.kind for entry in files} == {EntryKind.FILE}
    assert files[0].size == 1
    assert files[0].mtime_ns == (tmp_path / "a.xlsx").stat().st_mtime_ns


def test_what_systems_leave_in_folders_is_no_entry(tmp_path: Path) -> None:
    litter = (
        "desktop.ini",
        "Desktop.ini",
        "Thumbs.db",
        "THUMBS.DB",
        "__MACOSX/._a.xlsx",
        "子/__MACOSX/x/a.xlsx",
        ".DS_Store",
    )
    for name in (*litter, "子/desktop.ini", "thumbs.db.xlsx", "a.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert [entry.path for entry in walk(tmp_path)] == ["a.xlsx", "thumbs.db.xlsx"]


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
    (file,) = walk(folder)
    with pytest.raises(SetAside) as caught:
        read_bytes(file, limits)
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
    (file,) = walk(inbox)
    (inbox / "a.xlsx").unlink()
    (inbox / "a.xlsx").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetAside) as caught:
        read_bytes(file)
    assert caught.value.code == "F10"


def test_f10_a_pipe_put_in_the_files_place_does_not_hang_the_night(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (file,) = walk(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    os.mkfifo(tmp_path / "a.xlsx")

    def hung(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(5)
    try:
        with pytest.raises(SetAside) as caught:
            read_bytes(file)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert (caught.value.code, caught.value.what) == ("F10", "命名管道，不是普通文件")


def test_f10_a_file_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (file,) = walk(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    with pytest.raises(SetAside) as caught:
        read_bytes(file)
    assert (caught.value.code, caught.value.what) == ("F10", "文件已不存在")


@pytest.mark.parametrize("content", [b"longer than before", b"s", b"same"])
def test_f11_a_file_that_changed_since_it_was_found(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"four")
    (file,) = walk(tmp_path)
    path.write_bytes(content)
    os.utime(path, ns=(file.mtime_ns + 1, file.mtime_ns + 1))
    with pytest.raises(SetAside) as caught:
        read_bytes(file)
    assert caught.value.code == "F11"


def test_f07_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x" * 11)
    assert refusal(tmp_path, Limits(file_bytes=10)) == ("F07", "文件 11 字节，上限 10 字节")


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xa4.xlsx")).write_bytes(b"x")
    (file,) = walk(tmp_path)
    assert file.path == "\\xb9\\xa4.xlsx"
    assert read_bytes(file)[0] == b"x"


STRANGE = {
    b"line\nbreak.xlsx": "line\\u000abreak.xlsx",
    b"tab\tand bell\x07.xlsx": "tab\\u0009and bell\\u0007.xlsx",
    "翻转\u202exslx.exe".encode(): "翻转\\u202exslx.exe",
    b"\xff\xfe\xb9\xa4.xlsx": "\\xff\\xfe\\xb9\\xa4.xlsx",
    b"\\xff\\xfe\\xb9\\xa4.xlsx": "\\\\xff\\\\xfe\\\\xb9\\\\xa4.xlsx",
    b"=cmd|' C calc'!A0.xlsx": "=cmd|' C calc'!A0.xlsx",
    "\u00ff.xlsx".encode(): "\u00ff.xlsx",
    "\x85\x9b31m.xlsx".encode(): "\\u0085\\u009b31m.xlsx",
    "\u2028.xlsx".encode(): "\\u2028.xlsx",
    "工".encode() * 83 + b"x": "工" * 83 + "x",
    b"-rf": "-rf",
    b"[red]x[red]": "[red]x[red]",
    b"%s{}": "%s{}",
}


def test_names_of_any_bytes_are_shown_inert_and_no_two_alike(tmp_path: Path) -> None:
    for name in STRANGE:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)
    files = walk(tmp_path)
    assert {read_bytes(file)[0]: file.path for file in files} == STRANGE
    for file in files:
        file.path.encode("utf-8")
        assert file.path.isprintable()


def test_a_strange_folder_is_shown_like_a_strange_file(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\nb\xff"))
    folder.mkdir()
    (folder / "c.xlsx").write_bytes(b"x")
    assert [node.path for node in walk(tmp_path)] == ["a\\u000ab\\xff/c.xlsx"]


def test_the_inbox_is_the_same_after_a_night_times_included(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "子").mkdir(parents=True)
    files = {"a.xlsx": blank(), "子/b.xlsx": blank(), "子/c.txt": b"x", "~$a.xlsx": b"lock", "d.xlsx": b"PK"}
    for name, content in files.items():
        (inbox / name).write_bytes(content)
    os.mkfifo(inbox / "pipe")
    (inbox / "link").symlink_to("a.xlsx")
    entries = (inbox, *inbox.rglob("*"))
    for path in entries:
        # A time of access before that of change is what a mount with relatime moves on at the first look.
        os.utime(path, ns=(10**18, 10**18 + 1), follow_symlinks=False)
    before = [path.lstat() for path in entries]
    reads = read_all(walk(inbox), rulebook(), workers=2)
    assert [read.code for read in reads] == ["", "F01", "F10", "F10", "", "F01"]
    # Size, owner, mode, inode, links and all three times; listing the folder or reading a file here would change them.
    assert [path.lstat() for path in entries] == before
    assert {name: (inbox / name).read_bytes() for name in files} == files
    assert sorted(inbox.rglob("*")) == sorted(entries[1:])


@pytest.mark.parametrize("target", ["self", "..", "other", "/etc/passwd", "nowhere", "folder"])
def test_f10_links_of_every_kind(tmp_path: Path, target: str) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "folder").mkdir(parents=True)
    (inbox / "folder" / "x.xlsx").write_bytes(b"x")
    (inbox / "self").symlink_to(target)
    (inbox / "other").symlink_to("self")
    codes = {}
    for node in walk(inbox):
        try:
            codes[node.path] = read_bytes(node)[0].decode()
        except SetAside as reason:
            codes[node.path] = f"{reason.code} {reason.what}"
    assert codes == {"folder/x.xlsx": "x", "self": "F10 符号链接", "other": "F10 符号链接"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_f10_a_device(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "zero.xlsx", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except OSError:
        pytest.skip("devices cannot be made here")
    assert refusal(tmp_path) == ("F10", "设备，不是普通文件")


def test_f10_a_link_put_in_the_place_of_a_folder_leads_nowhere(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    for folder in (inbox / "sub", outside):
        folder.mkdir(parents=True)
        (folder / "a.xlsx").write_bytes(b"x")
        os.utime(folder / "a.xlsx", ns=(1, 1))
    (file,) = walk(inbox)
    (inbox / "sub").rename(tmp_path / "away")
    (inbox / "sub").symlink_to(outside)
    with pytest.raises(SetAside) as caught:
        read_bytes(file)
    assert caught.value.code == "F11"


@pytest.mark.parametrize("change", ["grows", "shrinks", "same size, time put back"])
def test_f11_a_file_that_changes_while_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x" * 3_000_000)
    (file,) = walk(tmp_path)
    monkeypatch.setattr(inbox_module, "_CHUNK", 1_000_000)
    fdopen = os.fdopen

    class Stream:
        """The open file, changed by somebody else after the first megabyte."""

        def __init__(self, descriptor: int, mode: str) -> None:
            self.file = fdopen(descriptor, mode)

        def __enter__(self) -> Stream:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def read(self, size: int) -> bytes:
            piece = self.file.read(size)
            if self.file.tell() == size:
                with path.open("r+b") as writer:
                    if change == "shrinks":
                        writer.truncate(1_500_000)
                    else:
                        writer.seek(0 if change.startswith("same") else 3_000_000)
                        writer.write(b"y")
                os.utime(path, ns=(file.mtime_ns, file.mtime_ns))
            return piece

    monkeypatch.setattr(os, "fdopen", Stream)
    with pytest.raises(SetAside) as caught:
        read_bytes(file)
    assert caught.value.code == "F11"


def test_a_thousand_levels_of_folders_end_in_an_entry_or_a_file(tmp_path: Path) -> None:
    here = os.getcwd()  # noqa: PTH109
    try:
        os.chdir(tmp_path)
        for _ in range(300):
            os.mkdir("f" * 20)  # noqa: PTH102
            os.chdir("f" * 20)
        Path("deep.xlsx").write_bytes(b"x")
    finally:
        os.chdir(here)
    (entry,) = walk(tmp_path)
    assert entry.kind is EntryKind.FOLDER
    with pytest.raises(SetAside) as caught:
        read_bytes(entry)
    assert caught.value.code == "F10"
    shutil.rmtree(tmp_path)
