"""kill −9 before every step in which the cache's file is written: what was kept before, or what is kept now, and nothing else."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfbatch.kept.cache_file import BESIDE_NAME, CACHE_NAME, KeptFile

_CHANGES = {"os.rename", "os.remove", "os.chmod", "os.truncate"}
OLD, NEW = b"old " * 50_000, b"new " * 70_000


def _die_writing(path: Path, step: int) -> int:
    """A process that keeps NEW and kills itself before its `step`-th change to the file system, a write of bytes among them; its
    id. Writes are cut into pieces, as the system may cut them."""
    process = os.fork()
    if process:
        return process
    try:
        steps = itertools.count()

        def tick() -> None:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or event in _CHANGES:
                tick()

        class Cut:
            """A file whose writes come one by one, each in pieces that are on the disk before the next."""

            def __init__(self, file: Any) -> None:
                self._file = file

            def __enter__(self) -> Cut:
                return self

            def __exit__(self, *_: object) -> None:
                self._file.close()

            def fileno(self) -> int:
                return int(self._file.fileno())

            def writelines(self, parts: Any) -> None:
                for part in parts:
                    whole = memoryview(part)
                    for start in range(0, max(len(whole), 1), 65_536):
                        tick()
                        self._file.write(whole[start : start + 65_536])
                        self._file.flush()
                tick()

        from perfbatch.kept import cache_file

        def opened(handle: int, mode: str, **how: Any) -> Any:
            file = open(handle, mode, **how)  # noqa: SIM115
            return Cut(file) if mode == "wb" else file

        cache_file.open = opened  # type: ignore[attr-defined]
        sys.addaudithook(count)
        kept = KeptFile(path)
        kept.put("section", NEW)
        kept.write()
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.parametrize("before", [OLD, None])
def test_kills_at_every_step(tmp_path: Path, before: bytes | None, figure: Callable[[str, object], None]) -> None:
    path = tmp_path / CACHE_NAME
    seen = set()
    for step in range(1000):
        for name in (CACHE_NAME, BESIDE_NAME):
            (tmp_path / name).unlink(missing_ok=True)
        if before is not None:
            kept = KeptFile(path)
            kept.put("section", before)
            kept.write()
        ended = os.waitstatus_to_exitcode(os.waitpid(_die_writing(path, step), 0)[1])
        assert ended in (0, -signal.SIGKILL), step
        section = KeptFile(path).section("section")
        left = None if section is None else bytes(section)
        assert left in (before, NEW), step
        seen.add(left)
        # What lies beside is no hindrance to the next night, and gone after it.
        again = KeptFile(path)
        again.put("section", NEW)
        again.write()
        assert [file.name for file in tmp_path.iterdir()] == [CACHE_NAME], step
        if ended == 0:
            break
    assert step > 10
    assert seen == {before, NEW}
    figure("kills survived by the cache, one at every step", step)
