"""Files for the operator, outside of the outbox: written aside, and put in place only where nothing of theirs is lost by it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.outbox.durable import made_folder, refuse_locale

__all__ = ["hand_out", "hand_out_file"]


def hand_out(folder: Path, write: Callable[[Path], Sequence[Path]], *, force: bool = False) -> list[Path]:
    """Have `write` write files into a folder that it is given, and move them into `folder` (made where it is not there);
    their paths there.

    A file that is there already with other content may be the operator's work: unless `force`, nothing is moved then. Raises
    `OperatorFault` for that, and where something cannot be written.
    """
    refuse_locale()
    made_folder(folder)
    aside: Path | None = None
    try:
        aside = Path(tempfile.mkdtemp(prefix=".perfbatch-", dir=folder))
        written = list(write(aside))
        targets = [folder / path.relative_to(aside) for path in written]
        if not force:
            _refuse_loss(written, targets)
        for path, target in zip(written, targets, strict=True):
            path.replace(target)
        return targets
    except OperatorFault as fault:
        raise fault.elsewhere(str(aside), str(folder)) from None
    except OSError as error:
        raise OperatorFault("folder.not_written", folder=folder, reason=reason(error)) from None
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def hand_out_file(path: Path, write: Callable[[Path], None], *, force: bool = False) -> None:
    """The same of one file in a folder that is there. Raises `OperatorFault`."""

    def write_aside(aside: Path) -> list[Path]:
        write(aside / path.name)
        return [aside / path.name]

    if not path.parent.is_dir():
        raise OperatorFault("file.no_folder", path=path)
    hand_out(path.parent, write_aside, force=force)


def _refuse_loss(written: Sequence[Path], targets: Sequence[Path]) -> None:
    lost = [
        target
        for path, target in zip(written, targets, strict=True)
        if (target.exists() or target.is_symlink()) and not _same(path, target)
    ]
    if lost:
        more = worded("part.more", count=len(lost) - 1) if len(lost) > 1 else ""
        raise OperatorFault("file.other_content", path=lost[0], more=more)


def _same(path: Path, target: Path) -> bool:
    # What is no regular file (a pipe) is not looked into.
    return target.is_file() and path.read_bytes() == target.read_bytes()
