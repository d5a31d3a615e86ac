"""问题清单: per department, then per sheet of its workbook; what follows from another error is folded under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from perfbatch.diagnosis.diagnose import Diagnosis
from perfbatch.district.register import FindingRegister
from perfbatch.district.result import BatchResult
from perfbatch.model.excel import LINKS_PER_SHEET
from perfbatch.model.figures import texts
from perfbatch.model.findings import STANDING_LABELS, Finding, Severity, Standing
from perfbatch.model.submission import SCALE
from perfbatch.summary.block import RowLooks
from perfbatch.summary.links import SheetLinks, place_in
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Link, Look, Values
from perfbatch.summary.styles import AMOUNT, SCORE

__all__ = ["Problems", "write_problems"]

_NUMERIC = frozenset({"amount", "area", "count", "score", "percent"})
# A float holds 15 digits: a longer number is shown as the text that it is.
_DIGITS = 15
# In the order of a finding's counts.
_FIGURE_TEXTS = attrgetter("reported"), attrgetter("expected"), attrgetter("difference")
# With more findings than this the sheet opens on its departments alone.
_FOLDED_FROM = 1_000
_CODE, _NAME, _SHEET, _CELL, _LEVEL, _RISK, _SAID = 0, 1, 2, 3, 4, 11, 13
# Kinds of lines: each is the index of its look in a column's list of looks; a column may have further looks behind these.
_FINDING, _GROUP, _SUBGROUP, _OTHER = range(4)
_HEADS = ("group", "subgroup")
_HEAD_HEIGHT = 20.0
# What is settled is listed apart, and in this order.
_APART: tuple[Standing, ...] = ("explained", "waived", "trial")


@dataclass(frozen=True, slots=True)
class Problems:
    """Where things stand on the sheet: file → row of its department, position of a finding → its row."""

    heads: Mapping[str, int]
    rows: Mapping[int, int]


class _Line(NamedTuple):
    """One row of the sheet: a finding, or the head of a group, which names its first finding and has their `counts` in words."""

    kind: int
    depth: int
    at: int
    hidden: bool
    sheet: str
    counts: str
    risk: int | None


def write_problems(
    sheet: Sheet, result: BatchResult, diagnosis: Diagnosis, inbox: str = "", room: int = LINKS_PER_SHEET
) -> Problems:
    """Write all findings; `inbox` is the inbox as a relative path from the summary, "" for no links to its files."""
    rulebook = result.rulebook
    label = {field.id: field.label for field in rulebook.fields()}
    columns = [
        TableColumn(label["budget_code"], style="centred", narrowest=11),
        TableColumn(label["unit_name"], narrowest=20, widest=26),
        TableColumn("工作表", style="centred", narrowest=13),
        TableColumn("单元格", style="centred", narrowest=9),
        TableColumn("级别", style="centred", narrowest=10),
        TableColumn("代码", style="centred", narrowest=8),
        TableColumn("检查项目", narrowest=14, widest=24),
        TableColumn("栏目", narrowest=12, widest=18),
        TableColumn("填报数", "figure", "number", AMOUNT, narrowest=10, widest=16),
        TableColumn("应为", "figure", "number", AMOUNT, narrowest=10, widest=16),
        TableColumn("差额", "figure", "number", AMOUNT, narrowest=10, widest=16),
        TableColumn("涉及分值", "figure", "number", SCORE, narrowest=9),
        TableColumn("可能原因", narrowest=18, widest=26),
        TableColumn("问题说明", narrowest=24, widest=44),
        TableColumn("处理办法", narrowest=24, widest=34),
        TableColumn("状态", style="centred", narrowest=9),
        TableColumn("理由或情况说明", narrowest=16, widest=30),
        TableColumn("文件", narrowest=12, widest=26),
    ]
    lines = list(_Listing(result, diagnosis).lines())
    findings = [result.findings[line.at] for line in lines]
    linked = sum(line.kind == _FINDING and finding.cell != "" for line, finding in zip(lines, findings, strict=True))
    note = "按部门、工作表分组；由其他错误引起的问题折叠在其原因之下，说明折叠在各组末尾。错误须改正后重新报送，提醒请核实。"
    if inbox and linked > room:
        note += f"单元格的链接只到前 {room:,} 条（Excel 每表上限），其后为文字。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价问题清单", note)
    links: dict[int, Link] = {}
    if inbox:
        given, of_inbox = SheetLinks(sheet, room), {*texts(result.departments["file"])}
        for row, (line, finding) in enumerate(zip(lines, findings, strict=True)):
            if line.kind == _FINDING and finding.cell and finding.file in of_inbox:
                link = given.file(f"{inbox}/{finding.file}", place_in(finding.sheet, finding.cell))
                if link is not None:
                    links[row] = link
    heads = [row for row, line in enumerate(lines) if line.kind == _GROUP]
    looks = RowLooks(
        [line.depth for line in lines], [line.hidden for line in lines], dict.fromkeys(heads, _HEAD_HEIGHT)
    )
    strips = _strips(lines, findings, columns, result, diagnosis, links) if lines else []
    sheet.columns(top, columns, strips, looks=looks)
    sheet.freeze(top + 1, 2)
    sheet.repeat(top, top)
    # The file's name has no use on paper.
    sheet.native.print_area(0, 0, top + max(len(lines), 1), len(columns) - 2)
    return Problems(
        {findings[row].file: top + 1 + row for row in heads},
        {line.at: row for row, line in enumerate(lines, top + 1) if line.kind == _FINDING},
    )


def _strips(
    lines: Sequence[_Line],
    findings: Sequence[Finding],
    columns: Sequence[TableColumn],
    result: BatchResult,
    diagnosis: Diagnosis,
    links: Mapping[int, Link],
) -> list[Values]:
    """The sheet column by column; `findings` are those of the lines."""
    register = FindingRegister(result.rulebook)
    kinds = {field.id: field.kind for field in result.rulebook.fields()}
    frame = result.departments
    names = dict(zip(texts(frame["file"]), texts(frame["unit_name"]), strict=True))
    plain = [line.kind for line in lines]
    own = [line.kind == _FINDING for line in lines]

    def column(
        index: int, values: Sequence[str | int | None], codes: Sequence[int] = plain, *more: Look, heads: str = ""
    ) -> Values:
        kept = columns[index]
        looks = [Look(f"{name}{heads}", kept.number_format if heads == "_number" else "") for name in _HEADS]
        scale = SCALE if kept.kind == "figure" else 1
        return Values(values, [Look(kept.style, kept.number_format), *looks, *more], codes, scale)

    def only(values: Iterable[str]) -> list[str | None]:
        """What stands beside findings alone."""
        return [value if is_own else None for value, is_own in zip(values, own, strict=True)]

    def figures(index: int, which: int) -> Values:
        shown = [
            _figure(_FIGURE_TEXTS[which](finding), finding.counts[which], kinds.get(finding.field, ""))
            if is_own
            else None
            for finding, is_own in zip(findings, own, strict=True)
        ]
        codes = [_OTHER if isinstance(value, str) else code for value, code in zip(shown, plain, strict=True)]
        return column(index, shown, codes, Look("text"))

    severities = list(Severity)
    labels = {severity: (severity.label, _OTHER + place) for place, severity in enumerate(severities)}
    levels = [
        labels[finding.severity][1] if is_own else kind
        for finding, kind, is_own in zip(findings, plain, own, strict=True)
    ]
    follows = [is_own and diagnosis.causes[line.at] is not None for line, is_own in zip(lines, own, strict=True)]
    messages = [
        (f"↳ {finding.message}" if follow else finding.message) if is_own else line.counts
        for line, finding, is_own, follow in zip(lines, findings, own, follows, strict=True)
    ]
    cells = [_OTHER if row in links else code for row, code in enumerate(plain)]
    return [
        column(_CODE, [finding.budget_code for finding in findings], heads="_centred"),
        column(_NAME, [names.get(finding.file, "") for finding in findings]),
        column(_SHEET, [line.sheet for line in lines], heads="_centred"),
        replace(column(_CELL, only(finding.cell for finding in findings), cells, Look("link")), links=links),
        column(
            _LEVEL,
            only(labels[finding.severity][0] for finding in findings),
            levels,
            *(Look(severity.value) for severity in severities),
        ),
        column(5, only(finding.code for finding in findings)),
        column(6, [register.title(finding) if is_own else None for finding, is_own in zip(findings, own, strict=True)]),
        column(7, only(register.label(finding.field) for finding in findings)),
        figures(8, 0),
        figures(9, 1),
        figures(10, 2),
        column(_RISK, [line.risk for line in lines], heads="_number"),
        column(12, only(diagnosis.reasons[line.at] for line in lines)),
        column(
            _SAID,
            messages,
            [_OTHER if follow else kind for follow, kind in zip(follows, plain, strict=True)],
            Look("follow"),
        ),
        column(14, only(finding.remedy for finding in findings)),
        column(15, only(STANDING_LABELS[finding.standing] for finding in findings)),
        column(16, only(_note(finding) for finding in findings)),
        column(17, only(finding.file for finding in findings)),
    ]


def _figure(text: str, count: int | None, kind: str) -> str | int | None:
    """What a finding reports: a number where its field holds numbers, so that the column sorts; else the text, if any."""
    if count is None or kind not in _NUMERIC or len(str(abs(count)).rstrip("0")) > _DIGITS:
        return text or None
    return count


def _note(finding: Finding) -> str:
    """What was said of a finding, and what the bureau said to that."""
    return f"{finding.note}（{finding.verdict}）" if finding.note and finding.verdict else finding.note


def _rank(finding: Finding) -> int:
    """The order of a finding in its group: by gravity, and what is settled after everything else."""
    if not finding.settled:
        return finding.severity.order
    return len(Severity) + _APART.index("explained" if finding.standing == "accepted" else finding.standing)


class _Listing:
    """The order of the sheet: departments with most at risk first, their sheets as the form has them, causes before what
    follows from them, what is only said for information last."""

    def __init__(self, result: BatchResult, diagnosis: Diagnosis) -> None:
        self._findings = result.findings
        self._diagnosis = diagnosis
        self._sheets = {section.sheet: number for number, section in enumerate(result.rulebook.sections)}
        self._folded = len(result.findings) > _FOLDED_FROM
        self._severities = [_rank(finding) for finding in result.findings]
        self._labels = [severity.label for severity in sorted(Severity, key=lambda severity: severity.order)]
        self._labels += [STANDING_LABELS[standing] for standing in _APART]
        self._info = Severity.INFO.order
        self._followers: dict[int, list[int]] = {}
        for position, cause in enumerate(diagnosis.causes):
            if cause is not None:
                self._followers.setdefault(cause, []).append(position)

    def lines(self) -> Iterator[_Line]:
        """All rows from top to bottom."""
        by_file: dict[str, list[int]] = {}
        for position, finding in enumerate(self._findings):
            by_file.setdefault(finding.file, []).append(position)
        for positions in sorted(by_file.values(), key=self._gravity):
            yield from self._department(positions)

    def _gravity(self, positions: list[int]) -> tuple[object, ...]:
        errors, warnings, remarks, *_ = self._counted(positions)
        first = self._findings[positions[0]]
        # Remarks for information wait for nobody: what they concern does not move a department up.
        grave = [at for at in positions if self._severities[at] < self._info]
        risk = self._diagnosis.together(grave)
        return (not errors, -risk, -errors, -warnings, -remarks, first.budget_code, first.file)

    def _counted(self, positions: Sequence[int]) -> list[int]:
        """How many errors, warnings, remarks."""
        counted = [0] * len(self._labels)
        for at in positions:
            counted[self._severities[at]] += 1
        return counted

    def _department(self, positions: list[int]) -> Iterator[_Line]:
        yield self._head(_GROUP, 0, positions[0], positions, "")
        roots = [at for at in positions if self._diagnosis.causes[at] is None]
        by_sheet: dict[str, list[int]] = {}
        for at in roots:
            by_sheet.setdefault(self._findings[at].sheet, []).append(at)
        unknown = len(self._sheets)
        # Who has nothing but remarks for information stands there with one line.
        hidden = self._folded or all(self._severities[at] >= self._info for at in positions)
        for name in sorted(by_sheet, key=lambda sheet: (self._sheets.get(sheet, unknown), sheet)):
            yield from self._sheet(name, by_sheet[name], hidden=hidden)

    def _sheet(self, name: str, roots: list[int], *, hidden: bool) -> Iterator[_Line]:
        within = [at for root in roots for at in self._with_followers(root)]
        yield self._head(_SUBGROUP, 1, roots[0], within, name, hidden=hidden)
        remarks = [at for at in roots if self._severities[at] >= self._info]
        grave = sorted((at for at in roots if self._severities[at] < self._info), key=self._order)
        for at in grave:
            yield self._line(2, at, hidden=hidden)
            for follower in self._with_followers(at)[1:]:
                yield self._line(3, follower, hidden=True)
        if remarks and grave:
            counted = zip(self._labels, self._counted(remarks), strict=True)
            words = "　".join(f"{label} {count} 条" for label, count in counted if count)
            yield _Line(_SUBGROUP, 2, remarks[0], hidden, name, words, None)
        for at in sorted(remarks, key=self._order):
            yield self._line(3 if grave else 2, at, hidden=True)

    def _order(self, at: int) -> tuple[object, ...]:
        return self._severities[at], -(self._diagnosis.risks[at] or 0), self._diagnosis.orders[at]

    def _with_followers(self, at: int) -> list[int]:
        """A finding and all that follows from it, each before what follows from itself."""
        family = [at]
        for follower in sorted(self._followers.get(at, ()), key=self._order):
            family += self._with_followers(follower)
        return family

    def _head(
        self, kind: int, depth: int, first: int, positions: Sequence[int], sheet: str, *, hidden: bool = False
    ) -> _Line:
        counted = zip(self._labels, self._counted(positions), strict=True)
        counts = "　".join(f"{label} {count}" for label, count in counted if count)
        risk = self._diagnosis.together(at for at in positions if not self._findings[at].settled)
        return _Line(kind, depth, first, hidden, sheet, counts, risk or None)

    def _line(self, depth: int, at: int, *, hidden: bool) -> _Line:
        return _Line(_FINDING, depth, at, hidden, self._findings[at].sheet, "", self._diagnosis.risks[at] or None)
