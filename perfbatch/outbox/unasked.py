"""Files for the operator, outside of the outbox: written aside, and put in place only where nothing of theirs is lost by it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from perfbatch.model.errors import OperatorFault
from perfbatch.outbox.durable import made_folder, reason, refuse_locale

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
        raise OperatorFault(fault.place.replace(str(aside), str(folder)), fault.fault, fault.remedy) from None
    except OSError as error:
        raise OperatorFault(
            str(folder), f"cannot be written to ({reason(error)})", "Close what is open there, or name another folder."
        ) from None
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def hand_out_file(path: Path, write: Callable[[Path], None], *, force: bool = False) -> None:
    """The same of one file in a folder that is there. Raises `OperatorFault`."""

    def write_aside(aside: Path) -> list[Path]:
        write(aside / path.name)
        return [aside / path.name]

    if not path.parent.is_dir():
        raise OperatorFault(str(path), "cannot be written (its folder is not there)", "Name another file.")
    hand_out(path.parent, write_aside, force=force)


def _refuse_loss(written: Sequence[Path], targets: Sequence[Path]) -> None:
    lost = [
        target
        for path, target in zip(written, targets, strict=True)
        if (target.exists() or target.is_symlink()) and not _same(path, target)
    ]
    if lost:
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        raise OperatorFault(
            f"{lost[0]}{more}",
            "is there already, with other content",
            "Move it away, name another place with --output, or replace it with --force.",
        )


def _same(path: Path, target: Path) -> bool:
    # What is no regular file (a pipe) is not looked into.
    return target.is_file() and path.read_bytes() == target.read_bytes()
