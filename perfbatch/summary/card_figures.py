"""What a department's card shows, as columns: a row per department, a row per finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfbatch.diagnosis.diagnose import Diagnosis
from perfbatch.district.result import CONFIRMED, PROVISIONAL, STATUS_LABELS, BatchResult
from perfbatch.district.score_matrix import STATUSES, ScoreMatrix
from perfbatch.model.figures import Array, arrays, nearest_float, texts
from perfbatch.model.findings import Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.strips import Counts, Look, Values

__all__ = ["BLANK", "FINDING_COLUMNS", "SHARE", "CardFigures", "card_amounts", "card_figures"]

BLANK = "—"
"""What stands where there is no figure: a formula would show an empty cell as 0."""

FINDING_COLUMNS = ("级别", "代码", "位置", "问题说明", "处理办法")
SHARE = "share"
"""The keys of the groups' shares: this, a point and the number of the group."""

_LABEL_LIMIT = 100
_LOOKS = [Look("plain")]
_SIGNS = {Severity.ERROR: "■", Severity.WARNING: "▲", Severity.INFO: "○"}
_WORDS = {severity: f"{sign} {severity.label}" for severity, sign in _SIGNS.items()}


@dataclass(frozen=True)
class CardFigures:
    """Key of a figure → its place in `columns` and in `strips`; `findings` are the columns of `FINDING_COLUMNS`, department by
    department. `profile` are the names of the groups whose shares stand side by side."""

    columns: dict[str, int]
    strips: Sequence[Values | Counts]
    findings: Sequence[Sequence[str]]
    size: int
    profile: Sequence[str]

    @property
    def listed(self) -> int:
        """How many findings there are."""
        return len(self.findings[0])

    def value(self, key: str, at: int = 0) -> str | float:
        """What stands in a column for a department."""
        strip = self.strips[self.columns[key]]
        if isinstance(strip, Values):
            return str(strip.values[at])
        return int(strip.counts[at]) / strip.scale if strip.filled[at] else BLANK

    def findings_of(self, at: int = 0) -> list[list[str]]:
        """The open findings of a department, the gravest first, each as texts in the order of the columns."""
        first = int(self.value("first", at)) - 1
        return [
            [column[first + number] for column in self.findings] for number in range(int(self.value("findings", at)))
        ]

    def mean(self, key: str) -> float | None:
        """The mean of a column of figures; None where there is none."""
        strip = self.strips[self.columns[key]]
        if not isinstance(strip, Counts) or not strip.filled.any():
            return None
        filled = [nearest_float(count) for count in strip.counts[strip.filled].tolist()]
        return sum(filled) / len(filled)


def card_amounts(rulebook: Rulebook) -> list[str]:
    """The amounts that a department's card shows: all amounts of its tables."""
    return [field.id for table in rulebook.money_tables.values() for field in table.fields if field.kind == "amount"]


def card_figures(result: BatchResult, diagnosis: Diagnosis, matrix: ScoreMatrix) -> CardFigures:
    """The figures of a night's cards."""
    # What is settled stands last: the card shows as many as are open.
    order = sorted(
        range(len(result.findings)),
        key=lambda at: (result.findings[at].file, result.findings[at].settled, *diagnosis.orders[at]),
    )
    listed = [result.findings[at] for at in order]
    first: dict[str, int] = {}
    for row, finding in enumerate(listed, 1):
        first.setdefault(finding.file, row)
    by_column = [
        [_WORDS[finding.severity] for finding in listed],
        [finding.code for finding in listed],
        [finding.place or BLANK for finding in listed],
        [finding.message or BLANK for finding in listed],
        [finding.remedy or BLANK for finding in listed],
    ]
    by_key = _departments(result, first, matrix)
    return CardFigures(
        {key: number for number, key in enumerate(by_key)},
        list(by_key.values()),
        by_column,
        len(result.departments),
        [group.name for group in result.rulebook.groups] if result.rulebook.is_scored else [],
    )


def _departments(result: BatchResult, first: dict[str, int], matrix: ScoreMatrix) -> dict[str, Values | Counts]:
    """Key of a figure → its column; where there is no figure stands `BLANK`."""
    frame, rulebook = result.departments, result.rulebook
    text = {name: texts(frame[name]) for name in ("entity_code", "entity_title", "file", "grade")}
    counted = Counter((finding.file, finding.severity) for finding in result.findings if not finding.settled)
    by_severity = {
        severity.value: np.array([counted[file, severity] for file in text["file"]], np.int64) for severity in Severity
    }
    by_key: dict[str, Values | Counts] = {
        "label": Values(_labels(text["entity_code"], text["entity_title"]), _LOOKS),
        "entity_code": Values(text["entity_code"], _LOOKS),
        "entity_title": Values(text["entity_title"], _LOOKS),
        "file": Values(text["file"], _LOOKS),
        "grade": Values([grade or BLANK for grade in text["grade"]], _LOOKS),
        "verified_total.heading": Values(
            [f"{CONFIRMED if confirmed else PROVISIONAL}得分" for confirmed in frame["confirmed"].tolist()], _LOOKS
        ),
        "rank": Counts(*arrays(frame["rank"]), _LOOKS, scale=1, otherwise=BLANK),
        **{
            name: Counts(*arrays(frame[name]), _LOOKS, otherwise=BLANK)
            for name in ("self_total", "verified_total", *(f"points.{status}" for status in STATUS_LABELS))
        },
    }
    everywhere = np.ones(len(frame), np.bool_)
    whole = {
        **by_severity,
        "first": np.array([first.get(file, 0) for file in text["file"]], np.int64),
        "findings": sum(by_severity.values(), np.zeros(len(frame), np.int64)),
    }
    by_key |= {key: Counts(counts, everywhere, _LOOKS, scale=1) for key, counts in whole.items()}
    by_key |= {name: Counts(*arrays(frame[name]), _LOOKS, otherwise=BLANK) for name in card_amounts(rulebook)}
    for name, (counts, filled) in (("self", matrix.counts("self")), ("verified", matrix.verified)):
        for row, indicator in enumerate(matrix.indicators):
            by_key[f"{name}.{indicator}"] = Counts(counts[row], filled[row], _LOOKS, otherwise=BLANK)
    for number, strip in enumerate(_shares(rulebook, matrix)):
        by_key[f"{SHARE}.{number}"] = strip
    by_key["computable"] = Counts(arrays(frame["known.points"])[0], everywhere, _LOOKS)
    # One digit per indicator: its place in the list of statuses, from 1.
    digits = ("", *(str(number) for number in range(1, len(STATUSES) + 1)))
    by_key["statuses"] = Values(
        ["".join(digits[place + 1] for place in statuses) for statuses in matrix.statuses.T.tolist()], _LOOKS
    )
    return by_key


def _shares(rulebook: Rulebook, matrix: ScoreMatrix) -> Iterator[Counts]:
    """What each department has of each group's points, as a share; nothing where none of the group is scored."""
    counts, filled = matrix.verified
    for group in rulebook.groups if rulebook.is_scored else ():
        rows = [at for at, indicator in enumerate(rulebook.indicators) if indicator.group == group.id]
        most = max(int(group.points * SCALE), 1)
        given: Array = np.any(filled[rows], axis=0)
        yield Counts(counts[rows].sum(axis=0), given, _LOOKS, scale=most)


def _labels(codes: list[str], names: list[str]) -> list[str]:
    """What the drop-down shows, no two alike, short enough to be looked up."""
    seen: Counter[str] = Counter()
    labels = []
    for code, name in zip(codes, names, strict=True):
        label = f"{code}　{name}".strip()[:_LABEL_LIMIT] or BLANK
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label}（{seen[label]}）")
    return labels
