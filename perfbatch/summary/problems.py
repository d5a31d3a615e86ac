"""问题清单: per department, then per sheet of its workbook; what follows from another error is folded under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from perfbatch.diagnosis.diagnose import Diagnosis
from perfbatch.district.register import FindingRegister
from perfbatch.district.result import BatchResult
from perfbatch.model.excel import LINKS_PER_SHEET
from perfbatch.model.figures import texts
from perfbatch.model.findings import STANDING_LABELS, Finding, Severity
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.summary.block import RowLooks
from perfbatch.summary.links import SheetLinks, place_in
from perfbatch.summary.problem_lines import FINDING, GROUP, OTHER, Line, Listing, is_error
from perfbatch.summary.sheet import Sheet, TableColumn
from perfbatch.summary.strips import Link, Look, Values
from perfbatch.summary.styles import AMOUNT, SCORE

__all__ = ["OTHERS", "Problems", "is_large", "write_problems"]

OTHERS = "其他问题"
"""The sheet of what is not to be put right, where 问题清单 holds the errors alone."""

_NUMERIC = NUMERIC_KINDS - {"year"}
# A float holds 15 digits: a longer number is shown as the text that it is.
_DIGITS = 15
# In the order of a finding's counts.
_FIGURE_TEXTS = attrgetter("reported"), attrgetter("expected"), attrgetter("difference")
# With more than this, 问题清单 has the errors alone, and neither sheet an outline: LibreOffice takes minutes over one of so many
# groups, whose time grows with the square of their number.
_LARGE_FROM = 20_000
_CODE, _NAME, _SHEET, _CELL, _LEVEL, _RISK, _SAID = 0, 1, 2, 3, 4, 11, 13
_HEADS = ("group", "subgroup")
_HEAD_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class Problems:
    """Where things stand on the sheet: file → row of its department, position of a finding → its row."""

    heads: Mapping[str, int]
    rows: Mapping[int, int]


_NOTE = (
    "按{noun}、工作表分组；由其他错误引起的问题折叠在其原因之下，说明折叠在各组末尾。错误须改正后重新报送，提醒请核实。"
)


def _note_of_large(findings: int, shown: int, noun: str, *, others: bool) -> str:
    if others:
        return f"本期问题共 {findings:,} 条，本表列提醒、说明和已说明、已豁免、试行的 {shown:,} 条，按{noun}分组；错误列在“问题清单”表。"
    return (
        f"本期问题共 {findings:,} 条，超过 {_LARGE_FROM:,} 条：本表只列须改正的错误 {shown:,} 条，按{noun}分组，改正后重新报送；"
        f"提醒、说明和已说明、已豁免、试行的列在“{OTHERS}”表。"
    )


def is_large(result: BatchResult) -> bool:
    """Whether there are so many findings that 问题清单 holds the errors alone."""
    return len(result.findings) > _LARGE_FROM


def write_problems(
    sheet: Sheet,
    result: BatchResult,
    diagnosis: Diagnosis,
    inbox: str = "",
    room: int = LINKS_PER_SHEET,
    *,
    others: bool = False,
) -> Problems:
    """Write all findings; of a large night the errors, or with `others` what is left. `inbox` is the inbox as a relative path from
    the summary, "" for no links to its files."""
    rulebook = result.rulebook
    columns = [
        TableColumn(rulebook.key_label, style="centred", narrowest=11),
        TableColumn(rulebook.name_label, narrowest=20, widest=26),
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
    large = is_large(result)
    shown = [at for at, finding in enumerate(result.findings) if not large or is_error(finding) != others]
    lines = list(Listing(result, diagnosis, shown, flat=large).lines())
    findings = [result.findings[line.at] for line in lines]
    linked = sum(line.kind == FINDING and finding.cell != "" for line, finding in zip(lines, findings, strict=True))
    noun = rulebook.entity.noun
    note = _note_of_large(len(result.findings), len(shown), noun, others=others) if large else _NOTE.format(noun=noun)
    if inbox and linked > room:
        note += f"单元格的链接只到前 {room:,} 条（Excel 每表上限），其后为文字。"
    name = f"{OTHERS}清单" if others else "问题清单"
    top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}{name}", note)
    sheet.wide_paper()
    links: dict[int, Link] = {}
    if inbox:
        given, of_inbox = SheetLinks(sheet, room), {*texts(result.departments["file"])}
        for row, (line, finding) in enumerate(zip(lines, findings, strict=True)):
            if line.kind == FINDING and finding.cell and finding.file in of_inbox:
                link = given.file(f"{inbox}/{finding.file}", place_in(finding.sheet, finding.cell))
                if link is not None:
                    links[row] = link
    heads = [row for row, line in enumerate(lines) if line.kind == GROUP]
    heights = dict.fromkeys(heads, _HEAD_HEIGHT)
    folded = [] if large else lines
    looks = RowLooks([line.depth for line in folded], [line.hidden for line in folded], heights)
    strips = _strips(lines, findings, columns, result, diagnosis, links) if lines else []
    sheet.columns(top, columns, strips, looks=looks)
    sheet.freeze(top + 1, 2)
    sheet.repeat(top, top)
    # The file's name has no use on paper.
    sheet.native.print_area(0, 0, top + max(len(lines), 1), len(columns) - 2)
    return Problems(
        {findings[row].file: top + 1 + row for row in heads},
        {line.at: row for row, line in enumerate(lines, top + 1) if line.kind == FINDING},
    )


def _strips(
    lines: Sequence[Line],
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
    names = dict(zip(texts(frame["file"]), texts(frame["entity_title"]), strict=True))
    plain = [line.kind for line in lines]
    own = [line.kind == FINDING for line in lines]

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
        codes = [OTHER if isinstance(value, str) else code for value, code in zip(shown, plain, strict=True)]
        return column(index, shown, codes, Look("text"))

    severities = list(Severity)
    labels = {severity: (severity.label, OTHER + place) for place, severity in enumerate(severities)}
    levels = [
        labels[finding.severity][1] if is_own else kind
        for finding, kind, is_own in zip(findings, plain, own, strict=True)
    ]
    follows = [is_own and diagnosis.causes[line.at] is not None for line, is_own in zip(lines, own, strict=True)]
    messages = [
        (f"↳ {finding.message}" if follow else finding.message) if is_own else line.counts
        for line, finding, is_own, follow in zip(lines, findings, own, follows, strict=True)
    ]
    cells = [OTHER if row in links else code for row, code in enumerate(plain)]
    return [
        column(_CODE, [finding.entity_code for finding in findings], heads="_centred"),
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
            [OTHER if follow else kind for follow, kind in zip(follows, plain, strict=True)],
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
