"""运行记录: how the night came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from perfbatch import __version__
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import moment_text
from perfbatch.model.findings import STANDING_LABELS, Severity
from perfbatch.model.nights import FailedNight
from perfbatch.summary.failures import failure_text
from perfbatch.summary.receipts import ENTRY_LABELS, tally_rows
from perfbatch.summary.scoring_standard import changes_from
from perfbatch.summary.sheet import Cell, Sheet, TableColumn

__all__ = ["write_run_log"]

_NAMED = 20


def write_run_log(
    sheet: Sheet, result: BatchResult, outputs: Sequence[str], failed: Sequence[FailedNight] = ()
) -> None:
    """Write the record of the run: when, by which program and rulebook, what came in and what went out; and the nights that
    failed since the one before."""
    files = Counter(entry.status for entry in result.entries)
    by_severity = Counter(finding.severity for finding in result.findings if not finding.settled)
    apart = Counter(finding.standing for finding in result.findings if finding.settled)
    seconds = (result.finished_at - result.started_at).total_seconds()
    rows: list[Sequence[Cell]] = [
        ["运行编号", result.run_id],
        ["开始时间", moment_text(result.started_at)],
        ["结束时间", moment_text(result.finished_at)],
        ["用时", f"{seconds:.1f} 秒"],
        ["程序版本", f"perfbatch {__version__}"],
        ["规则", f"{result.rulebook.id}　{result.rulebook.title}"],
        *([["规则来源", " ← ".join(reversed(result.rulebook_sources))]] if result.rulebook_sources else []),
        *_changed(result),
        ["规则校验值（SHA-256）", result.rulebook_sha256],
        ["收件文件数", str(len(result.entries))],
        *([f"其中：{word}", str(files[status])] for status, word in ENTRY_LABELS.items()),
        *([word, str(number)] for word, number in _tallied(result)),
        [f"评价{result.rulebook.entity.noun}数", str(len(result.departments))],
        ["发现问题数", str(sum(by_severity.values()))],
        *([f"其中：{severity.label}", str(by_severity[severity])] for severity in Severity),
        *([f"另：{STANDING_LABELS[standing]}", str(count)] for standing, count in apart.items()),
        *_outputs(outputs),
        *(["此前未完成的运行", failure_text(night)] for night in failed[-_NAMED:]),
    ]
    top = sheet.title("运行记录", "每次运行的来历：同样的收件和规则得出同样的结果。")
    sheet.table(
        top, [TableColumn("项目", narrowest=26), TableColumn("内容", narrowest=70, widest=90)], rows, filters=False
    )
    sheet.freeze(top + 1, 0)
    sheet.repeat(top, top)


def _tallied(result: BatchResult) -> list[tuple[str, int]]:
    return tally_rows(result.tally, result.rulebook.entity.noun) if result.tally else []


def _changed(result: BatchResult) -> list[Sequence[Cell]]:
    """Where the rulebook is other than the one before it, which 评分标准 has in full."""
    changes = len(result.rulebook.lineage.changes)
    return [["规则变化", f"与{changes_from(result.rulebook)}相比有 {changes} 处不同，见“评分标准”"]] if changes else []


def _outputs(outputs: Sequence[str]) -> list[Sequence[Cell]]:
    """Files at the top of the outbox by name, those of a folder by number once there are many."""
    folders: Mapping[str, int] = Counter(name.split("/")[0] for name in outputs if "/" in name)
    rows: list[Sequence[Cell]] = []
    listed = [name for name in outputs if "/" not in name or folders[name.split("/")[0]] <= _NAMED]
    for number, name in enumerate(listed, 1):
        rows.append([f"输出文件 {number}", name])
    for folder, size in folders.items():
        if size > _NAMED:
            rows.append([f"输出文件夹 {folder}", f"{size} 个文件"])
    return rows
