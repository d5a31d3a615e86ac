"""The most urgent matters of a night: what the clerk does first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfbatch.diagnosis.diagnose import Diagnosis
from perfbatch.district.reporting import Standing
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import decimal_text, texts
from perfbatch.model.findings import Finding, Severity

__all__ = ["MOST", "Matter", "urgent_matters"]

MOST = 10
_FILES = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to do: whose it is, what it is, and where it stands: the position of a finding, or None for the sheet 报送情况."""

    severity: Severity
    who: str
    what: str
    finding: int | None


def urgent_matters(result: BatchResult, diagnosis: Diagnosis, most: int = MOST) -> list[Matter]:
    """At most `most` matters: files that could not be taken and departments that have not reported (gathered where they are
    many), then departments with errors, the most points at risk and the most errors first."""
    matters = [*_files(result), *_missing(result)]
    return [*matters, *_errors(result, diagnosis)][:most]


def _files(result: BatchResult) -> list[Matter]:
    aside = [entry for entry in sorted(result.entries, key=lambda entry: entry.path) if entry.status == "set_aside"]
    if len(aside) > _FILES:
        names = "、".join(f"{entry.path}（{entry.code}）" for entry in aside[: _FILES - 1])
        return [Matter(Severity.ERROR, f"{len(aside)} 个文件", f"退回，须重新报送：{names}等", None)]
    return [
        Matter(Severity.ERROR, entry.entity_title or entry.path, f"退回：{entry.message}。{entry.remedy}", None)
        for entry in aside
    ]


def _missing(result: BatchResult) -> list[Matter]:
    missing = result.tally.departments(Standing.MISSING) if result.tally else []
    if not missing:
        return []
    names = "、".join(department.entity_title or department.entity_code for department in missing[:5])
    names += "等" if len(missing) > 5 else ""
    return [
        Matter(Severity.WARNING, f"{len(missing)} 个{result.rulebook.entity.noun}", f"未报送，须催报：{names}", None)
    ]


def _errors(result: BatchResult, diagnosis: Diagnosis) -> list[Matter]:
    names = dict(zip(texts(result.departments["file"]), texts(result.departments["entity_title"]), strict=True))
    by_file: dict[str, list[int]] = {}
    for at, finding in enumerate(result.findings):
        if finding.severity is Severity.ERROR and finding.asks and diagnosis.causes[at] is None:
            by_file.setdefault(finding.file, []).append(at)
    ranked = sorted(by_file.items(), key=lambda listed: (-diagnosis.together(listed[1]), -len(listed[1]), listed[0]))
    return [
        Matter(Severity.ERROR, names.get(file, file), _wording(positions, result.findings, diagnosis), positions[0])
        for file, positions in ranked
    ]


def _wording(positions: Sequence[int], findings: Sequence[Finding], diagnosis: Diagnosis) -> str:
    first = findings[positions[0]]
    place = f"{first.place}单元格" if first.cell else first.sheet
    more = f"；共 {len(positions)} 处错误" if len(positions) > 1 else ""
    risk = diagnosis.together(positions)
    stake = f"，涉及 {decimal_text(risk)} 分" if risk else ""
    return f"{first.code} {first.message}（{place}）{more}{stake}"
