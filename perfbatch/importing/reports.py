"""Many reports at once: each in an isolated process, each to its own two workbooks; one that cannot be read costs itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from perfbatch.importing.old_word import in_new_format, is_old_word
from perfbatch.importing.one_report import Imported, imported_in, request_to_import
from perfbatch.importing.word_report import ReportRefused
from perfbatch.isolated.executor import (
    AnswerInvalid,
    CallFault,
    Confinement,
    IsolatedExecutor,
    WorkerLost,
    WorkersUnavailable,
)
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.model.limits import Limits
from perfbatch.model.message import Garbled
from perfbatch.model.words.wording import words_of
from perfbatch.outbox.unasked import hand_out
from perfbatch.rulebook.data import rulebook_data
from perfbatch.rulebook.model import Rulebook

__all__ = ["ReportImport", "import_reports", "reports_in"]

_MB = 1024 * 1024
_TASKS = "perfbatch.importing.one_report"
# A report holds some hundred kilobytes of text; what a picture in it takes is not read.
_CONFINEMENT = Confinement(1024 * _MB, 60, 60.0, 64 * _MB)
_SUFFIXES = (".docx", ".doc")
_PROTOCOL = "-导入记录"
_ODD = re.compile(r"[\x00-\x1f<>:\"/\\|?*\ud800-\udfff]")


class ReportImport(NamedTuple):
    """What became of a report: the two workbooks that were written (None where nothing could be), and what `Imported` says."""

    report: Path
    form: Path | None
    protocol: Path | None
    imported: Imported


def reports_in(paths: Sequence[Path]) -> list[Path]:
    """The reports that are named, and those in folders that are. Raises `OperatorFault` where there are none, or one is not there."""
    reports: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = (below for below in sorted(path.rglob("*")) if below.suffix.casefold() in _SUFFIXES)
            reports += [report for report in below if report.is_file() and not report.name.startswith(("~$", "."))]
        elif path.is_file():
            reports.append(path)
        else:
            raise OperatorFault("import.missing", path=path)
    if not reports:
        raise OperatorFault("import.none", path=paths[0])
    return list(dict.fromkeys(reports))


def import_reports(
    paths: Sequence[Path],
    output: Path,
    rulebook: Rulebook,
    *,
    inbox: Path,
    workers: int = 0,
    force: bool = False,
    watch: Callable[[str, int, int], None] | None = None,
) -> list[ReportImport]:
    """Import reports into a folder, in their order: for each the form filled and the protocol. `watch` is told the phase, and how
    many of how many are done.

    Raises `OperatorFault` where the folder is the inbox or lies in it (a person looks first), or is not to be written."""
    if output.resolve().is_relative_to(inbox.resolve()):
        raise OperatorFault("import.in_inbox", output=output)
    reports = reports_in(paths)
    workers = workers or min(len(reports), os.cpu_count() or 1)
    given, limits = rulebook_data(rulebook), Limits()
    results: list[Imported] = []
    with (
        IsolatedExecutor(workers, _CONFINEMENT, _TASKS) as executor,
        ThreadPoolExecutor(workers, "imports") as threads,
    ):
        futures = [threads.submit(_import, report, given, limits, executor) for report in reports]
        results.extend(_in_turn(futures, watch))
    names = _names(reports)
    made: dict[str, bytes] = {}
    for name, imported in zip(names, results, strict=True):
        if not imported.reason:
            made |= {f"{name}.xlsx": imported.form, f"{name}{_PROTOCOL}.xlsx": imported.protocol}
    if made:
        hand_out(output, lambda aside: [_written(aside / name, content) for name, content in made.items()], force=force)
    return [
        ReportImport(
            report,
            None if imported.reason else output / f"{name}.xlsx",
            None if imported.reason else output / f"{name}{_PROTOCOL}.xlsx",
            imported,
        )
        for report, name, imported in zip(reports, names, results, strict=True)
    ]


def _in_turn(futures: Sequence[Future[Imported]], watch: Callable[[str, int, int], None] | None) -> Iterator[Imported]:
    for done, future in enumerate(futures, start=1):
        yield future.result()
        if watch is not None:
            watch("import", done, len(futures))


def _import(report: Path, rulebook: bytes, limits: Limits, executor: IsolatedExecutor) -> Imported:
    try:
        content = _content(report, limits)
        if is_old_word(content):
            content = in_new_format(content)
        request = request_to_import(content, report.name, rulebook, limits)
        return imported_in(executor.submit("import_report", request).result())
    except ReportRefused as refused:
        return Imported(refused.reason)
    except WorkerLost:
        return Imported("time")
    except CallFault:
        return Imported("fault")
    except (AnswerInvalid, Garbled, WorkersUnavailable) as error:
        raise BatchFault("import.invalid", reason=words_of(error)) from error


def _content(report: Path, limits: Limits) -> bytes:
    try:
        with report.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ReportRefused("not_word")
            if status.st_size > limits.file_bytes:
                raise ReportRefused("large")
            return stream.read(limits.file_bytes + 1)
    except OSError:
        raise ReportRefused("unreadable") from None


def _names(reports: Sequence[Path]) -> list[str]:
    """What each report's workbooks are called: as the report, with a number where two are called alike."""
    names: list[str] = []
    seen: set[str] = set()
    for report in reports:
        stem = _ODD.sub("_", report.stem).rstrip(". ")[:80] or "report"
        name, number = stem, 1
        while name.casefold() in seen:
            number += 1
            name = f"{stem}-{number}"
        seen.add(name.casefold())
        names.append(name)
    return names


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
