"""问题清单: per department, then per sheet of its workbook; what follows from another error is folded under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbatch.findings import Finding, Severity
from perfbatch.publish.figures import count_of, texts
from perfbatch.publish.register import FindingRegister
from perfbatch.publish.summary.block import RowLooks
from perfbatch.publish.summary.diagnosis import Diagnosis
from perfbatch.publish.summary.links import LINKS_PER_SHEET, SheetLinks, place_in
from perfbatch.publish.summary.sheet import Cell, Column, Marked, Sheet
from perfbatch.publish.summary.strips import Link
from perfbatch.publish.summary.styles import AMOUNT, SCORE
from perfbatch.result import BatchResult

__all__ = ["Problems", "write_problems"]

_NUMERIC = frozenset({"amount", "area", "count", "score", "percent"})
# A float holds 15 digits: a longer number is shown as the text that it is.
_DIGITS = 15
# With more findings than this the sheet opens on its departments alone.
_FOLDED_FROM = 1_000
_CODE, _NAME, _SHEET, _CELL, _LEVEL, _CHECK, _FIELD, _RISK = 0, 1, 2, 3, 4, 5, 7, 11
_SAID = 13
_HEAD_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Problems:
    """Where things stand on the sheet: file → row of its department, position of a finding → its row."""

    heads: Mapping[str, int]
    rows: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the sheet: a finding, or without one the head of a group."""

    depth: int
    finding: int | None
    file: str
    cells: tuple[Cell, ...]
    hidden: bool


def write_problems(
    sheet: Sheet, result: BatchResult, diagnosis: Diagnosis, inbox: str = "", room: int = LINKS_PER_SHEET
) -> Problems:
    """Write all findings; `inbox` is the inbox as a relative path from the summary, "" for no links to its files."""
    rulebook = result.rulebook
    label = {field.id: field.label for field in rulebook.fields()}
    columns = [
        Column(label["budget_code"], style="centred", narrowest=11),
        Column(label["unit_name"], narrowest=20, widest=26),
        Column("工作表", style="centred", narrowest=13),
        Column("单元格", style="centred", narrowest=9),
        Column("级别", style="centred", narrowest=10),
        Column("代码", style="centred", narrowest=8),
        Column("检查项目", narrowest=14, widest=24),
        Column("栏目", narrowest=12, widest=18),
        Column("填报数", "figure", "number", AMOUNT, narrowest=10, widest=16),
        Column("应为", "figure", "number", AMOUNT, narrowest=10, widest=16),
        Column("差额", "figure", "number", AMOUNT, narrowest=10, widest=16),
        Column("涉及分值", "figure", "number", SCORE, narrowest=9),
        Column("可能原因", narrowest=18, widest=26),
        Column("问题说明", narrowest=24, widest=44),
        Column("处理办法", narrowest=24, widest=34),
        Column("文件", narrowest=12, widest=26),
    ]
    lines = list(_Listing(result, diagnosis).lines())
    linked = sum(1 for line in lines if line.finding is not None and result.findings[line.finding].cell)
    note = "按部门、工作表分组；由其他错误引起的问题折叠在其原因之下，说明折叠在各组末尾。错误须改正后重新报送，提醒请核实。"
    if inbox and linked > room:
        note += f"单元格的链接只到前 {room:,} 条（Excel 每表上限），其后为文字。"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价问题清单", note)
    links: dict[int, Link] = {}
    if inbox:
        room_left = SheetLinks(sheet, room)
        for at, line in enumerate(lines):
            finding = None if line.finding is None else result.findings[line.finding]
            if finding is not None and finding.cell:
                link = room_left.file(f"{inbox}/{finding.file}", place_in(finding.sheet, finding.cell))
                links |= {} if link is None else {at: link}
    looks = RowLooks(
        [line.depth for line in lines],
        [line.hidden for line in lines],
        {at: _HEAD_HEIGHT for at, line in enumerate(lines) if line.depth == 0},
    )
    sheet.table(top, columns, [line.cells for line in lines], looks=looks, links={_CELL: links})
    heads = {line.file: row for row, line in enumerate(lines, top + 1) if line.depth == 0}
    rows = {line.finding: row for row, line in enumerate(lines, top + 1) if line.finding is not None}
    sheet.freeze(top + 1, 2)
    sheet.repeat(top, top)
    # The file's name has no use on paper.
    sheet.native.print_area(0, 0, top + max(len(lines), 1), len(columns) - 2)
    return Problems(heads, rows)


class _Listing:
    """The order of the sheet: departments with most at risk first, their sheets as the form has them, causes before what
    follows from them, what is only said for information last."""

    def __init__(self, result: BatchResult, diagnosis: Diagnosis) -> None:
        self._result = result
        self._diagnosis = diagnosis
        self._register = FindingRegister(result.rulebook)
        frame = result.departments
        self._names = dict(zip(texts(frame["file"]), texts(frame["unit_name"]), strict=True))
        self._sheets = {section.sheet: number for number, section in enumerate(result.rulebook.sections)}
        self._kinds = {field.id: field.kind for field in result.rulebook.fields()}
        self._folded = len(result.findings) > _FOLDED_FROM
        self._followers: dict[int, list[int]] = {}
        for position, cause in enumerate(diagnosis.causes):
            if cause is not None:
                self._followers.setdefault(cause, []).append(position)

    def lines(self) -> Iterator[_Line]:
        """All rows from top to bottom."""
        by_file: dict[str, list[int]] = {}
        for position, finding in enumerate(self._result.findings):
            by_file.setdefault(finding.file, []).append(position)
        for positions in sorted(by_file.values(), key=self._gravity):
            yield from self._department(positions)

    def _gravity(self, positions: list[int]) -> tuple[object, ...]:
        counted = self._counted(positions)
        first = self._result.findings[positions[0]]
        # Remarks for information wait for nobody: what they concern does not move a department up.
        grave = [at for at in positions if self._result.findings[at].severity is not Severity.INFO]
        severities = (-counted[Severity.WARNING], -counted[Severity.INFO])
        has_errors = counted[Severity.ERROR] > 0
        return (
            not has_errors,
            -self._risk(grave),
            -counted[Severity.ERROR],
            *severities,
            first.budget_code,
            first.file,
        )

    def _counted(self, positions: Sequence[int]) -> Counter[Severity]:
        return Counter(self._result.findings[at].severity for at in positions)

    def _risk(self, positions: Sequence[int]) -> int:
        return self._diagnosis.together(positions)

    def _department(self, positions: list[int]) -> Iterator[_Line]:
        first = self._result.findings[positions[0]]
        yield self._head(0, "group", first, positions, sheet="")
        roots = [at for at in positions if self._diagnosis.causes[at] is None]
        by_sheet: dict[str, list[int]] = {}
        for at in roots:
            by_sheet.setdefault(self._result.findings[at].sheet, []).append(at)
        unknown = len(self._sheets)
        # Who has nothing but remarks for information stands there with one line.
        quiet = all(self._result.findings[at].severity is Severity.INFO for at in positions)
        for name in sorted(by_sheet, key=lambda one: (self._sheets.get(one, unknown), one)):
            yield from self._sheet(name, by_sheet[name], hidden=self._folded or quiet)

    def _sheet(self, name: str, roots: list[int], *, hidden: bool) -> Iterator[_Line]:
        within = [at for root in roots for at in self._with_followers(root)]
        yield self._head(1, "subgroup", self._result.findings[roots[0]], within, sheet=name, hidden=hidden)
        said = [at for at in roots if self._result.findings[at].severity is Severity.INFO]
        grave = sorted(set(roots) - set(said), key=self._order)
        for at in grave:
            yield self._line(2, at, hidden=hidden)
            for follower in self._with_followers(at)[1:]:
                yield self._line(3, follower, hidden=True)
        if said and grave:
            first = self._result.findings[said[0]]
            yield self._head(2, "subgroup", first, said, sheet=name, hidden=hidden, word=f"说明 {len(said)} 条")
        for at in sorted(said, key=self._order):
            yield self._line(3 if grave else 2, at, hidden=True)

    def _order(self, at: int) -> tuple[object, ...]:
        return (
            self._result.findings[at].severity.order,
            -(self._diagnosis.risks[at] or 0),
            self._diagnosis.orders[at],
        )

    def _with_followers(self, at: int) -> list[int]:
        """A finding and all that follows from it, each before what follows from itself."""
        found = [at]
        for follower in sorted(self._followers.get(at, ()), key=self._order):
            found += self._with_followers(follower)
        return found

    def _head(
        self,
        depth: int,
        style: str,
        finding: Finding,
        positions: Sequence[int],
        *,
        sheet: str,
        hidden: bool = False,
        word: str = "",
    ) -> _Line:
        counted = self._counted(positions)
        told = word or "　".join(f"{severity.label} {counted[severity]}" for severity in Severity if counted[severity])
        risk = self._risk(positions) if depth < 2 else 0
        centred, number = f"{style}_centred", f"{style}_number"
        cells: list[Cell] = [Marked("", style)] * 16
        cells[_CODE] = Marked(finding.budget_code, centred)
        cells[_NAME] = Marked(self._names.get(finding.file, ""), style)
        cells[_SHEET] = Marked(sheet, centred)
        cells[_RISK] = Marked(risk or None, number, SCORE)
        cells[_SAID] = Marked(told, style)
        return _Line(depth, None, finding.file, tuple(cells), hidden)

    def _line(self, depth: int, at: int, *, hidden: bool) -> _Line:
        finding = self._result.findings[at]
        message = finding.message if self._diagnosis.causes[at] is None else f"↳ {finding.message}"
        cells: tuple[Cell, ...] = (
            finding.budget_code,
            self._names.get(finding.file, ""),
            finding.sheet,
            finding.cell,
            Marked(finding.severity.label, finding.severity.value),
            finding.code,
            self._register.title(finding),
            self._register.label(finding.field),
            *(self._figure(text, finding.field) for text in (finding.reported, finding.expected, finding.difference)),
            self._diagnosis.risks[at] or None,
            self._diagnosis.reasons[at],
            message if self._diagnosis.causes[at] is None else Marked(message, "follow"),
            finding.remedy,
            finding.file,
        )
        return _Line(depth, at, finding.file, cells, hidden)

    def _figure(self, text: str, field: str) -> Cell:
        """What a finding reports: a number where its field holds numbers, so that the column sorts; else the text."""
        count = count_of(text) if self._kinds.get(field) in _NUMERIC else None
        if count is None or sum(one.isdigit() for one in text) > _DIGITS:
            return Marked(text, "text") if text else None
        return count
